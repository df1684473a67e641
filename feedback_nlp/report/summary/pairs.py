"""Who says what: every theme with each response that mentions it, as integer codes that all counts share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.track import Run

_SOME = 4096  # responses among which enough people nearly always are


@dataclass(frozen=True)
class Pairs:
    """One entry per theme and response that mentions it, however often it does, sorted by theme and row.

    `responses`: those that count: scored ones, or all where no score was given. `theme`: a place in `theme_ids`
    (sorted); `row`: a row of `responses`. `is_negative`, `is_positive`: it complains of the theme, praises it.
    `n_speaking`: how many of the responses say anything that was read, with a theme or without.
    """

    responses: pd.DataFrame
    theme_ids: list[str]
    theme: NDArray[np.intp]
    row: NDArray[np.intp]
    is_negative: NDArray[np.bool_]
    is_positive: NDArray[np.bool_]
    n_speaking: int

    def per_theme(self, which: NDArray[np.bool_] | None = None) -> NDArray[np.intp]:
        """Returns the number of responses per theme, of those entries only where `which` is given."""
        theme = self.theme if which is None else self.theme[which]
        return np.bincount(theme, minlength=len(self.theme_ids))

    def themes_of_enough(self, min_people: int) -> set[str]:
        """Returns the themes that so many people mention; a response without a respondent is a person of its own."""
        has_enough = of_enough_people(self.theme, people_of(self.responses)[self.row], min_people)
        return {theme_id for place, theme_id in enumerate(self.theme_ids) if has_enough(place)}


def pairs_of(run: Run) -> Pairs:
    """Returns the themes of a run with the responses that mention them; the order of rows does not matter."""
    scored = run.responses["category"].notna()
    responses = run.responses[scored] if scored.any() else run.responses
    row = pd.Index(responses["response_id"]).get_indexer(pd.Index(run.mentions["response_id"]))
    theme, theme_ids = pd.factorize(run.mentions["theme_id"], sort=True)
    known = (row >= 0) & (theme >= 0)
    n = max(1, len(responses))
    keys, entry = np.unique(theme[known] * np.intp(n) + row[known], return_inverse=True)
    polarity = run.mentions["polarity"].fillna(0.0).to_numpy()[known]
    negative, positive = (np.bincount(entry, side, minlength=len(keys)) > 0 for side in (polarity < 0, polarity > 0))
    speaking = len(np.unique(row[row >= 0]))
    return Pairs(
        responses, [str(theme_id) for theme_id in theme_ids], keys // n, keys % n, negative, positive, speaking
    )


def people_of(responses: pd.DataFrame) -> NDArray[np.intp]:
    """Returns a number per response, the same for all of one respondent; without an id each is a person of its own."""
    ids = responses["response_id"]
    person = responses["respondent_id"].fillna(ids) if "respondent_id" in responses else ids
    return pd.factorize(person)[0]


def of_enough_people(value: NDArray[np.intp], person: NDArray[np.intp], min_people: int) -> Callable[[int], bool]:
    """Returns a function that says whether so many people have a value; only as much is counted as must be."""
    order = np.argsort(value, kind="stable")
    ordered = value[order]

    def has_enough(wanted: int) -> bool:
        """Returns whether enough people have the value."""
        start, end = np.searchsorted(ordered, [wanted, wanted + 1])
        some = min(end, start + _SOME)
        found = len(np.unique(person[order[start:some]]))
        return found >= min_people or (some < end and len(np.unique(person[order[start:end]])) >= min_people)

    return has_enough
