"""Passives: both steps split each drag exactly, and the nearest ones are those whose words are most like it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.drivers.ordinal import ordinal_drivers
from feedback_nlp.drivers.passives import nearest_passives, passive_effects
from feedback_nlp.errors import InputError

ONE = pd.DataFrame({"theme_id": ["wait"], "kind": ["topic"]})
FEW = DriversConfig(min_mentions=1, n_draws=100)
EFFECTS = [
    "theme_id", "polarity", "detractor_passive", "detractor_passive_low", "detractor_passive_high",
    "passive_promoter", "passive_promoter_low", "passive_promoter_high", "contribution",
]  # fmt: skip
NEAREST = ["response_id", "side", "p_detractor", "p_promoter", "theme_ids"]


def answers(**categories):
    given = [name for name, count in categories.items() for _ in range(count)]
    responses = pd.DataFrame({"response_id": [f"r{i:03d}" for i in range(len(given))], "category": given})
    return responses, {name: responses["response_id"][responses["category"] == name].tolist() for name in categories}


def complaints(ids, theme="wait", polarity=-1.0):
    return pd.DataFrame({"response_id": ids, "theme_id": theme, "polarity": polarity})


@st.composite
def surveys(draw):
    n = draw(st.integers(3, 40))
    category = draw(st.lists(st.sampled_from(["promoter", "passive", "detractor"]), min_size=n, max_size=n))
    responses = pd.DataFrame({"response_id": [f"r{i}" for i in range(n)], "category": category})
    if draw(st.booleans()):
        responses["weight"] = draw(st.lists(st.floats(0.01, 100), min_size=n, max_size=n))
    row = st.tuples(st.integers(0, n - 1), st.sampled_from(["a", "b", "c"]), st.sampled_from([-1.0, 0.5]))
    mentions = pd.DataFrame(draw(st.lists(row, max_size=60)), columns=["response_id", "theme_id", "polarity"])
    mentions["response_id"] = [f"r{i}" for i in mentions["response_id"]]
    return responses, mentions, pd.DataFrame({"theme_id": ["a", "b", "c"], "kind": "topic"})


# --- the two steps


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_both_parts_sum_to_the_contribution_of_the_ranking(tables):
    table, drivers = passive_effects(*tables, FEW), rank_drivers(*tables, FEW)
    if len(table):
        parts = table["detractor_passive"] + table["passive_promoter"]
        assert parts.to_numpy() == pytest.approx(drivers.account["contribution"].to_numpy(), abs=1e-9)
        assert table["contribution"].to_numpy() == pytest.approx(parts.to_numpy(), abs=1e-9)
    else:
        assert set(tables[0]["category"]) == {"passive"} or "passive" not in set(tables[0]["category"])


@pytest.mark.parametrize("case", [{}, {"weighted": True}, {"people": 150}])
def test_each_step_sums_to_the_share_of_its_category(survey, case):
    responses, mentions, themes = survey(**case)
    table = passive_effects(responses, mentions, themes)
    scored = responses[responses["category"].notna()]
    weight = scored["weight"] if "weight" in scored else np.ones(len(scored))
    promoters, detractors = (np.average(scored["category"] == c, weights=weight) for c in ("promoter", "detractor"))
    assert table["detractor_passive"].sum() == pytest.approx(-100 * detractors, abs=1e-9)
    assert table["passive_promoter"].sum() == pytest.approx(100 * promoters, abs=1e-9)


def test_rows_are_those_of_the_account(survey):
    table, account = passive_effects(*survey()), rank_drivers(*survey()).account
    assert table.columns.tolist() == EFFECTS
    pd.testing.assert_frame_equal(table[["theme_id", "polarity"]], account[["theme_id", "polarity"]])


def test_one_theme_gives_the_differences_of_two_shares():
    responses, ids = answers(detractor=20, passive=30, promoter=50)
    said = ids["detractor"][:12] + ids["passive"][:6] + ids["promoter"][:2]
    row = passive_effects(responses, complaints(said), ONE).iloc[1]
    assert row["detractor_passive"] == pytest.approx(-100 * 0.2 * (12 / 20 - 8 / 80))
    assert row["passive_promoter"] == pytest.approx(100 * 0.2 * (2 / 20 - 48 / 80))


def test_the_interval_of_a_step_is_that_of_a_survey_with_that_step_only():
    responses, ids = answers(detractor=20, passive=30, promoter=50)
    said = complaints(ids["detractor"][:12] + ids["passive"][:6] + ids["promoter"][:2])
    row = passive_effects(responses, said, ONE).iloc[1]
    merged = responses.assign(category=responses["category"].replace({"promoter": "passive"}))
    alone = rank_drivers(merged, said, ONE).table.iloc[0]
    for end in ("", "_low", "_high"):
        assert row[f"detractor_passive{end}"] == pytest.approx(alone[f"drag{end}"])


def test_reversed_categories_swap_the_steps(survey):
    responses, mentions, themes = survey()
    swapped = {"promoter": "detractor", "detractor": "promoter"}
    one = passive_effects(responses, mentions, themes)
    other = passive_effects(responses.assign(category=responses["category"].replace(swapped)), mentions, themes)
    assert np.allclose(other["detractor_passive"], -one["passive_promoter"])
    assert np.allclose(other["detractor_passive_low"], -one["passive_promoter_high"])
    assert np.allclose(other["contribution"], -one["contribution"])


def test_a_theme_that_only_keeps_from_promoting_is_all_in_the_second_step():
    rng = np.random.default_rng(2)
    told = rng.random(2000) < 0.3
    happy = np.where(rng.random(2000) < np.where(told, 0.2, 0.7), "promoter", "passive")
    category = np.where(rng.random(2000) < 0.2, "detractor", happy)
    responses = pd.DataFrame({"response_id": np.arange(2000), "category": category})
    row = passive_effects(responses, complaints(np.flatnonzero(told)), ONE).iloc[1]
    assert row["passive_promoter_high"] < -8
    assert row["detractor_passive_low"] < 0 < row["detractor_passive_high"]


@pytest.mark.parametrize(("missing", "step"), [("detractor", "detractor_passive"), ("promoter", "passive_promoter")])
def test_a_step_that_nobody_is_beyond_is_0_without_an_interval(missing, step):
    responses, ids = answers(**{name: 40 for name in ("detractor", "passive", "promoter") if name != missing})
    row = passive_effects(responses, complaints(ids["passive"][:15]), ONE).iloc[1]
    assert row[step] == 0
    assert row[[f"{step}_low", f"{step}_high"]].isna().all()
    assert row.notna().sum() == len(EFFECTS) - 2


@pytest.mark.parametrize("counts", [{"detractor": 40, "promoter": 40}, {"passive": 40}, {"promoter": 40}])
def test_without_steps_to_tell_apart_both_tables_are_empty(counts):
    responses, ids = answers(**counts)
    said = complaints(next(iter(ids.values()))[:15])
    effects, nearest = passive_effects(responses, said, ONE), nearest_passives(responses, said, ONE)
    assert (len(effects), effects.columns.tolist()) == (0, EFFECTS)
    assert (len(nearest), nearest.columns.tolist()) == (0, NEAREST)


@pytest.mark.parametrize("function", [passive_effects, nearest_passives])
def test_empty_and_unscored_tables_have_the_types_of_full_ones(survey, function):
    responses, mentions, themes = survey()
    full = function(responses, mentions, themes)
    for nobody in (responses.assign(category=None), responses.iloc[:0]):
        table = function(nobody, mentions[mentions["response_id"].isin(nobody["response_id"])], themes)
        assert len(table) == 0
        assert table.dtypes.equals(full.dtypes)


@pytest.mark.parametrize("function", [passive_effects, nearest_passives])
def test_the_order_of_rows_changes_no_bit(survey, function):
    responses, mentions, themes = survey(weighted=True)
    shuffled = [table.sample(frac=1, random_state=3) for table in (responses, mentions)]
    one, other = function(responses, mentions, themes), function(*shuffled, themes)
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize("function", [passive_effects, nearest_passives])
def test_impossible_tables_are_refused_in_one_line(survey, function):
    responses, mentions, themes = survey()
    for wrong in (responses.assign(weight=-1.0), responses.assign(response_id="same"), responses[["response_id"]]):
        with pytest.raises(InputError) as error:
            function(wrong, mentions, themes)
        assert "\n" not in str(error.value)


def test_without_a_theme_the_steps_are_the_two_shares():
    responses, _ = answers(detractor=20, passive=30, promoter=50)
    table = passive_effects(responses, complaints([]), ONE.iloc[:0])
    assert table["theme_id"].tolist() == ["base"]
    assert table[["detractor_passive", "passive_promoter"]].iloc[0].tolist() == pytest.approx([-20, 50])


# --- the nearest passives


def test_praise_is_near_promoting_and_complaint_near_detracting():
    responses, ids = answers(detractor=30, passive=30, promoter=40)
    wait = complaints(ids["detractor"][:20] + ids["passive"][:5] + ids["promoter"][:2])
    help_ = complaints(ids["promoter"][:25] + ids["passive"][5:9] + ids["detractor"][:3], "help", 1.0)
    themes = pd.DataFrame({"theme_id": ["wait", "help"], "kind": "topic"})
    nearest = nearest_passives(responses, pd.concat([wait, help_]), themes, n=4)
    promoters, detractors = (nearest[nearest["side"] == side] for side in ("promoter", "detractor"))
    assert promoters["response_id"].tolist() == ids["passive"][5:9]
    assert promoters["theme_ids"].tolist() == [["help"]] * 4
    assert detractors["response_id"].tolist() == ids["passive"][:4]
    assert detractors["theme_ids"].tolist() == [["wait"]] * 4
    assert (promoters["p_promoter"].min() > detractors["p_promoter"]).all()


def test_probabilities_are_those_of_the_ordinal_model():
    responses, ids = answers(detractor=30, passive=30, promoter=40)
    said = complaints(ids["detractor"][:20] + ids["passive"][:5] + ids["promoter"][:4])
    ordinal = ordinal_drivers(responses, said, ONE)
    first = nearest_passives(responses, said, ONE, n=1).set_index("side")
    effect = ordinal.effects["log_odds"][0]
    assert first.loc["detractor", "p_detractor"] == pytest.approx(expit(ordinal.thresholds[0] - effect))
    assert first.loc["promoter", "p_promoter"] == pytest.approx(1 - expit(ordinal.thresholds[1]))


def test_a_side_is_sorted_by_probability_and_then_by_id(survey):
    nearest = nearest_passives(*survey(n=600), n=1000)
    passives = (survey(n=600)[0]["category"] == "passive").sum()
    for side in ("promoter", "detractor"):
        rows = nearest[nearest["side"] == side]
        assert len(rows) == passives
        keys = list(zip(-rows[f"p_{side}"], rows["response_id"], strict=True))
        assert keys == sorted(keys)


def test_themes_come_worst_first_and_each_once(survey):
    tables = survey(n=600)
    effects = ordinal_drivers(*tables).effects.set_index(["theme_id", "polarity"])["log_odds"]
    said = tables[1].assign(polarity=np.where(tables[1]["polarity"] > 0, "positive", "negative"))
    for row in nearest_passives(*tables, n=20).itertuples():
        own = said[said["response_id"] == row.response_id]
        worst = {}
        for theme, polarity in zip(own["theme_id"], own["polarity"], strict=True):
            worst[theme] = min(worst.get(theme, np.inf), effects[theme, polarity])
        assert row.theme_ids == sorted(worst, key=worst.get)


def test_pooled_and_generic_themes_are_not_listed(survey):
    responses, mentions, themes = survey()
    rare = complaints(responses["response_id"][responses["category"] == "passive"].iloc[:3], "rare")
    generic = complaints(responses["response_id"].iloc[:100], "generic-complaint")
    more = pd.DataFrame({"theme_id": ["rare", "generic-complaint"], "kind": ["topic", "generic"]})
    told = pd.concat([mentions, rare, generic])
    nearest = nearest_passives(responses, told, pd.concat([themes, more]), DriversConfig(include_generic=True), n=1000)
    assert {theme for listed in nearest["theme_ids"] for theme in listed} == set(themes["theme_id"])


def test_ids_keep_their_type_and_no_category_no_side():
    responses, _ = answers(passive=20, promoter=20)
    responses["response_id"] = np.arange(40)
    nearest = nearest_passives(responses, complaints(np.arange(15)), ONE, n=2)
    assert nearest["side"].tolist() == ["promoter", "promoter"]
    assert nearest["response_id"].tolist() == [15, 16]
    assert nearest["response_id"].dtype == responses["response_id"].dtype
    assert (nearest["p_detractor"] == 0).all()


def test_weightless_passives_are_not_listed():
    responses, ids = answers(detractor=30, passive=30, promoter=40)
    weight = np.where(responses["response_id"].isin(ids["passive"][:10]), 0.0, 1.0)
    nearest = nearest_passives(responses.assign(weight=weight), complaints(ids["detractor"][:15]), ONE)
    assert not set(nearest["response_id"]) & set(ids["passive"][:10])
    assert set(nearest["response_id"]) == set(ids["passive"][10:])


def test_n_limits_each_side_and_can_not_be_negative(survey):
    assert nearest_passives(*survey(), n=7)["side"].value_counts().to_dict() == {"promoter": 7, "detractor": 7}
    assert len(nearest_passives(*survey(), n=0)) == 0
    with pytest.raises(InputError, match="n is -1"):
        nearest_passives(*survey(), n=-1)
