"""Header rows are recognised from their cells: names, titles, questions and options, and no row of data is lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.ingest.roles.headers import Header, count_titles, read_header, unique_names
from feedback_nlp.ingest.roles.stacked_headers import is_whole_answer, join_names, stacked_rows

WORDS = st.text("abcdefghij", min_size=3, max_size=9)
QUESTIONS = st.builds("How do you like {}, {} or {}?".format, WORDS, WORDS, WORDS)
NUMBERS = st.integers(0, 10**9).map(str)


@st.composite
def surveys(draw: st.DrawFn) -> list[tuple[str, list[str]]]:
    """Questions that differ, each with no option (an open one) or two to five."""
    questions = draw(st.lists(QUESTIONS, min_size=1, max_size=6, unique=True))
    options = st.lists(WORDS, min_size=2, max_size=5, unique=True)
    return [(question, draw(st.one_of(st.just([]), options))) for question in questions]


@st.composite
def data_rows(draw: st.DrawFn, width: int) -> list[list[str]]:
    """Rows of a number and `width` - 1 answers, some of them missing."""
    cells = st.one_of(st.just(""), st.sampled_from(["9", "So slow", "Kind staff, clean rooms"]))
    rows = draw(st.lists(st.lists(cells, min_size=width - 1, max_size=width - 1), min_size=1, max_size=6))
    return [[str(10**9 + n), *row] for n, row in enumerate(rows)]


def stacked(survey: list[tuple[str, list[str]]]) -> tuple[list[str], list[str], list[str]]:
    """Returns the two rows that SurveyMonkey writes for a survey, and the names they mean."""
    first, second, names = ["Respondent ID"], [""], ["Respondent ID"]
    for question, options in survey:
        first += [question, *[""] * (len(options) - 1)] if options else [question]
        second += options or ["Open-Ended Response"]
        names += [f"{question} - {option}" for option in options] or [question]
    return first, second, names


@given(st.data(), surveys(), st.integers(0, 2))
def test_two_rows_of_surveymonkey_below_titles_lose_no_row_and_no_name(
    data: st.DataObject, survey: list[tuple[str, list[str]]], n_titles: int
) -> None:
    first, second, names = stacked(survey)
    rows = data.draw(data_rows(len(first)))
    n_whole = sum(map(is_whole_answer, second))
    if n_whole + ("" in first) < 2 and (n_whole or first.count("") < 2):
        return  # one open question, or one with two options: nothing tells its second row from an answer
    header = read_header([*[["Our survey", *[""] * (len(first) - 1)]] * n_titles, first, second, *rows])
    if n_titles and len(first) < 3:
        return
    assert (header.names, header.n_rows) == (names, 2 + n_titles)


@given(st.data(), surveys())
def test_codes_above_questions_make_short_names_and_labels(
    data: st.DataObject, survey: list[tuple[str, list[str]]]
) -> None:
    first, second, names = stacked([*survey, ("Which ones do you know?", ["north", "south", "east"])])
    rows = data.draw(data_rows(len(first)))
    codes = ["", *(f"q{i}" if cell else "" for i, cell in enumerate(first[1:], start=1))]
    if sum(map(bool, codes)) < 2:
        return
    header = read_header([codes, first, second, *rows])
    assert header.n_rows == 3
    assert [header.labels.get(i, name) for i, name in enumerate(header.names)] == names
    assert header.names[-1] == f"{[code for code in codes if code][-1]} - east"


@given(st.data(), st.lists(WORDS, min_size=1, max_size=8, unique=True))
def test_three_rows_of_qualtrics_are_never_data(data: st.DataObject, codes: list[str]) -> None:
    texts = [data.draw(QUESTIONS) for _ in codes]
    marks = [json.dumps({"ImportId": f"QID{i}"}) for i in range(len(codes))]
    rows = data.draw(data_rows(len(codes)))
    assert read_header([codes, texts, marks, *rows]) == Header(codes, 3, "Qualtrics header", dict(enumerate(texts)))


@given(st.data(), st.lists(WORDS, min_size=3, max_size=8, unique=True), st.integers(1, 3))
def test_titles_above_plain_names_are_skipped_and_counted(data: st.DataObject, names: list[str], n_titles: int) -> None:
    titles = data.draw(
        st.lists(st.sampled_from([["Export of Q3"], [], [""] * 3]), min_size=n_titles, max_size=n_titles)
    )
    header = read_header([*titles, names, *data.draw(data_rows(len(names)))])
    assert (header.names, header.n_rows) == (names, 1 + n_titles)
    assert header.layout == f"{n_titles} title row{'s' if n_titles > 1 else ''}"


@given(st.data(), st.lists(WORDS, min_size=1, max_size=8, unique=True))
def test_a_plain_header_is_one_row(data: st.DataObject, names: list[str]) -> None:
    assert read_header([names, *data.draw(data_rows(len(names)))]) == Header(names, 1)


def test_two_header_rows_of_an_old_qualtrics_name_by_meaning_or_code_with_the_question_as_label() -> None:
    rows = [["V1", "V8", "Q1"], ["ResponseID", "StartDate", "Why?"], ["R_1", "2016-07-18", "Fine"]]
    assert read_header(rows) == Header(["ResponseID", "StartDate", "Q1"], 2, "old Qualtrics header", {2: "Why?"})


def test_an_ordinary_first_row_is_never_taken_for_a_header() -> None:
    assert read_header([["id", "kind", "why"], ["", "Response", "Slow"]]).n_rows == 1
    assert read_header([["id", "score", ""], ["", "9", "x"], ["", "8", "y"]]).n_rows == 1


@given(st.lists(st.sampled_from(["p1", "", "9", "Kind staff"]), min_size=3, max_size=3), st.integers(2, 4))
def test_equal_rows_of_data_are_no_header(row: list[str], n: int) -> None:
    assert read_header([["who", "nps", "why"], *[row] * n]).n_rows == 1
    assert read_header([["who", "nps", ""], *[row] * n]).names[:2] == ["who", "nps"]


def test_the_first_names_repeated_in_the_second_row_are_metadata() -> None:
    rows = [["Respondent ID", "Language", "Q1 01—Which?", "Q1 02—Which?"], ["Respondent ID", "Language", "Red", "Blue"]]
    header = read_header([*rows, ["1", "en", "Red", ""]])
    assert header.names == ["Respondent ID", "Language", "Q1 01—Which? - Red", "Q1 02—Which? - Blue"]


def test_groups_above_names_are_read_as_two_header_rows() -> None:
    rows = [
        ["Customer", "", "Answers", ""],
        ["Number", "Name", "NPS", "Why"],
        ["1", "Ann", "9", "So kind"],
        ["2", "Bob", "3", "So slow"],
    ]
    header = read_header(rows)
    assert (header.n_rows, header.layout) == (2, "two header rows")
    assert header.names == ["Customer - Number", "Customer - Name", "Answers - NPS", "Answers - Why"]


def test_a_lone_named_column_beside_an_unnamed_one_is_no_title() -> None:
    assert count_titles([["", "comment"], ["1", "Good"]]) == 0
    assert count_titles([["comment", ""], ["a1", "Good"], ["a2", "Bad"]]) == 0


def test_a_title_above_two_columns_needs_values_below() -> None:
    assert count_titles([["Q3", ""], ["score", "why"], ["9", "Kind"]]) == 1


def test_key_and_value_lines_above_a_wide_table_are_titles() -> None:
    names = ["id", "date", "score", "why", "channel", "agent", "plan"]
    rows = [["Survey:", "NPS"], ["Exported:", "today"], [], names, ["1", "2024-07-01", "9", "Kind", "a", "b", "c"]]
    assert (read_header(rows).n_rows, read_header(rows).names) == (4, names)


@pytest.mark.parametrize("cell", ["Response", "Open-Ended Response", "Response 7", "Offene Antwort", "Réponse ouverte"])
def test_a_second_row_that_means_the_whole_answer_is_no_option(cell: str) -> None:
    assert join_names(["Why?"], [cell], []) == ["Why?"]


def test_an_unnamed_column_takes_the_question_only_if_it_holds_something() -> None:
    assert join_names(["Which?", "", ""], ["Red", "", ""], [["", "x", ""]]) == ["Which? - Red", "Which?", ""]


def test_only_the_first_rows_are_looked_at() -> None:
    assert stacked_rows([["id", "why"]]) == 1
    assert read_header([["id", "why"], *[["1", "So slow"]] * 100_000]).n_rows == 1


@given(st.lists(st.sampled_from(["a", "b", "", "a (2)", "column 1"]), min_size=1, max_size=8))
def test_unique_names_are_unique_and_as_many(names: list[str]) -> None:
    unique, _ = unique_names(names)
    assert len(set(unique)) == len(names)


def test_ten_thousand_equal_names_take_no_time() -> None:
    assert unique_names(["x"] * 10_000)[0][-1] == "x (10000)"
