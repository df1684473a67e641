"""The headline says the score, what changed, and which themes drag and lift, each with how sure that is."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.config import Config
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.track import Run
from feedback_nlp.track.headline import headline
from feedback_nlp.track.history import look_back

THEMES = pd.DataFrame(
    {
        "theme_id": ["t1", "t2", "t3"],
        "name": ["Waiting time", "Agent attitude", "Price <b>"],
        "kind": "topic",
        "parent_id": None,
        "keyphrases": [["queue"], ["kind"], ["fee"]],
        "exemplars": [[], [], []],
    }
)


def build(n: int = 600, seed: int = 1, period: str = "2024 Q4", waits: float = 0.25) -> Run:
    draw = np.random.default_rng(seed)
    says = {"t1": draw.random(n) < waits, "t2": draw.random(n) < 0.3, "t3": draw.random(n) < 0.15}
    level = 0.5 - 1.2 * says["t1"] + 0.9 * says["t2"] - 0.6 * says["t3"] + draw.normal(0, 0.5, n)
    ids = np.array([f"{period}-{k:04d}" for k in range(n)])
    category = np.select([level > 0.5, level > -0.1], ["promoter", "passive"], "detractor")
    responses = pd.DataFrame({"response_id": ids, "score": 5.0, "category": category, "period": period})
    responses["weight"], responses["date"] = (
        np.nan,
        pd.Timestamp("2024-01-01") + pd.DateOffset(months=int(period[-1]) * 3),
    )
    polarity = {"t1": -0.7, "t2": 0.7, "t3": -0.6}
    mentions = pd.concat(
        [
            pd.DataFrame({"response_id": ids[who], "theme_id": key, "polarity": polarity[key]})
            for key, who in says.items()
        ],
        ignore_index=True,
    ).assign(question="why", confidence=0.9, text="It took an hour.", start=0, end=16)
    mentions["segment_id"] = [f"{period}-s{k}" for k in range(len(mentions))]
    comments = responses[["response_id"]].assign(question="why", comment="It took an hour.", status="comment")
    model = SimpleNamespace(themes=THEMES, fingerprint="made", topic_ids=["t1", "t2", "t3"])
    manifest = {"config": Config().model_dump(mode="json"), "ledger": {}}
    drivers = rank_drivers(responses, mentions, THEMES)
    return Run(responses, comments, mentions, drivers, model, manifest, pd.DataFrame())  # type: ignore[arg-type]


def scoreless(run: Run) -> Run:
    responses = run.responses.assign(score=np.nan, category=None)
    return replace(run, responses=responses, drivers=rank_drivers(responses, run.mentions, THEMES))


@pytest.fixture(scope="module")
def run() -> Run:
    return build()


@pytest.fixture(scope="module")
def told(run: Run) -> list[str]:
    return [one.text for one in headline(run, run.history)]


def test_the_first_sentence_is_the_score_with_its_interval(run: Run, told: list[str]) -> None:
    nps = run.drivers.nps
    assert told[0] == f"NPS {nps.value:.1f} ({nps.low:.1f} to {nps.high:.1f}).".replace("-", "−")


def test_the_worst_theme_takes_points(run: Run, told: list[str]) -> None:
    row = run.drivers.table.set_index("theme_id").loc["t1"]
    ends = f"({-row['drag_high']:.1f} to {-row['drag_low']:.1f})"
    assert told[1].startswith(f"Waiting time takes {-row['drag']:.1f} points {ends}; worst of all")


def test_the_others_follow_with_their_sign(run: Run, told: list[str]) -> None:
    drag = run.drivers.table.set_index("theme_id").loc["t3", "drag"]
    assert told[2].startswith(f"Then: Price <b> −{-drag:.1f} (−")


def test_what_is_praised_most_is_named(told: list[str]) -> None:
    assert told[3].startswith("What people praise most: Agent attitude +")
    assert len(told) == 4


def test_names_and_figures_are_marked_for_pages(run: Run) -> None:
    worst = headline(run, run.history)[1].phrases
    assert [(one.text, one.theme_id) for one in worst if one.theme_id] == [("Waiting time", "t1")]
    assert [one.kind for one in worst if one.kind] == ["drag"]


def test_what_could_be_chance_is_said_to_be(run: Run) -> None:
    table = run.drivers.table.assign(drag_high=0.4)
    texts = [one.text for one in headline(replace(run, drivers=replace(run.drivers, table=table)), run.history)]
    assert texts[1].count(": could be chance)") == 1
    assert texts[2].count(": could be chance)") == 1


def test_an_earlier_run_gives_what_changed(run: Run) -> None:
    before = build(seed=2, period="2024 Q3", waits=0.05)
    told = [one.text for one in headline(run, look_back(run, [before]))]
    assert " points below 2024 Q3 (−" in told[0]
    assert "could be chance" not in told[0]
    assert told[-1].startswith("Complaints about Waiting time rose from 5")
    assert told[-1].endswith("since 2024 Q3.")


def test_a_small_move_of_many_themes_is_not_told(run: Run) -> None:
    same = [one.text for one in headline(run, look_back(run, [build(seed=3, period="2024 Q3")]))]
    assert not any(one.startswith("Complaints about") for one in same)
    assert "could be chance" in same[0]


def test_periods_of_one_run_are_named_since_its_score_is_of_all(run: Run) -> None:
    before = build(seed=2, period="2024 Q3", waits=0.05)
    responses, mentions = (
        pd.concat([getattr(before, name), getattr(run, name)], ignore_index=True) for name in ("responses", "mentions")
    )
    both = replace(run, responses=responses, mentions=mentions, drivers=rank_drivers(responses, mentions, THEMES))
    assert "; 2024 Q4 is " in headline(both, look_back(both))[0].text


def test_without_scores_only_counts_are_told(run: Run) -> None:
    told = headline(scoreless(run), run.history)
    assert [one.text for one in told] == ["600 responses; no score was given: themes without drivers."]


def test_too_few_scores_are_said_to_be(run: Run) -> None:
    few = replace(run, drivers=replace(run.drivers, n=12))
    assert "too few scores to rely on (12)" in headline(few, run.history)[0].text


def test_a_run_without_themes_has_only_its_score(run: Run) -> None:
    none = THEMES.iloc[:0]
    model = SimpleNamespace(themes=none, fingerprint="made", topic_ids=[])
    bare = replace(run, model=model, drivers=rank_drivers(run.responses, run.mentions.iloc[:0], none))  # type: ignore[arg-type]
    assert len(headline(bare, run.history)) == 1


def test_a_run_is_one_line_where_it_is_printed(run: Run) -> None:
    assert repr(run).startswith("<Run: 600 responses, 3 themes, NPS ")
    assert "\n" not in repr(run)
    assert "no score" in repr(scoreless(run))
