"""The tree above the themes, and the parents cut from it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from feedback_nlp.themes.cluster import OverClusterMerge
from feedback_nlp.themes.hierarchy import build_tree, fitting_parents, merge_costs, parent_groups


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def random_tree(k, seed=0):
    rng = np.random.default_rng(seed)
    return build_tree(unit(rng.normal(size=(k, 6))), rng.integers(1, 50, k).astype(float))


def two_levels(per_group=3, groups=4, seed=0):
    """Unit rows of `groups` directions, `per_group` near each."""
    rng = np.random.default_rng(seed)
    above = np.repeat(np.arange(groups), per_group)
    return unit(np.eye(16)[above] + 0.15 * rng.normal(size=(len(above), 16))), above


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(0, 99))
def test_every_node_holds_the_leaves_of_its_two_parts(k, seed):
    tree = random_tree(k, seed)
    members = tree.members()
    assert len(members) == 2 * k - 1
    assert members[-1] == tuple(range(k))
    for number, (first, second) in enumerate(tree.merges):
        assert members[k + number] == tuple(sorted(members[first] + members[second]))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(1, 14), st.integers(0, 99))
def test_a_cut_gives_the_wished_groups_and_each_is_a_node(k, wanted, seed):
    tree = random_tree(k, seed)
    groups = tree.cut(wanted)
    assert len(set(groups.tolist())) == min(wanted, k)
    held = {tuple(np.flatnonzero(groups == group).tolist()) for group in set(groups.tolist())}
    assert held <= set(tree.members())


def test_cuts_are_nested():
    tree = random_tree(12, 5)
    fine, coarse = tree.cut(7), tree.cut(3)
    assert len(set(zip(fine.tolist(), coarse.tolist(), strict=True))) == 7


@pytest.mark.parametrize("seed", range(5))
def test_groups_that_lie_together_become_one_parent(seed):
    rows, above = two_levels(seed=seed)
    groups = parent_groups(rows, np.ones(len(rows)), 4)
    assert groups == [tuple(np.flatnonzero(above == group).tolist()) for group in range(4)]


def test_with_equal_sizes_the_first_merge_is_that_of_wards_criterion():
    rows, _ = two_levels(seed=3)
    tree = build_tree(rows, np.ones(len(rows)))
    assert sorted(tree.merges[0].tolist()) == sorted(linkage(rows, "ward")[0, :2].astype(int).tolist())
    by_scipy = fcluster(linkage(rows, "ward"), 4, "maxclust")
    assert len(set(zip(by_scipy.tolist(), tree.cut(4).tolist(), strict=True))) == 4


def test_the_cost_is_the_growth_of_the_squared_distances():
    rows, sizes = unit(np.random.default_rng(1).normal(size=(2, 5))), np.array([3.0, 5.0])
    growth = 15 / 8 * float(((rows[0] - rows[1]) ** 2).sum())  # n m / (n + m) times the squared distance
    assert merge_costs(rows, sizes)[0, 1] == pytest.approx(growth, rel=1e-5)


def test_a_large_cluster_costs_more_to_join_than_a_small_one():
    rows = unit(np.ones((3, 4)) + 0.1 * np.eye(3, 4))
    costs = merge_costs(rows, np.array([1.0, 1.0, 100.0]))
    assert costs[0, 1] < costs[0, 2]
    assert np.isinf(np.diag(costs)).all()


@pytest.mark.parametrize(("n_parents", "expected"), [(0, []), (12, []), (99, []), (1, [tuple(range(12))])])
def test_how_many_parents_are_possible(n_parents, expected):
    rows, _ = two_levels()
    assert parent_groups(rows, np.ones(len(rows)), n_parents) == expected


def test_a_theme_alone_has_no_parent():
    rows = unit(np.vstack([two_levels(groups=2)[0], -np.ones((1, 16))]))
    assert parent_groups(rows, np.ones(len(rows)), 3) == [(0, 1, 2), (3, 4, 5)]


@given(st.integers(0, 500))
def test_fitting_parents_are_fewer_than_a_third_of_the_themes(n):
    assert fitting_parents(n) <= n / 3


def test_the_tree_of_a_clustering_joins_its_clusters_before_merging():
    rows, _ = two_levels(per_group=30)
    fitted = OverClusterMerge(4, 1.0, np.ones(len(rows)), 0).fit(rows)
    tree = fitted.tree()
    assert tree.n_leaves == len(fitted.leaves_) > len(fitted.centroids_)
    assert set(fitted.leaf_labels_.tolist()) <= set(tree.members()[-1])
