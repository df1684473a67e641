"""How often each group of respondents (phone, chat; north, south) mentions each theme."""

import pandas as pd

from feedback_nlp.drivers.scores import wilson
from feedback_nlp.numbers import SMALL_GROUP
from feedback_nlp.report.summary.data import GroupCount, Grouping
from feedback_nlp.report.summary.figure import Figure

MOST_GROUPS = 8  # values of a segment that are listed, the largest first
_PREFIX = "segment_"


def count_groups(
    responses: pd.DataFrame, mentions: pd.DataFrame, level: float = 0.95
) -> dict[str, tuple[Grouping, ...]]:
    """Returns theme_id -> its counts by each segment; a response counts once, however often it says the same.

    Args:
        responses: response_id and segment_<name> columns; only these responses count, and a missing value is no group.
        mentions: response_id, theme_id, polarity.
        level: of the shares' intervals (Wilson's).

    >>> responses = pd.DataFrame({"response_id": ["a", "b"], "segment_channel": ["phone", "chat"]})
    >>> mentions = pd.DataFrame({"response_id": ["a", "a"], "theme_id": ["t1", "t1"], "polarity": [-0.5, -0.1]})
    >>> [(group.value, group.n, group.mention) for group in count_groups(responses, mentions)["t1"][0].groups]
    [('chat', 1, None), ('phone', 1, None)]
    """
    columns = [column for column in responses.columns if column.startswith(_PREFIX)]
    if not columns:
        return {}
    said = _said(mentions).merge(responses[["response_id", *columns]], on="response_id")
    per_column = [_per_theme(said, responses[column], column, level) for column in columns]
    return {
        theme_id: tuple(groupings[theme_id] for groupings in per_column if theme_id in groupings)
        for theme_id in sorted(mentions["theme_id"].dropna().unique())
    }


def _said(mentions: pd.DataFrame) -> pd.DataFrame:
    """Returns one row per theme and response: n_responses = 1, n_negative and n_positive 0 or 1."""
    known = mentions[mentions["theme_id"].notna()]
    flags = pd.DataFrame(
        {
            "theme_id": known["theme_id"],
            "response_id": known["response_id"],
            "n_responses": 1,
            "n_negative": (known["polarity"] < 0).astype(int),
            "n_positive": (known["polarity"] > 0).astype(int),
        }
    )
    return flags.groupby(["theme_id", "response_id"], as_index=False).max()


def _per_theme(said: pd.DataFrame, values: pd.Series, column: str, level: float) -> dict[str, Grouping]:
    sizes = sorted(values.value_counts().items(), key=lambda item: (-item[1], str(item[0])))
    shown, n_more = sizes[:MOST_GROUPS], max(0, len(sizes) - MOST_GROUPS)
    table = said.groupby(["theme_id", column])[["n_responses", "n_negative", "n_positive"]].sum()
    counts = {key: tuple(int(number) for number in row) for key, row in zip(table.index, table.to_numpy(), strict=True)}
    found = {}
    for theme_id in said["theme_id"].unique():
        groups = [_group(str(value), int(n), counts.get((theme_id, value), (0, 0, 0)), level) for value, n in shown]
        found[theme_id] = Grouping(column.removeprefix(_PREFIX), tuple(groups), n_more)
    return found if sizes else {}


def _group(value: str, n: int, counts: tuple[int, ...], level: float) -> GroupCount:
    if n < SMALL_GROUP:
        return GroupCount(value, n, None, None, None)
    estimates = [wilson(number / n, n, level) for number in counts]
    return GroupCount(value, n, *(Figure(share.value, share.low, share.high) for share in estimates))
