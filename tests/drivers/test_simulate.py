"""Simulated worlds: what they promise about their tables, their truth and their switches."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, norm

from feedback_nlp.drivers.simulation.answers import scores, values
from feedback_nlp.drivers.simulation.world import Simulation, SimulationSettings, ThemeSettings, random_themes, simulate
from feedback_nlp.errors import ConfigError
from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE, RESPONSES

QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3")
VALUE = {"promoter": 100.0, "passive": 0.0, "detractor": -100.0}


def estimated(world: Simulation, polarity: int = -1) -> np.ndarray:
    """Returns share x slope of each theme from one least-squares fit on all true mentions: the definition of drag."""
    y = world.responses["category"].map(VALUE).to_numpy()
    columns = world.truth[["theme_id", "polarity"]].assign(column=range(len(world.truth)))
    told = world.true_mentions.merge(columns, on=["theme_id", "polarity"])
    X = np.zeros((len(y), len(columns)))
    X[pd.Index(world.responses["response_id"]).get_indexer(told["response_id"]), told["column"]] = 1
    slopes = np.linalg.lstsq(np.column_stack([np.ones(len(y)), X]), y, rcond=None)[0][1:]
    return (X.mean(axis=0) * slopes)[world.truth["polarity"] == polarity]


def true_drag(world: Simulation, polarity: int = -1) -> np.ndarray:
    return world.truth.loc[world.truth["polarity"] == polarity, "true_drag"].to_numpy()


@pytest.fixture(scope="module")
def clean() -> list[Simulation]:
    return [simulate(10_000, seed=seed) for seed in range(4)]


# --- tables


def test_responses_keep_the_schema():
    world = simulate(300, settings=SimulationSettings(channels=("phone", "chat"), agents_per_channel=2, population=0))
    RESPONSES.validate(world.responses)


def test_categories_follow_the_scores():
    table = simulate(3000, seed=4).responses
    by_category = table.groupby("category")["score"].agg(["min", "max"])
    assert by_category.loc["promoter"].tolist() == [9, 10]
    assert by_category.loc["passive"].tolist() == [7, 8]
    assert by_category.loc["detractor"].tolist() == [0, 6]


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    one, again, other = (simulate(200, seed=seed) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(one.responses, again.responses)
    pd.testing.assert_frame_equal(one.truth, again.truth)
    assert not one.responses["score"].equals(other.responses["score"])


def test_dates_lie_in_their_period_and_are_sorted():
    table = simulate(900, settings=SimulationSettings(periods=QUARTERS, population=0)).responses
    assert table["date"].is_monotonic_increasing
    assert (table["date"].dt.to_period("Q").astype(str) == table["period"].str.replace("-", "")).all()


def test_months_are_periods_too():
    table = simulate(50, settings=SimulationSettings(periods=("2024-02",), population=0)).responses
    assert table["date"].between("2024-02-01", "2024-02-29").all()


def test_agents_belong_to_one_channel():
    options = SimulationSettings(channels=("phone", "chat"), agents_per_channel=3, population=0)
    table = simulate(400, settings=options).responses
    assert table.groupby("segment_agent")["segment_channel"].nunique().tolist() == [1] * 6


def test_people_answer_again_only_in_another_period():
    options = SimulationSettings(periods=QUARTERS, repeat_share=0.2, population=0)
    table = simulate(2000, settings=options).responses
    assert len(table) - table["respondent_id"].nunique() == 400
    assert not table.duplicated(["respondent_id", "period"]).any()


def test_missing_scores_have_no_category():
    table = simulate(2000, settings=SimulationSettings(missing_scores=0.1, population=0)).responses
    assert table["score"].isna().equals(table["category"].isna())
    assert 0.07 < table["score"].isna().mean() < 0.13


def test_scores_without_themes_follow_the_normal_thresholds():
    world = simulate(40_000, [ThemeSettings("Price", 0, 0)], settings=SimulationSettings(mean=0.0, population=0))
    assert (world.responses["score"] <= 6).mean() == pytest.approx(0.20, abs=0.01)
    assert (world.responses["score"] >= 9).mean() == pytest.approx(0.48, abs=0.01)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=50))
def test_values_and_scores_agree_and_never_fall(latent: list[float]):
    ordered = np.sort(np.array(latent))
    score = scores(ordered)
    assert (np.diff(score) >= 0).all()
    assert (values(ordered) == 100.0 * (score >= 9) - 100.0 * (score <= 6)).all()


# --- the experiences


def test_shares_of_experiences_are_those_asked_for():
    theme = ThemeSettings("Price", 0.12, 0.07, correlation=0.5, agent_spread=0.0)
    truth = simulate(10, [theme]).truth
    assert truth["experienced"].tolist() == pytest.approx([0.12, 0.07], abs=0.005)


def test_nobody_has_a_good_and_a_bad_experience_of_one_theme(clean: list[Simulation]):
    assert not clean[0].true_mentions.duplicated(["response_id", "theme_id"]).any()


def test_themes_of_a_group_go_wrong_together_and_others_do_not():
    one, two, apart = (
        ThemeSettings(name, 0.2, 0.1, correlation=0.7, group=g) for name, g in [("A", 0), ("B", 0), ("C", 1)]
    )
    told = simulate(20_000, [one, two, apart], settings=SimulationSettings(population=0)).true_mentions
    bad = {t: set(rows["response_id"]) for t, rows in told[told["polarity"] < 0].groupby("theme_id")}
    assert len(bad["a"] & bad["b"]) / 20_000 > 0.09
    assert len(bad["a"] & bad["c"]) / 20_000 == pytest.approx(0.04, abs=0.008)


def test_a_period_factor_multiplies_bad_experiences_only():
    theme = ThemeSettings("Price", 0.1, 0.1, by_period=(1.0, 1.0, 2.0))
    truth = simulate(10, [theme], settings=SimulationSettings(periods=QUARTERS)).truth_by_period
    assert truth.loc[truth["polarity"] == -1, "experienced"].tolist() == pytest.approx([0.1, 0.1, 0.2], abs=0.008)
    assert truth.loc[truth["polarity"] == 1, "experienced"].tolist() == pytest.approx([0.1] * 3, abs=0.008)


def test_a_channel_factor_of_zero_silences_the_theme_there():
    theme = ThemeSettings("Call quality", 0.2, 0.2, by_channel=(1.0, 0.0))
    world = simulate(3000, [theme], settings=SimulationSettings(channels=("phone", "chat"), population=0))
    told = world.true_mentions[world.true_mentions["theme_id"] == "call-quality"]
    channel = world.responses.set_index("response_id")["segment_channel"]
    assert set(channel[told["response_id"]]) == {"phone"}


def test_agents_differ_where_the_theme_lets_them():
    options = SimulationSettings(channels=("phone",), agents_per_channel=10, population=0)

    def spread(agent_spread: float) -> float:
        world = simulate(5000, [ThemeSettings("Attitude", 0.2, 0.2, agent_spread=agent_spread)], settings=options)
        complaints = world.true_mentions.query("theme_id == 'attitude' and polarity < 0")["response_id"]
        return world.responses["response_id"].isin(complaints).groupby(world.responses["segment_agent"]).mean().std()

    assert spread(0.8) > 3 * spread(0.0)


# --- the truth


def test_the_truth_of_a_single_theme_has_a_closed_form():
    """One bad experience in 10 lowers a N(mean, 1) by 1: NPS moves by .1 times the change of both tail areas."""
    theme = ThemeSettings("Price", 0.1, 0.0, negative_effect=-1.0)
    options = SimulationSettings(mean=0.0, population=400_000)
    promoter, detractor = norm.ppf(0.52), norm.ppf(0.20)
    change = (norm.sf(promoter + 1) - norm.sf(promoter)) - (norm.cdf(detractor + 1) - norm.cdf(detractor))
    truth = simulate(10, [theme], settings=options).truth
    assert truth["true_drag"].iloc[0] == pytest.approx(100 * 0.1 * change, rel=0.02)


def test_complaints_drag_and_praise_lifts(clean: list[Simulation]):
    assert all((true_drag(world) <= 0).all() and (true_drag(world, 1) >= 0).all() for world in clean)


def test_a_theme_without_effect_has_no_drag():
    truth = simulate(100, [ThemeSettings("Colour", 0.2, 0.2, 0.0, 0.0)]).truth
    assert truth[["true_drag", "total_drag"]].to_numpy().tolist() == [[0, 0], [0, 0]]


def test_what_nobody_tells_has_a_total_but_no_true_drag():
    truth = simulate(500, [ThemeSettings("Price", 0.2)], settings=SimulationSettings(mention_rate=0.0)).truth
    assert truth["true_drag"].tolist() == [0, 0]
    assert truth["total_drag"].iloc[0] < -3


def test_in_a_clean_world_all_that_happens_is_told(clean: list[Simulation]):
    truth = clean[1].truth
    assert truth["share"].equals(truth["experienced"])
    assert truth["true_drag"].equals(truth["total_drag"])


def test_the_truth_of_the_sample_itself_counts_its_mentions():
    world = simulate(1500, seed=3, settings=SimulationSettings(population=0))
    told = world.true_mentions.value_counts(["theme_id", "polarity"])
    for row in world.truth.itertuples():
        assert row.share * 1500 == pytest.approx(told.get((row.theme_id, float(row.polarity)), 0))


def test_periods_average_to_the_whole():
    options = SimulationSettings(periods=("2025-Q1", "2025-Q2"), population=0)
    world = simulate(2000, seed=2, settings=options)
    n = world.responses["period"].value_counts()
    parts = world.truth_by_period.assign(n=world.truth_by_period["period"].map(n))
    sums = (parts["true_drag"] * parts["n"]).groupby([parts["theme_id"], parts["polarity"]], sort=False).sum() / 2000
    assert sums.to_numpy() == pytest.approx(world.truth["true_drag"].to_numpy(), abs=1e-9)


def test_least_squares_finds_the_order_in_clean_worlds(clean: list[Simulation]):
    assert np.mean([kendalltau(estimated(world), true_drag(world))[0] for world in clean]) >= 0.85


def test_least_squares_finds_the_size_in_clean_worlds(clean: list[Simulation]):
    found, true = (np.concatenate([f(world) for world in clean]) for f in (estimated, true_drag))
    assert 0.95 < found @ true / (true @ true) < 1.05


def test_confounding_makes_drag_look_larger(clean: list[Simulation]):
    world = simulate(10_000, seed=0, settings=SimulationSettings(confounding=0.6))
    assert estimated(world).sum() / true_drag(world).sum() > 1.15


def test_a_world_of_ten_thousand_is_quick():
    start = time.process_time()
    simulate(10_000, random_themes(20, seed=9), seed=9)
    assert time.process_time() - start < 2.0  # seconds of CPU; about .4 on an idle machine


# --- who tells what


def test_the_unhappy_comment_more():
    world = simulate(5000, settings=SimulationSettings(comment_rate=0.5, comment_lean=0.6, population=0))
    assert world.commented.mean() == pytest.approx(0.5, abs=0.03)
    score = world.responses["score"]
    assert score[world.commented].mean() < score[~world.commented].mean() - 1


def test_only_commenters_mention_anything():
    world = simulate(1000, settings=SimulationSettings(comment_rate=0.4, population=0))
    assert set(world.mentions["response_id"]) <= set(world.responses.loc[world.commented, "response_id"])


def test_mentions_per_comment_can_be_limited():
    world = simulate(3000, settings=SimulationSettings(max_mentions=2, generic_rate=0.0, population=0))
    assert world.true_mentions["response_id"].value_counts().max() == 2


def test_generic_statements_repeat_the_score():
    world = simulate(4000, settings=SimulationSettings(population=0))
    told = world.true_mentions.merge(world.responses, on="response_id").groupby("theme_id")["score"].mean()
    assert told[GENERIC_COMPLAINT] < 6 < 8 < told[GENERIC_PRAISE]


def test_label_noise_changes_only_the_labels():
    exact, noisy = (simulate(2000, seed=8, settings=SimulationSettings(label_noise=x, population=0)) for x in (0, 0.25))
    pd.testing.assert_frame_equal(exact.responses, noisy.responses)
    pd.testing.assert_frame_equal(exact.true_mentions, noisy.true_mentions)
    kept = noisy.mentions.merge(noisy.true_mentions).query("theme_id.str.startswith('theme')")
    topics = noisy.true_mentions.query("theme_id.str.startswith('theme')")
    assert len(kept) / len(topics) == pytest.approx(0.76, abs=0.03)  # a few land on another true one


def test_without_noise_the_labels_are_the_truth():
    world = simulate(500, seed=8)
    pd.testing.assert_frame_equal(world.mentions, world.true_mentions)


def test_polarity_noise_keeps_the_themes():
    world = simulate(2000, seed=8, settings=SimulationSettings(polarity_noise=0.2, population=0))
    keys = ["response_id", "theme_id"]
    assert world.mentions[keys].equals(world.true_mentions[keys])
    topics = world.mentions["theme_id"].str.startswith("theme")
    wrong = world.mentions["polarity"] != world.true_mentions["polarity"]
    assert wrong[topics].mean() == pytest.approx(0.2, abs=0.03)
    assert not wrong[~topics].any()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 60), st.integers(0, 1000), st.floats(0, 1), st.floats(0, 1))
def test_every_mention_belongs_to_a_response_and_a_theme(n: int, seed: int, comment_rate: float, label_noise: float):
    options = SimulationSettings(comment_rate=comment_rate, label_noise=label_noise, population=0)
    world = simulate(n, random_themes(3, seed), seed, options)
    assert len(world.responses) == n == world.responses["response_id"].nunique()
    assert set(world.mentions["response_id"]) <= set(world.responses["response_id"])
    assert set(world.mentions["theme_id"]) <= set(world.themes["theme_id"])
    assert set(world.mentions["polarity"]) <= {-1.0, 1.0}


# --- settings


def test_ids_are_made_of_the_names():
    assert ThemeSettings("First-contact resolution").theme_id == "first-contact-resolution"


@pytest.mark.parametrize(
    ("theme", "complaint"),
    [
        (ThemeSettings("Price", 0.8, 0.3), "shares of 'Price'"),
        (ThemeSettings("Price", -0.1), "shares of 'Price'"),
        (ThemeSettings("Price", by_period=(1.0, 2.0)), "by_period of 'Price' has 2 factors, needs 1"),
        (ThemeSettings("Price", by_channel=(1.0,)), "by_channel of 'Price' has 1 factors, needs 0"),
        (ThemeSettings("Price", correlation=1.2), "correlation of 'Price' is 1.2"),
    ],
)
def test_impossible_themes_are_refused(theme: ThemeSettings, complaint: str):
    with pytest.raises(ConfigError, match=complaint):
        simulate(10, [theme])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [({"comment_rate": 1.5}, "comment_rate is 1.5"), ({"periods": ("autumn",)}, "'autumn' is no period")],
)
def test_impossible_settings_are_refused(change: dict, complaint: str):
    with pytest.raises(ConfigError, match=complaint):
        simulate(10, settings=replace(SimulationSettings(), **change))


def test_a_world_needs_a_response_and_distinct_themes():
    with pytest.raises(ConfigError, match="at least 1 response"):
        simulate(0)
    with pytest.raises(ConfigError, match="same name"):
        simulate(5, [ThemeSettings("Price"), ThemeSettings("price")])
