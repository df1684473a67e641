"""A theme's small pictures: they add up, fit their frame, and say in words what they draw."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.report.page.shapes import direction, moved, score_columns, side_counts, sides_bar, spark, warmth
from feedback_nlp.report.summary.data import ScoreCount, Sides, TrendPoint
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.sections import HeatCell

COUNTS = st.integers(0, 10_000)


def per_cents(svg: str, name: str) -> list[float]:
    return [float(value) for value in re.findall(rf' {name}="(-?[\d.]+)%"', svg)]


def period(name: str, share: float | None, n: int = 200) -> TrendPoint:
    figure = None if share is None else Figure(share, share / 2, min(1.0, share * 2))
    return TrendPoint(name, n, figure, figure, None)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_the_parts_of_a_bar_fill_it(complain: int, praise: int, both: int, neutral: int) -> None:
    sides = Sides(complain, praise, both, neutral)
    widths = per_cents(sides_bar(sides), "width")
    assert sum(n for _, _, n in side_counts(sides)) == complain + praise + both + neutral
    assert widths == [] if not any(vars(sides).values()) else sum(widths) == pytest.approx(100, abs=0.05)


def test_a_bar_begins_with_complaints_and_ends_with_praise() -> None:
    svg = sides_bar(Sides(n_complain=30, n_praise=10, n_both=5, n_neutral=55))
    assert re.findall(r'class="(\w+)" x', svg) == ["drag", "mix", "rest", "lift"]
    assert per_cents(svg, "x") == [0, 30, 35, 90]
    assert "30 complain, 5 do both, 55 do neither, 10 praise" in svg


def test_the_tallest_column_is_as_tall_as_its_frame() -> None:
    scores = [ScoreCount(0, "detractor", 30, 0.6, 0.1), ScoreCount(9, "promoter", 20, 0.4, 0.3)]
    heights = [float(value) for value in re.findall(r'height="([\d.]+)"/>', score_columns(scores))]
    assert heights == [64.0, pytest.approx(64 * 0.4 / 0.6, abs=0.05)]


def test_columns_name_each_score_once() -> None:
    scores = [ScoreCount(k, "passive", k, k / 55, 1 / 11) for k in range(11)]
    assert re.findall(r">([\d.]+)</text>", score_columns(scores)) == [str(k) for k in range(11)]


def test_no_score_is_no_picture() -> None:
    assert score_columns([]) == ""
    assert score_columns([ScoreCount(3, "detractor", 0, 0.0, 0.0)]) == ""


def test_a_line_has_a_gap_where_a_period_is_too_small() -> None:
    trend = [period("Q1", 0.1), period("Q2", None, 8), period("Q3", 0.2), period("Q4", 0.4)]
    svg = spark(trend, 0.4)
    assert svg.count("<line") == 1
    assert "Q1 10" in svg
    assert "Q2" not in svg


def test_the_largest_share_is_on_top() -> None:
    svg = spark([period("Q1", 0.2), period("Q2", 0.4)], 0.4)
    assert re.search(r'y1="12.0" x2="100.0%" y2="4.0"', svg)


@pytest.mark.parametrize("trend", [[], [period("Q1", 0.1)], [period("Q1", None), period("Q2", 0.1)]])
def test_one_period_is_no_line(trend: list[TrendPoint]) -> None:
    assert spark(trend, 0.4) == ""
    assert moved(trend) is None


def test_a_move_is_between_the_last_two_periods_that_are_known() -> None:
    trend = [period("Q1", 0.1), period("Q2", 0.2), period("Q3", None), period("Q4", 0.3)]
    pair = moved(trend)
    assert pair
    assert [point.period for point in pair] == ["Q2", "Q4"]


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_is_never_paler(one: float, other: float) -> None:
    low, high = sorted([one, other])
    assert 0 <= warmth(low) <= warmth(high) <= 5


def cell(n: int, n_complain: int) -> HeatCell:
    return HeatCell(n, n_complain, Figure(n_complain / n, 0, 1), is_flagged=True)


def test_a_mark_points_to_where_a_cell_differs() -> None:
    row = [cell(100, 30), cell(100, 5), HeatCell(8, None, None)]
    assert [direction(one, row) for one in row[:2]] == ["▲", "▼"]
