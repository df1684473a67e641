"""Who says what: every theme with each response that mentions it, as integer codes that all counts share."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.track import Run


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

    def people_per_theme(self) -> dict[str, int]:
        """Returns theme_id -> people who mention it; a response without a respondent is a person of its own."""
        person = people_of(self.responses)
        n = len(person) + 1
        pairs = np.unique(self.theme * np.intp(n) + person[self.row])
        counts = np.bincount(pairs // n, minlength=len(self.theme_ids))
        return dict(zip(self.theme_ids, counts.tolist(), strict=True))


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
