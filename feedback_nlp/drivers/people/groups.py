"""The groups of a segment, and each of them beside all others: means, effective sizes, correlations of all at once.

The sums of all others are those of the groups before plus those of the groups after, never the total minus the group's:
nothing is lost to rounding where a group is nearly everybody. Where people answered in several groups, their sums per
group are kept too (`Pairs`), so that the time grows with the responses, not with responses × groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.drivers.people.contrasts import Rows
from feedback_nlp.drivers.sample import Sample
from feedback_nlp.drivers.scores import Codes, Floats


@dataclass(frozen=True)
class Pairs:
    """Who answered in which group: k pairs of a person and a group, by person.

    `of_response` (n,): the pair of each response. `person`, `group`, `weight` (k,): of each pair, Σ w of its answers.
    `single`, `shared`: the places of the pairs whose person answered in no other group, and of the rest. `size`: g.
    The properties are what the figures of every theme need alike.
    """

    of_response: Rows
    person: Codes
    group: Codes
    weight: Floats
    single: Rows
    shared: Rows
    size: int

    @cached_property
    def is_shared(self) -> NDArray[np.bool_]:
        """bool (people,): who answered in several groups."""
        is_shared = np.zeros(int(self.person[-1]) + 1 if len(self.person) else 0, dtype=bool)
        is_shared[self.person[self.shared]] = True
        return is_shared

    @cached_property
    def parts(self) -> tuple[tuple[Codes, Codes], tuple[Codes, Codes]]:
        """Groups and people of the single pairs, and of the shared ones."""
        single, shared = ((self.group[rows], self.person[rows]) for rows in (self.single, self.shared))
        return single, shared

    @cached_property
    def of_person(self) -> Floats:
        """Σ w of each person."""
        return _sums(self.person, self.weight)

    @cached_property
    def elsewhere(self) -> Floats:
        """Σ w of each shared pair's person in all other groups."""
        return self.of_person[self.person[self.shared]] - self.weight[self.shared]

    @cached_property
    def square_weights(self) -> Floats:
        """Σ_person (Σ w)² of both sides, (2, g)."""
        own = _sums(self.group, self.weight**2, self.size)
        return np.array([own, _elsewhere(self.weight, np.zeros(self.size), self)[1]])


@dataclass(frozen=True)
class Groups:
    """The g groups of the n responses of a sample; in figures of shape (2, g) the groups come first, then all others.

    `values`: their names, text, sorted, None last. `codes` (n,): the group of each response. `weights` (n,): as in the
    sample. `n`, `n_people`, `weight`, `squares` (2, g): responses, people, Σ w and Σ w². `pairs`: None where nobody
    answered twice.
    """

    values: tuple[str | None, ...]
    codes: Codes
    weights: Floats
    n: Codes
    n_people: Codes
    weight: Floats
    squares: Floats
    pairs: Pairs | None


@dataclass(frozen=True)
class Sides:
    """Each of g groups and all others, NaN where nobody is.

    `n`, `shares` (levels, 2, g): responses of each level, and their share (0–1) of the weight. `sizes` (2, g):
    effective sizes for the mean. `correlation` (g,): of the group's mean with that of all others.
    """

    n: Codes
    shares: Floats
    sizes: Floats
    correlation: Floats


def read_groups(sample: Sample, column: "pd.Series[Any]") -> Groups:
    """Returns the groups of a sample by its labels; a value that only responses outside of it have is there, empty.

    Args:
        sample: read with that column as its segment.
        column: of the responses.
    """
    values: list[str | None] = [*sorted(set(map(str, column.dropna().unique())))]
    of_response, labels = pd.factorize(np.asarray(sample.labels, dtype=object))
    places = pd.Index(values, dtype=object).get_indexer(pd.Index([*map(str, labels)], dtype=object))
    codes = np.append(places, -1)[of_response].astype(np.int64)  # -1 where there is no value
    if column.isna().any():
        codes[codes < 0] = len(values)
        values.append(None)
    size, weights = len(values), sample.weights
    n, weight, squares = (_both(np.bincount(codes, of, size)) for of in (None, weights, weights**2))
    pairs = None if sample.clusters is None else _pairs(codes, sample.clusters, weights, size)
    people = n if pairs is None else _people(pairs, size)
    return Groups(tuple(values), codes, weights, n, people, weight, squares, pairs)


def rows_of_groups(groups: Groups) -> list[tuple[str | None, Rows]]:
    """Returns each value with its rows of the sample, ascending, maybe none."""
    order = np.argsort(groups.codes, kind="stable").astype(np.intp)
    rows = np.split(order, np.cumsum(groups.n[0])[:-1]) if groups.values else []
    return [*zip(groups.values, rows, strict=True)]


def compare_sides(values: Floats, levels: Sequence[float], groups: Groups) -> Sides:
    """Returns the shares of each group and of all others, and how sure and how separate their means are.

    Sizes are those of `effective_size` (Kish 1965), correlations those of `correlation_of`.

    Args:
        values: (n,) of each response of the sample: one of the levels or 0.
        levels: the values other than 0.
        groups: of the same sample.
    """
    size, rows = len(groups.values), [np.flatnonzero(values == level) for level in levels]
    n = np.array([_both(np.bincount(groups.codes[of], minlength=size)) for of in rows])
    weight = np.array([_both(_sums(groups.codes[of], groups.weights[of], size)) for of in rows])
    shares = np.minimum(weight / _known(groups.weight), 1.0)  # weights may round past the end
    kish = groups.weight**2 / _known(groups.squares)
    if groups.pairs is None:
        return Sides(n, shares, kish, np.zeros(size))
    means = np.tensordot(np.asarray(levels), shares, 1)
    together, alone, cross = _errors(values, means, groups, groups.pairs)
    agree = (n == groups.n).any(axis=0) | (n == 0).all(axis=0)  # then there are no errors but rounding
    spread = np.where(agree, 1.0, np.maximum(together, alone)).prod(axis=0)
    together = np.where(agree, groups.pairs.square_weights, together)
    alone = _known(np.where(agree, groups.squares, alone))
    sizes = np.where(groups.n_people == 1, 1.0, kish / np.maximum(together / alone, 1.0))
    return Sides(n, shares, sizes, np.where(agree.any(axis=0), 0.0, cross / np.sqrt(spread)))


def parts_of_groups(rows: Rows, groups: Groups) -> tuple[Floats, Floats]:
    """Returns the share (0–1) of some responses that comes from each group, and the effective size for it, (g,) each.

    It is the mean of a mark of 1 for the group's own responses; the size is `effective_size` of these marks. One
    response is the least.
    """
    weights, codes, size = groups.weights[rows], groups.codes[rows], len(groups.values)
    parts = np.minimum(_sums(codes, weights, size) / weights.sum(), 1.0)
    kish = float(weights.sum() ** 2 / (weights**2).sum())
    if groups.pairs is None:
        return parts, np.full(size, kish)
    n, squares = np.bincount(codes, minlength=size), _both(_sums(codes, weights**2, size))
    together, of_people = _part_errors(rows, parts, groups, groups.pairs)
    if np.count_nonzero(of_people) == 1:
        return parts, np.ones(size)
    agree = (n == 0) | (n == len(rows))
    alone = np.where(agree, squares.sum(axis=0), (1 - parts) ** 2 * squares[0] + parts**2 * squares[1])
    together = np.where(agree, (of_people**2).sum(), together)
    return parts, kish / np.maximum(together / alone, 1.0)


def _pairs(codes: Codes, clusters: Codes, weights: Floats, size: int) -> Pairs:
    keys, of_response = np.unique(clusters * size + codes, return_inverse=True)
    person, group = np.divmod(keys, size)
    is_shared = np.bincount(person)[person] > 1
    weight = _sums(of_response, weights)
    return Pairs(of_response, person, group, weight, np.flatnonzero(~is_shared), np.flatnonzero(is_shared), size)


def _people(pairs: Pairs, size: int) -> Codes:
    """Returns how many people are in each group and in all others, (2, g)."""
    everywhere = np.ones(int(pairs.person[-1]) + 1)
    shared = np.bincount(pairs.group[pairs.shared], minlength=size)
    return np.array([np.bincount(pairs.group, minlength=size), _absent(everywhere, pairs, size) + shared], dtype=int)


def _errors(values: Floats, means: Floats, groups: Groups, pairs: Pairs) -> tuple[Floats, Floats, Floats]:
    """Returns Σ_person (Σ w e)² and Σ (w e)² of both sides, (2, g), and Σ_person of the product of their Σ w e, (g,).

    e = value − the side's mean. What is about the mean of the others comes from what is about the mean m of all, which
    is one for all groups: Σ w (y − m − d) = Σ w (y − m) − d Σ w.
    """
    weights, codes, size = groups.weights, groups.codes, len(groups.values)
    mean = np.average(values, weights=weights)
    errors, about = weights * (values - means[0][codes]), weights * (values - mean)
    own, of_pair = (_sums(pairs.of_response, of) for of in (errors, about))
    shift = means[1] - mean
    left, elsewhere = _elsewhere(of_pair, shift, pairs)
    together = np.array([_sums(pairs.group, own**2, size), elsewhere])
    first, second = (_both(_sums(codes, of, size))[1] for of in (weights * about, about**2))
    alone = np.array([_sums(codes, errors**2, size), second - 2 * shift * first + shift**2 * groups.squares[1]])
    return together, alone, _sums(pairs.group[pairs.shared], own[pairs.shared] * left, size)


def _elsewhere(of_pair: Floats, shift: Floats, pairs: Pairs) -> tuple[Floats, Floats]:
    """Returns Σ w e of each shared pair's person in all other groups, and Σ_person (Σ w e)² of all other groups (g,).

    `of_pair` (k,) is Σ w e of each pair before its mean is shifted.
    """
    shared, size = pairs.shared, len(shift)
    group, person = pairs.parts[1]
    of_person, weight = _sums(pairs.person, of_pair), pairs.of_person
    left = of_person[person] - of_pair[shared] - shift[group] * pairs.elsewhere
    first, second, third = (_absent(of, pairs, size) for of in (of_person**2, of_person * weight, weight**2))
    return left, first - 2 * shift * second + shift**2 * third + _sums(group, left**2, size)


def _part_errors(rows: Rows, parts: Floats, groups: Groups, pairs: Pairs) -> tuple[Floats, Floats]:
    """Returns Σ_person (Σ w (mark − part))² over some rows per group (g,), and Σ w of each person in these rows."""
    of_pair = _sums(pairs.of_response[rows], groups.weights[rows], len(pairs.group))
    of_person = _sums(pairs.person, of_pair)
    inside = (of_pair - parts[pairs.group] * of_person[pairs.person]) ** 2
    outside = parts**2 * _absent(of_person**2, pairs, len(parts))
    return _sums(pairs.group, inside, len(parts)) + outside, of_person


def _absent(of_person: Floats, pairs: Pairs, size: int) -> Floats:
    """Returns the sum over all people without an answer in the group, (g,)."""
    single, shared = (_sums(group, of_person[person], size) for group, person in pairs.parts)
    absent: Floats = _both(single)[1] + of_person[pairs.is_shared].sum() - shared
    return absent


def _sums(places: NDArray[np.integer[Any]], numbers: Floats, size: int = 0) -> Floats:
    """Returns the sum of the numbers at each place, (size,) or as long as needed."""
    sums: Any = np.bincount(places, numbers, size)
    return np.asarray(sums, dtype=np.float64)


def _known(sums: Floats) -> Floats:
    """Returns sums to divide by, NaN for 0."""
    return np.where(sums > 0, sums, np.nan)


def _both(sums: Any) -> Any:
    """Returns the sums per group and those of all others, (2, g).

    >>> _both(np.array([1, 2, 4])).tolist()
    [[1, 2, 4], [6, 5, 3]]
    """
    before, after = np.zeros_like(sums), np.zeros_like(sums)
    before[1:], after[:-1] = np.cumsum(sums[:-1]), np.cumsum(sums[:0:-1])[::-1]
    return np.array([sums, before + after])
