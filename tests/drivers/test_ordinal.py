"""The ordinal second opinion: its closed forms, its sums, and what it says where categories or columns run out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_expit, logit
from scipy.stats import kendalltau

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import rank_drivers, simulate
from feedback_nlp.drivers.ordinal import ordinal_drivers
from feedback_nlp.errors import InputError

ONE = pd.DataFrame({"theme_id": ["wait"], "kind": ["topic"]})
FEW = DriversConfig(min_mentions=1, n_draws=100)


def answers(**categories):
    """Responses of that many per category, and the ids of each category."""
    given = [name for name, count in categories.items() for _ in range(count)]
    responses = pd.DataFrame({"response_id": [f"r{i:03d}" for i in range(len(given))], "category": given})
    return responses, {name: responses["response_id"][responses["category"] == name].tolist() for name in categories}


def complaints(ids, theme="wait", polarity=-1.0):
    return pd.DataFrame({"response_id": ids, "theme_id": theme, "polarity": polarity})


@st.composite
def surveys(draw):
    n, k = draw(st.integers(1, 40)), draw(st.integers(0, 4))
    pool = draw(st.sampled_from([["promoter", "passive", "detractor"], ["promoter", "detractor", None], ["passive"]]))
    category = draw(st.lists(st.sampled_from(pool), min_size=n, max_size=n))
    responses = pd.DataFrame({"response_id": [f"r{i}" for i in range(n)], "category": pd.Series(category, dtype="str")})
    if draw(st.booleans()):
        responses["weight"] = draw(st.lists(st.floats(0.01, 100), min_size=n, max_size=n))
    if draw(st.booleans()):
        responses["respondent_id"] = draw(st.lists(st.sampled_from(["p", "q", "s", None]), min_size=n, max_size=n))
    themes = [f"t{j}" for j in range(k)] or ["t"]
    row = st.tuples(st.integers(0, n - 1), st.sampled_from(themes), st.sampled_from([-1.0, 0.5]))
    rows = draw(st.lists(row, max_size=60))
    mentions = pd.DataFrame(rows, columns=["response_id", "theme_id", "polarity"])
    mentions["response_id"] = [f"r{i}" for i in mentions["response_id"]]
    return responses, mentions, pd.DataFrame({"theme_id": themes, "kind": "topic"})


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_the_account_sums_to_the_nps_whatever_the_tables(tables):
    ordinal = ordinal_drivers(*tables, FEW)
    if tables[0]["category"].notna().any():
        assert ordinal.account["contribution"].sum() == pytest.approx(ordinal.nps, abs=1e-9)
        assert ordinal.nps == pytest.approx(rank_drivers(*tables, FEW).nps.value, abs=1e-9)
    assert np.isfinite(ordinal.account["contribution"]).all()
    assert np.isfinite(ordinal.effects["log_odds"]).all()
    assert ordinal.comparison.endswith(".")


@settings(max_examples=20, deadline=None)
@given(surveys(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_bit(tables, random):
    shuffled = [table.sample(frac=1, random_state=random.randrange(1000)) for table in tables[:2]]
    one, other = ordinal_drivers(*tables, FEW), ordinal_drivers(*shuffled, tables[2], FEW)
    for name in ("effects", "account", "table"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    assert one.thresholds.tobytes() == other.thresholds.tobytes()


def test_without_a_theme_the_thresholds_are_the_logits_of_the_shares():
    responses, _ = answers(detractor=20, passive=30, promoter=50)
    ordinal = ordinal_drivers(responses, complaints([]), ONE.iloc[:0])
    assert ordinal.thresholds == pytest.approx(logit([0.2, 0.5]))
    assert ordinal.account["theme_id"].tolist() == ["base", "unfitted"]
    assert ordinal.account["contribution"].tolist() == pytest.approx([30.0, 0.0], abs=1e-9)
    assert len(ordinal.effects) == len(ordinal.table) == 0


def test_two_categories_and_one_column_give_the_logarithm_of_the_odds_ratio():
    responses, ids = answers(detractor=40, promoter=60)
    ordinal = ordinal_drivers(responses, complaints(ids["detractor"][:30] + ids["promoter"][:12]), ONE)
    assert ordinal.effects["log_odds"][0] == pytest.approx(np.log((12 / 30) / (48 / 10)))
    assert ordinal.effects["standard_error"][0] == pytest.approx(np.sqrt(1 / 12 + 1 / 30 + 1 / 48 + 1 / 10))
    linear = rank_drivers(responses, complaints(ids["detractor"][:30] + ids["promoter"][:12]), ONE)
    assert ordinal.account["contribution"][:2].tolist() == pytest.approx(linear.account["contribution"].tolist())
    assert any("nobody but promoters and detractors" in note for note in ordinal.notes)


def test_the_interval_is_the_normal_one_at_the_level_asked_for(survey):
    effects = ordinal_drivers(*survey(), DriversConfig(level=0.9)).effects
    assert (effects["low"] + 1.644854 * effects["standard_error"]).tolist() == pytest.approx(effects["log_odds"])
    assert (effects["high"] - 1.644854 * effects["standard_error"]).tolist() == pytest.approx(effects["log_odds"])


def test_columns_and_terms_are_those_of_the_linear_model(survey):
    tables = survey()
    ordinal, linear = ordinal_drivers(*tables), rank_drivers(*tables)
    names = ["theme_id", "polarity"]
    pd.testing.assert_frame_equal(ordinal.account[names].iloc[:-1], linear.account[names])
    for name in ("drag", "lift", "rank"):
        linear_too = ordinal.table[f"{name}_linear"].astype(float)
        assert linear_too.tolist() == pytest.approx(linear.table[name].astype(float).tolist())
    assert ordinal.table["drag_linear_low"].tolist() == pytest.approx(linear.table["drag_low"].tolist())


def test_drag_and_lift_are_those_of_the_account_and_ranked_by_it(survey):
    ordinal = ordinal_drivers(*survey())
    account = ordinal.account.iloc[1:-1].set_index(["theme_id", "polarity"])["contribution"]
    assert ordinal.table["drag"].tolist() == account.xs("negative", level=1).tolist()
    assert ordinal.table["lift"].tolist() == account.xs("positive", level=1).tolist()
    assert ordinal.table["rank"].tolist() == ordinal.table["drag"].rank().astype(int).tolist()


def test_the_agreement_is_kendall_s_tau(survey):
    table = (ordinal := ordinal_drivers(*survey(n=300, n_themes=8))).table
    expected = kendalltau(table["drag_given_rest"], table["drag_linear"]).statistic
    assert ordinal.agreement == pytest.approx(expected)
    assert 0.5 < ordinal.agreement < 1


def test_a_weight_of_two_is_the_fit_of_a_response_its_person_gave_twice(survey):
    responses, mentions, themes = survey()
    weight = np.where(np.arange(len(responses)) % 3 == 0, 2.0, 1.0)
    heavy = ordinal_drivers(responses.assign(weight=weight), mentions, themes)
    again = set(responses["response_id"][weight == 2])
    people = responses.assign(respondent_id=responses["response_id"])
    copies = [table[table["response_id"].isin(again)].assign(response_id=lambda t: t["response_id"] + "x")
              for table in (people, mentions)]  # fmt: skip
    twice = ordinal_drivers(pd.concat([people, copies[0]]), pd.concat([mentions, copies[1]]), themes)
    assert heavy.is_robust
    assert twice.is_robust
    assert np.allclose(heavy.effects["log_odds"], twice.effects["log_odds"])
    assert np.allclose(heavy.effects["standard_error"], twice.effects["standard_error"])


def test_reversed_categories_turn_every_sign(survey):
    responses, mentions, themes = survey()
    swapped = {"promoter": "detractor", "detractor": "promoter"}
    one = ordinal_drivers(responses, mentions, themes)
    other = ordinal_drivers(responses.assign(category=responses["category"].replace(swapped)), mentions, themes)
    assert np.allclose(other.effects["log_odds"], -one.effects["log_odds"])
    assert np.allclose(other.account["contribution"], -one.account["contribution"])
    assert np.allclose(other.thresholds, -one.thresholds[::-1])


# --- where categories or columns run out


def test_a_theme_with_detractors_only_stays_finite_and_is_named():
    responses, ids = answers(detractor=40, passive=30, promoter=50)
    ordinal = ordinal_drivers(responses, complaints(ids["detractor"][:15]), ONE)
    effect = ordinal.effects.iloc[0]
    assert -8 < effect["log_odds"] < -3
    assert effect[["standard_error", "low", "high"]].isna().all()
    assert "'wait' negative separates the categories" in ordinal.notes[0]
    linear = rank_drivers(responses, complaints(ids["detractor"][:15]), ONE).table["drag"][0]
    assert ordinal.table["drag"][0] == pytest.approx(linear, rel=0.05)


def test_the_prior_of_a_separating_column_is_half_a_response_on_either_side():
    responses, ids = answers(detractor=40, promoter=60)
    ordinal = ordinal_drivers(responses, complaints(ids["detractor"][:15]), ONE)

    def loss(parameters):
        base, effect = parameters  # of being a promoter
        free = 25 * log_expit(-base) + 60 * log_expit(base) + 15 * log_expit(-base - effect)
        return -free - (log_expit(effect) + log_expit(-effect)) / 2

    expected = minimize(loss, [0.0, 0.0], tol=1e-10).x
    assert [-ordinal.thresholds[0], ordinal.effects["log_odds"][0]] == pytest.approx(expected, abs=1e-4)


def test_the_other_columns_of_a_separating_one_stay_as_without_its_responses(survey):
    responses, mentions, themes = survey(n=1500)
    hurt = responses["response_id"][responses["category"] == "detractor"].iloc[:40]
    more = pd.concat([themes, pd.DataFrame({"theme_id": ["fraud"], "kind": "topic"})])
    with_it = ordinal_drivers(responses, pd.concat([mentions, complaints(hurt, "fraud")]), more)
    left = responses[~responses["response_id"].isin(hurt)]
    without = ordinal_drivers(left, mentions[mentions["response_id"].isin(left["response_id"])], themes)
    own = with_it.effects[with_it.effects["theme_id"] != "fraud"]
    assert own["log_odds"].to_numpy() == pytest.approx(without.effects["log_odds"].to_numpy(), abs=0.03)
    assert own["standard_error"].notna().all()


def test_columns_that_only_together_separate_are_held_too():
    responses, ids = answers(detractor=30, promoter=30)
    everyone = complaints(ids["detractor"] + ids["promoter"][:10])
    praise = complaints(ids["promoter"][:10], "help", 1.0)  # complainers who praise are promoters, all others are not
    themes = pd.DataFrame({"theme_id": ["wait", "help"], "kind": "topic"})
    ordinal = ordinal_drivers(responses, pd.concat([everyone, praise]), themes)
    assert np.isfinite(ordinal.effects["log_odds"]).all()
    assert sum("separates the categories" in note for note in ordinal.notes) == 2
    assert ordinal.account["contribution"].sum() == pytest.approx(ordinal.nps, abs=1e-9)


@pytest.mark.parametrize("missing", ["detractor", "passive", "promoter"])
def test_a_category_that_nobody_is_in_leaves_a_two_level_model(missing):
    counts = {name: 30 for name in ("detractor", "passive", "promoter") if name != missing}
    responses, ids = answers(**counts)
    low, high = (ids[name] for name in counts)
    ordinal = ordinal_drivers(responses, complaints(low[:20] + high[:5]), ONE)
    assert ordinal.effects["log_odds"][0] == pytest.approx(np.log(5 / 20 * 10 / 25))
    assert ordinal.account["contribution"].iloc[-1] == pytest.approx(0, abs=1e-9)  # a logit's mean is the share itself
    assert np.isnan(ordinal.thresholds).tolist() == [missing == "detractor", missing == "promoter"]


@pytest.mark.parametrize("category", ["promoter", "passive", "detractor"])
def test_with_one_category_there_is_nothing_to_explain(category):
    responses, ids = answers(**{category: 40})
    ordinal = ordinal_drivers(responses, complaints(ids[category][:20]), ONE)
    points = {"promoter": 100.0, "passive": 0.0, "detractor": -100.0}[category]
    assert ordinal.account["contribution"].tolist() == [points, 0.0]
    assert ordinal.table.drop(columns="theme_id").isna().all(axis=None)
    assert ordinal.notes == (f"everybody is a {category}: scores that do not differ have no drivers",)
    assert ordinal.comparison == "There is no drag to compare."


def test_without_scores_there_is_no_account_but_the_same_types(survey):
    responses, mentions, themes = survey()
    ordinal, scored = ordinal_drivers(responses.assign(category=None), mentions, themes), ordinal_drivers(*survey())
    assert len(ordinal.account) == len(ordinal.effects) == 0
    assert np.isnan(ordinal.nps)
    assert ordinal.notes == ("no scores: no drivers",)
    for name in ("account", "effects", "table"):
        assert getattr(ordinal, name).dtypes.equals(getattr(scored, name).dtypes)


def test_an_empty_table_of_responses_gives_empty_figures(survey):
    responses, mentions, themes = survey()
    ordinal = ordinal_drivers(responses.iloc[:0], mentions.iloc[:0], themes)
    assert ordinal.n == 0
    assert ordinal.table["theme_id"].tolist() == themes["theme_id"].tolist()


def test_few_responses_are_called_too_few():
    responses, ids = answers(detractor=5, passive=5, promoter=10)
    ordinal = ordinal_drivers(responses, complaints(ids["detractor"][:3] + ids["promoter"][:1]), ONE, FEW)
    assert ordinal.notes[0] == "too few scored responses: 20, 30 needed to rely on the figures"


def test_a_theme_on_every_response_is_dropped_and_named(survey):
    responses, mentions, themes = survey()
    everywhere = complaints(responses["response_id"], "all")
    more = pd.concat([themes, pd.DataFrame({"theme_id": ["all"], "kind": "topic"})])
    ordinal = ordinal_drivers(responses, pd.concat([mentions, everywhere]), more)
    assert ordinal.table.set_index("theme_id").loc["all"].isna().all()
    assert any("dropped complaints of 'all'" in note for note in ordinal.notes)


def test_a_column_of_one_person_has_no_interval(survey):
    responses, mentions, themes = survey(people=200)
    same = responses["response_id"][responses["category"].notna()].iloc[:12]
    people = responses["respondent_id"].mask(responses["response_id"].isin(same), "the complainer")
    more = pd.concat([themes, pd.DataFrame({"theme_id": ["pet"], "kind": ["topic"]})])
    told = pd.concat([mentions, complaints(same, "pet")])
    ordinal = ordinal_drivers(responses.assign(respondent_id=people), told, more)
    assert pd.isna(ordinal.effects.set_index("theme_id").loc["pet", "low"])
    assert any("no interval for the log-odds of 'pet' negative" in note for note in ordinal.notes)


def test_impossible_tables_are_refused_in_one_line(survey):
    responses, mentions, themes = survey()
    for wrong in (responses.assign(weight=-1.0), responses.assign(response_id="same"), responses[["response_id"]]):
        with pytest.raises(InputError) as error:
            ordinal_drivers(wrong, mentions, themes)
        assert "\n" not in str(error.value)


# --- beside the truth


def test_both_models_find_the_order_of_a_simulated_world():
    world = simulate(5000, seed=4)
    ordinal = ordinal_drivers(world.responses, world.mentions, world.themes)
    truth = world.truth[world.truth["polarity"] == -1].set_index("theme_id")["true_drag"]
    table = ordinal.table.set_index("theme_id").join(truth).dropna(subset=["drag", "true_drag"])
    for name in ("drag", "drag_given_rest", "drag_linear"):
        assert kendalltau(table[name], table["true_drag"]).statistic > 0.75
    slope = (table["drag_given_rest"] @ table["true_drag"]) / (table["true_drag"] @ table["true_drag"])
    assert slope == pytest.approx(1, abs=0.1)


def test_the_comparison_names_a_theme_on_which_the_models_differ():
    world = simulate(8000, seed=3)
    table = (ordinal := ordinal_drivers(world.responses, world.mentions, world.themes)).table
    moved = table.assign(drag_linear_low=table["drag_given_rest"] + 0.1, drag_linear_high=1.0)
    assert "by no more than sampling error; Kendall's tau of their order is 0.9" in ordinal.comparison
    told = replace(ordinal, table=moved.iloc[:1]).comparison
    assert f"by more than sampling error for '{table['theme_id'][0]}' (" in told
