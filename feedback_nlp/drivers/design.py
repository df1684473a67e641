"""Which columns the regression has: two per theme, what is too rare pooled, what is determined by others dropped.

The order of the columns is the order of the account: base, each theme's complaints and praise in the order of the
themes, then generic, then other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.sample import Sample, Sparse, any_of
from feedback_nlp.drivers.scores import Floats

POLARITIES = ("negative", "positive")
_WORDS = {"negative": "complaints of", "positive": "praise of"}
_TOLERANCE = 1e-9  # of a column's own sum of squares: below it, the columns before it determine the column


@dataclass(frozen=True)
class Term:
    """One column: responses with a mention of that polarity of any of the themes at `sources`.

    `theme` is the position of the theme whose own column it is; None for generic and other.
    """

    theme_id: str
    polarity: str
    theme: int | None
    sources: tuple[int, ...]


@dataclass(frozen=True)
class Design:
    """The terms after the base, and per sample the columns (n, 1 + len(terms)), the base's ones first.

    `overlaps`: the pairs of themes whose complaints come nearly always together, one of which may have been dropped.
    """

    terms: tuple[Term, ...]
    columns: tuple[Sparse, ...]
    notes: tuple[str, ...]
    overlaps: tuple[tuple[int, int], ...] = ()

    def own_places(self, polarity: str) -> tuple[list[int], list[int]]:
        """Returns the themes that have a column of that polarity to themselves, and the places of these (base = 0)."""
        places = [at for at, term in enumerate(self.terms, start=1) if term.polarity == polarity]
        own = [(theme, at) for at in places if (theme := self.terms[at - 1].theme) is not None]
        return [theme for theme, _ in own], [at for _, at in own]


def build_design(samples: Sequence[Sample], settings: DriversConfig) -> Design:
    """Returns the design that all samples share: one sample for a single period, two for a comparison.

    A topic's column with fewer than `min_mentions` responses in any of the samples goes into "other" of its polarity,
    as do themes of kind "other"; a column without a mention anywhere is absent. Generic praise and complaint say the
    score again in words: they are left out unless `include_generic`. A column that the columns before it determine in
    any of the samples is dropped (and never ridged, which would break the sum) and named in the notes.
    """
    terms, notes = _choose(samples, settings)
    columns = [_lay_out(sample, terms) for sample in samples]
    grams = [gram(c, c, s.weights) / s.n for c, s in zip(columns, samples, strict=True)]
    overlaps, together = _overlaps(terms, grams, settings.overlap)
    notes += together
    kept = independent_columns(grams)
    notes += [
        f"dropped {_WORDS[terms[at - 1].polarity]} '{terms[at - 1].theme_id}': {_why_dropped(at, grams)}"
        for at in np.flatnonzero(~kept).tolist()
    ]
    stay = np.flatnonzero(kept)
    chosen = tuple(terms[number - 1] for number in stay[1:])
    narrowed = columns if len(stay) == len(kept) else [sparse.csr_array(c[:, stay]) for c in columns]
    return Design(chosen, tuple(narrowed), tuple(notes), overlaps)


def independent_columns(grams: Sequence[Floats], tolerance: float = _TOLERANCE) -> NDArray[np.bool_]:
    """Returns which columns to keep, (K,), given X'X of each sample (K, K): each the earlier columns do not determine.

    Cholesky elimination in the order of the columns: one stays if what the kept ones before it leave of its sum of
    squares exceeds `tolerance` of it, in every sample. So the earlier of two equal columns stays, always the same one.

    >>> x = np.array([[1, 0, 1], [1, 1, 0], [1, 0, 1], [1, 0, 1]])
    >>> independent_columns([(x.T @ x).astype(float)])
    array([ True,  True, False])
    """
    left = [np.array(g, dtype=np.float64) for g in grams]
    size = len(left[0])
    kept = np.zeros(size, dtype=bool)
    for j in range(size):
        kept[j] = all(rest[j, j] > tolerance * g[j, j] for rest, g in zip(left, grams, strict=True))
        if kept[j]:
            for rest in left:
                rest[j + 1 :, j + 1 :] -= np.outer(rest[j + 1 :, j], rest[j, j + 1 :]) / rest[j, j]
    return kept


def gram(left: Sparse, right: Sparse, weights: Floats | None = None) -> Floats:
    """Returns left' diag(weights) right as a dense (K, K) array; only the marks are visited.

    >>> gram(sparse.csr_array(np.eye(2)), sparse.csr_array(np.eye(2)), np.array([1.0, 3.0]))
    array([[1., 0.],
           [0., 3.]])
    """
    scaled = right if weights is None else scale_rows(right, weights)
    return np.asarray((left.T.tocsr() @ scaled).toarray(), dtype=np.float64)


def scale_rows(matrix: Sparse, factors: Floats) -> Sparse:
    """Returns diag(factors) matrix, with the same marks.

    >>> scale_rows(sparse.csr_array(np.eye(2)), np.array([2.0, 5.0])).toarray()
    array([[2., 0.],
           [0., 5.]])
    """
    per_mark: Any = np.repeat(factors, np.diff(matrix.indptr))
    return sparse.csr_array((matrix.data * per_mark, matrix.indices, matrix.indptr), shape=matrix.shape)


def _choose(samples: Sequence[Sample], settings: DriversConfig) -> tuple[list[Term], list[str]]:
    first, notes = samples[0], list[str]()
    counts = {p: np.stack([np.asarray(getattr(s, p).sum(axis=0)) for s in samples]) for p in POLARITIES}
    own: list[Term] = []
    pooled: dict[str, list[int]] = {polarity: first.themes_of_kind("other") for polarity in POLARITIES}
    for theme, polarity in product(first.themes_of_kind("topic"), POLARITIES):
        count, name = counts[polarity][:, theme], str(first.theme_ids[theme])
        if count.min() >= settings.min_mentions:
            own.append(Term(name, polarity, theme, (theme,)))
        elif count.any():
            found = " and ".join(f"{responses:.0f}" for responses in count)
            needed = settings.min_mentions
            notes.append(f"pooled {_WORDS[polarity]} '{name}' into other: {found} responses, {needed} needed")
            pooled[polarity].append(theme)
    generic = first.themes_of_kind("generic") if settings.include_generic else []
    joined = [Term("generic", polarity, None, tuple(generic)) for polarity in POLARITIES]
    joined += [Term("other", polarity, None, tuple(sorted(pooled[polarity]))) for polarity in POLARITIES]
    return own + [term for term in joined if counts[term.polarity][:, list(term.sources)].any()], notes


def _lay_out(sample: Sample, terms: Sequence[Term]) -> Sparse:
    blocks = [sparse.csr_array(np.ones((sample.n, 1)))]
    for polarity in POLARITIES:
        marks: Sparse = getattr(sample, polarity)
        blocks.append(any_of(marks, [term.sources if term.polarity == polarity else () for term in terms]))
    base, negative, positive = blocks
    both = sparse.csr_array(negative + positive)  # a term has marks in one of the two only
    both.sort_indices()
    return sparse.csr_array(sparse.hstack([base, both], format="csr"))


def _why_dropped(place: int, grams: Sequence[Floats]) -> str:
    absent = [side for side, g in zip("ab", grams, strict=False) if g[place, place] == 0]  # only pooled ones can be
    return f"there are none in {absent[0]}" if absent else "the columns before it determine it"


def _overlaps(
    terms: Sequence[Term], grams: Sequence[Floats], limit: float
) -> tuple[tuple[tuple[int, int], ...], list[str]]:
    """Returns each two themes whose complaints come nearly always together (Jaccard of the responses), and a note."""
    together: Floats = np.sum(grams, axis=0)
    places = [(at, t.theme) for at, t in enumerate(terms, start=1) if t.polarity == "negative" and t.theme is not None]
    pairs, notes = [], []
    for i, (a, first) in enumerate(places):
        for b, second in places[i + 1 :]:
            shared = together[a, b]
            jaccard = shared / (together[a, a] + together[b, b] - shared)
            if jaccard > limit:
                names = f"'{terms[a - 1].theme_id}' and '{terms[b - 1].theme_id}'"
                pairs.append((first, second))
                notes.append(f"complaints of {names} overlap (Jaccard {jaccard:.2f}): read their drags as a group's")
    return tuple(pairs), notes
