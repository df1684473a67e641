"""How figures read: signs, decimals, shares, small groups."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp import numbers

POINTS = st.floats(-200, 200, allow_nan=False)


@given(POINTS)
def test_points_read_back_to_within_rounding(value: float) -> None:
    assert abs(float(numbers.points(value).replace("−", "-")) - value) <= 0.05 + 1e-9


@given(POINTS)
def test_no_figure_uses_a_hyphen_as_its_minus(value: float) -> None:
    assert "-" not in numbers.points(value) + numbers.change(value) + numbers.score(value)


@pytest.mark.parametrize("value", [0.0, -0.0, 0.04, -0.049])
def test_what_rounds_to_zero_has_no_sign(value: float) -> None:
    assert numbers.points(value) == numbers.change(value) == "0.0"


@given(st.floats(0, 1))
def test_only_nothing_reads_0_and_only_all_reads_100(share: float) -> None:
    text = numbers.percent(share)
    assert (text == "0\u00a0%") == (share == 0)
    assert (text == "100\u00a0%") == (share == 1)


@pytest.mark.parametrize(
    ("share", "text"), [(0.0094, "0.9 %"), (0.0095, "1 %"), (0.155, "16 %"), (1e-4, "under 0.1 %")]
)
def test_a_share_is_whole_from_one_per_cent_up(share: float, text: str) -> None:
    assert numbers.percent(share).replace("\u00a0", " ") == text


@pytest.mark.parametrize(("total", "text"), [(8, "too few (8)"), (29, "too few (29)"), (30, "10\u00a0%")])
def test_a_group_under_thirty_gets_no_share(total: int, text: str) -> None:
    assert numbers.percent_of(3, total) == text


@given(st.floats(0, 1))
def test_a_simulated_probability_is_never_certain(value: float) -> None:
    assert numbers.probability(value) not in {"0\u00a0%", "100\u00a0%"}


@pytest.mark.parametrize("form", [numbers.points, numbers.change, numbers.percent, numbers.count, numbers.probability,
                                  numbers.score, numbers.day])  # fmt: skip
def test_missing_is_a_dash(form) -> None:  # type: ignore[no-untyped-def]
    assert form(None) == "–"


def test_an_interval_without_an_end_is_none() -> None:
    assert numbers.interval(None, 3.0) == "no interval"


def test_thousands_have_commas() -> None:
    assert numbers.plural(12014, "response") == "12,014 responses"


def test_a_day_needs_no_locale() -> None:
    assert numbers.day(date(2025, 3, 4)) == "4 Mar 2025"


def test_names_left_out_are_counted() -> None:
    assert numbers.listed(["north.csv", "south.csv", "east.csv", "west.csv"], 2) == "north.csv, south.csv and 2 more"
