"""How many answers it takes, against the published example, the intervals themselves and simulation."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feedback_nlp.drivers import nps
from feedback_nlp.drivers.sample_size import minimum_n, sample_size, smallest_change
from feedback_nlp.errors import ConfigError

SHARES = st.tuples(st.floats(0.01, 0.9), st.floats(0.01, 0.9)).filter(lambda shares: sum(shares) <= 1)


def test_five_points_at_45_and_25_percent_need_4145_answers_per_period():
    assert sample_size(5, promoters=0.45, detractors=0.25) == 4145


def test_the_size_is_the_textbook_formula():
    variance = 0.6 + 0.1 - 0.5**2
    assert sample_size(-3, 0.6, 0.1, level=0.9, power=0.9) == math.ceil(
        2 * variance * 1e4 * (1.6448536 + 1.2815516) ** 2 / 9
    )


def test_the_size_is_that_of_statsmodels_for_two_samples():
    from statsmodels.stats.power import NormalIndPower

    deviation = 100 * math.sqrt(0.45 + 0.25 - 0.2**2)
    expected = NormalIndPower().solve_power(effect_size=8 / deviation, alpha=0.05, power=0.7)
    assert sample_size(8, 0.45, 0.25, power=0.7) == math.ceil(expected)


def test_a_fall_needs_as_many_as_a_rise():
    assert sample_size(-5, 0.45, 0.25) == sample_size(5, 0.45, 0.25)


def test_with_that_many_answers_the_change_is_found_as_often_as_promised():
    rng = np.random.default_rng(0)
    n = sample_size(10, 0.4, 0.3, power=0.8)
    before, after = (rng.multinomial(n, shares, size=4000) / n for shares in ([0.4, 0.3, 0.3], [0.45, 0.3, 0.25]))
    change = 100 * ((after[:, 0] - after[:, 2]) - (before[:, 0] - before[:, 2]))
    error = np.hypot(*(100 * np.sqrt((s[:, 0] + s[:, 2] - (s[:, 0] - s[:, 2]) ** 2) / n) for s in (before, after)))
    assert np.mean(np.abs(change) > 1.96 * error) == pytest.approx(0.8, abs=0.03)


@given(st.integers(50, 10**7), SHARES, st.floats(0.5, 0.99), st.floats(0.5, 0.99))
def test_the_smallest_change_is_the_size_turned_round(n, shares, level, power):
    promoters, detractors = shares
    try:
        change = smallest_change(n, promoters, detractors, level, power)
    except ConfigError:
        assume(False)
    up = change if 100 * (promoters - detractors) + change <= 100 else -change
    assert sample_size(up, promoters, detractors, level, power) == pytest.approx(n, rel=1e-6, abs=1)


@given(SHARES, st.floats(0.5, 20))
def test_a_smaller_change_needs_more_answers(shares, change):
    nps_now = 100 * (shares[0] - shares[1])
    assume(nps_now + change <= 100)
    assert sample_size(change / 2, *shares) >= sample_size(change, *shares)


def test_four_times_the_answers_halve_the_change_that_is_found():
    assert smallest_change(4000, 0.5, 0.2) == pytest.approx(smallest_change(1000, 0.5, 0.2) / 2)


@given(st.floats(0.8, 60), SHARES)
def test_the_minimum_is_the_first_size_whose_interval_is_narrow_enough(half_width, shares):
    n = minimum_n(half_width, *shares)
    z = 1.959963984540054

    def reach(n):
        p, d = ((share * n + 0.75) / (n + 3) for share in shares)
        return 100 * z * math.sqrt((p + d - (p - d) ** 2) / (n + 3))

    assert reach(n) <= half_width * (1 + 1e-12)
    assert n == 1 or reach(n - 1) > half_width * (1 - 1e-12)


def test_a_survey_of_the_minimum_size_has_that_interval():
    n = minimum_n(10, promoters=0.5, detractors=0.25)
    answers = ["promoter"] * (n // 2) + ["detractor"] * (n // 4)
    estimate = nps(answers + ["passive"] * (n - len(answers)))
    assert (estimate.high - estimate.low) / 2 == pytest.approx(10, abs=0.05)


@pytest.mark.parametrize(
    ("promoters", "detractors", "message"),
    [
        (45, 0.25, "promoters = 45: give a share from 0 to 1, such as 0.45 for 45 %"),
        (0.45, -0.1, "detractors = -0.1"),
        (float("nan"), 0.2, "promoters = nan"),
        ("much", 0.2, "promoters = 'much'"),
        (0.7, 0.4, "together they are at most 1"),
        (1.0, 0.0, "all answers alike leave no spread"),
        (0, 0, "all answers alike"),
    ],
)
def test_impossible_shares_are_refused(promoters, detractors, message):
    for ask in (sample_size, smallest_change, minimum_n):
        with pytest.raises(ConfigError, match=message):
            ask(5, promoters, detractors)


@pytest.mark.parametrize("change", [0, 90, -130, float("nan"), float("inf"), "5"])
def test_a_change_that_can_t_be_is_refused(change):
    with pytest.raises(ConfigError, match=r"change = .*: from an NPS of 20 give a change other than 0"):
        sample_size(change, 0.45, 0.25)


@pytest.mark.parametrize("n", [0, -5, 2.5, float("nan")])
def test_an_impossible_number_of_answers_is_refused(n):
    with pytest.raises(ConfigError, match="give a whole number of answers, 1 or more"):
        smallest_change(n, 0.45, 0.25)


def test_too_few_answers_for_any_change_say_so():
    with pytest.raises(ConfigError, match=r"n = 3: so few answers find only changes from .* points up"):
        smallest_change(3, 0.45, 0.25)


@pytest.mark.parametrize("half_width", [0, -1, 1e-9, float("inf"), None])
def test_an_impossible_half_width_is_refused(half_width):
    with pytest.raises(ConfigError, match="half_width = "):
        minimum_n(half_width, 0.45, 0.25)


@pytest.mark.parametrize(("level", "power"), [(0.95, 0.3), (0.95, 1.0), (95, 0.8), (0, 0.8)])
def test_an_impossible_level_or_power_is_refused(level, power):
    with pytest.raises(ConfigError, match=r"(level|power) = "):
        sample_size(5, 0.45, 0.25, level, power)


def test_numbers_of_numpy_are_numbers():
    assert sample_size(np.float64(5), np.float32(0.45), np.float64(0.25)) in (4144, 4145)
    assert smallest_change(np.int64(4145), 0.45, 0.25) == pytest.approx(5, abs=0.01)
