"""Each group beside all others, all at once: the same figures as of each pair of cells alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.drivers.people.contrasts import correlation_of
from feedback_nlp.drivers.people.groups import compare_sides, parts_of_groups, read_groups, rows_of_groups
from feedback_nlp.drivers.people.segments import NO_MENTIONS, NO_THEMES
from feedback_nlp.drivers.sample import read_sample
from feedback_nlp.drivers.scores import effective_size

LEVELS = (100.0, -100.0)


def make(seed, n=80, n_groups=4, people=None, weighted=True):
    """A sample of n responses, its groups, and the rows of each."""
    rng = np.random.default_rng(seed)
    answers = rng.choice(["promoter", "passive", "detractor"], n, p=[0.5, 0.2, 0.3])
    responses = pd.DataFrame({"response_id": [f"r{i:04d}" for i in range(n)], "category": answers})
    responses["city"] = pd.Series([f"c{i}" for i in rng.integers(0, n_groups, n)]).mask(rng.random(n) < 0.1)
    if weighted:
        responses["weight"] = rng.uniform(0.2, 3, n)
    if people:
        responses["respondent_id"] = rng.integers(0, people, n)
    sample = read_sample(responses, NO_MENTIONS, NO_THEMES, "city")
    groups = read_groups(sample, responses["city"])
    return sample, groups, [rows for _, rows in rows_of_groups(groups)]


def others_of(sample, rows):
    return np.setdiff1d(np.arange(sample.n), rows)


def size_of(values, sample, rows):
    clusters = None if sample.clusters is None else sample.clusters[rows]
    return effective_size(values[rows], sample.weights[rows], clusters)


cases = given(
    seed=st.integers(0, 10_000),
    people=st.sampled_from([None, 2, 20, 60]),
    n_groups=st.sampled_from([2, 5, 30]),
    weighted=st.booleans(),
)


@settings(deadline=None, max_examples=60)
@cases
def test_sides_are_those_of_each_group_and_its_others(seed, people, n_groups, weighted):
    sample, groups, cells = make(seed, people=people, n_groups=n_groups, weighted=weighted)
    sides = compare_sides(sample.points, LEVELS, groups)
    for at, rows in enumerate(cells):
        both = [rows, others_of(sample, rows)]
        sizes = [size_of(sample.points, sample, side) for side in both]
        assert sides.sizes[:, at] == pytest.approx(sizes, rel=1e-10)
        correlation = correlation_of(sample.points, sample.weights, sample.clusters, both)[0, 1]
        assert sides.correlation[at] == pytest.approx(correlation, abs=1e-10)
        for level, value in enumerate(LEVELS):
            marks = sample.points == value
            shares = [np.average(marks[side], weights=sample.weights[side]) for side in both]
            assert sides.shares[level, :, at] == pytest.approx(shares, abs=1e-12)
            assert sides.n[level, :, at].tolist() == [marks[side].sum() for side in both]


@settings(deadline=None, max_examples=60)
@cases
def test_parts_are_the_marks_of_a_group_among_some_responses(seed, people, n_groups, weighted):
    sample, groups, cells = make(seed, people=people, n_groups=n_groups, weighted=weighted)
    chosen = np.sort(np.random.default_rng(seed).permutation(sample.n)[: 1 + seed % 40])
    parts, sizes = parts_of_groups(chosen, groups)
    for at, rows in enumerate(cells):
        marks = np.isin(np.arange(sample.n), rows).astype(float)
        assert parts[at] == pytest.approx(np.average(marks[chosen], weights=sample.weights[chosen]), abs=1e-12)
        assert sizes[at] == pytest.approx(size_of(marks, sample, chosen), rel=1e-10)
    assert parts.sum() == pytest.approx(1)


@settings(deadline=None, max_examples=30)
@cases
def test_groups_hold_every_response_once_and_count_people(seed, people, n_groups, weighted):
    sample, groups, cells = make(seed, people=people, n_groups=n_groups, weighted=weighted)
    assert np.sort(np.concatenate(cells)).tolist() == list(range(sample.n))
    clusters = np.arange(sample.n) if sample.clusters is None else sample.clusters
    for at, rows in enumerate(cells):
        both = [rows, others_of(sample, rows)]
        assert groups.n[:, at].tolist() == [len(side) for side in both]
        assert groups.n_people[:, at].tolist() == [len(np.unique(clusters[side])) for side in both]
        assert groups.weight[:, at] == pytest.approx([sample.weights[side].sum() for side in both])


def test_a_group_that_is_nearly_everybody_keeps_the_digits_of_its_others():
    n, few = 20_000, 40
    rng = np.random.default_rng(0)
    responses = pd.DataFrame(
        {"response_id": [f"r{i:05d}" for i in range(n)], "city": ["few"] * few + ["all"] * (n - few)}
    )
    responses["category"] = rng.choice(["promoter", "detractor"], n)
    responses["respondent_id"] = rng.integers(0, n // 3, n)
    responses["weight"] = rng.uniform(0.2, 3, n)
    sample = read_sample(responses, NO_MENTIONS, NO_THEMES, "city")
    sides = compare_sides(sample.points, LEVELS, read_groups(sample, responses["city"]))
    assert sides.sizes[0, 1] == pytest.approx(sides.sizes[1, 0], rel=1e-12)
    assert sides.correlation[0] == pytest.approx(sides.correlation[1], rel=1e-11)


def test_values_are_texts_in_order_and_null_is_last():
    responses = pd.DataFrame({"response_id": range(4), "category": "passive", "city": [9, 10, None, 9]}, dtype=object)
    sample = read_sample(responses, NO_MENTIONS, NO_THEMES, "city")
    groups = read_groups(sample, responses["city"])
    assert [(value, rows.tolist()) for value, rows in rows_of_groups(groups)] == [
        ("10", [1]), ("9", [0, 3]), (None, [2]),
    ]  # fmt: skip


def test_a_value_outside_the_sample_is_an_empty_group():
    responses = pd.DataFrame({"response_id": range(3), "category": ["passive", "passive", None], "city": list("aab")})
    sample = read_sample(responses, NO_MENTIONS, NO_THEMES, "city")
    groups = read_groups(sample, responses["city"])
    sides = compare_sides(sample.points, LEVELS, groups)
    assert groups.n.tolist() == [[2, 0], [0, 2]]
    assert np.isnan(sides.sizes).tolist() == [[False, True], [True, False]]


def test_no_responses_have_no_groups():
    responses = pd.DataFrame({"response_id": [], "category": [], "city": []})
    groups = read_groups(read_sample(responses, NO_MENTIONS, NO_THEMES, "city"), responses["city"])
    assert rows_of_groups(groups) == []
    assert compare_sides(np.zeros(0), LEVELS, groups).shares.shape == (2, 2, 0)


def test_one_person_alone_is_one_answer():
    responses = pd.DataFrame({"response_id": range(4), "category": ["promoter", "detractor"] * 2, "city": list("aabb")})
    responses["respondent_id"] = ["ann", "ann", "bob", "cy"]
    sample = read_sample(responses, NO_MENTIONS, NO_THEMES, "city")
    sides = compare_sides(sample.points, LEVELS, read_groups(sample, responses["city"]))
    assert sides.sizes.tolist() == [[1, 2], [2, 1]]
