"""Dates that are only numbers: days since 1900 as spreadsheets count them, and seconds since 1970 as computers do."""

import numpy as np
import pandas as pd

# kind -> lowest and highest number, the moment of 0, the number's unit in microseconds
_KINDS: dict[str, tuple[float, float, str, float]] = {
    "spreadsheet day numbers": (20_000, 80_000, "1899-12-30", 86_400e6),  # 1954 to 2119
    "seconds since 1970": (5e8, 4.5e9, "1970-01-01", 1e6),  # 1985 to 2112
    "milliseconds since 1970": (5e11, 4.5e12, "1970-01-01", 1e3),
}
_MIN_SHARE = 0.5  # of the values


def read_date_numbers(texts: pd.Index, counts: np.ndarray) -> tuple[pd.Series, str]:
    """Returns the moments (datetime64[us], index `texts`) and their kind if most values are one kind of number.

    `counts` says how many values each text stands for. The kinds' ranges do not overlap: spreadsheet day numbers
    (20,000 to 80,000 days since 30 December 1899, the "1900 system"; the time of day is the fraction, to a
    millisecond), seconds and milliseconds since 1970 in UTC. Else all are null and the kind is "". Whether a workbook
    counts from 1904 instead can't be told from its numbers.

    >>> moments, kind = read_date_numbers(pd.Index(["45474.5", "45475"]), np.array([1, 1]))
    >>> str(moments.iloc[0]), kind
    ('2024-07-01 12:00:00', 'spreadsheet day numbers')
    """
    nothing = pd.Series(pd.NaT, index=texts, dtype="datetime64[us]")
    plain = texts.to_series().astype("str").str.fullmatch(r"\d{5,13}(?:[.,]\d{1,15})?").fillna(False).to_numpy(bool)
    if counts[plain].sum() <= _MIN_SHARE * counts.sum():
        return nothing, ""
    numbers = np.full(len(texts), np.nan)
    numbers[plain] = [float(text.replace(",", ".")) for text in texts[plain]]
    for kind, (low, high, origin, unit) in _KINDS.items():
        fits = (numbers >= low) & (numbers <= high)
        if counts[fits].sum() > _MIN_SHARE * counts.sum():
            milliseconds = np.round(numbers[fits] * unit / 1e3)
            nothing[fits] = pd.Timestamp(origin).as_unit("us") + pd.to_timedelta(milliseconds * 1e3, unit="us")
            return nothing, kind
    return nothing, ""
