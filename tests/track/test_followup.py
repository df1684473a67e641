"""Whom to ask back: the right people, once each, those first whose complaint goes with most, surest."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

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
    alone = follow_up(run).query("theme_id == 't1' and other_themes == ''").iloc[0]
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
    table = table[
        (table["theme"] == "Waiting time") & (table["other_themes"] == "") & (table["points_at_least"] <= 100)
    ]
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
    table = follow_up(small(("a1", "ann", theme, -0.8, 0.0)))
    assert table.iloc[-1][["contact_id", "theme", "points"]].tolist() == ["ann", "", 0.0]
    assert table.iloc[-1]["statement"] == "Words of a1."


def test_the_statement_is_the_masked_one(run: Run) -> None:
    assert set(follow_up(run)["statement"]) <= set(run.mentions["text"])


def test_owners_are_found_by_name_id_or_parent(run: Run) -> None:
    assert theme_owners(run, {"Waiting time": "Support", "t2": "Billing"}) == {
        "t1": "Support",
        "t2": "Billing",
        "t3": "Billing",
    }
    table = follow_up(run, {"Price": "Billing"})
    assert set(table.loc[table["theme"] == "Price", "owner"]) == {"Billing"}
    assert set(table.loc[table["theme"] == "Waiting time", "owner"]) == {""}


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


def test_an_earlier_run_of_other_themes_is_refused(run: Run) -> None:
    other = replace(run, model=SimpleNamespace(themes=THEMES, fingerprint="other"))  # type: ignore[arg-type]
    with pytest.raises(RunError, match="other themes"):
        list(context(run, [other]))


def test_missing_dates_are_none_and_nothing_fails(run: Run) -> None:
    bare = replace(run, responses=run.responses.assign(date=pd.NaT, period=None))
    assert next(iter(context(bare)))["last"]["date"] is None
    assert len(follow_up(bare)) == len(follow_up(run))
