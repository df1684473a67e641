"""The steps of discovery one by one: reduction, clustering, and the student that repeats the clusters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import adjusted_rand_score

from feedback_nlp.themes.cluster import OverClusterMerge, _most_agreed, k_means
from feedback_nlp.themes.reduce import SmoothedPCA
from feedback_nlp.themes.student import fit_student, softmax


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def planted(k, per_cluster, spread=0.05, d=32, seed=0):
    """Rows near k random directions, and which one each row is near to."""
    rng = np.random.default_rng(seed)
    truth = np.arange(k * per_cluster) % k
    return unit(unit(rng.normal(size=(k, d)))[truth] + spread * rng.normal(size=(len(truth), d))), truth


def clustered(rows, n_clusters, least=1.0, weights=None, seed=0):
    weights = np.ones(len(rows)) if weights is None else weights
    return OverClusterMerge(n_clusters, least, weights, seed).fit(rows)


def reducer(rows, weights=None, **changed):
    values = {"n_components": 8, "n_neighbors": 5, "own_weight": 0.3, "n_reference": 4000} | changed
    keys = values.pop("keys", np.arange(len(rows)))
    return SmoothedPCA(**values, weights=np.ones(len(rows)) if weights is None else weights, keys=keys)


@pytest.mark.parametrize("k", [2, 5, 9])
def test_planted_clusters_are_found(k):
    rows, truth = planted(k, 40)
    assert adjusted_rand_score(truth, clustered(rows, k).labels_) == 1


@pytest.mark.parametrize("seed", range(3))
def test_planted_clusters_are_found_through_the_reduction(seed):
    rows, truth = planted(6, 50, spread=0.15, seed=seed)
    reduced = reducer(rows).fit(rows).transform(rows)
    assert adjusted_rand_score(truth, clustered(reduced, 6, seed=seed).labels_) > 0.95


@pytest.mark.parametrize("wanted", [1, 2, 4, 7])
def test_no_more_clusters_than_wished(wanted):
    rows, _ = planted(10, 30)
    assert len(set(clustered(rows, wanted).labels_)) == wanted


def test_clusters_that_are_the_same_are_one_even_if_more_are_wished():
    rows, _ = planted(3, 60, spread=0.01)
    assert len(set(clustered(rows, 20).labels_)) == 3


def test_a_planted_cluster_that_is_too_small_joins_another():
    rows, truth = planted(4, 40)
    keep = (truth != 3) | (np.arange(len(truth)) < 12)
    labels = clustered(rows[keep], 10, least=5.0).labels_
    assert len(set(labels)) == 3


def test_the_least_size_counts_repeats():
    rows, truth = planted(4, 40)
    keep = (truth != 3) | (np.arange(len(truth)) < 12)
    weights = np.where(truth[keep] == 3, 10.0, 1.0)
    assert len(set(clustered(rows[keep], 10, least=5.0, weights=weights).labels_)) == 4


def test_clustering_is_the_same_every_time():
    rows, _ = planted(8, 30, spread=0.3)
    assert np.array_equal(clustered(rows, 5).labels_, clustered(rows, 5).labels_)


def test_identical_rows_are_one_cluster():
    rows = np.tile(unit(np.ones((1, 8))), (30, 1))
    assert set(clustered(rows, 5).labels_) == {0}


def test_k_means_weights_equal_repeats():
    rows, _ = planted(4, 15, spread=0.3)
    weights = np.random.default_rng(1).integers(1, 5, len(rows))
    start = rows[:4]
    weighted = k_means(rows, weights.astype(float), start, 30)
    repeated = k_means(np.repeat(rows, weights, axis=0), np.ones(weights.sum()), start, 30)
    assert weighted == pytest.approx(repeated, abs=1e-5)


def test_k_means_never_raises_the_cost():
    rows, _ = planted(6, 20, spread=0.5)
    costs = [float((1 - (rows @ k_means(rows, np.ones(len(rows)), rows[:6], n).T).max(axis=1)).sum()) for n in range(8)]
    assert (np.diff(costs) <= 1e-4).all()


def test_weights_in_the_reduction_equal_repeats():
    rows, _ = planted(5, 12, spread=0.4)
    weights = np.random.default_rng(2).integers(1, 4, len(rows))
    weighted = reducer(rows, weights.astype(float)).fit(rows).components_
    repeated = reducer(np.repeat(rows, weights, axis=0)).fit(np.repeat(rows, weights, axis=0)).components_
    assert np.abs(weighted.T @ repeated) == pytest.approx(np.eye(8), abs=1e-3)


@pytest.mark.parametrize(
    "changed", [{}, {"n_components": 500}, {"n_neighbors": 500}, {"n_reference": 10}, {"own_weight": 0.0}]
)
def test_reduced_rows_have_length_one(changed):
    rows, _ = planted(3, 10)
    reduced = reducer(rows, **changed).fit(rows).transform(rows)
    assert np.linalg.norm(reduced, axis=1) == pytest.approx(1, abs=1e-5)


def test_without_neighbours_the_reduction_keeps_the_angles():
    rows, _ = planted(3, 10)
    reduced = reducer(rows, n_components=32, own_weight=1.0).fit(rows).transform(rows)
    assert reduced @ reduced.T == pytest.approx(rows @ rows.T, abs=1e-4)


def test_the_reduction_gives_new_rows_what_it_gave_old_ones():
    rows, _ = planted(4, 30)
    fitted = reducer(rows).fit(rows)
    assert fitted.transform(rows[[5]]) == pytest.approx(fitted.transform(rows)[[5]], abs=1e-6)


def test_the_reference_is_the_rows_with_the_lowest_keys_in_their_own_order():
    rows, _ = planted(4, 30)
    keys = np.random.default_rng(4).permutation(len(rows))
    fitted = reducer(rows, n_reference=10, keys=keys).fit(rows)
    assert np.array_equal(fitted.reference_, fitted._project(rows)[keys < 10])


def test_the_partition_that_others_agree_with_is_taken():
    halves, nearly, other = np.repeat([0, 1], 10), np.repeat([0, 1], [11, 9]), np.arange(20) % 2
    assert _most_agreed([other, halves, nearly]) in (1, 2)
    assert _most_agreed([other, halves, other]) == 0


def test_clusterings_of_many_rows_are_compared_over_all_of_them():
    many = np.repeat([0, 1, 2], 20_000)
    assert _most_agreed([np.arange(60_000) % 2, many, np.where(many == 2, 1, many), many]) in (1, 3)


@given(arrays(np.float64, (3, 4), elements=st.floats(-500, 500)))
def test_softmax_rows_sum_to_one_and_keep_the_order(logits):
    chance = softmax(logits)
    assert chance.sum(axis=1) == pytest.approx(1)
    assert (np.take_along_axis(chance, logits.argmax(axis=1)[:, None], 1)[:, 0] == chance.max(axis=1)).all()


def test_the_student_repeats_clusters_that_can_be_separated():
    rows, truth = planted(6, 60, spread=0.12)
    student = fit_student(rows, truth, np.ones(len(rows)), 6)
    chance = student.probabilities(rows)
    assert (chance.argmax(axis=1) == truth).mean() >= 0.98
    assert chance.max(axis=1).mean() > 0.9


def test_the_students_confidence_is_how_often_it_is_right():
    rows, truth = planted(3, 1000, spread=0.4, d=16)
    noisy = np.where(
        np.random.default_rng(5).random(len(truth)) < 0.3, np.random.default_rng(6).integers(0, 3, len(truth)), truth
    )
    student = fit_student(rows[:2000], noisy[:2000], np.ones(2000), 3)
    chance = student.probabilities(rows[2000:])
    assert chance.max(axis=1).mean() == pytest.approx((chance.argmax(axis=1) == noisy[2000:]).mean(), abs=0.05)


def test_the_student_counts_a_weight_as_repeats():
    rows, truth = planted(3, 8, spread=0.5)
    weights = np.random.default_rng(3).integers(1, 4, len(rows))
    weighted = fit_student(rows, truth, weights.astype(float), 3)
    repeated = fit_student(np.repeat(rows, weights, axis=0), np.repeat(truth, weights), np.ones(weights.sum()), 3)
    assert weighted.coefficients == pytest.approx(repeated.coefficients, rel=0.05, abs=0.5)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.integers(1, 6))
def test_a_student_of_few_rows_gives_chances(n_classes, per_class):
    rows, truth = planted(n_classes, per_class, d=8)
    chance = fit_student(rows, truth, np.ones(len(rows)), n_classes).probabilities(rows)
    assert chance.shape == (len(rows), n_classes)
    assert chance.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("seed", [156, 161, *range(40)])
def test_every_cluster_has_the_least_size_in_the_end(seed):
    rows = unit(np.random.default_rng(seed).normal(size=(60, 2)))
    assert np.bincount(clustered(rows, 5, least=8, seed=seed).labels_).min() >= 8


def test_clusters_that_point_apart_can_be_joined():
    rows = unit(np.array([[1.0, 0.0]] * 6 + [[-1.0, 0.0]] * 6))
    found = clustered(rows, 1)
    assert np.isfinite(found.centroids_).all()
    assert set(found.labels_) == {0}
