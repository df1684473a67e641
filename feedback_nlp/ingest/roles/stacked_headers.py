"""Two and three header rows that stand above each other, as SurveyMonkey and grouped tables write them."""

import re
from collections.abc import Sequence
from typing import TypeAlias

from feedback_nlp.ingest.dates.columns import is_date_text

Rows: TypeAlias = Sequence[Sequence[str]]

# "Response", "Open-Ended Response" and what they are elsewhere; a number tells equal ones apart
_WHOLE = re.compile(
    r"(open[- ]ended |offene |open )?(response|antwort|antwoord|réponse|respuesta|risposta|resposta)"
    r"( ouverte| abierta| aperta| aberta)?\s?\d{0,4}",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?%?")
_CODE = re.compile(r"\S{1,20}")
_MIN_SIGNS = 2  # cells that show a second row to be names, too


def stacked_rows(rows: Rows) -> int:
    """Returns 3, 2 or 1: how many rows name the columns, as their cells and those of the rows below show.

    The second of two rows is blank, or repeats the first, in the first column, and holds options elsewhere: "Response"
    or "Open-Ended Response", texts under blank names, or again the first row's names. Three are codes above two such
    rows. Two rows are also a row of groups, with blanks where a group goes on, above names that differ, if the rows
    below hold numbers and dates.

    >>> stacked_rows([["ID", "Why?", "Which?", ""], ["", "Open-Ended Response", "Red", "Blue"], ["1", "So", "Red", ""]])
    2
    >>> stacked_rows([["id", "kind", "why"], ["", "Response", "Slow"]])
    1
    """
    # equal cells prove nothing there: two rows of data may be alike
    if len(rows) > 2 and _are_codes(rows[0], rows[1]) and _is_pair(rows[1:], may_repeat=False):
        return 3
    return 2 if _is_pair(rows) or _is_grouped(rows) else 1


def join_names(questions: Sequence[str], options: Sequence[str], data: Rows, or_else: Sequence[str] = ()) -> list[str]:
    """Returns "question - option" for each column; a blank question is the one to its left.

    A question with one column, or the same text as its option, stands alone. Where question and option are blank, a
    column has the question's name if `data` holds something in it, and none otherwise. `or_else` names columns that
    `questions` passes over.

    >>> join_names(["ID", "Which?", "", "Why?", ""], ["", "Red", "Blue", "Response", ""], [["1", "", "Blue"]])
    ['ID', 'Which? - Red', 'Which? - Blue', 'Why?', '']
    """
    width = max(len(questions), len(options))
    columns = zip(*(_padded(row, width) for row in (questions, options, or_else)), strict=True)
    used = {i for row in data for i, cell in enumerate(row) if cell.strip()}
    names, question = [], ""
    for i, (own, option, other) in enumerate(columns):
        question = own or other or question
        if not option.strip():
            names.append(own or other or (question if i in used else ""))
        elif option.strip() == question.strip() or is_whole_answer(option):
            names.append(question)
        else:
            names.append(f"{question} - {option}" if question else option)
    return names


def is_whole_answer(cell: str) -> bool:
    """Returns whether a cell of a second header row says that the column is the whole answer.

    >>> is_whole_answer("Open-Ended Response"), is_whole_answer("Response 2"), is_whole_answer("Response time")
    (True, True, False)
    """
    return bool(_WHOLE.fullmatch(cell.strip()))


def is_value(cell: str) -> bool:
    """Returns whether a cell is a number or a date, which no column is called.

    >>> is_value("9"), is_value("2024-07-01"), is_value("Q3")
    (True, True, False)
    """
    return bool(_NUMBER.fullmatch(cell)) or is_date_text(cell)


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _is_pair(rows: Rows, *, may_repeat: bool = True) -> bool:
    if len(rows) < 2 or not rows[0] or not rows[1]:
        return False
    width = max(len(rows[0]), len(rows[1]))
    cells = zip(_padded(rows[0], width), _padded(rows[1], width), strict=True)
    pairs = [(own.strip(), option.strip()) for own, option in cells]
    first_name, first_option = pairs[0]
    if not first_name or first_option not in ("", first_name):
        return False
    n_whole = sum(is_whole_answer(option) for _, option in pairs)
    n_same = sum(own == option != "" and not is_value(own) for own, option in pairs) if may_repeat else 0
    n_below_blank = sum(not own and bool(option) and not is_value(option) for own, option in pairs)
    has_blank = any(not own for own, _ in pairs)
    return n_whole + n_same + has_blank >= _MIN_SIGNS if n_whole or n_same else _are_options(n_below_blank, pairs, rows)


def _are_options(n_below_blank: int, pairs: Sequence[tuple[str, str]], rows: Rows) -> bool:
    """Returns whether texts under blank names are options: no row below lacks its first cell, and none is a number."""
    below = rows[2:]
    return (
        n_below_blank >= _MIN_SIGNS
        and bool(below)
        and all(row and row[0].strip() for row in below)
        and not any(is_value(option) for _, option in pairs)
    )


def _are_codes(codes: Sequence[str], questions: Sequence[str]) -> bool:
    """Returns whether the first row holds short codes, all above questions, at least two of them."""
    filled = [(i, code.strip()) for i, code in enumerate(codes) if code.strip()]
    questions = _padded(questions, len(codes))
    if any(is_value(question.strip()) for question in questions):
        return False
    return len(filled) >= _MIN_SIGNS and all(_CODE.fullmatch(code) and questions[i].strip() for i, code in filled)


def _is_grouped(rows: Rows) -> bool:
    """Returns whether the first row holds groups, blank where one goes on, and the second the names below them."""
    if len(rows) < 4 or len(rows[1]) < 2 * _MIN_SIGNS:
        return False
    groups, names = _padded(rows[0], len(rows[1])), [name.strip() for name in rows[1]]
    n_blank = sum(not group.strip() for group in groups)
    if not all(names) or len(set(names)) < len(names) or any(map(is_value, names)) or not groups[0].strip():
        return False
    below = zip(*(_padded(row, len(names)) for row in rows[2:]), strict=False)
    columns = [[cell.strip() for cell in column if cell.strip()] for column in below]
    return n_blank >= _MIN_SIGNS and any(len(column) > 1 and all(map(is_value, column)) for column in columns)
