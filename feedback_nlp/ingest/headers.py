"""The rows that name the columns: one, or the two and three that survey tools write."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SUBHEADS = frozenset({"Response", "Open-Ended Response"})


@dataclass(frozen=True)
class Header:
    """What the first rows say: one name a column as the file has it (not yet unique), and what they are."""

    names: list[str]
    n_rows: int  # rows above the data, titles and blank ones included
    layout: str = ""  # "" if plain, else for people: "Qualtrics header"
    labels: Mapping[int, str] = field(default_factory=dict)  # column number from 0 -> its question


def read_header(rows: Sequence[Sequence[str]]) -> Header:
    """Returns the column names, the number of rows above the data, and the layout, from the first rows of a file.

    Qualtrics writes three rows (names, question texts, JSON with ImportId): the names are the first. Its old form has
    two (V1, V2 …; names and question texts): the names are the second. SurveyMonkey writes two (questions, blank where
    one goes on; then "Response" or the options): a name is "question - option".

    >>> read_header([["id", "Q1"], ["Response ID", "Why?"], ['{"ImportId":"_id"}', '{"ImportId":"QID1"}']])
    Header(names=['id', 'Q1'], n_rows=3, layout='Qualtrics header', labels={0: 'Response ID', 1: 'Why?'})
    >>> read_header([["id", "How likely?", ""], ["", "Response", "Other"], ["1", "9", ""]]).names
    ['id', 'How likely?', 'How likely? - Other']
    """
    names = list(rows[0])
    if len(rows) > 2 and sum('"ImportId"' in cell for cell in rows[2]) * 2 > len(rows[2]):
        return Header(names, 3, "Qualtrics header", dict(enumerate(rows[1])))
    if len(rows) > 1 and rows[0][0] == "V1" and rows[1][0] == "ResponseID":
        return Header(list(rows[1]), 2, "old Qualtrics header")
    if len(rows) > 1 and not rows[1][0] and sum(cell in _SUBHEADS for cell in rows[1]) + ("" in names) > 1:
        return Header(_joined(names, rows[1]), 2, "SurveyMonkey header")
    return Header(names, 1)


def unique_names(names: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """Returns names that differ, and those that occurred several times: "x", "x (2)"; a blank one is "column 3".

    >>> unique_names(["id", "why", "", "why"])
    (['id', 'why', 'column 3', 'why (2)'], frozenset({'why'}))
    """
    filled = [name if name.strip() else f"column {i}" for i, name in enumerate(names, start=1)]
    repeated = frozenset(name for name, count in Counter(filled).items() if count > 1)
    originals = set(filled)
    unique: dict[str, None] = {}  # a set that keeps its order
    for name in filled:
        candidate, number = name, 1
        while candidate in unique or (number > 1 and candidate in originals):
            number += 1
            candidate = f"{name} ({number})"
        unique[candidate] = None
    return list(unique), repeated


def _joined(questions: Sequence[str], options: Sequence[str]) -> list[str]:
    names, question = [], ""
    padded = [*options, *[""] * (len(questions) - len(options))]
    for own, option in zip(questions, padded, strict=False):
        question = own or question
        has_option = option.strip() and option not in _SUBHEADS
        names.append(f"{question} - {option}" if has_option else own or question)
    return names
