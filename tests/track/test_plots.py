"""`run.plot`: charts of a run, and one line that says what is missing where there is nothing to draw."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.config import Config
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.drivers.bridge import compare_periods
from feedback_nlp.errors import RunError
from feedback_nlp.schema import MAP
from feedback_nlp.track import Run
from feedback_nlp.track.compare import Comparison
from feedback_nlp.track.history import History
from feedback_nlp.track.plots import Plots, bridge_tables

THEMES = pd.DataFrame(
    {
        "theme_id": ["t1", "t2"],
        "name": ["Waiting time", "Agent attitude"],
        "kind": "topic",
        "parent_id": None,
        "keyphrases": [["queue"], ["kind"]],
    }
)


def made(n: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    generator = np.random.default_rng(seed)
    waits, kind = generator.random(n) < 0.25, generator.random(n) < 0.3
    level = 0.5 - 0.9 * waits + 0.4 * kind + generator.normal(0, 0.6, n)
    ids = np.array([f"r{k:04d}" for k in range(n)])
    responses = pd.DataFrame({"response_id": ids, "score": 5.0, "period": "2024 Q4", "weight": np.nan})
    responses["category"] = np.select([level > 0.5, level > -0.1], ["promoter", "passive"], "detractor")
    responses["segment_channel"] = np.where(generator.random(n) < 0.5, "phone", "chat")
    said = [(ids[waits], "t1", -0.7, "Waited an hour."), (ids[kind], "t2", 0.7, "So kind.")]
    tables = [
        pd.DataFrame({"response_id": who, "theme_id": t, "polarity": p, "text": text}) for who, t, p, text in said
    ]
    mentions = pd.concat(tables, ignore_index=True)
    mentions["segment_id"] = [f"s{k:04d}" for k in range(len(mentions))]
    return responses, mentions.assign(confidence=0.9, question="why", start=0, end=5)


def build(n: int = 300, seed: int = 1, **scores: object) -> Run:
    responses, mentions = made(n, seed)
    responses = responses.assign(**scores)
    comments = responses[["response_id"]].assign(question="why", comment="…", status="comment")
    manifest = {"config": Config().model_dump(mode="json"), "ledger": {}}
    drivers = rank_drivers(responses, mentions, THEMES)
    places = mentions[["segment_id"]].assign(x=np.linspace(-1, 1, len(mentions)).round(3), y=0.5)
    model = SimpleNamespace(themes=THEMES)
    parts = (responses, comments, mentions, drivers, model, manifest, pd.DataFrame())
    return Run(*parts, map=MAP.validate(places))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def run() -> Run:
    return build()


@pytest.fixture
def history(run: Run) -> History:
    periods = pd.DataFrame(
        {
            "period": ["Q3", "Q4"],
            "n": [280, 300],
            "nps": [12.0, 7.0],
            "nps_low": [2.0, -2.0],
            "nps_high": [22.0, 16.0],
            "too_few": False,
        }
    )
    rows = [(period, t, 300, 0.2, 0.1, 0.3, 0.2, 0.1, 0.3, False) for period in ("Q3", "Q4") for t in ("t1", "t2")]
    columns = ["period", "theme_id", "n", "mention", "mention_low", "mention_high"]
    columns += ["complain", "complain_low", "complain_high", "too_few"]
    bridge = compare_periods(*made(280, 5), run.responses, run.mentions, THEMES)
    return History(periods, pd.DataFrame(rows, columns=columns), Comparison("Q3", "Q4", bridge, THEMES))


@pytest.fixture
def plots(run: Run, history: History) -> Plots:
    return Plots(
        SimpleNamespace(**{name: getattr(run, name) for name in ("model", "report_settings")}, history=history)
    )  # type: ignore[arg-type]


def rows_of(chart) -> list[dict]:
    return next(iter(chart.to_dict()["datasets"].values()))


def test_drivers_shows_the_worst_theme_first(run: Run) -> None:
    first = rows_of(run.plot.drivers())[0]
    assert (first["name"], first["side"]) == ("Waiting time", "drag")
    assert f"of {len(run.responses)} responses complain" in first["words"]


def test_account_ends_at_nps_and_knows_its_intervals(run: Run) -> None:
    rows = rows_of(run.plot.account())
    assert rows[-1]["end"] == pytest.approx(run.drivers.nps.value)
    assert " to " in rows[1]["words"]


def test_segments_takes_the_first_segment(run: Run) -> None:
    chart = run.plot.segments().to_dict()
    assert chart["title"]["text"] == "Who complains about what, by channel"
    assert {row["value"] for row in rows_of(run.plot.segments("channel"))} == {"chat", "phone"}


def test_an_unknown_segment_is_answered_with_the_known_ones(run: Run) -> None:
    with pytest.raises(RunError, match=r"no segment 'chanel'; did you mean 'channel'\?; it has channel"):
        run.plot.segments("chanel")


def test_the_map_shows_statements_of_themes_that_enough_people_mention(run: Run) -> None:
    chart = run.plot.map().to_dict()
    texts = {row["text"] for rows in chart["datasets"].values() for row in rows if "text" in row}
    assert texts == {"Waited an hour.", "So kind."}
    few = replace(
        run, manifest={"config": Config().with_values({"report": {"min_people": 1000}}).model_dump(mode="json")}
    )
    assert "Waited" not in str(few.plot.map().to_dict())


def test_a_run_without_a_map_says_what_draws_one(run: Run) -> None:
    with pytest.raises(RunError, match=r"no map; a run with report\.n_map above 0"):
        replace(run, map=run.map.iloc[:0]).plot.map()


@pytest.mark.parametrize("chart", ["drivers", "account"])
def test_without_scores_the_error_names_the_flag(chart: str) -> None:
    with pytest.raises(RunError, match=r"no scores.*--score COLUMN"):
        getattr(build(category=None).plot, chart)()


def test_without_segments_the_error_names_the_flag(run: Run) -> None:
    bare = replace(run, responses=run.responses.drop(columns="segment_channel"))
    with pytest.raises(RunError, match="no segments; run with --segment COLUMN"):
        bare.plot.segments()


@pytest.mark.parametrize("chart", ["trend", "complaints", "bridge"])
def test_one_period_asks_for_an_earlier_run(run: Run, chart: str) -> None:
    with pytest.raises(RunError, match=r"one period.*run\.plot\.trend\(\[load_run"):
        getattr(run.plot, chart)()


def test_the_trend_has_a_row_per_period(plots: Plots) -> None:
    assert [row["words"] for row in rows_of(plots.trend())] == [
        "Q3: NPS 12.0 (2.0 to 22.0), 280 responses",
        "Q4: NPS 7.0 (−2.0 to 16.0), 300 responses",
    ]


def test_complaints_are_lines_of_themes(plots: Plots) -> None:
    assert {row["name"] for row in rows_of(plots.complaints())} == {"Waiting time", "Agent attitude"}


def test_the_bridge_goes_from_the_earlier_nps_to_the_later(plots: Plots, history: History) -> None:
    rows = rows_of(plots.bridge())
    total = history.bridge.bridge.total
    assert (rows[0]["end"], rows[-1]["end"]) == pytest.approx((total.nps_a.value, total.nps_b.value))
    assert sum(row["value"] for row in rows[1:-1]) == pytest.approx(total.change.value)


def test_without_a_bridge_the_error_says_why(plots: Plots, history: History) -> None:
    bare = Plots(SimpleNamespace(model=plots.run.model, history=replace(history, bridge=None)))  # type: ignore[arg-type]
    with pytest.raises(RunError, match="no two periods with enough scores"):
        bare.bridge()


def test_periods_that_are_all_too_small_are_no_trend(plots: Plots, history: History) -> None:
    small = replace(
        history, periods=history.periods.assign(nps=np.nan, too_few=True), themes=history.themes.assign(too_few=True)
    )
    bare = Plots(SimpleNamespace(model=plots.run.model, history=small))  # type: ignore[arg-type]
    for chart in (bare.trend, bare.complaints):
        with pytest.raises(RunError, match="enough"):
            chart()


def test_the_parts_of_a_bridge_are_the_base_and_the_segments_where_asked_for(history: History) -> None:
    _, parts, ends = bridge_tables(history.bridge)
    assert parts["label"].tolist() == ["Base: the unexplained part"]
    assert ends["label"].tolist() == ["NPS Q3", "NPS Q4"]


def test_a_chart_is_saved_as_a_picture_without_a_browser(run: Run, tmp_path) -> None:
    run.plot.drivers().save(tmp_path / "drag.svg")
    assert (tmp_path / "drag.svg").read_text(encoding="utf-8").startswith("<svg")
