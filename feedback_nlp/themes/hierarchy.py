"""Two levels of themes: the tree of merges above them, and the parents it is cut into."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_nlp.schema import Vectors

_FEWEST = 12  # themes below which a second level explains nothing
_PER_PARENT = 3.5  # themes a parent holds on average: a list of eight to ten parents is read at a glance


@dataclass(frozen=True)
class Tree:
    """Which node joined which: leaves are 0 to k - 1, merge i makes node k + i (the numbering of SciPy's linkage)."""

    merges: NDArray[np.intp]  # (k - 1, 2)
    n_leaves: int

    def members(self) -> list[tuple[int, ...]]:
        """Returns the leaves of every node, leaves first, the root last.

        >>> Tree(np.array([[0, 2], [1, 3]]), 3).members()
        [(0,), (1,), (2,), (0, 2), (0, 1, 2)]
        """
        nodes: list[tuple[int, ...]] = [(leaf,) for leaf in range(self.n_leaves)]
        for first, second in self.merges:
            nodes.append(tuple(sorted(nodes[first] + nodes[second])))
        return nodes

    def cut(self, n_groups: int) -> NDArray[np.intp]:
        """Returns the group (k,) of every leaf where the tree is cut into `n_groups`, numbered by their first leaf.

        >>> Tree(np.array([[0, 2], [1, 3]]), 3).cut(2).tolist()
        [0, 1, 0]
        """
        n_merges = max(0, self.n_leaves - max(1, n_groups))
        nodes = self.members()[: self.n_leaves + n_merges]
        joined = set(self.merges[:n_merges].ravel().tolist())
        groups = np.zeros(self.n_leaves, np.intp)
        tops = sorted(node for number, node in enumerate(nodes) if number not in joined)
        for number, leaves in enumerate(tops):
            groups[list(leaves)] = number
        return groups


def merge_costs(unit: Vectors | NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns what joining each pair of clusters costs, (k, k), infinite on the diagonal.

    cost = (1 - cosine) * 2 n m / (n + m) for clusters of sizes n and m: Ward's criterion (1963) on the sphere, the
    growth of the squared distances within clusters.
    """
    harmonic = 2 * np.outer(sizes, sizes) / np.maximum(np.add.outer(sizes, sizes), 1e-12)
    cost = np.asarray((1 - unit @ unit.T) * harmonic, np.float64)
    np.fill_diagonal(cost, np.inf)
    return cost


def build_tree(centroids: Vectors, sizes: NDArray[np.float64]) -> Tree:
    """Returns the tree that joins k clusters by `merge_costs`, two at a time, until one is left.

    Args:
        centroids: (k, d), unit rows.
        sizes: (k,), statements of each, repeats counted.
    """
    sums = [np.asarray(row, np.float64) * size for row, size in zip(centroids, sizes, strict=True)]
    held, numbers, merges = [float(size) for size in sizes], list(range(len(sizes))), []
    while len(numbers) > 1:
        first, second = cheapest_pair(np.array(sums), np.array(held))
        merges.append(sorted((numbers[first], numbers[second])))
        sums[first] = sums[first] + sums.pop(second)
        held[first] += held.pop(second)
        numbers[first] = len(sizes) + len(merges) - 1
        numbers.pop(second)
    return Tree(np.array(merges, np.intp).reshape(-1, 2), len(sizes))


def cheapest_pair(sums: NDArray[np.float64], sizes: NDArray[np.float64]) -> tuple[int, int]:
    """Returns the two clusters that cost least to join, in order; the rows of `sums` (k, d) may have any length."""
    cost = merge_costs(directions(sums), sizes)
    first, second = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return int(min(first, second)), int(max(first, second))


def directions(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the rows with length 1; clusters that point apart sum to nothing, and stay so."""
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12))


def fitting_parents(n_themes: int) -> int:
    """Returns how many parents a number of themes is shown under; 0 where one level is enough.

    >>> fitting_parents(8), fitting_parents(20), fitting_parents(35)
    (0, 6, 10)
    """
    return 0 if n_themes < _FEWEST else round(n_themes / _PER_PARENT)


def parent_groups(centroids: Vectors, sizes: NDArray[np.float64], n_parents: int) -> list[tuple[int, ...]]:
    """Returns the themes under each parent, only parents of two or more, in the order of their first theme."""
    if n_parents < 1 or n_parents >= len(sizes):
        return []
    groups = build_tree(centroids, sizes).cut(n_parents)
    members = (tuple(np.flatnonzero(groups == number).tolist()) for number in range(int(groups.max()) + 1))
    return [leaves for leaves in members if len(leaves) > 1]
