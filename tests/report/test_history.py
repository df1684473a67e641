"""Periods side by side: their NPS, each theme's shares, and the bridge between the last two."""

from dataclasses import replace

import pandas as pd
import pytest

from feedback_nlp.drivers.scores import nps, wilson
from feedback_nlp.report import render_report, summarise
from feedback_nlp.track import Run
from feedback_nlp.track.history import look_back


@pytest.fixture(scope="module")
def quarters(run: Run) -> Run:
    names = pd.Series(["2024 Q3", "2024 Q4"]).take([i % 2 for i in range(len(run.responses))]).to_numpy()
    day = pd.to_datetime(pd.Series(names).map({"2024 Q3": "2024-08-01", "2024 Q4": "2024-11-01"})).to_numpy()
    return replace(run, responses=run.responses.assign(period=names, date=day))


def test_one_period_has_no_history(run: Run) -> None:
    assert run.history.periods.empty
    assert run.history.bridge is None


def test_each_period_has_the_nps_of_its_own_responses(quarters: Run) -> None:
    row = quarters.history.periods.iloc[0]
    own = quarters.responses[quarters.responses["period"] == "2024 Q3"]
    expected = nps(own["category"])
    assert row["nps"] == pytest.approx(expected.value)
    assert (row["nps_low"], row["nps_high"]) == pytest.approx((expected.low, expected.high))


def test_a_themes_share_is_wilsons(quarters: Run) -> None:
    row = quarters.history.themes.set_index(["period", "theme_id"]).loc[("2024 Q4", "t01")]
    own = set(quarters.responses.loc[quarters.responses["period"] == "2024 Q4", "response_id"])
    said = quarters.mentions[(quarters.mentions["theme_id"] == "t01") & (quarters.mentions["polarity"] < 0)]
    n = len(own & set(said["response_id"]))
    expected = wilson(n / len(own), len(own))
    assert (row["complain"], row["complain_high"]) == pytest.approx((expected.value, expected.high))


def test_the_bridge_leads_from_the_one_nps_to_the_other(quarters: Run) -> None:
    history = quarters.history
    assert history.bridge is not None
    first, last = history.periods["nps"]
    assert history.bridge.bridge.total.change.value == pytest.approx(last - first)
    assert (history.bridge.name_a, history.bridge.name_b) == ("2024 Q3", "2024 Q4")


def test_periods_stand_in_the_order_of_their_dates(quarters: Run) -> None:
    renamed = quarters.responses["period"].map({"2024 Q3": "summer", "2024 Q4": "autumn"})
    history = look_back(replace(quarters, responses=quarters.responses.assign(period=renamed)))
    assert history.periods["period"].tolist() == ["summer", "autumn"]


def test_the_order_of_rows_does_not_matter(quarters: Run) -> None:
    turned = replace(quarters, responses=quarters.responses.iloc[::-1], mentions=quarters.mentions.iloc[::-1])
    pd.testing.assert_frame_equal(look_back(turned).themes, quarters.history.themes)


def test_a_small_period_has_no_figures(quarters: Run) -> None:
    few = quarters.responses["period"].where(quarters.responses.index >= 10, "2024 Q2")
    history = look_back(replace(quarters, responses=quarters.responses.assign(period=few)))
    small = history.periods.set_index("period").loc["2024 Q2"]
    assert bool(small["too_few"])
    assert pd.isna(small["nps"])
    assert history.themes.loc[history.themes["period"] == "2024 Q2", "complain"].isna().all()


def test_the_page_says_what_changed_and_that_it_could_be_chance(quarters: Run) -> None:
    summary = summarise(quarters)
    assert summary.bridge is not None
    assert summary.bridge.change is not None
    page = render_report(quarters)
    assert "against <bdi>2024 Q3</bdi>" in page
    assert ("could be chance" in page.split("against <bdi>2024 Q3")[1][:120]) == summary.bridge.change.could_be_chance


def test_each_theme_has_its_periods(quarters: Run) -> None:
    theme = next(theme for theme in summarise(quarters).themes if theme.theme_id == "t01")
    assert [point.period for point in theme.trend] == ["2024 Q3", "2024 Q4"]
    assert all(point.complain for point in theme.trend)


def test_a_notebook_shows_nps_and_the_themes(run: Run) -> None:
    shown = run._repr_html_()
    assert "NPS" in shown
    assert shown.count("<tr>") == 1 + 8
    assert shown.index("Waiting time") < shown.index("Agent attitude")


def test_a_notebook_shows_a_hostile_name_as_text(run: Run) -> None:
    names = run.model.themes["name"].mask(run.model.themes["theme_id"] == "t01", "<script>alert(1)</script>")
    changed = replace(run, model=replace_themes(run, names))
    assert "<script>" not in changed._repr_html_()
    assert "&lt;script&gt;" in changed._repr_html_()


def replace_themes(run: Run, names: "pd.Series[str]") -> object:
    from types import SimpleNamespace

    return SimpleNamespace(themes=run.model.themes.assign(name=names))
