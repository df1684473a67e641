"""`effect_of`: treated against control, with and without a baseline."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import nps
from feedback_nlp.drivers.people.experiments import effect_of
from feedback_nlp.drivers.scores import nps_change, nps_moments, points_of, wilson
from feedback_nlp.errors import InputError

CATEGORIES = np.array(["promoter", "passive", "detractor"])
THEMES = pd.DataFrame({"theme_id": ["wait", "price"], "kind": "topic"})
Z = 1.959963984540054
BEFORE_AFTER = {"period": "wave", "before": "1", "after": "2"}
# shares of promoters, passives and detractors per cell
TRUTH = {
    ("new", "1"): (0.4, 0.3, 0.3),
    ("old", "1"): (0.5, 0.3, 0.2),
    ("new", "2"): (0.65, 0.2, 0.15),
    ("old", "2"): (0.52, 0.28, 0.2),
}
WAITS = {("new", "1"): 0.3, ("old", "1"): 0.25, ("new", "2"): 0.1, ("old", "2"): 0.25}


def trial(rng, n=80, panel=False):
    """Responses of n people per cell and who complains of waiting; in a panel the same people answer twice, alike."""
    tables, waits = [], []
    for arm in ("new", "old"):
        mood, patience = rng.random((2, n))
        for wave in ("1", "2"):
            if not panel:
                mood, patience = rng.random((2, n))
            promoter, passive, _ = TRUTH[arm, wave]
            category = np.where(
                mood < promoter, "promoter", np.where(mood < promoter + passive, "passive", "detractor")
            )
            ids = [f"{arm}-{wave}-{i}" for i in range(n)]
            people = [f"{arm}-{i}" if panel else f"{arm}-{wave}-{i}" for i in range(n)]
            tables.append(
                pd.DataFrame(
                    {"response_id": ids, "respondent_id": people, "category": category, "arm": arm, "wave": wave}
                )
            )
            waits += [ids[i] for i in np.flatnonzero(patience < WAITS[arm, wave])]
    mentions = pd.DataFrame({"response_id": waits, "theme_id": "wait", "polarity": -1.0})
    return pd.concat(tables, ignore_index=True), mentions


@pytest.fixture(scope="module")
def world():
    return trial(np.random.default_rng(0))


def cell(responses, arm, wave):
    return responses.loc[(responses["arm"] == arm) & (responses["wave"] == wave), "category"]


def moments(categories):
    points = points_of(categories)
    return nps_moments(points, np.ones(len(points)), None)


def ends(estimate):
    return [estimate.value, estimate.low, estimate.high]


def test_without_a_baseline_the_effect_is_the_difference_of_two_independent_samples(world):
    responses = world[0][world[0]["wave"] == "2"]
    found = effect_of(responses, "arm", "new", "old")
    sides = [moments(responses.loc[responses["arm"] == arm, "category"]) for arm in ("old", "new")]
    assert ends(found.difference) == pytest.approx(ends(nps_change(*sides, 0.95)))
    assert found.effect == found.difference
    assert np.isnan(found.baseline_difference.value)


def test_each_group_has_its_own_nps(world):
    found = effect_of(world[0], "arm", "new", "old", **BEFORE_AFTER)
    assert ends(found.treated) == pytest.approx(ends(nps(cell(world[0], "new", "2"))))
    assert ends(found.control) == pytest.approx(ends(nps(cell(world[0], "old", "2"))))


def test_with_a_baseline_the_effect_is_the_difference_in_differences(world):
    found = effect_of(world[0], "arm", "new", "old", **BEFORE_AFTER)
    assert found.effect.value == pytest.approx(found.difference.value - found.baseline_difference.value)
    assert found.n == {"treated": 80, "control": 80, "treated_before": 80, "control_before": 80}


def test_the_effect_s_interval_adds_the_variances_of_four_enlarged_cells(world):
    found = effect_of(world[0], "arm", "new", "old", **BEFORE_AFTER)
    cells = np.array([moments(cell(world[0], arm, wave)) for wave in ("2", "1") for arm in ("new", "old")])
    centre, half = cells[:, 1] @ [1, -1, -1, 1], Z * np.sqrt((cells[:, 2] ** 2).sum())
    assert ends(found.effect)[1:] == pytest.approx([centre - half, centre + half])


def test_after_alone_looks_at_one_period(world):
    found = effect_of(world[0], "arm", "new", "old", period="wave", after="2")
    later = effect_of(world[0][world[0]["wave"] == "2"], "arm", "new", "old")
    assert (found.effect, found.n) == (later.effect, later.n)


def test_the_period_is_the_column_period_if_none_is_named(world):
    named = world[0].rename(columns={"wave": "period"})
    found = effect_of(named, "arm", "new", "old", before="1", after="2")
    assert found.effect == effect_of(world[0], "arm", "new", "old", **BEFORE_AFTER).effect


def test_exchanging_the_groups_turns_the_sign(world):
    there = effect_of(world[0], "arm", "new", "old", **BEFORE_AFTER)
    back = effect_of(world[0], "arm", "old", "new", **BEFORE_AFTER)
    assert ends(there.effect) == pytest.approx([-back.effect.value, -back.effect.high, -back.effect.low])
    assert there.p == pytest.approx(back.p)


def test_people_who_answer_before_and_after_make_the_effect_surer():
    responses, _ = trial(np.random.default_rng(1), panel=True)
    known = effect_of(responses, "arm", "new", "old", **BEFORE_AFTER).effect
    unknown = effect_of(responses.drop(columns="respondent_id"), "arm", "new", "old", **BEFORE_AFTER).effect
    assert known.value == unknown.value
    assert known.high - known.low < 0.8 * (unknown.high - unknown.low)


@pytest.mark.parametrize("panel", [False, True])
def test_ninety_five_percent_intervals_cover_the_true_effect(panel):
    rng, nps_covered, share_covered = np.random.default_rng(2), [], []
    signs = {("new", "2"): 1, ("old", "2"): -1, ("new", "1"): -1, ("old", "1"): 1}
    effect = sum(sign * 100 * (TRUTH[key][0] - TRUTH[key][2]) for key, sign in signs.items())
    share = sum(sign * WAITS[key] for key, sign in signs.items())
    for _ in range(80):
        responses, mentions = trial(rng, 60, panel)
        found = effect_of(responses, "arm", "new", "old", "wave", "1", "2", mentions, THEMES)
        nps_covered.append(found.effect.low <= effect <= found.effect.high)
        share_covered.append(found.themes["effect_low"][0] <= share <= found.themes["effect_high"][0])
    assert 0.91 <= np.mean(nps_covered) <= 0.99
    assert 0.91 <= np.mean(share_covered) <= 0.99


def test_a_treatment_without_effect_is_rarely_seen():
    rng, seen = np.random.default_rng(3), []
    for _ in range(60):
        responses = pd.DataFrame({"response_id": range(120), "category": CATEGORIES[rng.choice(3, 120)]})
        responses["arm"] = np.where(responses["response_id"] % 2 == 0, "new", "old")
        seen.append(effect_of(responses, "arm", "new", "old").p < 0.05)
    assert np.mean(seen) <= 0.1


# --- complaints ---


def test_complaint_shares_have_newcombe_s_interval(world):
    from statsmodels.stats.proportion import confint_proportions_2indep

    responses, mentions = world
    later = effect_of(responses, "arm", "new", "old", "wave", after="2", mentions=mentions, themes=THEMES)
    row = later.themes.iloc[0]
    counts = [80 * row["share_treated"], 80, 80 * row["share_control"], 80]
    low, high = confint_proportions_2indep(*map(round, counts), method="newcomb", compare="diff")
    assert row[["difference_low", "difference_high"]].tolist() == pytest.approx([low, high])
    assert row[["effect_low", "effect_high"]].tolist() == row[["difference_low", "difference_high"]].tolist()


def test_the_change_of_a_share_recovers_the_variance_of_four_wilson_intervals(world):
    responses, mentions = world
    row = effect_of(responses, "arm", "new", "old", "wave", "1", "2", mentions, THEMES).themes.iloc[0]
    waits = responses["response_id"].isin(mentions["response_id"])
    shares = [
        wilson(waits[(responses["arm"] == arm) & (responses["wave"] == wave)].mean(), 80)
        for wave in ("2", "1")
        for arm in ("new", "old")
    ]
    down = [s.value - s.low if rises else s.high - s.value for s, rises in zip(shares, (1, 0, 0, 1), strict=True)]
    value = np.array([s.value for s in shares]) @ [1, -1, -1, 1]
    assert row[["effect", "effect_low"]].tolist() == pytest.approx([value, value - np.hypot.reduce(down)])


def test_the_complaint_that_the_treatment_took_away_is_flagged():
    responses, mentions = trial(np.random.default_rng(4), n=400)
    themes = effect_of(responses, "arm", "new", "old", "wave", "1", "2", mentions, THEMES).themes
    assert themes["flagged"].tolist() == [True, pd.NA]
    assert themes["effect_high"][0] < 0


def test_a_complaint_nobody_makes_is_not_tested(world):
    themes = effect_of(world[0], "arm", "new", "old", "wave", "1", "2", world[1], THEMES).themes
    assert themes["share_treated"][1] == 0
    assert np.isnan(themes["p"][1])


def test_without_mentions_the_table_of_themes_is_empty(world):
    assert len(effect_of(world[0], "arm", "new", "old").themes) == 0


# --- what the notes say ---


def test_the_notes_always_say_when_it_is_a_cause(world):
    plain, based = (effect_of(world[0], "arm", "new", "old", **options) for options in ({}, BEFORE_AFTER))
    assert "only if people were assigned to it at random" in plain.notes[0]
    assert "changed alike" in based.notes[1]


def test_a_group_too_small_has_no_figures_and_is_named(world):
    responses = world[0].drop(index=cell(world[0], "old", "1").index[:60])
    found = effect_of(responses, "arm", "new", "old", **BEFORE_AFTER)
    assert np.isnan([found.baseline_difference.value, found.effect.value, found.p]).all()
    assert not np.isnan(found.difference.value)
    assert "too few: control_before has 20 people with a score, 30 needed" in found.notes


def test_fewer_than_thirty_responses_give_nothing_but_notes(world):
    few = world[0].head(20).assign(arm=["new", "old"] * 10)
    found = effect_of(few, "arm", "new", "old", mentions=world[1].head(0), themes=THEMES)
    assert np.isnan([*ends(found.treated), *ends(found.effect)]).all()
    assert found.themes["share_treated"].isna().all()
    assert len(found.notes) == 3


def test_people_on_both_sides_are_counted(world):
    responses = world[0].assign(respondent_id=[f"p{i % 100}" for i in range(320)])
    notes = effect_of(responses, "arm", "new", "old").notes
    assert notes[-1] == "100 people answered both as treated and as control"


def test_without_scores_there_are_no_figures(world):
    found = effect_of(world[0].assign(category=None), "arm", "new", "old")
    assert np.isnan(found.effect.value)
    assert found.notes[-1] == "no scores: no figures"


def test_one_category_only_shows_no_effect_and_no_certainty(world):
    found = effect_of(world[0].assign(category="promoter"), "arm", "new", "old")
    assert found.effect.value == 0
    assert found.effect.low < 0 < found.effect.high
    assert found.p == pytest.approx(1.0)


# --- bad input ---


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"treated": "nwe"}, "arm: no value 'nwe'; found new, old; did you mean 'new'"),
        ({"treated": "old"}, "treated and control are both 'old'"),
        ({"group": "amr"}, "no segment 'amr'"),
        ({"before": "1"}, "before is '1' but after is not given"),
        ({"period": "wave", "before": "1", "after": "1"}, "before and after are both '1'"),
        ({"period": "wave", "before": "0", "after": "1"}, "wave: no value '0'; found 1, 2"),
        ({"before": "1", "after": "2"}, "no segment 'period'"),
        ({"themes": THEMES}, "found one without the other"),
    ],
)
def test_impossible_questions_are_answered_in_one_line(world, changes, message):
    asked = {"group": "arm", "treated": "new", "control": "old"} | changes
    with pytest.raises(InputError, match=message):
        effect_of(world[0], **asked)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.booleans())
def test_the_order_of_rows_changes_no_bit(seed, panel):
    responses, mentions = trial(np.random.default_rng(seed), 12, panel)
    options = DriversConfig(min_group=5)
    tables = (responses, mentions), (responses.sample(frac=1, random_state=1), mentions.sample(frac=1, random_state=1))
    one, other = (effect_of(r, "arm", "new", "old", "wave", "1", "2", m, THEMES, options) for r, m in tables)
    assert (one.effect, one.difference, one.p, one.notes) == (other.effect, other.difference, other.p, other.notes)
    pd.testing.assert_frame_equal(one.themes, other.themes, check_exact=True)
