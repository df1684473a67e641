"""The rows that name the columns: one, or the two and three that survey tools write, and the titles above them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from feedback_nlp.ingest.roles.layouts import recognise_tool
from feedback_nlp.ingest.roles.stacked_headers import Rows, is_value, is_whole_answer, join_names, stacked_rows

_FIRST_ROWS = 50  # all that is looked at
_COUNTS = {2: "two", 3: "three"}
_MIN_WIDTH = 3  # filled cells of a header from which a lone cell above it is a title

_MAX_VALUES = 0.1  # share of numbers and dates in a row of names


@dataclass(frozen=True)
class Header:
    """What the first rows say: one name a column as the file has it (not yet unique), and what they are."""

    names: list[str]
    n_rows: int  # rows above the data, titles and blank ones included
    layout: str = ""  # "" if plain, else for people: "Qualtrics header"
    labels: Mapping[int, str] = field(default_factory=dict)  # column number from 0 -> its question


def read_header(rows: Rows) -> Header:
    """Returns the column names, the number of rows above the data, and the layout, from the first rows of a file.

    Rows of one cell above a wider row of names are titles. Qualtrics writes three rows (names, question texts, JSON
    with ImportId): the names are the first, the labels the second. Its old form has two ("V1", "V2" … "Q1"; names and
    question texts): a name is the second row's below a "V1", else the first's, with the second's as its label.
    SurveyMonkey writes two (questions, blank or the same where one goes on; then "Response" or the options): a name is
    "question - option". A row of codes above these makes the name "code - option" and the label "question - option".

    >>> read_header([["id", "Q1"], ["Response ID", "Why?"], ['{"ImportId":"_id"}', '{"ImportId":"QID1"}']])
    Header(names=['id', 'Q1'], n_rows=3, layout='Qualtrics header', labels={0: 'Response ID', 1: 'Why?'})
    >>> read_header([["id", "How likely?", ""], ["", "Response", "Other"], ["1", "9", ""]]).names
    ['id', 'How likely?', 'How likely? - Other']
    >>> read_header([["Export of Q3", "", ""], ["id", "score", "why"], ["1", "9", "Fine"]])
    Header(names=['id', 'score', 'why'], n_rows=2, layout='1 title row', labels={})
    """
    rows = rows[:_FIRST_ROWS]
    n_titles = count_titles(rows)
    header = _without_titles(rows[n_titles:])
    if not n_titles:
        return header
    said = f"{n_titles} title row{'s' if n_titles > 1 else ''}"
    layout = f"{header.layout}, {said}" if header.layout else said
    return replace(header, n_rows=header.n_rows + n_titles, layout=layout)


def count_titles(rows: Rows) -> int:
    """Returns how many rows stand above the names: blank ones, titles of one cell, and notes such as "Exported: today".

    A lone first cell is a title only if a row of at least three names follows, or of two with values of another kind
    below; it is else the name of the only column that has one.

    >>> count_titles([["Q3"], [], ["id", "score", "why"], ["1", "9", "Fine"]])
    2
    >>> count_titles([["id", ""], ["1", "Fine"]])
    0
    """
    for n, row in enumerate(rows):
        if not _is_title(row, rows[n + 1 :]):
            return n if n and _are_names(row, rows[n + 1 :]) else _count_blank(rows)
    return _count_blank(rows)


def unique_names(names: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """Returns names that differ, and those that occurred several times: "x", "x (2)"; a blank one is "column 3".

    >>> unique_names(["id", "why", "", "why"])
    (['id', 'why', 'column 3', 'why (2)'], frozenset({'why'}))
    """
    filled = [name if name.strip() else f"column {i}" for i, name in enumerate(names, start=1)]
    repeated = frozenset(name for name, count in Counter(filled).items() if count > 1)
    originals = set(filled)
    unique: dict[str, None] = {}  # a set that keeps its order
    numbers: dict[str, int] = {}  # the last one given to each name, lest many equal names take quadratic time
    for name in filled:
        candidate, number = name, numbers.get(name, 1)
        while candidate in unique or (number > 1 and candidate in originals):
            number += 1
            candidate = f"{name} ({number})"
        numbers[name] = number
        unique[candidate] = None
    return list(unique), repeated


def _without_titles(rows: Rows) -> Header:
    names = list(rows[0])
    if len(rows) > 2 and sum('"ImportId"' in cell for cell in rows[2]) * 2 > sum(map(bool, rows[2])):
        return Header(names, 3, "Qualtrics header", _labels(rows[1]))
    if len(rows) > 1 and rows[0][:1] == ["V1"] and rows[1][:1] == ["ResponseID"]:
        return _old_qualtrics(rows)
    n_rows = stacked_rows(rows)
    if n_rows == 1:
        return Header(names, 1, recognise_tool(names, rows[1:]))
    joined = join_names(rows[n_rows - 2], rows[n_rows - 1], rows[n_rows:])
    is_answered = any(map(is_whole_answer, rows[n_rows - 1]))
    layout = recognise_tool(joined, []) or ("SurveyMonkey header" if is_answered else f"{_COUNTS[n_rows]} header rows")
    if n_rows == 2:
        return Header(joined, 2, layout)
    coded = join_names(rows[0], rows[2], rows[3:], or_else=rows[1])
    labels = {i: label for i, label in _labels(joined).items() if label != coded[i]}
    return Header(coded, 3, layout, labels)


def _old_qualtrics(rows: Rows) -> Header:
    pairs = list(zip(rows[0], [*rows[1], *[""] * len(rows[0])], strict=False))
    is_code = [not (code[:1] == "V" and code[1:].isdigit()) for code, _ in pairs]
    names = [code if own else text for own, (code, text) in zip(is_code, pairs, strict=True)]
    names += list(rows[1][len(names) :])
    labels = {i: text for i, (code, text) in enumerate(pairs) if is_code[i] and text.strip() and text != code}
    return Header(names, 2, "old Qualtrics header", labels)


def _labels(texts: Sequence[str]) -> dict[int, str]:
    return {i: text for i, text in enumerate(texts) if text.strip()}


def _filled(row: Sequence[str]) -> list[int]:
    return [i for i, cell in enumerate(row) if cell.strip()]


def _is_title(row: Sequence[str], below: Rows) -> bool:
    """Returns whether a row is blank, one cell at its start, or a short "key: value" row above a far wider one."""
    filled = _filled(row)
    if len(filled) < 2:
        return filled in ([], [0])
    widest = max((len(_filled(other)) for other in below), default=0)
    return filled == [0, 1] and widest > 2 * _MIN_WIDTH and (len(row) == 2 or row[0].rstrip().endswith(":"))


def _are_names(row: Sequence[str], below: Rows) -> bool:
    """Returns whether a row that follows titles names the columns: at least two texts, hardly a value among them."""
    cells = [row[i].strip() for i in _filled(row)]
    if sum(map(is_value, cells)) > _MAX_VALUES * len(cells) or (
        len(set(cells)) < len(cells) and len(cells) < 2 * _MIN_WIDTH
    ):
        return False
    has_values = any(is_value(cell.strip()) for other in below for cell in other)
    return len(cells) >= _MIN_WIDTH or (len(cells) == 2 and has_values)


def _count_blank(rows: Rows) -> int:
    """Returns the number of blank rows at the top, 0 if all are blank."""
    return next((n for n, row in enumerate(rows) if _filled(row)), 0)
