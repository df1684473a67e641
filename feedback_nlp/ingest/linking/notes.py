"""What looks suspicious in the responses, one plain sentence each; no comment is quoted."""

from typing import Any

import pandas as pd

_MIN_RESPONSES = 20  # fewer say nothing about how dates are spread
_GAP_DAYS = 730  # dates so far from all others are slips rather than surveys
_MAX_FAR_SHARE = 0.01
_N_ROWS = 5
_MAX_LENGTH = 40


def describe_oddities(responses: pd.DataFrame, facts: dict[str, Any], unread_date: str, burst_rows: str) -> list[str]:
    """Returns the sentences; `unread_date` is an example of a date that was not read, `burst_rows` where a burst is."""
    return [
        *_score_notes(facts),
        *_date_notes(responses, facts, unread_date),
        *_duplicate_notes(facts, burst_rows),
        *_rating_notes(facts),
    ]


def listed_rows(rows: pd.DataFrame) -> str:
    """Returns where rows stand: "rows 3, 5 and 9 of q3.csv", at most five of them.

    >>> listed_rows(pd.DataFrame({"source": ["q3.csv"] * 2, "row": [3, 5]}))
    'rows 3 and 5 of q3.csv'
    """
    first = rows.head(_N_ROWS)
    if first["source"].nunique() > 1:
        return ", ".join(f"row {row} of {source}" for source, row in zip(first["source"], first["row"], strict=True))
    numbers = [str(row) for row in first["row"]]
    said = f"rows {', '.join(numbers[:-1])} and {numbers[-1]}" if len(numbers) > 1 else f"row {numbers[0]}"
    return f"{said} of {first['source'].iloc[0]}"


def _score_notes(facts: dict[str, Any]) -> list[str]:
    notes = []
    if n := facts["n_scores_outside"]:
        shown = ", ".join(f"'{value[:_MAX_LENGTH]}'" for value in facts["scores_outside"])
        notes.append(f"{_rows(n)} a score outside the scale {facts['scale']} ({shown}); it counts as missing.")
    if n := facts["n_metadata_conflicts"]:
        times = "1 time" if n == 1 else f"{n:,} times"
        notes.append(
            f"{times} the rows of one response contradict each other beside the score; the smallest value and the "
            "earliest date were taken."
        )
    return notes


def _date_notes(responses: pd.DataFrame, facts: dict[str, Any], unread_date: str) -> list[str]:
    notes = []
    if n := facts["n_dates_unread"]:
        notes.append(f"{_rows(n)} a date that can't be read, e.g. '{unread_date[:_MAX_LENGTH]}'.")
    days = responses["date"].dropna().dt.normalize()
    if days.empty:
        return notes
    notes += _far_dates(days)
    counts = days.value_counts()
    if len(days) >= _MIN_RESPONSES and counts.max() * 2 > len(days):
        day = counts[counts == counts.max()].index.min()
        notes.append(
            f"{counts.max():,} of {len(days):,} dated responses are of one day, {day:%Y-%m-%d}: is it when the answers "
            "were given, or when they were exported?"
        )
    if 0 < (n := int(responses["period"].isna().sum())) < len(responses):
        notes.append(f"{n:,} of {len(responses):,} responses have no date, and so no period.")
    return notes


def _far_dates(days: pd.Series) -> list[str]:
    """Returns notes about a few dates that lie years before or after all others, such as 1900 or 2204."""
    counts = days.value_counts().sort_index()
    gaps = counts.index.to_series().diff().dt.days
    notes = []
    for is_late in (False, True):
        wide = list(gaps.index[gaps > _GAP_DAYS])
        tails = [counts[counts.index >= gap] if is_late else counts[counts.index < gap] for gap in wide]
        few = [tail for tail in tails if tail.sum() <= max(1, _MAX_FAR_SHARE * len(days)) and len(days) > 2]
        if few:
            tail = max(few, key=lambda part: int(part.sum()))
            example = tail.index[-1] if is_late else tail.index[0]
            side = "after" if is_late else "before"
            notes.append(
                f"{_dates(int(tail.sum()))} more than {_GAP_DAYS // 365} years {side} all others, e.g. "
                f"{example:%Y-%m-%d}."
            )
    return notes


def _duplicate_notes(facts: dict[str, Any], burst_rows: str) -> list[str]:
    notes = []
    if n := facts["identical_rows"]["kept"]:
        rows = f"{n:,} rows are" if n > 1 else "1 row is"
        notes.append(f"{rows} identical to an earlier one and kept: several people may have said the same.")
    bursts = facts["bursts"]
    if bursts["bursts"]:
        fate = f"{bursts['rejected']:,} of them were rejected" if bursts["rejected"] else "all were kept"
        notes.append(
            f"{bursts['responses']:,} responses say the same as others within minutes, in {bursts['bursts']:,} bursts "
            f"(e.g. {burst_rows}); {fate}."
        )
    return notes


def _rating_notes(facts: dict[str, Any]) -> list[str]:
    return [
        f"{_rows(rating['n_unread'])} a value in '{rating['column']}' that is no rating; it counts as missing."
        for rating in facts["ratings"].values()
        if rating["n_unread"]
    ]


def _rows(n: int) -> str:
    return f"{n:,} rows have" if n > 1 else "1 row has"


def _dates(n: int) -> str:
    return f"{n:,} dates lie" if n > 1 else "1 date lies"
