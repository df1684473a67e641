"""Intervals hold what they promise: simulated worlds with known drags."""

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import compare_periods, rank_drivers
from feedback_nlp.drivers.ranks import flag

SHARES = np.array([0.04, 0.1, 0.2, 0.3])
EFFECTS = np.array([-45.0, -30.0, -15.0, 0.0])
BASE, PASSIVE = 45.0, 0.2
THEMES = pd.DataFrame({"theme_id": list("abcd"), "kind": "topic"})
SETTINGS = DriversConfig(n_draws=100)


def world(rng, n=500, shares=SHARES, effects=EFFECTS, base=BASE):
    """A sample of a population in which E[y | mentions] is linear, so that drag = share x effect exactly."""
    said = rng.random((n, len(shares))) < shares
    mean = base + said @ effects
    drawn = rng.random(n)
    promoter = (1 - PASSIVE) / 2 + mean / 200
    category = np.where(drawn < promoter, "promoter", np.where(drawn < promoter + PASSIVE, "passive", "detractor"))
    rows, themes = np.nonzero(said)
    mentions = pd.DataFrame({"response_id": rows, "theme_id": THEMES["theme_id"].to_numpy()[themes], "polarity": -1.0})
    return pd.DataFrame({"response_id": np.arange(n), "category": category}), mentions


def test_the_worlds_are_possible():
    assert (1 - PASSIVE) / 2 + (BASE + EFFECTS.sum()) / 200 > 0
    assert (1 - PASSIVE) / 2 + BASE / 200 + PASSIVE <= 1


def test_ninety_five_percent_intervals_of_drag_cover_the_true_drag():
    rng = np.random.default_rng(20)
    tables = [rank_drivers(*world(rng), THEMES, SETTINGS).table for _ in range(300)]
    low, high = (np.array([table[end] for table in tables]) for end in ("drag_low", "drag_high"))
    covered = (low <= SHARES * EFFECTS) & (high >= SHARES * EFFECTS)
    assert 0.93 <= covered.mean() <= 0.97
    assert covered.mean(axis=0) == pytest.approx(0.95, abs=0.03)  # each theme: 92 to 98 %


def test_weighted_intervals_cover_too():
    rng, covered = np.random.default_rng(21), []
    for _ in range(100):
        responses, mentions = world(rng)
        weighted = responses.assign(weight=rng.exponential(1.0, len(responses)))
        table = rank_drivers(weighted, mentions, THEMES, SETTINGS).table
        covered.append((table["drag_low"] <= SHARES * EFFECTS) & (table["drag_high"] >= SHARES * EFFECTS))
    assert 0.92 <= np.mean(covered) <= 0.98


def test_intervals_cover_when_people_answer_three_times():
    rng, covered, as_if_independent = np.random.default_rng(22), [], []
    for _ in range(80):
        once = world(rng)  # with half as many people some 10 mention theme a, and its coverage is 90 %
        responses, mentions = (
            pd.concat([table.assign(response_id=table["response_id"] * 3 + copy) for copy in range(3)])
            for table in once
        )
        known = responses.assign(respondent_id=responses["response_id"] // 3)
        for found, table in ((as_if_independent, responses), (covered, known)):
            drags = rank_drivers(table, mentions, THEMES, SETTINGS).table
            found.append((drags["drag_low"] <= SHARES * EFFECTS) & (drags["drag_high"] >= SHARES * EFFECTS))
    assert 0.92 <= np.mean(covered) <= 0.98
    assert np.mean(as_if_independent) < 0.85


def test_intervals_of_mix_rate_and_base_cover_the_true_change():
    rng = np.random.default_rng(23)
    later_shares, later_effects, later_base = (
        np.array([0.08, 0.1, 0.1, 0.3]),
        np.array([-45.0, -10.0, -15.0, -5.0]),
        40.0,
    )
    mix = (later_shares - SHARES) * (EFFECTS + later_effects) / 2
    rate = (later_effects - EFFECTS) * (SHARES + later_shares) / 2
    covered = {"mix": [], "rate": [], "base": []}
    for _ in range(150):
        later = world(rng, 500, later_shares, later_effects, later_base)
        bridge = compare_periods(*world(rng), *later, THEMES, SETTINGS)
        parts = bridge.table[bridge.table["polarity"] == "negative"]
        for name, truth in (("mix", mix), ("rate", rate)):
            low, high = parts[f"{name}_low"].to_numpy(), parts[f"{name}_high"].to_numpy()
            covered[name].append((low <= truth) & (high >= truth))
        covered["base"].append(bridge.total.base.low <= later_base - BASE <= bridge.total.base.high)
    assert 0.93 <= np.mean(covered["rate"]) <= 0.97
    assert 0.93 <= np.mean(covered["mix"]) <= 0.99  # a product of two estimates: wide where one of them is about zero
    assert 0.91 <= np.mean(covered["base"]) <= 0.99  # one interval a bridge


def test_ranks_cover_the_true_order():
    rng, covered = np.random.default_rng(24), []
    truth = np.argsort(np.argsort(SHARES * EFFECTS)) + 1
    for seed in range(60):
        table = rank_drivers(*world(rng), THEMES, DriversConfig(n_draws=500), seed=seed).table
        covered.append((table["rank_low"] <= truth) & (table["rank_high"] >= truth))
    assert np.mean(covered) >= 0.93


def test_permuted_scores_flag_hardly_ever_and_without_the_margin_at_the_promised_rate():
    rng, flagged, without_margin = np.random.default_rng(25), 0, 0
    for _ in range(120):
        responses, mentions = world(rng, n=4000)  # at 2,000 the error of theme d is over twice the margin
        shuffled = responses.assign(category=rng.permutation(responses["category"]))
        drivers = rank_drivers(shuffled, mentions, THEMES, SETTINGS)
        account = drivers.account[drivers.account["polarity"] == "negative"]
        drags, errors = account["contribution"].to_numpy(), account["standard_error"].to_numpy()
        flagged += int(drivers.table["flagged"].any())
        without_margin += int(flag(drags, errors, 0.0, SETTINGS.false_discovery_rate).any())
    assert flagged <= 0.02 * 120
    assert 0.04 * 120 <= without_margin <= 0.16 * 120  # of Benjamini & Hochberg where no theme has a drag
