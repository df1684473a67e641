"""The data behind each chart of a fixed made-up export, kept as files: a change of any bar shows as a diff."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from feedback_nlp import charts
from feedback_nlp.drivers import compare_periods, nps, rank_drivers
from feedback_nlp.drivers.people.segments import segment_themes
from feedback_nlp.track.compare import Comparison
from feedback_nlp.track.plots import bridge_tables

HERE = Path(__file__).parent / "charts"
THEMES = pd.DataFrame(
    {"theme_id": ["t1", "t2", "t3"], "name": ["Waiting time", "Billing", "Agent attitude"], "kind": "topic"}
)


def made(n: int, often: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Responses whose complaints pull their scores down, `often` of them about waiting."""
    generator = np.random.default_rng(seed)
    said = {"t1": (often, -0.7), "t2": (0.1, -0.6), "t3": (0.2, 0.8)}
    hits = {theme_id: generator.random(n) < share for theme_id, (share, _) in said.items()}
    level = 0.6 - 0.9 * hits["t1"] - 0.5 * hits["t2"] + 0.5 * hits["t3"] + generator.normal(0, 0.6, n)
    category = np.select([level > 0.5, level > -0.1], ["promoter", "passive"], "detractor")
    channel = np.where(np.arange(n) % 50 == 0, "letter", np.where(np.arange(n) % 3 == 0, "chat", "phone"))
    ids = np.array([f"r{k:04d}" for k in range(n)])
    responses = pd.DataFrame({"response_id": ids, "category": category, "segment_channel": channel})
    mentions = [pd.DataFrame({"response_id": ids[hits[t]], "theme_id": t, "polarity": said[t][1]}) for t in said]
    return responses, pd.concat(mentions, ignore_index=True)


@pytest.fixture(scope="module")
def before() -> tuple[pd.DataFrame, pd.DataFrame]:
    return made(500, 0.1, 1)


@pytest.fixture(scope="module")
def now() -> tuple[pd.DataFrame, pd.DataFrame]:
    return made(700, 0.25, 2)


def agrees(name: str, table: pd.DataFrame) -> bool:
    text = table.round(2).to_csv(index=False, lineterminator="\n")
    path = HERE / f"{name}.csv"
    if os.environ.get("FEEDBACK_NLP_RENEW_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    return path.read_text(encoding="utf-8") == text


def test_the_data_behind_the_driver_bars(now) -> None:
    table = THEMES.merge(rank_drivers(*now, THEMES).table, on="theme_id")
    assert agrees("drivers", charts.drivers_data(table, len(now[0])))


def test_the_data_behind_the_account(now) -> None:
    names = dict(zip(THEMES["theme_id"], THEMES["name"], strict=True))
    assert agrees("account", charts.account_data(rank_drivers(*now, THEMES).account, names))


def test_the_data_behind_the_bridge(before, now) -> None:
    comparison = Comparison("Q3", "Q4", compare_periods(*before, *now, THEMES), THEMES)
    assert agrees("bridge", charts.bridge_data(*bridge_tables(comparison)))


def test_the_data_behind_the_trend(before, now) -> None:
    figures = [nps(responses["category"]) for responses, _ in (before, now)]
    rows = [(period, 500, f.value, f.low, f.high, False) for period, f in zip(("Q3", "Q4"), figures, strict=True)]
    columns = ["period", "n", "nps", "nps_low", "nps_high", "too_few"]
    assert agrees("trend", charts.trend_data(pd.DataFrame(rows, columns=columns)))


def test_the_data_behind_the_lines_of_complaints(before, now) -> None:
    rows = []
    for period, (responses, mentions) in (("Q3", before), ("Q4", now)):
        share = mentions[mentions["polarity"] < 0].groupby("theme_id")["response_id"].nunique() / len(responses)
        rows += [(period, t, t, len(responses), share.get(t, 0.0), None, None, False) for t in THEMES["theme_id"]]
    columns = ["period", "theme_id", "name", "n", "complain", "complain_low", "complain_high", "too_few"]
    assert agrees("complaints", charts.complaints_data(pd.DataFrame(rows, columns=columns)))


def test_the_data_behind_the_heat_map(now) -> None:
    cells = segment_themes(*now, THEMES, "channel").merge(THEMES[["theme_id", "name"]], on="theme_id")
    assert agrees("segments", charts.segments_data(cells))


def test_the_data_behind_the_map(now) -> None:
    mentions = now[1].iloc[::20]
    angle = np.arange(len(mentions)) * 2.4
    points = mentions.assign(x=np.cos(angle).round(2), y=np.sin(angle).round(2), n=1)
    labels = THEMES.assign(x=[0.0, 0.01, 0.5], y=[0.0, 0.01, 0.5])
    data = charts.map_data(points, labels)
    assert agrees("map", data)
    assert agrees("map_labels", charts.map_labels(data, labels))
