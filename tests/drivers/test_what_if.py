"""`what_if`: closed forms, the algebra of the covariance against a bootstrap, and what it refuses."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.drivers.scores import quantile
from feedback_nlp.drivers.simulation import SimulationSettings, random_themes, simulate
from feedback_nlp.drivers.what_if import what_if
from feedback_nlp.errors import InputError
from feedback_nlp.schema import Estimate
from feedback_nlp.track.files import covariance_as_table

ALL = {"theme A": 1.0, "theme B": 1.0, "theme C": 1.0, "theme D": 1.0}
CUTS = st.dictionaries(st.sampled_from(sorted(ALL)), st.floats(0, 1), min_size=1)


@pytest.fixture(scope="module")
def drivers(survey):
    return rank_drivers(*survey(n=900, weighted=True, people=400))


def one_theme(counts):
    """A survey where `counts` of (category, complains) answered so."""
    rows = [(category, complains) for (category, complains), n in counts.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["category", "complains"])
    frame["response_id"] = [f"r{i:04d}" for i in range(len(frame))]
    mentions = frame.loc[frame["complains"], ["response_id"]].assign(theme_id="wait", polarity=-1.0)
    themes = pd.DataFrame({"theme_id": ["wait"], "kind": ["topic"], "name": ["Waiting time"]})
    return frame[["response_id", "category"]], mentions, themes


COUNTS = {
    ("promoter", False): 60, ("passive", False): 20, ("detractor", False): 10,
    ("promoter", True): 10, ("passive", True): 10, ("detractor", True): 40,
}  # fmt: skip


def halves(estimate):
    return (estimate.high - estimate.low) / 2


def test_half_the_complainers_replaced_by_others_is_the_expected_nps():
    # of 150, 60 complain with NPS -50, 90 do not with NPS 500/9; now 30 complain and 120 do not
    found = what_if(rank_drivers(*one_theme(COUNTS)), {"wait": 0.5})
    expected = (30 * -50.0 + 120 * (100 * 50 / 90)) / 150
    assert found.nps_new.value == pytest.approx(expected)
    assert found.change.value == pytest.approx(expected - 100 * 20 / 150)


def test_removing_complainers_at_random_gives_it_on_average():
    responses, _, _ = tables = one_theme(COUNTS)
    points = responses["category"].map({"promoter": 100.0, "passive": 0.0, "detractor": -100.0}).to_numpy()
    rng = np.random.default_rng(0)
    means = []
    for _ in range(4000):
        gone = rng.choice(np.arange(90, 150), 30, replace=False)
        means.append((points.sum() - points[gone].sum() + points[rng.integers(0, 90, 30)].sum()) / 150)
    assert what_if(rank_drivers(*tables), {"wait": 0.5}).nps_new.value == pytest.approx(np.mean(means), abs=0.5)


def test_the_change_of_one_theme_has_the_interval_of_its_drag(drivers):
    row = drivers.table.iloc[1]
    change = what_if(drivers, {"theme B": 1.0}).change
    assert (change.value, change.low, change.high) == pytest.approx((-row["drag"], -row["drag_high"], -row["drag_low"]))


def test_half_a_cut_has_half_the_range(drivers):
    whole, half = (what_if(drivers, {"theme B": share}).change for share in (1.0, 0.5))
    assert (half.value, half.low, half.high) == pytest.approx((whole.value / 2, whole.low / 2, whole.high / 2))


def test_all_complaints_cut_leave_nps_without_the_drags(drivers):
    account = drivers.account
    left = account["contribution"][account["polarity"] != "negative"].sum()
    assert what_if(drivers, ALL).nps_new.value == pytest.approx(left)


def test_what_is_left_after_all_cuts_has_its_own_error(drivers):
    kept = (drivers.account["polarity"] != "negative").to_numpy(dtype=float)
    error = np.sqrt(kept @ drivers.covariance @ kept)
    assert halves(what_if(drivers, ALL).nps_new) == pytest.approx(quantile(0.95) * error)


@settings(max_examples=30, deadline=None)
@given(cut=CUTS)
def test_the_changes_of_single_cuts_add_up(drivers, cut):
    singles = [what_if(drivers, {theme: share}).change.value for theme, share in cut.items()]
    assert what_if(drivers, cut).change.value == pytest.approx(sum(singles), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(cut=CUTS)
def test_nps_moves_by_the_change(drivers, cut):
    found = what_if(drivers, cut)
    assert found.nps_new.value - found.nps.value == pytest.approx(found.change.value, abs=1e-9)
    for estimate in (found.nps, found.nps_new, found.change):
        assert estimate.low <= estimate.value <= estimate.high


@settings(max_examples=30, deadline=None)
@given(cut=CUTS)
def test_the_error_of_nps_new_is_that_of_the_formula(drivers, cut):
    c = np.array(
        [cut.get(t, 0.0) if p == "negative" else 0.0 for t, p in drivers.account[["theme_id", "polarity"]].values]
    )
    covariance, ones = drivers.covariance, np.ones(len(c))
    variance = ones @ covariance @ ones + c @ covariance @ c - 2 * c @ covariance @ ones
    assert halves(what_if(drivers, cut).nps_new) == pytest.approx(quantile(0.95) * np.sqrt(variance))


@settings(max_examples=30, deadline=None)
@given(cut=CUTS)
def test_the_order_of_the_cuts_changes_no_figure(drivers, cut):
    one, other = what_if(drivers, cut), what_if(drivers, dict(reversed(cut.items())))
    assert (one.nps, one.nps_new, one.change) == (other.nps, other.nps_new, other.change)


def test_nothing_cut_leaves_nps_as_it_is(drivers):
    found = what_if(drivers, {"theme A": 0.0})
    assert found.nps_new == found.nps
    assert (found.change.value, found.change.low, found.change.high) == (0.0, 0.0, 0.0)


def test_the_ranges_agree_with_a_bootstrap():
    world = simulate(1000, random_themes(6, seed=3), seed=3, settings=SimulationSettings(population=0))
    responses, mentions, cut = (
        world.responses[["response_id", "category"]],
        world.mentions,
        {"theme-02": 0.5, "theme-06": 1.0},
    )
    options = DriversConfig(n_draws=100, min_mentions=3)
    found = what_if(rank_drivers(responses, mentions, world.themes, options), cut)
    rng, drawn = np.random.default_rng(0), []
    for _ in range(80):
        rows = responses.iloc[rng.integers(0, len(responses), len(responses))]
        rows = rows.assign(own=[f"b{i}" for i in range(len(rows))])
        told = rows[["response_id", "own"]].merge(mentions, on="response_id")
        tables = [table.drop(columns="response_id").rename(columns={"own": "response_id"}) for table in (rows, told)]
        again = what_if(rank_drivers(*tables, world.themes, options), cut)
        drawn.append((again.nps.value, again.nps_new.value, again.change.value))
    spread = np.std(drawn, axis=0, ddof=1)
    expected = np.array([halves(e) for e in (found.nps, found.nps_new, found.change)]) / quantile(0.95)
    assert spread / expected == pytest.approx(np.ones(3), abs=0.24)  # three standard errors of a spread from 80 draws


def test_the_range_of_nps_is_near_the_headline_and_never_much_narrower(drivers):
    found = what_if(drivers, {"theme A": 0.5})
    assert found.nps.value == drivers.nps.value
    assert halves(found.nps) == pytest.approx(halves(drivers.nps), rel=0.08)


def test_the_level_is_that_of_the_drivers_unless_given(survey):
    drivers = rank_drivers(*survey(), DriversConfig(level=0.8))
    own, wide = what_if(drivers, {"theme A": 0.5}), what_if(drivers, {"theme A": 0.5}, level=0.99)
    assert halves(wide.change) / halves(own.change) == pytest.approx(quantile(0.99) / quantile(0.8))
    assert "80 % interval" in own.text
    assert "99 % interval" in wide.text


def test_a_run_read_back_gives_the_same(drivers):
    stored = covariance_as_table(drivers).to_numpy(dtype=np.float64)
    account = pd.DataFrame(drivers.account.astype(object).where(drivers.account.notna(), None).to_dict("records"))
    read = replace(drivers, covariance=stored, account=account)
    assert what_if(read, {"theme A": 0.5, "theme C": 1.0}) == what_if(drivers, {"theme A": 0.5, "theme C": 1.0})


def test_the_range_of_nps_stays_on_the_scale():
    found = what_if(rank_drivers(*one_theme({**COUNTS, ("promoter", False): 900})), {"wait": 1.0})
    assert -100 <= found.nps_new.low <= found.nps_new.value <= found.nps_new.high <= 100


def test_a_value_past_the_end_of_the_scale_is_cut_to_it(drivers):
    high = replace(drivers, nps=Estimate(99.5, 98.0, 100.0))
    found = what_if(high, ALL)
    assert (found.nps_new.value, found.nps_new.high) == (100.0, 100.0)
    assert found.change.value > 0.5


def test_another_theme_without_an_interval_widens_but_does_not_empty_the_range(drivers):
    covariance = drivers.covariance.copy()
    covariance[3, :] = covariance[:, 3] = np.nan  # theme B's complaints
    found = what_if(replace(drivers, covariance=covariance), {"theme A": 0.5})
    assert not np.isnan([found.nps.low, found.nps_new.low, found.change.low]).any()
    assert halves(found.nps_new) >= halves(what_if(drivers, {"theme A": 0.5}).nps_new)


def test_the_text_gives_the_range_and_the_caveat_in_two_sentences():
    found = what_if(rank_drivers(*one_theme(COUNTS)), {"wait": 0.5})
    first, second = found.text.split(". ")
    assert first.startswith(
        "With 50 % fewer complaints of “Waiting time”, NPS would be 34.4 in place of 13.3, a change of +21.1"
    )
    assert "95 % interval +1" in first
    assert second.startswith("This is not a forecast: the drags are associations")
    assert "sampling error only" in second


def test_printing_it_prints_the_text(drivers):
    found = what_if(drivers, {"theme A": 0.5, "theme B": 0.25, "theme C": 1.0})
    assert str(found) == found.text
    assert "“theme A”, 25 % fewer complaints of “theme B” and 100 % fewer" in str(found)


def test_a_hostile_name_can_not_break_the_line(drivers):
    text = what_if(replace(drivers, names={"theme A": "Wait\x1b[31m\ning"}), {"theme A": 0.5}).text
    assert text.isprintable()


def test_the_result_can_not_be_changed(drivers):
    with pytest.raises(FrozenInstanceError):
        what_if(drivers, {"theme A": 0.5}).text = "NPS rises by 5"


def test_a_theme_that_is_unknown_is_answered_with_the_nearest(drivers):
    with pytest.raises(InputError, match="no theme 'theme a'; did you mean 'theme A'"):
        what_if(drivers, {"theme a": 0.5})


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), "0.5", None, float("inf")])
def test_a_share_lies_between_0_and_1(drivers, share):
    with pytest.raises(InputError, match=r"the cut of 'theme A' is .*from 0 to 1"):
        what_if(drivers, {"theme A": share})


@pytest.mark.parametrize("cut", [{}, None, ["theme A"], "theme A"])
def test_something_must_be_cut(drivers, cut):
    with pytest.raises(InputError, match="name a theme and the share"):
        what_if(drivers, cut)


@pytest.mark.parametrize("level", [0, 1, 95, "0.95", float("nan")])
def test_a_level_lies_between_0_and_1(drivers, level):
    with pytest.raises(InputError, match="level is"):
        what_if(drivers, {"theme A": 0.5}, level=level)


def test_a_pooled_theme_has_no_drag_to_cut(survey):
    drivers = rank_drivers(*survey(), DriversConfig(min_mentions=60))
    pooled = drivers.table["theme_id"][drivers.table["drag"].isna()].tolist()
    with pytest.raises(InputError, match=f"'{pooled[0]}' has no drag of its own to cut: pooled complaints"):
        what_if(drivers, {pooled[0]: 0.5})


def test_a_theme_that_holds_others_is_answered_with_what_to_do(survey):
    responses, mentions, themes = survey()
    parent = pd.DataFrame({"theme_id": ["service"], "kind": ["topic"]})
    themes = pd.concat([themes.assign(parent_id="service"), parent], ignore_index=True)
    with pytest.raises(InputError, match="it holds other themes; name those"):
        what_if(rank_drivers(responses, mentions, themes), {"service": 0.5})


@pytest.mark.parametrize("line", ["base", "other"])
def test_the_lines_that_are_no_themes_can_not_be_cut(drivers, line):
    with pytest.raises(InputError, match=f"no theme '{line}'"):
        what_if(drivers, {line: 0.5})


def test_a_theme_without_an_interval_can_not_be_cut():
    responses, mentions, themes = one_theme(COUNTS)
    responses["respondent_id"] = [f"p{i}" if i < 90 else "one" for i in range(150)]
    with pytest.raises(InputError, match="has no interval: it rests on a single response or person"):
        what_if(rank_drivers(responses, mentions, themes), {"wait": 0.5})


def test_without_scores_there_is_nothing_to_cut(survey):
    responses, mentions, themes = survey()
    with pytest.raises(InputError, match="no response has a score"):
        what_if(rank_drivers(responses.assign(category=None), mentions, themes), {"theme A": 0.5})


def test_one_category_only_is_an_error_of_one_line(survey):
    responses, mentions, themes = survey()
    with pytest.raises(InputError, match="no drag of its own to cut") as caught:
        what_if(rank_drivers(responses.assign(category="promoter"), mentions, themes), {"theme A": 0.5})
    assert "\n" not in str(caught.value)
