"""What the statistics work on: the responses in the design, in one fixed order, and who mentioned what.

Everything is sorted by response_id first, so that no figure depends on the order of rows, down to the last bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from feedback_nlp.drivers.scores import Codes, Floats, clusters_of, points_of, weights_of
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.schema import KINDS

Sparse: TypeAlias = "sparse.csr_array[np.float64]"

NEEDED = {
    "responses": ("response_id", "category"),
    "mentions": ("response_id", "theme_id", "polarity"),
    "themes": ("theme_id", "kind"),
}


@dataclass(frozen=True)
class Sample:
    """The n responses in the design and their mentions of the t themes.

    `points` (n,): +100, 0, −100; NaN throughout where no response has a score. `weights` (n,): mean 1. `clusters` (n,):
    one code per person, None if nobody answered twice. `mentioned`, `negative`, `positive` (n, t): 1 where the response
    mentions the theme at all, complains of it, praises it. `labels` (n,): the segment of each response where one was
    asked for, None for a missing one.
    """

    points: Floats
    weights: Floats
    clusters: Codes | None
    mentioned: Sparse
    negative: Sparse
    positive: Sparse
    theme_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    labels: NDArray[np.object_] | None = None

    @property
    def n(self) -> int:
        """How many responses are in the design."""
        return len(self.points)

    @property
    def is_scored(self) -> bool:
        """Whether the responses in the design have scores."""
        return self.n > 0 and not bool(np.isnan(self.points[0]))

    def themes_of_kind(self, kind: str) -> list[int]:
        """Returns the positions of the themes of a kind, in the order of the themes."""
        return [position for position, of in enumerate(self.kinds) if of == kind]


def read_sample(responses: pd.DataFrame, mentions: pd.DataFrame, themes: pd.DataFrame, segment: str = "") -> Sample:
    """Returns the sample of the three tables, checked and sorted by response_id.

    In the design are the responses with a category and a weight above 0, commented or not; all responses if none has a
    category. Mentions of other responses are ignored, and so are rows without a theme. A mention without a polarity is
    a mention, but neither complaint nor praise. Nothing is written into the arguments.

    Args:
        responses: response_id, category; optional respondent_id and weight.
        mentions: response_id, theme_id, polarity.
        themes: theme_id, kind.
        segment: a column of `responses` to keep as `labels`.

    Raises:
        InputError: a column is missing, an id is missing, repeated or unknown, or a value is impossible.
    """
    for name, table in (("responses", responses), ("mentions", mentions), ("themes", themes)):
        _check_columns(name, table, (*NEEDED[name], segment) if segment and name == "responses" else NEEDED[name])
    ids = _keys("responses", responses["response_id"])
    order = np.argsort(ids.to_numpy(), kind="stable")
    points = points_of(responses["category"], "responses: category")
    weight = weights_of(responses.get("weight"), points, "responses: weight")[order]
    points = points[order]
    used = weight > 0
    clusters = None
    if "respondent_id" in responses:
        clusters = clusters_of(responses["respondent_id"].to_numpy(dtype=object)[order][used])
    labels = None
    if segment:
        given = responses[segment]
        labels = given.astype(object).where(given.notna(), None).to_numpy(dtype=object)[order][used]
    theme_ids, kinds = _keys("themes", themes["theme_id"]), _kinds(themes)
    row, theme, polarity = _mention_places(mentions, ids, theme_ids)
    row = _new_places(order, used)[row]
    inside = (row >= 0) & (theme >= 0)
    row, theme, polarity = row[inside], theme[inside], polarity[inside]
    shape = (int(used.sum()), len(theme_ids))
    mentioned, negative, positive = (
        _marks(row[chosen], theme[chosen], shape) for chosen in (slice(None), polarity < 0, polarity > 0)
    )
    weight = weight[used] / (weight[used].mean() if used.any() else 1.0)
    return Sample(
        points[used], weight, clusters, mentioned, negative, positive, tuple(themes["theme_id"]), kinds, labels
    )


def _check_columns(name: str, table: pd.DataFrame, needed: Sequence[str]) -> None:
    for column in needed:
        if column not in table.columns:
            known = [str(c) for c in table.columns]
            hint = did_you_mean(column, known)
            raise InputError(f"{name}: no column '{column}'; found {', '.join(known) or 'no column'}{hint}")


def _keys(name: str, ids: "pd.Series[Any]") -> pd.Index:
    """Returns the ids as text, each there and there once."""
    column = f"{name}: {ids.name}"
    missing = np.flatnonzero(ids.isna())
    if len(missing):
        raise InputError(f"{column}: row {missing[0] + 1} has no id; each needs its own")
    keys = pd.Index(_as_text(ids))
    if not keys.is_unique:
        raise InputError(f"{column}: {keys[keys.duplicated()][0]!r} is there more than once; each needs its own")
    return keys


def _as_text(ids: "pd.Series[Any]") -> NDArray[np.object_]:
    if not isinstance(ids.dtype, pd.StringDtype):
        ids = ids.map(str, na_action="ignore")
    return ids.to_numpy(dtype=object)


def _kinds(themes: pd.DataFrame) -> tuple[str, ...]:
    kinds = tuple(str(kind) for kind in themes["kind"])
    for row, kind in enumerate(kinds, start=1):
        if kind not in KINDS:
            raise InputError(f"themes: kind: row {row}: {kind!r} is none of {', '.join(KINDS)}")
    return kinds


def _mention_places(mentions: pd.DataFrame, response_ids: pd.Index, theme_ids: pd.Index) -> tuple[Codes, Codes, Floats]:
    """Returns for each mention the places of its response and theme (−1 for none) and its polarity."""
    places = []
    for name, column, known in (("responses", "response_id", response_ids), ("themes", "theme_id", theme_ids)):
        place = known.get_indexer(pd.Index(_as_text(mentions[column]), dtype=object)).astype(np.int64)
        allowed = mentions[column].isna().to_numpy() & (column == "theme_id")
        unknown = np.flatnonzero((place < 0) & ~allowed)
        if len(unknown):
            found = str(mentions[column].iloc[unknown[0]])
            hint = did_you_mean(found, known) if len(known) < 1000 else ""  # the search is slow among many
            raise InputError(f"mentions: {column}: row {unknown[0] + 1}: {found!r} is not in {name}{hint}")
        places.append(place)
    return places[0], places[1], _polarities(mentions["polarity"])


def _polarities(given: "pd.Series[Any]") -> Floats:
    numbers = pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(np.isnan(numbers) & given.notna().to_numpy())
    if len(wrong):
        found = given.iloc[wrong[0]]
        raise InputError(f"mentions: polarity: row {wrong[0] + 1}: {found!r} is no number from -1 to 1")
    return numbers


def _new_places(order: NDArray[np.intp], used: NDArray[np.bool_]) -> Codes:
    """Returns for each response as given its row in the design, or −1."""
    places = np.full(len(order), -1, dtype=np.int64)
    places[order[used]] = np.arange(used.sum())
    return places


def _marks(row: Codes, column: Codes, shape: tuple[int, int]) -> Sparse:
    """Returns a 0/1 matrix: 1 wherever a pair occurs, however often."""
    marks = sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape)  # sums what is there twice
    marks.data[:] = 1.0
    return marks


def any_of(marks: Sparse, groups: Sequence[Sequence[int]]) -> Sparse:
    """Returns (n, len(groups)): 1 where a response has a mark in any column of the group.

    >>> marks = sparse.csr_array(np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    >>> any_of(marks, [[0, 1], [2], []]).toarray()
    array([[1., 0., 0.],
           [0., 1., 0.]])
    """
    member = [source for group in groups for source in group]
    group_of = [number for number, group in enumerate(groups) for _ in group]
    chosen = sparse.csr_array((np.ones(len(member)), (member, group_of)), shape=(marks.shape[1], len(groups)))
    joined = sparse.csr_array(marks @ chosen)
    joined.data[:] = 1.0
    joined.sort_indices()
    return joined
