"""The target table of tests/benchmarks/driver_targets.py on a few worlds: its own measures, with wider bounds."""

import importlib
from collections.abc import Iterator
from functools import partial
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

QUICK = 50_000  # responses of the population that the truth is taken from


@pytest.fixture(scope="module")
def targets(root) -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root / "tests" / "benchmarks")
        yield importlib.import_module("driver_targets")


def worlds(targets, count, sizes, **kind) -> pd.DataFrame:
    measure = partial(targets.measure_order, targets.Worlds(**kind), sizes, QUICK)
    return pd.concat([measure(seed, "correlation" in kind) for seed in range(count)], ignore_index=True)


@pytest.fixture(scope="module")
def clean(targets) -> pd.DataFrame:
    return worlds(targets, 5, (2000, 10_000))


@pytest.fixture(scope="module")
def praise(targets) -> pd.DataFrame:
    return worlds(targets, 3, (10_000,), praise=True)


@pytest.fixture(scope="module")
def correlated(targets) -> pd.DataFrame:
    return worlds(targets, 4, (10_000,), correlation=0.7)


@pytest.fixture(scope="module")
def intervals(targets) -> pd.DataFrame:
    return targets.measure_coverage((("plain", 2000, 12), ("weighted", 2000, 8), ("twice", 1000, 8)), 1, 0)


@pytest.fixture(scope="module")
def noise(targets) -> pd.DataFrame:
    return pd.concat([targets.measure_noise(((10_000, 1000),), QUICK, seed) for seed in range(3)], ignore_index=True)


# --- order and size


@pytest.mark.parametrize(("n", "tau", "top3"), [(2000, 0.79, 0.8), (10_000, 0.87, 0.86)])
def test_drags_are_in_the_true_order(targets, clean, n, tau, top3):
    at = clean[clean["n"] == n]
    assert targets.taus(at).mean() >= tau
    assert targets.top3_recall(at) >= top3


def test_praise_beside_the_complaints_costs_little(targets, praise):
    assert targets.taus(praise).mean() >= 0.86


def test_correlated_themes_keep_their_order_where_leave_one_out_blames_the_neighbours(targets, correlated):
    ours, theirs = (targets.taus(correlated, column).mean() for column in ("drag", "leave_one_out"))
    assert ours >= 0.85
    assert ours - theirs >= 0.1


def test_the_ordinal_model_is_nearer_to_the_true_size_where_themes_are_correlated(targets, correlated):
    assert 0.9 <= targets.slope(correlated, "drag_given_rest") <= 1.1
    assert targets.root_mean_square(correlated, "drag_given_rest") < targets.root_mean_square(correlated)


def test_drags_have_the_true_size(targets, clean):
    at = clean[clean["n"] == 10_000]
    assert 0.95 <= targets.slope(at) <= 1.05
    assert targets.root_mean_square(at) <= 0.32


def test_praise_and_complaints_in_one_column_lose_the_order(targets, praise):
    split, collapsed = targets.taus(praise).mean(), targets.taus(praise, "collapsed").mean()
    assert split >= 0.8
    assert collapsed < split - 0.15


# --- certainty


@pytest.mark.parametrize("kind", ["plain", "weighted", "twice"])
def test_intervals_hold_the_drag_of_the_population(targets, intervals, kind):
    at = intervals[intervals["kind"] == kind]
    assert 0.9 <= targets.covered(at) <= 0.99  # 150 to 230 intervals


def test_too_sure_methods_are_seen_to_be_too_sure(targets, intervals):
    plain, twice = (intervals[intervals["kind"] == kind] for kind in ("plain", "twice"))
    with_fixed_shares = (plain["drag"] - plain["true"]).abs() <= 1.96 * plain["se_share_fixed"]
    assert with_fixed_shares.mean() < targets.covered(plain)
    assert targets.covered(twice, name="alone") < 0.88


def test_intervals_of_ranks_hold_the_true_rank(targets, clean):
    assert targets.rank_coverage(clean) >= 0.93


def test_the_probability_of_the_top_three_is_what_it_says(targets, clean):
    bins = targets.top3_calibration(clean)
    assert bins["themes"].sum() == clean["p_top3"].notna().sum()
    assert targets.calibration_error(bins) <= 0.05


def test_few_of_the_flagged_themes_are_harmless(targets):
    at = worlds(targets, 4, (2000,), harmless=True)
    assert at["flagged"].sum() >= 20
    assert targets.false_discoveries(at) <= 0.1


def test_shuffled_scores_flag_nothing(targets):
    runs = targets.measure_permuted(2000, 40, 0)
    assert runs["margin"].mean() <= 0.05
    assert runs["no_margin"].mean() >= runs["margin"].mean()


# --- wrong labels, and sums


def test_wrong_labels_shrink_drags_and_an_audit_mends_that(targets, noise):
    assert 0.62 <= targets.slope(noise) <= 0.82
    assert 0.88 <= targets.slope(noise, "drag_corrected") <= 1.12


def test_the_audit_gives_intervals_that_hold_the_true_drag(targets, noise):
    naive, corrected = targets.covered(noise), targets.covered(noise, name="drag_corrected")
    assert naive < 0.7
    assert corrected > 0.85


def test_accounts_and_bridges_sum_to_the_last_digit(targets, clean):
    assert clean["sum_error"].max() <= 1e-9
    assert max(targets.measure_sums(5000, 0).values()) <= 1e-9


# --- the measures themselves


def test_the_measures_see_a_wrong_order_a_wrong_size_and_wrong_intervals(targets, clean):
    at = clean[clean["n"] == 10_000]
    upside_down = at.assign(drag=-at["drag"], drag_low=5.0, drag_high=6.0, rank_low=21 - at["rank_high"])
    upside_down["rank_high"] = 21 - at["rank_low"]
    assert targets.taus(upside_down).mean() < -0.8
    assert targets.top3_recall(upside_down) < 0.2
    assert targets.slope(upside_down) < -0.9
    assert targets.covered(upside_down) == 0.0
    assert targets.rank_coverage(upside_down) < 0.5


def test_false_discoveries_count_harmless_themes_among_the_flagged(targets):
    figures = pd.DataFrame({"seed": [1, 1, 2], "n": 9, "flagged": [True, True, False], "true": [-0.1, -3.0, -3.0]})
    assert targets.false_discoveries(figures) == pytest.approx((0.5 + 0) / 2)


def test_a_probability_of_one_half_that_never_comes_true_is_an_error_of_one_half(targets):
    figures = pd.DataFrame({"seed": 1, "n": 9, "true": np.arange(4.0), "p_top3": [1.0, 1.0, 1.0, 0.5]})
    assert targets.calibration_error(targets.top3_calibration(figures)) == pytest.approx(0.5 / 4)


def test_the_table_marks_what_misses(targets):
    rows = [targets.at_least("tau", 0.93, 0.92), targets.at_most("error", 0.3, 0.28), targets.Row("beside", "0.6")]
    assert [row.ok for row in rows] == [True, False, None]
    assert targets.markdown(rows).count("**no**") == 1
