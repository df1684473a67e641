"""Intervals of the bridge hold what they promise, in two periods whose true parts are known from the population."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.special import ndtr, ndtri

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.bridge import compare_periods
from feedback_nlp.drivers.sample import Sample
from feedback_nlp.drivers.segment_bridge import People, change_of_nps

THEMES = pd.DataFrame({"theme_id": list("abcd"), "kind": "topic"})
SEGMENTS = np.array(["app", "mail", "phone", "shop", "web"])
PASSIVE = 0.2
SETTINGS = DriversConfig(min_group=10)
BEFORE = {
    "segments": np.array([0.1, 0.1, 0.3, 0.3, 0.2]),
    "base": np.array([30.0, 35.0, 20.0, 40.0, 50.0]),  # of each segment
    "shares": np.array([[0.1, 0.2, 0.2, 0.1]] * 2 + [[0.2, 0.1, 0.2, 0.1]] + [[0.05, 0.1, 0.2, 0.15]] * 2),
    "effects": np.array([-40.0, -30.0, -10.0, 0.0]),  # of each theme
}
AFTER = {
    "segments": np.array([0.2, 0.1, 0.2, 0.15, 0.35]),
    "base": np.array([30.0, 40.0, 20.0, 35.0, 40.0]),
    "shares": np.array([[0.1, 0.2, 0.2, 0.2]] * 2 + [[0.2, 0.2, 0.2, 0.1]] + [[0.1, 0.15, 0.1, 0.15]] * 2),
    "effects": np.array([-40.0, -20.0, -25.0, 5.0]),
}
PARTS = ("segments", "mix", "rate", "base", "change")


def draw(world, uniform):
    """Responses and mentions of a period; the columns of `uniform` (n, 6) decide on segment, themes and score."""
    n = len(uniform)
    segment = np.searchsorted(np.cumsum(world["segments"])[:-1], uniform[:, 0])
    said = uniform[:, 1:5] < world["shares"][segment]
    promoter = (1 - PASSIVE) / 2 + (world["base"][segment] + said @ world["effects"]) / 200
    category = np.where(
        uniform[:, 5] < promoter, "promoter", np.where(uniform[:, 5] < promoter + PASSIVE, "passive", "detractor")
    )
    rows, themes = np.nonzero(said)
    told = pd.DataFrame({"response_id": rows, "theme_id": THEMES["theme_id"].to_numpy()[themes], "polarity": -1.0})
    return pd.DataFrame({"response_id": np.arange(n), "category": category, "channel": SEGMENTS[segment]}), told


def two_periods(rng, n, shared=0.0, likeness=0.7, weighted=False):
    """Two samples; a share of the people is in both, who are alike in all they do, so that the rest stays as it is."""
    normal = rng.standard_normal((2, n, 6))
    both = int(shared * n)
    normal[1, :both] = likeness * normal[0, :both] + np.sqrt(1 - likeness**2) * normal[1, :both]
    tables = []
    for world, uniform, first in zip((BEFORE, AFTER), ndtr(normal), ("", "new"), strict=True):
        responses, told = draw(world, uniform)
        if shared:
            responses["respondent_id"] = [f"{first if at >= both else ''}{at}" for at in range(n)]
        if weighted:
            responses["weight"] = rng.exponential(1.0, n) + 0.1
        tables += [responses, told]
    return tables


def population(world):
    """Every kind of response once, with its probability: y, marks (m, 4), segment."""
    rows = []
    for segment, said in product(range(5), product((0, 1), repeat=4)):
        marks, shares = np.array(said), world["shares"][segment]
        share = world["segments"][segment] * np.prod(np.where(marks, shares, 1 - shares))
        promoter = (1 - PASSIVE) / 2 + (world["base"][segment] + marks @ world["effects"]) / 200
        for points, p in ((100.0, promoter), (0.0, PASSIVE), (-100.0, 1 - PASSIVE - promoter)):
            rows.append((points, *said, segment, share * p))
    table = np.array(rows)
    assert table[:, -1].min() >= 0
    return table[:, 0], table[:, 1:5], table[:, 5].astype(int), table[:, 6]


def true_parts(with_segments):
    """The parts of the populations' change, straight from the definitions."""
    sides = [population(world) for world in (BEFORE, AFTER)]
    q = np.array([[w[s == at].sum() for at in range(5)] for _, _, s, w in sides])
    m = np.array([[np.average(y[s == at], weights=w[s == at]) for at in range(5)] for y, _, s, w in sides])
    fits = []
    for (y, marks, s, w), own in zip(sides, q, strict=True):
        weight = w * (q.mean(axis=0) / own)[s] if with_segments else w
        x = np.column_stack([np.ones(len(y)), marks])
        effects = np.linalg.solve(x.T @ (weight[:, None] * x), x.T @ (weight * y))
        fits.append((np.average(x, axis=0, weights=weight), effects))
    (p0, b0), (p1, b1) = fits
    mix, rate = (p1 - p0) * (b0 + b1) / 2, (b1 - b0) * (p0 + p1) / 2
    segments = (q[1] - q[0]) * m.mean(axis=0) if with_segments else np.zeros(0)
    change = (q[1] * m[1]).sum() - (q[0] * m[0]).sum()
    assert segments.sum() + mix.sum() + rate.sum() == pytest.approx(change)
    return {
        "segments": segments.sum(),
        "mix": mix.sum(),
        "rate": rate[1:].sum(),
        "base": rate[0],
        "change": change,
        "by segment": segments,
        "mixes": mix[1:],
        "rates": rate[1:],
    }


def covered(truth, n_worlds, n, seed, segment="", **world):
    """The share of intervals that hold the truth: of the totals, of each theme's parts, of each segment's."""
    rng, found = np.random.default_rng(seed), {}
    for _ in range(n_worlds):
        bridge = compare_periods(*two_periods(rng, n, **world), THEMES, SETTINGS, segment)
        for part in PARTS[0 if segment else 1 :]:
            estimate = getattr(bridge.total, part)
            found.setdefault(part, []).append(estimate.low <= truth[part] <= estimate.high)
        terms, segments = bridge.table[bridge.table["polarity"] == "negative"], bridge.segments
        for name, table, part in (("mixes", terms, "mix"), ("rates", terms, "rate"), ("by segment", segments, "mix")):
            held = (table[f"{part}_low"] <= truth[name]) & (table[f"{part}_high"] >= truth[name])
            found.setdefault(name, []).extend(held)
    return {name: float(np.mean(held)) for name, held in found.items() if held}


N_WORLDS = 53
PLAIN = [("", {})]
WEIGHTED_TO_SEGMENTS = [
    ("channel", {}),
    ("channel", {"weighted": True}),
    ("channel", {"shared": 0.6}),
    ("channel", {"shared": 0.9, "likeness": 0.9, "weighted": True}),
]


@pytest.fixture(scope="module")
def coverage():
    """The share of intervals that hold, by part and case, and how many there are of each."""
    return {
        number: covered(true_parts(bool(segment)), N_WORLDS, 500, 30 + number, segment, **world)
        for number, (segment, world) in enumerate(PLAIN + WEIGHTED_TO_SEGMENTS)
    }


def test_the_populations_are_possible_and_their_parts_sum_to_the_change():
    for with_segments in (False, True):
        truth = true_parts(with_segments)
        assert sum(truth[part] for part in PARTS[:4]) == pytest.approx(truth["change"])
    assert truth["segments"] > 2  # worth taking out


@pytest.mark.parametrize("part", ["mixes", "rates", "by segment"])
def test_intervals_of_themes_and_segments_cover_in_all_cases_together(coverage, part):
    shares = [found[part] for found in coverage.values() if part in found]
    assert len(shares) * N_WORLDS * (5 if part == "by segment" else 4) >= 1000
    assert 0.93 <= np.mean(shares) <= 0.97


def test_intervals_of_the_totals_cover_in_all_cases_together(coverage):
    shares = [found[part] for found in coverage.values() for part in PARTS[:4] if part in found]
    assert len(shares) * N_WORLDS >= 1000
    assert 0.93 <= np.mean(shares) <= 0.97


@pytest.mark.parametrize("part", ["mix", "rate", "base", "change"])
def test_each_total_covers(coverage, part):
    assert 0.92 <= np.mean([found[part] for found in coverage.values()]) <= 0.992  # of 265, with a deviation of .013


@pytest.mark.parametrize(("n", "likeness"), [(20, 0.0), (20, 0.7), (50, 0.7), (200, 0.95)])
def test_the_change_covers_in_panels_however_small_and_alike(n, likeness):
    rng, no_marks, everybody = np.random.default_rng(42), sparse.csr_array((n, 0)), np.arange(n)
    held = []
    for _ in range(600):
        first, other = rng.standard_normal((2, n))
        second = likeness * first + np.sqrt(1 - likeness**2) * other
        points = [
            np.where(z < ndtri(detractors), -100.0, np.where(z > -ndtri(promoters), 100.0, 0.0))
            for z, detractors, promoters in ((first, 0.25, 0.45), (second, 0.15, 0.6))
        ]
        a, b = (Sample(y, np.ones(n), None, no_marks, no_marks, no_marks, (), ()) for y in points)
        change = change_of_nps((a, b), People(everybody, everybody, shared=True), 0.95)
        held.append(change.low <= 25.0 + 1e-9 and change.high >= 25.0 - 1e-9)
    assert 0.93 <= np.mean(held) <= 0.985


def test_people_in_both_taken_for_others_would_leave_intervals_too_wide():
    rng, widths = np.random.default_rng(41), []
    for _ in range(5):
        tables = two_periods(rng, 500, shared=0.9, likeness=0.9)
        strangers = [table.drop(columns="respondent_id", errors="ignore") for table in tables]
        bridges = [compare_periods(*given, THEMES, SETTINGS, "channel") for given in (tables, strangers)]
        widths.append([[getattr(bridge.total, part).high - getattr(bridge.total, part).low for part in PARTS]
                       for bridge in bridges])  # fmt: skip
    known, unknown = (dict(zip(PARTS, width, strict=True)) for width in np.mean(widths, axis=0))
    assert known["base"] < 0.8 * unknown["base"]
    assert known["change"] < 0.7 * unknown["change"]
    assert known["segments"] > unknown["segments"]  # here the NPS of both periods add up, and so do their errors
