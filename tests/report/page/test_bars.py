"""The bars: where they stand, what they say in words, and that nothing of a name becomes markup."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.report import summarise
from feedback_nlp.report.page import bars
from feedback_nlp.report.summary.data import Summary
from feedback_nlp.report.summary.sections import Step
from feedback_nlp.track import Run


@pytest.fixture(scope="module")
def summary(run: Run) -> Summary:
    return summarise(run)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def place(text: str | None) -> float:
    assert text is not None
    return float(text.removesuffix("%"))


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=20))
def test_a_scale_holds_all_its_values(values: list[float]) -> None:
    scale = bars.scale_of(values)
    assert all(0 <= place(scale.at(value)) <= 100 for value in values)


@given(st.lists(st.floats(-1000, 1000), min_size=2, max_size=20))
def test_a_scale_has_few_ticks_inside_it(values: list[float]) -> None:
    scale = bars.scale_of(values)
    assert 1 <= len(scale.ticks) <= 11
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks)


def test_a_scale_of_nothing_is_still_a_scale() -> None:
    assert bars.scale_of([]).at(0.0) == "50.00%"


def test_drag_lies_left_of_zero_and_lift_right(summary: Summary) -> None:
    scale = bars.theme_scale(summary.themes)
    theme = next(theme for theme in summary.themes if theme.drag and theme.lift)
    drawn = {rect.get("class"): rect for rect in parsed(bars.drag_and_lift(theme, scale)).iter("rect")}
    zero = place(scale.at(0.0))
    assert place(drawn["drag"].get("x")) + place(drawn["drag"].get("width")) == pytest.approx(zero, abs=0.02)
    assert place(drawn["lift"].get("x")) == pytest.approx(zero, abs=0.02)


def test_a_whisker_spans_the_interval(summary: Summary) -> None:
    scale, drag = bars.theme_scale(summary.themes), summary.themes[0].drag
    assert drag is not None
    assert drag.low is not None
    assert drag.high is not None
    drawn = parsed(bars.drag_and_lift(summary.themes[0], scale)).iter("line")
    lines = [line for line in drawn if line.get("class") == "whisker"]
    assert (lines[0].get("x1"), lines[0].get("x2")) == (scale.at(drag.low), scale.at(drag.high))


def test_a_chart_is_an_image_with_its_figures_in_words(summary: Summary) -> None:
    svg = parsed(bars.drag_and_lift(summary.themes[0], bars.theme_scale(summary.themes)))
    assert svg.get("role") == "img"
    assert "Waiting time: drag −" in (svg.get("aria-label") or "")


def test_a_hostile_name_stays_text() -> None:
    step = Step('"><script>alert(1)</script>', "drag", -1.0, 2.0, 1.0)
    svg = parsed(bars.waterfall(step, bars.account_scale([step])))
    assert (svg.get("aria-label") or "").startswith('"><script>')
    assert not list(svg.iter("script"))


def test_the_walk_is_drawn_from_where_it_stands(summary: Summary) -> None:
    scale, step = bars.account_scale(summary.account), summary.account[1]
    bar = next(parsed(bars.waterfall(step, scale)).iter("rect"))
    assert bar.get("x") == scale.at(min(step.start, step.end))


def test_base_and_nps_are_marks_and_no_bars(summary: Summary) -> None:
    scale = bars.account_scale(summary.account)
    marks = [next(parsed(bars.waterfall(step, scale)).iter("rect")).get("class") for step in summary.account]
    assert (marks[0], marks[-1], marks.count("mark")) == ("mark", "mark", 2)


def test_the_largest_share_fills_its_cell() -> None:
    assert 'width="100.00%"' in bars.share_bar(0.4, 0.4, "Waiting time: 40 %")
