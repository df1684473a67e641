"""The walk from base to NPS: it ends at the sum, readable in its order, small terms summed in sight."""

import math
from itertools import pairwise

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.report.summary.account import steps

VALUES = st.lists(st.floats(-30, 30, allow_nan=False), max_size=40)


def account(base: float, complaints: list[float], praise: list[float] = [], **rest: float) -> pd.DataFrame:  # noqa: B006
    rows: list[tuple[str, str | None, float]] = [("base", None, base)]
    rows += [(f"t{k:02d}", "negative", value) for k, value in enumerate(complaints)]
    rows += [(f"t{k:02d}", "positive", value) for k, value in enumerate(praise)]
    rows += [(name, "negative", value) for name, value in rest.items()]
    return pd.DataFrame(rows, columns=["theme_id", "polarity", "contribution"])


@given(st.floats(-100, 100), VALUES, VALUES)
def test_the_walk_ends_at_the_sum_of_the_account(base: float, complaints: list[float], praise: list[float]) -> None:
    table = account(base, complaints, praise)
    assert math.isclose(steps(table, {})[-1].value, table["contribution"].sum(), abs_tol=1e-9)


@given(st.floats(-100, 100), VALUES, VALUES)
def test_each_step_starts_where_the_last_one_ended(base: float, complaints: list[float], praise: list[float]) -> None:
    walk = steps(account(base, complaints, praise), {})
    assert all(step.start == before.end for before, step in pairwise(walk[:-1]))


@given(VALUES, st.randoms())
def test_the_order_of_the_rows_does_not_matter(complaints: list[float], shuffler) -> None:  # type: ignore[no-untyped-def]
    table = account(20.0, complaints)
    places = list(range(len(table)))
    shuffler.shuffle(places)
    assert steps(table.iloc[places], {}) == steps(table, {})


def test_complaints_come_worst_first_then_praise_best_first() -> None:
    walk = steps(account(20.0, [-1.0, -5.0], [2.0, 3.0]), {"t00": "Billing", "t01": "Waiting time"})
    assert [step.label for step in walk] == [
        "Base", "Waiting time: complaints", "Billing: complaints", "Waiting time: praise", "Billing: praise", "NPS",
    ]  # fmt: skip


def test_small_terms_become_one_visible_line_with_their_sum() -> None:
    walk = steps(account(20.0, [-5.0, -4.0, -0.3, -0.2, -0.1]), {}, most=2)
    assert [(step.label, round(step.value, 9)) for step in walk[1:-1]][-1] == ("3 smaller terms: complaints", -0.6)


def test_a_single_small_term_keeps_its_name() -> None:
    walk = steps(account(20.0, [-5.0, -4.0, -0.3]), {"t02": "Gift wrapping"}, most=2)
    assert "Gift wrapping: complaints" in [step.label for step in walk]


def test_other_and_generic_have_their_own_lines_before_the_total() -> None:
    labels = [step.label for step in steps(account(20.0, [-5.0], other=-1.0, generic=-2.0), {})]
    assert labels[-3:] == ["Generic words: complaints", "Themes too small to rank: complaints", "NPS"]


def test_the_colour_follows_what_was_said_not_the_sign() -> None:
    walk = steps(account(20.0, [0.4]), {})
    assert walk[1].kind == "drag"


def test_themes_that_are_called_like_a_term_are_told_apart() -> None:
    walk = steps(account(20.0, [-5.0]), {"t00": "Other"})
    assert walk[1].label == "Other: complaints"
