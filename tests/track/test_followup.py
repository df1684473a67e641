"""Whom to ask back: the right people, once each, those first whose complaint goes with most, surest."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import Config
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.errors import ConfigError, RunError
from feedback_nlp.track import Run, context, follow_up
from feedback_nlp.track.followup import FOLLOW_UP_COLUMNS, theme_owners

THEMES = pd.DataFrame(
    {
        "theme_id": ["t1", "t2", "t3", "generic-complaint"],
        "name": ["Waiting time", "Price", "Invoices", "Generic complaint"],
        "kind": ["topic", "topic", "topic", "generic"],
        "parent_id": [None, None, "t2", None],
        "keyphrases": [[], [], [], []],
        "exemplars": [[], [], [], []],
    }
)


def build(n: int = 400, seed: int = 1) -> Run:
    """A run in which waiting goes with far lower scores, and the price with somewhat lower ones."""
    draw = np.random.default_rng(seed)
    waits, price = draw.random(n) < 0.3, draw.random(n) < 0.3
    level = 0.9 - 1.4 * waits - 0.5 * price + draw.normal(0, 0.5, n)
    ids = np.array([f"r{k:04d}" for k in range(n)])
    responses = pd.DataFrame({"response_id": ids, "respondent_id": [f"c{k:04d}" for k in range(n)]})
    responses["category"] = np.select([level > 0.5, level > -0.1], ["promoter", "passive"], "detractor")
    responses["score"] = np.select([level > 0.5, level > -0.1], [9.0, 7.0], 3.0)
    responses["date"] = pd.Timestamp("2024-10-01") + pd.to_timedelta(np.arange(n) % 90, unit="D")
    responses["period"], responses["weight"] = "2024 Q4", np.nan
    parts = [(waits, "t1", "I was on hold for an hour."), (price, "t2", "Far too dear.")]
    mentions = pd.concat(
        [pd.DataFrame({"response_id": ids[who], "theme_id": key, "text": text}) for who, key, text in parts],
        ignore_index=True,
    ).assign(polarity=-0.6, confidence=0.9, question="why", start=0, end=5)
    mentions["segment_id"] = [f"s{k:04d}" for k in range(len(mentions))]
    return of(responses, mentions)


def of(responses: pd.DataFrame, mentions: pd.DataFrame, **report: Any) -> Run:
    settings = Config().with_values({"report": report})
    manifest = {"config": settings.model_dump(mode="json"), "ledger": {}}
    drivers = rank_drivers(responses, mentions, THEMES)
    comments = responses[["response_id"]].assign(question="why", comment="…", status="comment")
    model = SimpleNamespace(themes=THEMES, fingerprint="made", topic_ids=["t1", "t2", "t3"])
    return Run(responses, comments, mentions, drivers, model, manifest, pd.DataFrame())  # type: ignore[arg-type]


def small(*rows: tuple[str, str, str, float, float], extra: Mapping[str, float] | None = None) -> Run:
    """A run whose last rows are (response, respondent, theme, polarity, score); others complain of waiting."""
    base = build(120)
    responses = pd.DataFrame(
        [
            (one, who, "detractor" if score < 7 else "passive" if score < 9 else "promoter", score)
            for one, who, _, _, score in rows
        ],
        columns=["response_id", "respondent_id", "category", "score"],
    ).drop_duplicates("response_id")
    responses["date"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(len(responses)), unit="D")
    responses["period"], responses["weight"] = "2025 Q1", np.nan
    said = pd.DataFrame(
        [(one, theme, f"Words of {one}.", polarity) for one, _, theme, polarity, _ in rows if theme],
        columns=["response_id", "theme_id", "text", "polarity"],
    ).assign(confidence=0.9, question="why", start=0, end=5)
    said["segment_id"] = [f"x{k}" for k in range(len(said))]
    said["theme_id"] = said["theme_id"].replace("-", None)
    both = [pd.concat(pair, ignore_index=True) for pair in ((base.responses, responses), (base.mentions, said))]
    return of(*both)


@pytest.fixture(scope="module")
def run() -> Run:
    return build()


def test_only_detractors_and_passives_who_complain_are_listed(run: Run) -> None:
    table = follow_up(run)
    complaining = set(run.mentions["response_id"])
    unhappy = set(run.responses.loc[run.responses["category"] != "promoter", "response_id"])
    assert set(table["response_id"]) == complaining & unhappy
    assert tuple(table.columns) == FOLLOW_UP_COLUMNS
    assert table["rank"].tolist() == list(range(1, len(table) + 1))


def test_the_points_are_the_drag_shared_out_over_those_who_complain(run: Run) -> None:
    figures = run.drivers.table.set_index("theme_id").loc["t1"]
    alone = follow_up(run).query("theme_id == 't1' and other_themes.isna()").iloc[0]
    per_person = run.drivers.n / figures["n_negative"]
    assert alone["points"] == pytest.approx(min(-figures["drag"] * per_person, 200), abs=0.05)
    assert alone["points_at_least"] == pytest.approx(-figures["drag_high"] * per_person * 0.9, abs=0.05)


def test_those_come_first_whose_complaints_go_with_most(run: Run) -> None:
    table = follow_up(run)
    assert table["points_at_least"].is_monotonic_decreasing
    assert table.iloc[0]["other_themes"] == "Price"
    assert table.iloc[0]["theme"] == "Waiting time"
    assert table.iloc[-1]["theme"] == "Price"


def test_of_equal_ones_detractors_and_low_scores_come_first(run: Run) -> None:
    table = follow_up(run)
    table = table[(table["theme"] == "Waiting time") & table["other_themes"].isna() & (table["points_at_least"] <= 100)]
    tied = table[table["points_at_least"] == table["points_at_least"].mode()[0]]
    assert (tied["category"] == "passive").is_monotonic_increasing


def test_a_person_is_listed_once_by_the_latest_response() -> None:
    table = follow_up(small(("a1", "ann", "t1", -0.8, 2.0), ("a2", "ann", "t2", -0.7, 4.0)))
    of_ann = table[table["contact_id"] == "ann"]
    assert of_ann["response_id"].tolist() == ["a2"]


def test_who_is_a_promoter_by_now_is_not_listed() -> None:
    assert "ann" not in set(
        follow_up(small(("a1", "ann", "t1", -0.8, 2.0), ("a2", "ann", "", 0.0, 10.0)))["contact_id"]
    )


def test_without_a_respondent_the_response_is_the_contact() -> None:
    run = small(("a1", "ann", "t1", -0.8, 2.0))
    responses = run.responses.assign(respondent_id=None)
    table = follow_up(replace(run, responses=responses))
    assert (table["contact_id"] == table["response_id"]).all()


@pytest.mark.parametrize("theme", ["generic-complaint", "-"])
def test_a_complaint_without_a_ranked_theme_comes_last(theme: str) -> None:
    last = follow_up(small(("a1", "ann", theme, -0.8, 0.0))).iloc[-1]
    assert last[["contact_id", "points", "statement"]].tolist() == ["ann", 0.0, "Words of a1."]
    assert pd.isna(last["theme"])


def test_the_statement_is_the_masked_one(run: Run) -> None:
    assert set(follow_up(run)["statement"]) <= set(run.mentions["text"])


def test_weights_do_not_change_what_a_theme_takes_from_one_person(run: Run) -> None:
    halved = of(run.responses.assign(weight=0.5), run.mentions)
    columns = ["response_id", "points", "points_at_least"]
    pd.testing.assert_frame_equal(follow_up(halved)[columns], follow_up(run)[columns])


def test_the_weighted_share_is_what_the_drag_is_shared_out_over(run: Run) -> None:
    weights = np.where(run.responses["response_id"].isin(run.mentions["response_id"]), 3.0, 1.0)
    weighted = of(run.responses.assign(weight=weights), run.mentions)
    effects = weighted.drivers.account.query("polarity == 'negative'").set_index("theme_id")["effect"]
    alone = follow_up(weighted).query("theme_id == 't2' and other_themes.isna()").iloc[0]
    assert alone["points"] == pytest.approx(min(-effects["t2"], 200), abs=0.05)


def test_where_one_is_best_the_high_score_comes_first() -> None:
    run = small(("a1", "ann", "t1", -0.8, 2.0), ("b1", "ben", "t1", -0.8, 5.0))
    ranks = follow_up(run).set_index("contact_id")["rank"]
    assert ranks["ann"] < ranks["ben"]
    turned = replace(run, responses=run.responses.assign(score=10 - run.responses["score"]))
    ranks = follow_up(turned).set_index("contact_id")["rank"]
    assert ranks["ann"] < ranks["ben"]


def test_a_response_is_not_a_respondent_of_the_same_name() -> None:
    run = small(("a1", "7", "t1", -0.8, 2.0), ("7", "ben", "t2", -0.7, 4.0))
    unnamed = run.responses["respondent_id"].where(run.responses["response_id"] != "7")
    run = replace(run, responses=run.responses.assign(respondent_id=unnamed))
    table = follow_up(run)
    assert sorted(table.loc[table["contact_id"] == "7", "response_id"]) == ["7", "a1"]
    of_seven = [record for record in context(run) if record["contact_id"] == "7"]
    assert [record["n_responses"] for record in of_seven] == [1, 1]


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_each_person_is_listed_at_most_once_and_only_for_a_complaint(polarities: list[float], seed: int) -> None:
    base = build(60)
    some = base.mentions.sample(len(polarities), random_state=seed, replace=False).assign(polarity=polarities)
    table = follow_up(replace(base, mentions=some))
    assert table["contact_id"].is_unique
    assert set(table["response_id"]) <= set(some.loc[some["polarity"] < 0, "response_id"])
    assert table["points_at_least"].is_monotonic_decreasing
    assert ((table["points"] >= table["points_at_least"]) & (table["points_at_least"] >= 0)).all()


def test_owners_are_found_by_name_id_or_parent(run: Run) -> None:
    assert theme_owners(run, {"Waiting time": "Support", "t2": "Billing"}) == {
        "t1": "Support",
        "t2": "Billing",
        "t3": "Billing",
    }
    table = follow_up(run, {"Price": "Billing"})
    assert set(table.loc[table["theme"] == "Price", "owner"]) == {"Billing"}
    assert table.loc[table["theme"] == "Waiting time", "owner"].isna().all()


def test_owners_come_from_the_config_of_the_run(run: Run) -> None:
    owned = of(run.responses, run.mentions, owners={"Waiting time": "Support"})
    assert "Support" in set(follow_up(owned)["owner"])


def test_an_owner_of_no_theme_names_the_nearest(run: Run) -> None:
    with pytest.raises(ConfigError, match=r"no theme 'Waiting tim'.*did you mean 'Waiting time'"):
        follow_up(run, {"Waiting tim": "Support"})


def test_without_scores_nobody_can_be_listed(run: Run) -> None:
    with pytest.raises(RunError, match="no score was given"):
        follow_up(replace(run, responses=run.responses.assign(category=None)))


def test_where_nobody_complains_the_list_is_empty(run: Run) -> None:
    table = follow_up(replace(run, mentions=run.mentions.assign(polarity=0.5)))
    assert len(table) == 0
    assert tuple(table.columns) == FOLLOW_UP_COLUMNS


def test_the_order_of_rows_does_not_matter(run: Run) -> None:
    shuffled = replace(run, responses=run.responses.sample(frac=1, random_state=1), mentions=run.mentions.iloc[::-1])
    pd.testing.assert_frame_equal(follow_up(shuffled), follow_up(run))
    assert list(context(shuffled)) == list(context(run))


def of_person(run: Run, who: str, *earlier: Run) -> dict[str, Any]:
    return next(record for record in context(run, earlier) if record["contact_id"] == who)


def test_a_record_says_the_last_score_and_the_themes() -> None:
    record = of_person(small(("a1", "ann", "t1", -0.8, 2.0), ("a2", "ann", "t2", 0.7, 9.0)), "ann")
    assert record["n_responses"] == 2
    assert record["last"] == {
        "response_id": "a2", "score": 9.0, "category": "promoter", "date": "2025-01-02", "period": "2025 Q1"
    }  # fmt: skip
    assert [(one["theme"], one["says"]) for one in record["themes"]] == [
        ("Price", "praise"),
        ("Waiting time", "complaint"),
    ]


def test_a_complaint_stays_open_until_it_is_praised() -> None:
    still = of_person(small(("a1", "ann", "t1", -0.8, 2.0), ("a2", "ann", "t2", 0.7, 9.0)), "ann")
    assert [(one["theme"], one["statement"]) for one in still["open_points"]] == [("Waiting time", "Words of a1.")]
    closed = of_person(small(("a1", "ann", "t1", -0.8, 2.0), ("a2", "ann", "t1", 0.7, 9.0)), "ann")
    assert closed["open_points"] == []


def test_a_later_response_without_words_is_the_last_score() -> None:
    record = of_person(small(("a1", "ann", "t1", -0.8, 2.0), ("a2", "ann", "", 0.0, 8.0)), "ann")
    assert record["last"]["score"] == 8.0
    assert len(record["open_points"]) == 1


def test_earlier_runs_are_read_too(run: Run) -> None:
    before = small(("a1", "c0001", "t2", -0.8, 2.0))
    before = replace(before, responses=before.responses.iloc[-1:], mentions=before.mentions.iloc[-1:])
    early = replace(before, responses=before.responses.assign(date=pd.Timestamp("2023-01-01")))
    record = of_person(run, "c0001", early)
    assert record["n_responses"] == 2
    assert "Price" in [one["theme"] for one in record["themes"]]
    assert record["last"]["response_id"] == "r0001"


def test_nobody_gets_the_words_of_another_with_the_same_response_id(run: Run) -> None:
    other = replace(run, responses=run.responses.assign(respondent_id="z" + run.responses["respondent_id"]))
    other = replace(other, mentions=run.mentions.assign(text="Words of another."))
    told: dict[str, set[str]] = {"c": set(), "z": set()}
    for record in context(run, [other]):
        told[record["contact_id"][0]] |= {point["statement"] for point in record["open_points"]}
    assert told["z"] == {"Words of another."}
    assert told["c"] == set(run.mentions["text"])


def test_unnamed_responses_whose_numbers_begin_anew_are_those_of_the_latest_run(run: Run) -> None:
    now = replace(run, responses=run.responses.assign(respondent_id=None))
    then = replace(now, mentions=run.mentions.assign(text="Words of another."))
    then = replace(then, responses=now.responses.assign(date=pd.Timestamp("2023-01-01")))
    assert list(context(now, [then])) == list(context(now))


def test_one_id_on_two_days_is_two_responses_of_a_respondent(run: Run) -> None:
    then = replace(run, responses=run.responses.assign(date=pd.Timestamp("2023-01-01")))
    assert {record["n_responses"] for record in context(run, [then])} == {2}
    assert {record["n_responses"] for record in context(run, [run])} == {1}


def test_without_dates_the_later_run_is_the_later_one() -> None:
    q4, q1 = (
        replace(run, responses=run.responses.assign(date=pd.NaT, period=period))
        for run, period in (
            (small(("a1", "ann", "t1", -0.8, 2.0)), "Q4 2024"),
            (small(("a2", "ann", "t1", 0.7, 9.0)), "Q1 2025"),
        )
    )
    record = of_person(q1, "ann", q4)
    assert record["last"]["period"] == "Q1 2025"
    assert record["open_points"] == []


def test_an_earlier_run_of_other_themes_is_refused(run: Run) -> None:
    other = replace(run, model=SimpleNamespace(themes=THEMES, fingerprint="other"))  # type: ignore[arg-type]
    with pytest.raises(RunError, match="other themes"):
        list(context(run, [other]))


def test_missing_dates_are_none_and_nothing_fails(run: Run) -> None:
    bare = replace(run, responses=run.responses.assign(date=pd.NaT, period=None))
    assert next(iter(context(bare)))["last"]["date"] is None
    assert len(follow_up(bare)) == len(follow_up(run))
