"""Dates as survey tools and people write them; whether the day comes first is told from the whole column."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.scales import usual_values

_MONTHS = {
    name: number
    for number, names in enumerate(
        ["jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"], start=1)
    for name in names.split()
}  # fmt: skip
_TIME = (
    r"(?:(?:\s*[T,]\s*|\s+)(?:at\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d{1,9})?))?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s*(?P<zone>Z|[+-]\d{2}:?\d{2}|[a-z]{2,5}))?)?"
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_PATTERNS = {
    "year first": re.compile(rf"(?P<a>\d{{4}})[-/.](?P<b>\d{{1,2}})(?:[-/.](?P<c>\d{{1,2}}))?{_TIME}", re.IGNORECASE),
    "numbers": re.compile(rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<c>\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE),
    "day, month name": re.compile(
        rf"{_WEEKDAY}(?P<c>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]+(?:of\s+)?(?P<b>[a-z]{{3,9}})\.?,?[\s-]+(?P<a>\d{{4}}|\d{{2}}){_TIME}",
        re.IGNORECASE,
    ),
    "month name, day": re.compile(
        rf"{_WEEKDAY}(?P<b>[a-z]{{3,9}})\.?\s+(?P<c>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<a>\d{{4}}){_TIME}", re.IGNORECASE
    ),
}  # fmt: skip
_ORDERS = ("dmy", "mdy", "ymd")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_MAX_LENGTH = 60
_PIVOT = 69  # two-digit years from here on are 19xx (POSIX)


@dataclass(frozen=True)
class Dates:
    """A date column as read: `dates` is datetime64[us] with the column's index, null where missing or unread.

    `order` is how numbers were read ("dmy", "mdy", "ymd"), None if no value needed it. Times with an offset from UTC
    are in UTC; others, and those with a zone's name ("CET", which is no unique offset), are as written.
    """

    dates: pd.Series
    order: str | None
    n_unread: int


def read_dates(values: pd.Series, order: str, column: str) -> Dates:
    """Returns the dates of a text column; `order` "" lets the values tell whether the day or the month comes first.

    ISO 8601 needs no order, and neither do English month names ("19th November 2023"). A month without a day counts as
    its first day. `column` names the column in errors.

    Raises:
        InputError: the order can't be told, or more than half of the values are no dates.
    """
    counts = usual_values(values)
    if counts.empty:
        return Dates(pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]"), order or None, 0)
    found = counts.index.to_series().map(_matched)
    parts = pd.DataFrame([match or {} for match in found], index=counts.index).reindex(columns=_COLUMNS)
    is_numeric = (parts["kind"] == "numbers").to_numpy()
    used = order or _told_order(parts[is_numeric], column)
    read = _assembled(parts, is_numeric, used)
    n_unread = int(counts[read.isna().to_numpy()].sum())
    if n_unread > 0.5 * counts.sum():
        example = read.index[read.isna().to_numpy()][0]
        hint = f" in the order {used}" if used else ""
        raise InputError(
            f"{column}: {n_unread:,} of {counts.sum():,} values are no dates{hint}, e.g. '{example}'; name another "
            "--date column or the right --date-order (dmy, mdy, ymd)"
        )
    dates = values.str.strip().map(read).astype("datetime64[us]")
    has_years_first = bool((parts["kind"] == "year first").any())
    return Dates(dates, used or ("ymd" if has_years_first else None), n_unread)


def periods(dates: pd.Series, name: str, by: str) -> pd.Series:
    """Returns each date's period as text: `name` for all if given, else "2024-Q3" or "2024-07"; null without a date.

    >>> periods(pd.Series(pd.to_datetime(["2024-07-01"])), "", "quarter").tolist()
    ['2024-Q3']
    """
    if name:
        return pd.Series(name, index=dates.index, dtype="str")
    if by == "none":
        return pd.Series(None, index=dates.index, dtype="str")
    months: pd.Series = dates.dt.strftime("%Y-%m").astype("str")
    if by == "month":
        return months
    quarters = dates.dt.quarter.map({1: "-Q1", 2: "-Q2", 3: "-Q3", 4: "-Q4"}).astype("str")
    with_quarters: pd.Series = months.str[:4].str.cat(quarters)
    return with_quarters


def is_date_text(text: str) -> bool:
    """Returns whether a cell is written like a date.

    >>> is_date_text("30/09/2021"), is_date_text("19th November 2023"), is_date_text("2 days")
    (True, True, False)
    """
    return _matched(text.strip()) is not None


_COLUMNS = ["kind", "a", "b", "c", "hour", "minute", "second", "half", "zone"]


def _matched(text: str) -> dict[str, str | None] | None:
    """Returns the parts of a date; for all but "numbers" a is the year, b the month and c the day."""
    if len(text) > _MAX_LENGTH:
        return None
    for kind, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            if "name" not in kind:
                return {"kind": kind, **parts}
            month = _MONTHS.get(parts["b"].lower())
            return {"kind": kind, **parts, "b": str(month)} if month else None
    return None


def _told_order(parts: pd.DataFrame, column: str) -> str | None:
    """Returns the order under which more of the numeric dates exist than under any other.

    Raises:
        InputError: two orders do equally well, or each reads a date that the other can't.
    """
    if parts.empty:
        return None
    orders = _possible_orders(parts)
    reads = {order: _days(parts, order).notna() for order in orders}
    best = max(orders, key=lambda order: int(reads[order].sum()))
    for other in orders:
        only_other = reads[other] & ~reads[best]
        if other == best or (reads[best].sum() > reads[other].sum() and not only_other.any()):
            continue
        example = parts.index[reads[best].to_numpy()][0] if reads[best].any() else parts.index[0]
        why = f"but '{parts.index[only_other.to_numpy()][0]}' is {other}" if only_other.any() else f"or {other}"
        raise InputError(f"{column}: is '{example}' {best}, {why}? say --date-order dmy, mdy or ymd")
    return best


def _possible_orders(parts: pd.DataFrame) -> tuple[str, ...]:
    """Returns the orders that are possible: the year has four digits, or far fewer values than the day."""
    n_first, n_last = parts["a"].nunique(), parts["c"].nunique()
    if (parts["c"].str.len() == 4).any() or n_first >= 2 * n_last:
        return _ORDERS[:2]
    return _ORDERS[2:] if n_last >= 2 * n_first else _ORDERS


def _assembled(parts: pd.DataFrame, is_numeric: np.ndarray, order: str | None) -> pd.Series:
    days = _days(parts, "ymd").where(~is_numeric)
    if order and is_numeric.any():
        days = days.where(~is_numeric, _days(parts, order))
    return days + _times(parts) - _offsets(parts["zone"])


def _days(parts: pd.DataFrame, order: str) -> pd.Series:
    """Returns the days that a, b and c name in this order; null for days that do not exist."""
    named = {part: parts[letter] for part, letter in zip(order, "abc", strict=True)}
    text_year = named["y"].astype("str")
    year, month, day = (pd.to_numeric(named[part], errors="coerce") for part in "ymd")
    century = np.where(year < _PIVOT, 2000, 1900)
    year = year.where(text_year.str.len() == 4, year + century)
    day = day.where(named["d"].notna(), 1)
    is_sane = year.between(_FIRST_YEAR, _LAST_YEAR) & day.between(1, 31)
    frame = pd.DataFrame({"year": year, "month": month, "day": day})[is_sane]
    return pd.to_datetime(frame, errors="coerce").astype("datetime64[us]").reindex(parts.index)


def _times(parts: pd.DataFrame) -> pd.Series:
    """Returns the time of day; null where the hour or minute does not exist, zero where none is written."""
    named = (parts["hour"], parts["minute"], parts["second"])
    hour, minute, second = (pd.to_numeric(part, errors="coerce").fillna(0) for part in named)
    half = parts["half"].astype("str").str.lower()
    hour = hour.where(half.isna(), hour % 12) + 12 * (half == "p")
    seconds = hour * 3600 + minute * 60 + second
    exists = (hour < 24) & (minute < 60) & (second < 61)
    return pd.to_timedelta((seconds * 1e6).round().where(exists), unit="us")


def _offsets(zones: pd.Series) -> pd.Series:
    """Returns the offset from UTC; zero where none is written."""
    parts = zones.astype("str").str.extract(r"^([+-])(\d{2}):?(\d{2})$")
    minutes = pd.to_numeric(parts[1], errors="coerce") * 60 + pd.to_numeric(parts[2], errors="coerce")
    return pd.to_timedelta(minutes.where(parts[0] != "-", -minutes).fillna(0), unit="min")
