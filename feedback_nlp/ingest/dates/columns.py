"""Dates as survey tools and people write them; whether the day comes first is told from the whole column."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.dates.months import months_of
from feedback_nlp.ingest.dates.numbers import read_date_numbers
from feedback_nlp.ingest.dates.texts import MAX_LENGTH, MIDNIGHT, Clock, Day, read_clock, read_day, split_clock
from feedback_nlp.ingest.scores.scales import NULL_WORDS

_ORDERS = ("dmy", "mdy", "ymd")
_FIRST_YEAR, _LAST_YEAR = 1900, 2261  # the last whole year that nanoseconds can count
_PIVOT = 69  # two-digit years from here on are 19xx (POSIX)
_MAX_UNREAD = 0.5  # share of the values
_ISO = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?"


@dataclass(frozen=True)
class Dates:
    """A date column as read: `dates` is datetime64[us] with the column's index, null where missing or unread.

    `order` is how numbers were read ("dmy", "mdy", "ymd"), None if no value needed it. Times with an offset from UTC
    are in UTC; others, and those with a zone's name ("CET", which is no unique offset), are as written.
    `has_time` says which dates have a time of day: not midnight, and not the only time that the whole column knows.
    `kind` is "" or the kind of number that the dates are; `unread` the commonest value that is no date, "" if all are.
    """

    dates: pd.Series
    order: str | None
    n_unread: int
    has_time: pd.Series
    kind: str = ""
    unread: str = ""


def read_dates(values: pd.Series, order: str, column: str) -> Dates:
    """Returns the dates of a text column; `order` "" lets the values tell whether the day or the month comes first.

    ISO 8601 needs no order, and neither do names of months in any language of CLDR ("19th November 2023", "3 de marzo
    de 2024"), quarters ("Q3 2024": its first day) or years in front. A month without a day counts as its first day.
    Where most values are plain numbers they are spreadsheet day numbers or seconds or milliseconds since 1970 (see
    date_numbers). `column` names the column in errors.

    Raises:
        InputError: the order, or the month that a name means, can't be told; or more than half of the values are no
            dates.
    """
    codes, texts = pd.factorize(values.str.strip())
    is_known = ~texts.str.casefold().isin(NULL_WORDS) if len(texts) else np.zeros(0, dtype=bool)
    counts = np.where(is_known, np.bincount(codes[codes >= 0], minlength=len(texts)), 0)
    if not counts.any():
        return no_dates(values.index, order or None)
    read, has_time, used = _read_texts(texts[is_known], counts[is_known], order, column)
    kind = ""
    if counts[is_known][read.isna().to_numpy()].sum() > _MAX_UNREAD * counts.sum():
        numbers, kind = read_date_numbers(texts[is_known], counts[is_known])
        read, has_time = (numbers, _is_off_midnight(numbers)) if kind else (read, has_time)
    unread = texts[is_known][read.isna().to_numpy()]
    n_unread = int(counts[is_known][read.isna().to_numpy()].sum())
    example = min(zip(-counts[is_known][read.isna().to_numpy()], unread, strict=True), default=(0, ""))[1]
    if n_unread > _MAX_UNREAD * counts.sum():
        hint = f" in the order {used}" if used and used != "ymd" else ""
        raise InputError(
            f"{column}: {n_unread:,} of {counts.sum():,} values are no dates{hint}, e.g. '{example}'; name another "
            "--date column or the right --date-order (dmy, mdy, ymd)"
        )
    moments = np.full(len(texts) + 1, np.datetime64("NaT", "us"))  # the last is what code -1 points to: missing
    moments[:-1][is_known] = read.to_numpy()
    timed = np.zeros(len(texts) + 1, dtype=bool)
    timed[:-1][is_known] = has_time & _times_vary(read, has_time)
    dates, times = pd.Series(moments[codes], index=values.index), pd.Series(timed[codes], index=values.index)
    return Dates(dates, used, n_unread, times, kind, str(example))


def no_dates(index: pd.Index, order: str | None = None) -> Dates:
    """Returns the dates of a column that has none."""
    missing = pd.Series(pd.NaT, index=index, dtype="datetime64[us]")
    return Dates(missing, order, 0, pd.Series(False, index=index))


def is_date_text(text: str) -> bool:
    """Returns whether a cell is written like a date; plain day numbers and seconds since 1970 are not.

    >>> is_date_text("30/09/2021"), is_date_text("19th November 2023"), is_date_text("2 days")
    (True, True, False)
    """
    text = text.strip()
    if len(text) > MAX_LENGTH:
        return False
    day, clock = split_clock(text)
    return read_day(day) is not None and (not clock or read_clock(clock) is not None)


def _read_texts(
    texts: pd.Index, counts: np.ndarray, order: str, column: str
) -> tuple[pd.Series, np.ndarray, str | None]:
    """Returns the moment of every text, whether it has a time of day, and the order used."""
    read, has_time = _read_iso(texts)
    rest = read.isna().to_numpy()
    used: str | None = "ymd" if not rest.all() else None
    if rest.any():
        others, times, other_order = _read_others(texts[rest], counts[rest], order, column)
        read[rest] = others
        has_time[rest] = times
        used = other_order or used
    return read, has_time, used if used else (order or None)


def _read_iso(texts: pd.Index) -> tuple[pd.Series, np.ndarray]:
    """Returns the moments of the texts in ISO 8601's common form, without looking at them one by one: most exports."""
    plain = texts.to_series().astype("str")
    matches = plain.str.fullmatch(_ISO).to_numpy(bool)
    read = pd.Series(pd.NaT, index=texts, dtype="datetime64[us]")
    moments = pd.to_datetime(plain[matches], format="ISO8601", utc=True, errors="coerce").dt.tz_localize(None)
    moments = moments.astype("datetime64[us]").where(moments.dt.year.between(_FIRST_YEAR, _LAST_YEAR))
    read[matches] = moments
    has_offset = plain.str.fullmatch(r".{16}.*[+-]\d\d:?\d\d").to_numpy(bool)
    clock_is_set = (plain.str.len() > 10) & (plain.str.slice(11, 16) != "00:00")
    return read, np.where(has_offset, clock_is_set, _is_off_midnight(read)) & read.notna().to_numpy()


def _read_others(
    texts: pd.Index, counts: np.ndarray, order: str, column: str
) -> tuple[np.ndarray, np.ndarray, str | None]:
    """Returns the moments, whether each has a time of day, and the order, of texts that are not plain ISO 8601.

    Few days and few times of day make up many moments: each distinct one is read once.
    """
    halves = [split_clock(text) if len(text) <= MAX_LENGTH else ("", "") for text in texts]
    day_codes, days = pd.factorize(np.array([day for day, _ in halves], dtype=object))
    clock_codes, clocks = pd.factorize(np.array([clock for _, clock in halves], dtype=object))
    day_counts = np.bincount(day_codes, weights=counts, minlength=len(days)).astype("int64")
    parts = _parts(days, day_counts, column)
    is_numeric = (parts["kind"] == "numbers").to_numpy()
    used = order or _told_order(parts[is_numeric], column)
    dates = _days(parts, "ymd").where(~is_numeric)
    if used and is_numeric.any():
        dates = dates.where(~is_numeric, _days(parts, used))
    times = [read_clock(clock) for clock in clocks]
    since, behind = _clock_arrays(times)
    moments = dates.to_numpy()[day_codes] + (since - behind)[clock_codes]
    has_years_first = bool((parts["kind"] == "year first").any())
    has_time = (since > np.timedelta64(0))[clock_codes]
    return moments, has_time & ~np.isnat(moments), used or ("ymd" if has_years_first else None)


def _clock_arrays(clocks: list[Clock | None]) -> tuple[np.ndarray, np.ndarray]:
    """Returns the time since midnight, null where no such time exists, and the offset from UTC."""
    since = np.array([np.timedelta64("NaT") if c is None else c.microseconds for c in clocks], dtype="timedelta64[us]")
    behind = np.array([60_000_000 * (c or MIDNIGHT).offset for c in clocks], dtype="timedelta64[us]")
    return since, behind


def _parts(days: np.ndarray, counts: np.ndarray, column: str) -> pd.DataFrame:
    """Returns kind, a, b and c of every day's text, months as numbers; all null where it is no date."""
    read = [read_day(day) for day in days]
    named: Counter[str] = Counter()
    for day, count in zip(read, counts, strict=True):
        if day and day.kind == "named":
            named[day.b] += int(count)
    months = months_of(dict(sorted(named.items())), column) if named else {}
    numbered = [
        day._replace(b=str(months.get(day.b, ""))) if day and day.kind == "named" else day or Day("", "", "", "")
        for day in read
    ]
    parts = pd.DataFrame(numbered, index=pd.Index(days), columns=list(Day._fields))
    return parts.mask(parts == "")


def _told_order(parts: pd.DataFrame, column: str) -> str | None:
    """Returns the order under which more of the numeric dates exist than under any other.

    Raises:
        InputError: two orders do equally well, or each reads a date that the other can't.
    """
    if parts.empty:
        return None
    parts = parts.sort_index()  # the example does not depend on the order of the rows
    orders = _possible_orders(parts)
    reads = {order: _days(parts, order).notna() for order in orders}
    best = max(orders, key=lambda order: int(reads[order].sum()))
    for other in orders:
        only_other = reads[other] & ~reads[best]
        if other == best or (reads[best].sum() > reads[other].sum() and not only_other.any()):
            continue
        is_read = reads[best] if reads[best].any() else ~reads[best]
        telling = is_read & (_days(parts, best) != _days(parts, other))  # not "01/01/2024"
        example = parts.index[(telling if telling.any() else is_read).to_numpy()][0]
        why = f"but '{parts.index[only_other.to_numpy()][0]}' is {other}" if only_other.any() else f"or {other}"
        raise InputError(f"{column}: is '{example}' {best}, {why}? say --date-order dmy, mdy or ymd")
    return best


def _possible_orders(parts: pd.DataFrame) -> tuple[str, ...]:
    """Returns the orders that are possible: the year has four digits, or far fewer values than the day."""
    n_first, n_last = parts["a"].nunique(), parts["c"].nunique()
    if (parts["c"].str.len() == 4).any() or n_first >= 2 * n_last:
        return _ORDERS[:2]
    return _ORDERS[2:] if n_last >= 2 * n_first else _ORDERS


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
    moments = pd.to_datetime(frame, errors="coerce").astype("datetime64[us]")
    return pd.Series(moments.reindex(parts.index) if parts.index.is_unique else moments, dtype="datetime64[us]")


def _is_off_midnight(moments: pd.Series) -> np.ndarray:
    off: np.ndarray = (moments.notna() & (moments != moments.dt.normalize())).to_numpy(bool)
    return off


def _times_vary(moments: pd.Series, has_time: np.ndarray) -> bool:
    """Returns whether the times of day are more than a constant such as noon that a tool writes for every day."""
    timed = moments[has_time]
    days = timed.dt.normalize()
    return bool(days.nunique() < 2 or (timed - days).nunique() > 1)
