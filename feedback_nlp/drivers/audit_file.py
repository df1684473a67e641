"""An audit: the true themes of some responses, as people who read them wrote them down, beside what was found there."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.drivers.design import POLARITIES
from feedback_nlp.drivers.inputs import open_table
from feedback_nlp.drivers.sample import Sample, read_sample
from feedback_nlp.errors import InputError, did_you_mean

COLUMNS = ("response_id", "theme_id", "polarity")
_POLARITIES = {"negative": -1.0, "-": -1.0, "positive": 1.0, "+": 1.0, "neutral": 0.0}
_AUDITED = "\N{NO-BREAK SPACE}audited"  # a column's name that no table has
_SHOWN = 60  # characters of a bad value in its error
_MANY = 1000  # names among which no near one is sought: the search is slow

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Audited:
    """The audited responses in the design.

    `true`, `read` (n, c): what is there and what was found, for the columns (theme_id, polarity), two per topic.
    `points` (n,): +100, 0, −100, or NaN throughout.
    """

    true: Bools
    read: Bools
    points: NDArray[np.float64]
    columns: list[tuple[str, str]]


def read_audit(path: str | Path, themes: pd.DataFrame) -> pd.DataFrame:
    """Returns the true themes of the responses that people have read, from a CSV with a row per theme and polarity.

    Columns, in any order and whatever their case; others are ignored:

    - response_id.
    - theme (or theme_id): a theme's id or its name, whatever its case. Empty: "read, none of the themes applies".
    - polarity: negative, positive or neutral; or − and +; or a number from −1 to 1, of which the sign counts. Empty
      where theme is.

    UTF-8 with or without a byte order mark; comma, semicolon or tab between the cells. Empty rows are skipped, and what
    is there twice counts once. A response may have one theme with both polarities.

    Args:
        path: of the file. Its responses should be a random sample of all: see `audit_rates`.
        themes: theme_id, optional name.

    Returns:
        response_id, theme_id (null for "none applies"), polarity (−1, 0 or 1; null for "none applies"), sorted.

    Raises:
        InputError: no such file, not UTF-8, no table or row, a column is missing, a theme is unknown or its name that
            of several, a polarity is none, or a response has both a theme and a row that says "none applies". Rows are
            counted as a spreadsheet shows them, from 1 below the header.
    """
    path = Path(path)
    header, *rows = _read_rows(path)
    places = _places(header, path.name)
    names = _theme_names(themes)
    found: dict[tuple[str, str | None, float | None], int] = {}
    for number, cells in enumerate(rows, start=1):
        if any(cells):
            row = {column: cells[at] if at < len(cells) else "" for column, at in places.items()}
            found.setdefault(_checked(row, f"{path.name}: row {number}", names), number)
    if not found:
        raise InputError(f"{path.name}: no row below the header; give a row for each response that was read")
    _check_contradictions(found, path.name)
    ordered = sorted(found, key=lambda row: (row[0], row[1] or "", row[2] or 0.0))
    table = pd.DataFrame(ordered, columns=list(COLUMNS))
    return table.astype({"response_id": "str", "theme_id": "str", "polarity": "float64"})


def _read_rows(path: Path) -> list[list[str]]:
    """Returns the stripped cells of every line, header first."""
    text, separator = open_table(path, ("response_id", "theme", "polarity"))
    lines = StringIO(text, newline="")
    try:
        return [[cell.strip() for cell in cells] for cells in csv.reader(lines, delimiter=separator)]
    except csv.Error as error:
        raise InputError(f"{path.name}: no CSV: {error}; is a quotation mark never closed?") from None


def _places(header: Sequence[str], where: str) -> dict[str, int]:
    """Returns where the three columns stand."""
    names = [cell.casefold() for cell in header]
    places = {}
    for column, known in (
        ("response_id", ["response_id"]),
        ("theme", ["theme", "theme_id"]),
        ("polarity", ["polarity"]),
    ):
        at = [place for place, name in enumerate(names) if name in known]
        if len(at) != 1:
            found = ", ".join(_shown(name) for name in header[:20])
            hint = did_you_mean(column, [name[:_SHOWN] for name in header]) if not at else ""
            problem = f"no column '{column}'" if not at else f"several columns for '{column}'"
            raise InputError(f"{where}: {problem}; found {found}{hint}")
        places[column] = at[0]
    return places


def _theme_names(themes: pd.DataFrame) -> dict[str, list[str]]:
    """Returns the theme ids behind every id and name in lower case; an id goes before a name."""
    check_columns("themes", themes, ("theme_id",))
    ids = [str(theme) for theme in themes["theme_id"]]
    names: dict[str, list[str]] = {}
    for theme_id, name in zip(ids, themes.get("name", themes["theme_id"]), strict=True):
        names.setdefault(str(name).strip().casefold(), []).append(theme_id)
    for theme_id in ids:
        names[theme_id.casefold()] = [i for i in ids if i.casefold() == theme_id.casefold()]
    return names | {theme_id: [theme_id] for theme_id in ids}


def _checked(cells: dict[str, str], where: str, names: dict[str, list[str]]) -> tuple[str, str | None, float | None]:
    response, given, polarity = cells["response_id"], cells["theme"], cells["polarity"]
    if not response:
        raise InputError(f"{where}: column 'response_id': found nothing; every row needs the response that was read")
    if not given and polarity:
        right = "name the theme, or leave both empty for 'none applies'"
        raise InputError(f"{where}: column 'theme': found nothing beside the polarity {_shown(polarity)}; {right}")
    if not given:
        return response, None, None
    theme = names.get(given, names.get(given.casefold(), []))
    if len(theme) > 1:
        raise InputError(f"{where}: column 'theme': {_shown(given)} is the name of {', '.join(theme)}; give the id")
    if not theme:
        hint = did_you_mean(given[:_SHOWN], names)
        raise InputError(f"{where}: column 'theme': {_shown(given)} is neither id nor name of a theme{hint}")
    return response, theme[0], _polarity(polarity, f"{where}: column 'polarity'")


def _polarity(given: str, where: str) -> float:
    text = given.casefold().translate({0x2212: "-", 0x2013: "-"})  # minus sign and dash
    if text in _POLARITIES:
        return _POLARITIES[text]
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not -1 <= number <= 1:
        hint = did_you_mean(text[:_SHOWN], _POLARITIES)
        found = _shown(given) if given else "nothing"
        raise InputError(f"{where}: found {found}; give negative, positive, neutral or a number from -1 to 1{hint}")
    return float(np.sign(number)) + 0.0  # no −0.0


def _check_contradictions(found: dict[tuple[str, str | None, float | None], int], where: str) -> None:
    with_theme: dict[str, int] = {}
    for (response, theme, _), number in found.items():
        if theme is not None:
            with_theme.setdefault(response, number)
    for (response, theme, _), number in found.items():
        if theme is None and response in with_theme:
            raise InputError(
                f"{where}: row {number}: column 'theme': found nothing, but response {_shown(response)} has a theme in "
                f"row {with_theme[response]}; keep the one that is true"
            )


def _shown(value: str) -> str:
    return repr(value[:_SHOWN])


def audited_marks(
    responses: pd.DataFrame, mentions: pd.DataFrame, audit: pd.DataFrame, themes: pd.DataFrame
) -> Audited:
    """Returns what is truly there and what was found in the audited responses, side by side.

    Arguments and errors are those of `audit_rates`.
    """
    check_columns("audit", audit, COLUMNS)
    found = read_sample(responses, mentions, themes)
    ids = responses["response_id"].map(str)
    given = audit.assign(response_id=audit["response_id"].map(str, na_action="ignore"))
    _check_known(given, set(ids), {str(theme) for theme in themes["theme_id"]})
    marked = responses.assign(**{_AUDITED: np.where(ids.isin(set(given["response_id"])), "yes", "no")})
    true = read_sample(marked, given, themes, segment=_AUDITED)
    rows = np.flatnonzero(np.asarray(true.labels) == "yes")
    if len(rows) == 0:
        raise InputError(f"audit: {len(audit)} rows, none of them of a response with a category; read a random sample")
    columns = [(str(true.theme_ids[theme]), side) for theme, side in product(true.themes_of_kind("topic"), POLARITIES)]
    return Audited(_marks(true, rows), _marks(found, rows), true.points[rows], columns)


def _marks(sample: Sample, rows: NDArray[np.intp]) -> Bools:
    """Returns the marks of the topics in these rows, (n, 2 topics): negative and positive of each in turn."""
    topics = sample.themes_of_kind("topic")
    sides = [getattr(sample, polarity)[rows].toarray()[:, topics] > 0 for polarity in POLARITIES]
    return np.asarray(np.stack(sides, axis=2).reshape(len(rows), -1), dtype=np.bool_)


def check_columns(name: str, table: pd.DataFrame, needed: Sequence[str]) -> None:
    """Raises an InputError where a table lacks a column."""
    for column in needed:
        if column not in table.columns:
            known = [str(found) for found in table.columns]
            raise InputError(
                f"{name}: no column '{column}'; found {', '.join(known) or 'no column'}{did_you_mean(column, known)}"
            )


def _check_known(audit: pd.DataFrame, response_ids: set[str], theme_ids: set[str]) -> None:
    for column, known, where in (("response_id", response_ids, "responses"), ("theme_id", theme_ids, "themes")):
        given: pd.Series[Any] = audit[column]
        wrong = np.flatnonzero(
            ~given.map(str, na_action="ignore").isin(known) & (given.notna() | (column != "theme_id"))
        )
        if len(wrong):
            found = str(given.iloc[wrong[0]])[:_SHOWN]
            hint = did_you_mean(found, known) if len(known) < _MANY else ""
            raise InputError(f"audit: {column}: row {wrong[0] + 1}: {found!r} is not in {where}{hint}")
