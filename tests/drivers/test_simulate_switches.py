"""The switches of simulated worlds that break a survey on purpose: who answers, what hurts when, what is overlooked."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from feedback_nlp.drivers.bridge import compare_periods
from feedback_nlp.drivers.simulation import (
    Simulation,
    SimulationSettings,
    ThemeSettings,
    draw_audit,
    random_themes,
    simulate,
)
from feedback_nlp.errors import ConfigError

OWN = SimulationSettings(population=0)
CHANNELS = replace(OWN, channels=("phone", "chat"))
VALUE = {"promoter": 100.0, "passive": 0.0, "detractor": -100.0}


def nps(responses: pd.DataFrame) -> float:
    return float(responses["category"].map(VALUE).mean())


def same_world(one: Simulation, other: Simulation) -> None:
    for name in ("responses", "true_mentions", "truth", "truth_by_period", "asked"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


# --- who answers


def test_everybody_answers_unless_told_otherwise():
    world = simulate(300, seed=1, settings=OWN)
    pd.testing.assert_frame_equal(world.responses, world.asked)


def test_channels_answer_at_their_own_rates():
    world = simulate(8000, seed=1, settings=replace(CHANNELS, response_rate=(0.6, 0.15)))
    share = world.responses["segment_channel"].value_counts() / world.asked["segment_channel"].value_counts()
    assert share["phone"] == pytest.approx(0.6, abs=0.03)
    assert share["chat"] == pytest.approx(0.15, abs=0.02)


def test_those_who_answer_say_what_they_would_have_said_anyway():
    full = simulate(2000, seed=2, settings=CHANNELS)
    part = simulate(2000, seed=2, settings=replace(CHANNELS, response_rate=(0.5, 0.2), response_lean=0.4))
    pd.testing.assert_frame_equal(part.asked, full.responses)
    kept = full.responses["response_id"].isin(part.responses["response_id"])
    pd.testing.assert_frame_equal(part.responses, full.responses[kept].reset_index(drop=True))
    assert part.commented.tolist() == full.commented[kept].tolist()
    told = full.mentions[full.mentions["response_id"].isin(part.responses["response_id"])]
    pd.testing.assert_frame_equal(part.mentions, told.reset_index(drop=True))
    pd.testing.assert_frame_equal(part.truth, full.truth)


def test_one_rate_is_enough_without_channels():
    world = simulate(4000, seed=3, settings=replace(OWN, response_rate=(0.3,)))
    assert len(world.responses) / 4000 == pytest.approx(0.3, abs=0.03)


def test_silence_of_a_channel_moves_nps_and_its_known_size_brings_it_back():
    theme = ThemeSettings("Wait", 0.3, 0.0, -1.5, by_channel=(1.5, 0.1))
    world = simulate(40_000, [theme], 4, replace(CHANNELS, response_rate=(0.1, 0.8)))
    by_channel = world.responses.groupby("segment_channel").apply(nps)
    sizes = world.asked["segment_channel"].value_counts(normalize=True)
    assert nps(world.responses) - nps(world.asked) > 10
    assert (by_channel * sizes).sum() == pytest.approx(nps(world.asked), abs=2.5)


def test_silence_of_the_happy_is_mended_by_no_channel_size():
    world = simulate(20_000, seed=5, settings=replace(CHANNELS, response_rate=(0.3, 0.3), response_lean=0.6))
    by_channel = world.responses.groupby("segment_channel").apply(nps)
    sizes = world.asked["segment_channel"].value_counts(normalize=True)
    assert (by_channel * sizes).sum() < nps(world.asked) - 10
    assert len(world.responses) / 20_000 == pytest.approx(0.3, abs=0.02)


def test_a_survey_without_an_answer_is_refused():
    with pytest.raises(ConfigError, match="none of 5 people answers; raise response_rate or n"):
        simulate(5, settings=replace(OWN, response_rate=(0.0,)))


# --- what hurts when


def test_a_theme_that_hurts_more_has_more_drag_in_that_period_alone():
    theme = ThemeSettings("Wait", 0.1, 0.1, -0.5, effect_by_period=(1.0, 2.0))
    options = SimulationSettings(mean=0.0, periods=("2025-Q1", "2025-Q2"), population=400_000)
    truth = simulate(10, [theme], settings=options).truth_by_period
    promoter, detractor = norm.ppf(0.52), norm.ppf(0.20)
    bad, good = (truth[truth["polarity"] == polarity] for polarity in (-1, 1))
    assert bad["effect"].tolist() == [-0.5, -1.0]
    for effect, drag in zip((0.5, 1.0), bad["true_drag"], strict=True):
        change = norm.sf(promoter + effect) - norm.sf(promoter) - norm.cdf(detractor + effect) + norm.cdf(detractor)
        assert drag == pytest.approx(10 * change, rel=0.03)
    assert good["true_drag"].iloc[0] == pytest.approx(good["true_drag"].iloc[1], rel=0.05)


def test_factors_of_one_change_nothing():
    themes = random_themes(5, seed=1)
    two = replace(OWN, periods=("2025-Q1", "2025-Q2"))
    plain = simulate(500, themes, 1, two)
    same_world(plain, simulate(500, [replace(theme, effect_by_period=(1.0, 1.0)) for theme in themes], 1, two))


def test_the_bridge_finds_the_theme_that_hurts_more_as_a_rate():
    themes = [
        ThemeSettings("Wait", 0.15, 0.0, -0.5, effect_by_period=(1.0, 2.5)),
        ThemeSettings("Price", 0.15, 0.0, -0.5),
    ]
    world = simulate(30_000, themes, 6, replace(OWN, periods=("2025-Q1", "2025-Q2")))
    periods = [world.responses[world.responses["period"] == p] for p in ("2025-Q1", "2025-Q2")]
    tables = [(r, world.mentions[world.mentions["response_id"].isin(r["response_id"])]) for r in periods]
    table = compare_periods(*tables[0], *tables[1], world.themes).table
    bad = table[table["polarity"] == "negative"].set_index("theme_id")
    drag = world.truth_by_period[world.truth_by_period["polarity"] == -1].pivot(
        index="theme_id", columns="period", values="true_drag"
    )
    change = drag["2025-Q2"] - drag["2025-Q1"]
    assert bad.loc["wait", "rate"] == pytest.approx(change["wait"], abs=1.2)
    assert abs(bad.loc["price", "rate"]) < 1
    assert bad["mix"].abs().max() < 0.5


# --- what is told and recorded


def test_overlooked_mentions_depend_on_the_score():
    world = simulate(10_000, seed=7, settings=replace(OWN, recall=(0.9, 0.7, 0.5)))
    topics = world.true_mentions["theme_id"].str.startswith("theme")
    kept = world.true_mentions[topics].merge(world.mentions, how="left", indicator=True)
    band = kept["response_id"].map(world.responses.set_index("response_id")["category"])
    found = (kept["_merge"] == "both").groupby(band).mean()
    assert found.to_dict() == pytest.approx({"detractor": 0.9, "passive": 0.7, "promoter": 0.5}, abs=0.03)


def test_overlooking_adds_nothing_and_leaves_the_truth_and_generic_words():
    plain, short = (simulate(800, seed=8, settings=replace(OWN, recall=r)) for r in ((), (0.5, 0.5, 0.5)))
    same_world(plain, short)
    generic = [~world.mentions["theme_id"].str.startswith("theme") for world in (plain, short)]
    assert generic[0].sum() == generic[1].sum()
    assert len(short.mentions.merge(plain.mentions)) == len(short.mentions) < len(plain.mentions)


def test_grave_experiences_are_told_more_readily():
    themes = [ThemeSettings("Small", 0.2, 0.0, -0.1), ThemeSettings("Large", 0.2, 0.0, -1.4)]
    options = SimulationSettings(mention_rate=0.5, mention_lean=1.0)
    truth = simulate(10, themes, 1, options).truth.set_index("theme_id").query("polarity < 0")
    told = truth["share"] / truth["experienced"]
    assert told["small"] == pytest.approx(norm.cdf(0.1), abs=0.02)
    assert told["large"] == pytest.approx(norm.cdf(1.4), abs=0.02)


# --- audits


def test_an_audit_holds_the_true_mentions_of_a_random_sample():
    world = simulate(1000, seed=1, settings=replace(OWN, label_noise=0.3, comment_rate=0.6))
    audit = draw_audit(world, 200, seed=3)
    assert audit["response_id"].nunique() == 200
    told = audit[audit["theme_id"].notna()].reset_index(drop=True)
    all_told = world.true_mentions[world.true_mentions["response_id"].isin(audit["response_id"])]
    assert sorted(told.itertuples(index=False)) == sorted(all_told.itertuples(index=False))
    silent = audit[audit["theme_id"].isna()]
    assert not silent["response_id"].isin(world.true_mentions["response_id"]).any()
    assert 50 < len(silent) < 120


def test_the_seed_chooses_the_audited_responses():
    world = simulate(300, seed=1, settings=OWN)
    one, again, other = (draw_audit(world, 50, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert set(one["response_id"]) != set(other["response_id"])


@pytest.mark.parametrize("n", [0, 301])
def test_an_audit_of_nobody_or_of_more_than_there_are_is_refused(n: int):
    with pytest.raises(ConfigError, match=f"n is {n}, must lie in 1–300"):
        draw_audit(simulate(300, settings=OWN), n)


# --- settings


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"recall": (0.5,)}, r"recall is \(0.5,\), needs 3 numbers in 0–1"),
        ({"recall": (0.5, 0.5, 1.5)}, "recall is .* needs 3 numbers in 0–1"),
        ({"response_rate": (0.5, 0.5)}, "response_rate is .* needs 1 numbers in 0–1"),
        ({"channels": ("a", "b"), "response_rate": (0.5,)}, "response_rate is .* needs 2 numbers in 0–1"),
        ({"response_rate": (-0.1,)}, "response_rate is .* needs 1 numbers in 0–1"),
    ],
)
def test_rates_that_do_not_fit_are_refused(change: dict, complaint: str):
    with pytest.raises(ConfigError, match=complaint):
        simulate(10, settings=replace(OWN, **change))


def test_an_effect_for_each_period_is_needed():
    with pytest.raises(ConfigError, match="effect_by_period of 'Price' has 2 factors, needs 1"):
        simulate(10, [ThemeSettings("Price", effect_by_period=(1.0, 2.0))])


@settings(max_examples=20, deadline=None)
@given(st.integers(20, 60), st.integers(0, 99), st.floats(0.3, 1), st.floats(-1, 1), st.floats(0, 1))
def test_whoever_answers_is_among_the_asked(n: int, seed: int, rate: float, lean: float, recall: float):
    options = replace(OWN, response_rate=(rate,), response_lean=lean, recall=(recall, 0.5, 1.0))
    world = simulate(n, random_themes(3, seed), seed, options)
    assert len(world.asked) == n
    assert set(world.responses["response_id"]) <= set(world.asked["response_id"])
    assert set(world.mentions["response_id"]) <= set(world.responses["response_id"])
    assert len(world.commented) == len(world.responses)
    assert np.isfinite(world.truth["true_drag"]).all()
