"""How often each group of respondents (phone, chat; north, south) mentions each theme."""

import numpy as np
import pandas as pd

from feedback_nlp.drivers.scores import wilson
from feedback_nlp.numbers import SMALL_GROUP
from feedback_nlp.report.summary.data import GroupCount, Grouping
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.pairs import Pairs

MOST_GROUPS = 8  # values of a segment that are listed, the largest first
_PREFIX = "segment_"


def count_groups(pairs: Pairs, level: float = 0.95) -> dict[str, tuple[Grouping, ...]]:
    """Returns theme_id -> its counts by each segment; a response counts once, however often it says the same.

    Shares carry Wilson's interval at `level`; a missing value is no group; values of too few responses have no share.
    """
    columns = [str(column) for column in pairs.responses.columns if str(column).startswith(_PREFIX)]
    per_column = [_per_theme(pairs, column, level) for column in columns]
    return {
        theme_id: tuple(groupings[place] for groupings in per_column if groupings)
        for place, theme_id in enumerate(pairs.theme_ids)
        if any(per_column)
    }


def _per_theme(pairs: Pairs, column: str, level: float) -> list[Grouping]:
    """Returns the grouping of each theme by one segment; none where no response has a value."""
    codes, values = pd.factorize(pairs.responses[column])
    sizes = np.bincount(codes[codes >= 0], minlength=len(values))
    order = sorted(range(len(values)), key=lambda code: (-int(sizes[code]), str(values[code])))
    shown, n_more = order[:MOST_GROUPS], max(0, len(order) - MOST_GROUPS)
    place = np.full(len(values) + 1, -1, dtype=np.intp)  # of a code among those shown; the last: no value
    place[shown] = np.arange(len(shown))
    group = place[codes][pairs.row]
    known = group >= 0
    flat, n = pairs.theme * np.intp(max(1, len(shown))) + group, len(pairs.theme_ids) * len(shown)
    counts = np.stack([
        np.bincount(flat[known & which], minlength=n) for which in (True, pairs.is_negative, pairs.is_positive)
    ], axis=1).reshape(len(pairs.theme_ids), len(shown), 3)  # fmt: skip
    name = column.removeprefix(_PREFIX)
    return [
        Grouping(name, tuple(_group(str(values[code]), int(sizes[code]), row, level)
                             for code, row in zip(shown, rows, strict=True)), n_more)
        for rows in counts.tolist()
    ] if shown else []  # fmt: skip


def _group(value: str, n: int, counts: list[int], level: float) -> GroupCount:
    if n < SMALL_GROUP:
        return GroupCount(value, n, None, None, None)
    estimates = [wilson(number / n, n, level) for number in counts]
    return GroupCount(value, n, *(Figure(share.value, share.low, share.high) for share in estimates))
