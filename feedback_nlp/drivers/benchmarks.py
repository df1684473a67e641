"""Other companies' NPS beside one's own: a small table that the user supplies, and how sure it is to be above each."""

import re
from collections.abc import Collection, Sequence
from io import StringIO
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from feedback_nlp.drivers.inputs import counted, open_table, points_of, shown
from feedback_nlp.drivers.scores import nps_change, nps_moments, quantile
from feedback_nlp.errors import InputError, did_you_mean

COLUMNS = ("industry", "source", "value", "n", "year")
_SIGNED = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")
_ADDED, _ADDED_EXTREMES = 3.0, 1.5  # Rocks 2016: of three added answers, .75 promote and .75 detract

Moments = tuple[float, float, float]


def read_benchmarks(path: str | Path) -> pd.DataFrame:
    """Returns the figures of a CSV, one row each, sorted by industry, source and year.

    Columns, in any order and whatever their case; others are ignored:

    - industry, source: text; who measured it belongs into the source, since ways of asking differ.
    - value: NPS, from −100 to 100.
    - n: answers behind it, a whole number; empty where it is not published.
    - year: of the survey, four digits.

    UTF-8 with or without a byte order mark; comma, semicolon or tab between the cells (with one of the latter two,
    values may have a decimal comma). Empty rows are skipped. A file with the header alone gives an empty table.

    Raises:
        InputError: no such file, not UTF-8, no table, a column is missing, a value is impossible, or an industry,
            source and year are there twice. Rows are counted as a spreadsheet shows them, from 1 below the header.
    """
    path = Path(path)
    cells = _read_cells(path)
    header = [cell.casefold() for cell in cells.iloc[0].fillna("")]
    for column in COLUMNS:
        if header.count(column) != 1:
            found = ", ".join(cells.iloc[0].dropna())[:200]
            problem = f"no column '{column}'" if column not in header else f"column '{column}' is there more than once"
            raise InputError(f"{path.name}: {problem}; found {found}{did_you_mean(column, set(header) - set(COLUMNS))}")
    table = cells.iloc[1:].set_axis(header, axis=1)[list(COLUMNS)].dropna(how="all")
    return _checked(table, path.name, list(table.index))


def against_benchmarks(
    own: Collection[Any],
    benchmarks: pd.DataFrame,
    level: float = 0.95,
    weights: Collection[Any] | None = None,
    respondents: Collection[Any] | None = None,
    min_group: int = 30,
) -> pd.DataFrame:
    """Returns one's own NPS against each benchmark: the difference, its interval, the probability of being above.

    Both sides are taken as independent samples, normal after the adjustment of `nps` (adjusted Wald, Rocks 2016), so
    with the centre c and the standard error s of each side's interval

        p_above = Φ((c_own − c_theirs) / √(s_own² + s_theirs²)).

    A benchmark of n answers has an error of its own. Its shares of promoters and detractors are not published, so it
    gets the largest error its NPS allows, as if nobody were passive: V = 1 − (value / 100)² per answer, of the sample
    enlarged by three answers. A benchmark whose n is unknown is taken as exact, which makes p_above too sure;
    `taken_as_exact` says so. All this covers sampling error only: who was asked, how and when differ between surveys,
    and the year of a figure changes nothing here.

    Args:
        own: "promoter", "passive" or "detractor" per answer; nulls are ignored.
        benchmarks: what `read_benchmarks` returns, or a table with those columns.
        level: of the intervals.
        weights: one per answer, as in `nps`.
        respondents: who answered, as in `nps`.
        min_group: with fewer own answers there are no figures, and `too_few` is true.

    Returns:
        One row per benchmark: industry, source, year, value, n (null if unknown), nps (one's own), difference (own −
        theirs, in points), low, high, p_above (0–1), taken_as_exact, too_few.

    Raises:
        InputError: an unknown category, an impossible weight, or an impossible value in the benchmarks.
        ConfigError: a level that is not between 0 and 1.

    >>> ours = ["promoter"] * 50 + ["passive"] * 30 + ["detractor"] * 20
    >>> figures = pd.DataFrame([("retail", "A report", 35.0, 1000, 2024)], columns=list(COLUMNS))
    >>> against_benchmarks(ours, figures)[["difference", "p_above"]].round(2).to_dict("list")
    {'difference': [-5.0], 'p_above': [0.24]}
    """
    quantile(level)
    theirs = _checked(benchmarks, "benchmarks", range(1, len(benchmarks) + 1))
    sample = counted(points_of(own, "own"), weights, respondents)
    too_few = len(sample[0]) < max(min_group, 1)
    moments = None if too_few else nps_moments(*sample)
    sizes = theirs["n"].to_numpy(dtype=np.float64, na_value=np.nan)
    figures = [
        (float("nan"),) * 5 if moments is None else _against(moments, _moments(value, n), level)
        for value, n in zip(theirs["value"], sizes, strict=True)
    ]
    compared = pd.DataFrame(figures, columns=["nps", "difference", "low", "high", "p_above"], dtype=np.float64)
    table = pd.concat([theirs[["industry", "source", "year", "value", "n"]], compared], axis=1)
    return table.assign(taken_as_exact=theirs["n"].isna(), too_few=too_few)


def _against(own: Moments, theirs: Moments, level: float) -> tuple[float, ...]:
    change = nps_change(theirs, own, level)
    p_above = float(ndtr((own[1] - theirs[1]) / np.hypot(own[2], theirs[2])))
    return own[0], change.value, change.low, change.high, p_above


def _moments(value: float, n: float) -> Moments:
    """Returns value, centre and standard error of a published NPS: the widest that its n allows, 0 without an n."""
    if np.isnan(n):
        return value, value, 0.0
    centre = value * n / (n + _ADDED)
    variance = (n + _ADDED_EXTREMES) / (n + _ADDED) - (centre / 100) ** 2
    return value, centre, 100 * float(np.sqrt(variance / (n + _ADDED)))


def _read_cells(path: Path) -> pd.DataFrame:
    """Returns the cells as stripped text, header first, empty ones null."""
    text, separator = open_table(path, COLUMNS)
    try:
        cells = pd.read_csv(
            StringIO(text), sep=separator, header=None, index_col=False, dtype=str,
            keep_default_na=False, na_values=[""], skip_blank_lines=False,
        )  # fmt: skip
    except pd.errors.ParserError as error:
        reason = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise InputError(f"{path.name}: {reason}; put quotes around texts that hold a separator") from None
    if separator != ",":
        cells = cells.map(lambda cell: _with_point(cell), na_action="ignore")
    return cells.map(str.strip, na_action="ignore").replace("", None)


def _with_point(cell: str) -> str:
    """Returns a number that has a decimal comma with a decimal point.

    >>> _with_point("45,5"), _with_point("Smith, Jones")
    ('45.5', 'Smith, Jones')
    """
    pointed = cell.strip().replace(",", ".", 1)
    return pointed if _SIGNED.fullmatch(pointed.replace("−", "-")) else cell


def _checked(table: pd.DataFrame, where: str, numbers: Sequence[int]) -> pd.DataFrame:
    """Returns the five columns with their types, each value checked; `numbers` are those of the rows for errors."""
    for column in COLUMNS:
        if column not in table.columns:
            known = [str(name) for name in table.columns]
            hint = did_you_mean(column, known)
            raise InputError(f"{where}: no column '{column}'; found {', '.join(known) or 'no column'}{hint}")
    seen: dict[tuple[str, str, int], int] = {}
    rows = []
    for number, cells in zip(numbers, table[list(COLUMNS)].itertuples(index=False, name=None), strict=True):
        row = _row(dict(zip(COLUMNS, cells, strict=True)), f"{where}: row {number}")
        key = (row[0].casefold(), row[1].casefold(), row[4])
        if key in seen:
            raise InputError(
                f"{where}: row {number} has the industry, source and year of row {seen[key]}; keep one of them"
            )
        seen[key] = number
        rows.append(row)
    rows.sort(key=lambda row: (row[0].casefold(), row[1].casefold(), row[4]))
    types = {"industry": "str", "source": "str", "value": "float64", "n": "Int64", "year": "Int64"}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(types)


def _row(cells: dict[str, Any], where: str) -> tuple[str, str, float, int | None, int]:
    value = _number(cells["value"], f"{where}: column 'value'", (-100, 100), "give an NPS from -100 to 100")
    year = _number(cells["year"], f"{where}: column 'year'", (1900, 2100), "give a year such as 2024", whole=True)
    n = None
    if not pd.isna(cells["n"]):
        right = "give a whole number of answers such as 1500, or leave it empty"
        n = int(_number(cells["n"], f"{where}: column 'n'", (1, 1e12), right, whole=True))
    industry, source = (_text(cells[name], f"{where}: column '{name}'") for name in ("industry", "source"))
    return industry, source, value, n, int(year)


def _text(cell: Any, where: str) -> str:
    text = "" if pd.isna(cell) else " ".join(str(cell).split())
    if not text:
        raise InputError(f"{where}: found nothing; every figure needs one")
    return text


def _number(cell: Any, where: str, bounds: tuple[float, float], right: str, *, whole: bool = False) -> float:
    number = float("nan")
    if isinstance(cell, Real):
        number = float(cell)
    elif isinstance(cell, str):
        text = cell.strip().replace("−", "-")
        number = float(text) if _SIGNED.fullmatch(text) else number
    is_fine = bounds[0] <= number <= bounds[1] and not (whole and number != int(number))
    if not is_fine:
        found = "nothing" if pd.isna(cell) else shown(cell)
        raise InputError(f"{where}: found {found}; {right}")
    return number
