"""What stands behind a theme's figures: sides, scores, and what else its people mention."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from feedback_nlp.drivers.scores import wilson
from feedback_nlp.report.summary.data import CoMention, ScoreCount, Sides
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.pairs import Pairs

MOST_SCORES = 11  # a scale with more is no row of columns
MOST_CO_MENTIONS = 5
_FEWEST = 5  # responses that mention both themes


def count_sides(pairs: Pairs) -> dict[str, Sides]:
    """Returns theme_id -> its responses by what they say of it; the four counts sum to them. Not weighted."""
    negative, positive = pairs.is_negative, pairs.is_positive
    parts = (negative & ~positive, positive & ~negative, negative & positive, ~negative & ~positive)
    counts = np.stack([pairs.per_theme(part) for part in parts], axis=1)
    return {theme_id: Sides(*(int(n) for n in row)) for theme_id, row in zip(pairs.theme_ids, counts, strict=True)}


def count_scores(pairs: Pairs, min_group: int) -> dict[str, tuple[ScoreCount, ...]]:
    """Returns theme_id -> how many of its responses gave each score, lowest first; shares 0–1, not weighted.

    Every score that occurs in the run is there, with 0 where no one of the theme gave it. A theme of fewer than
    `min_group` responses has none, nor has any where more than eleven different scores were given.
    """
    score = pairs.responses["score"].to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(score)
    values, code = np.unique(score[known], return_inverse=True)
    if not 0 < len(values) <= MOST_SCORES:
        return {}
    codes = np.full(len(score), -1, dtype=np.intp)
    codes[known] = code
    of_all = np.bincount(code, minlength=len(values))
    category = [str(pairs.responses["category"].iloc[int(np.argmax(codes == k))] or "") for k in range(len(values))]
    said = codes[pairs.row] >= 0
    flat = pairs.theme[said] * len(values) + codes[pairs.row][said]
    table = np.bincount(flat, minlength=len(pairs.theme_ids) * len(values)).reshape(-1, len(values))
    return {
        theme_id: tuple(
            ScoreCount(float(value), kind, int(n), n / row.sum(), share_all)
            for value, kind, n, share_all in zip(values, category, row.tolist(), of_all / of_all.sum(), strict=True)
        )
        for theme_id, row in zip(pairs.theme_ids, table, strict=True)
        if row.sum() >= min_group
    }


def count_co_mentions(pairs: Pairs, names: dict[str, str], level: float) -> dict[str, tuple[CoMention, ...]]:
    """Returns theme_id -> the other themes that its people mention more often than those who do not mention it.

    Only responses that say something count, for the silent mention nothing. A theme is there where the interval of its
    share (Wilson 1927), widened for all other themes at once (Bonferroni 1936), lies above the share among those who
    do not mention the first; at most five, the largest ratio to all first. Not weighted.

    Args:
        pairs: who says what.
        names: theme_id -> name of the themes that count: topics, no parents.
        level: of the intervals.
    """
    theme_ids = [theme_id for theme_id in pairs.theme_ids if theme_id in names]
    if len(theme_ids) < 2:
        return {}
    both = _both(pairs, theme_ids)
    n_each = both.diagonal()
    return {
        theme_id: tuple(_more_often(place, both, n_each, pairs.n_speaking, theme_ids, names, level))
        for place, theme_id in enumerate(theme_ids)
    }


def _both(pairs: Pairs, theme_ids: list[str]) -> NDArray[np.int64]:
    """Returns (themes, themes): the number of responses that mention both."""
    place = {theme_id: at for at, theme_id in enumerate(theme_ids)}
    column = np.array([place.get(theme_id, -1) for theme_id in pairs.theme_ids], dtype=np.intp)[pairs.theme]
    shown = column >= 0
    ones = np.ones(int(shown.sum()), dtype=np.int64)
    says = csr_array((ones, (pairs.row[shown], column[shown])), shape=(len(pairs.responses), len(theme_ids)))
    return np.asarray((says.T @ says).toarray(), dtype=np.int64)


def _more_often(
    first: int,
    both: NDArray[np.int64],
    n_each: NDArray[np.int64],
    n_speaking: int,
    theme_ids: list[str],
    names: dict[str, str],
    level: float,
) -> list[CoMention]:
    n = int(n_each[first])
    if n >= n_speaking:  # nobody is left to compare with
        return []
    at_once = 1 - (1 - level) / (len(theme_ids) - 1)
    found = []
    for other in np.flatnonzero((both[first] >= _FEWEST) & (np.arange(len(theme_ids)) != first)):
        n_both = int(both[first, other])
        without = (int(n_each[other]) - n_both) / (n_speaking - n)
        if wilson(n_both / n, n, at_once).low > without:
            share, share_all = wilson(n_both / n, n, level), int(n_each[other]) / n_speaking
            figure = Figure(share.value, share.low, share.high)
            found.append(CoMention(theme_ids[other], names[theme_ids[other]], n_both, figure, share_all))
    found.sort(key=lambda one: (-one.share.value / one.share_all, one.theme_id))
    return found[:MOST_CO_MENTIONS]
