"""The period a date lies in: a quarter of the calendar or of a fiscal year, or a month."""

import pandas as pd


def periods(dates: pd.Series, name: str, by: str, fiscal_year_start: int = 1) -> pd.Series:
    """Returns each date's period as text: `name` for all if given, else "2024-Q3" or "2024-07"; null without a date.

    `by` is "quarter", "month" or "none". Where the fiscal year starts in another month (1..12) than January, quarters
    are its quarters and carry the calendar year in which it ends: "FY2025-Q1". Months are the calendar's always.

    >>> periods(pd.Series(pd.to_datetime(["2024-07-01"])), "", "quarter").tolist()
    ['2024-Q3']
    >>> periods(pd.Series(pd.to_datetime(["2024-03-31", "2024-04-01"])), "", "quarter", 4).tolist()
    ['FY2024-Q4', 'FY2025-Q1']
    """
    if name:
        return pd.Series(name, index=dates.index, dtype="str")
    if by == "none":
        return pd.Series(None, index=dates.index, dtype="str")
    # one label per month that occurs: rows are many, months are few
    codes, months = pd.factorize(dates.dt.year * 12 + dates.dt.month - 1)
    labels = [_label(*divmod(int(month), 12), by, fiscal_year_start) for month in months]
    return pd.Series(pd.array([*labels, None], dtype="str").take(codes), index=dates.index)


def _label(year: int, month: int, by: str, start: int) -> str:
    """Returns the period of a month, 0 = January."""
    if by == "month":
        return f"{year}-{month + 1:02d}"
    quarter = (month + 1 - start) % 12 // 3 + 1
    if start == 1:
        return f"{year}-Q{quarter}"
    return f"FY{year + (month + 1 >= start)}-Q{quarter}"
