"""Files -> answers: every row is in the table or rejected, with its place and its words."""

import json
from pathlib import Path

import pytest

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest import read_exports

ROWS = [
    ["id", "nps", "country", "Cabin class", "why"],
    ["r1", "9", "DE", "Economy", "They answered within minutes."],
    ["", "", "", "", " "],
    ["r3", "2", "FR", "First", "I waited for an hour."],
    ["r4", "7", "DE", "First", ""],
]


def test_the_table_has_the_promised_columns_sorted_by_place(write_export) -> None:
    answers = read_exports([write_export(ROWS)], IngestConfig(segment=("Cabin class",)))
    assert list(answers.table.columns) == [
        "source", "row", "response_key", "respondent_id", "score", "date", "weight", "question", "comment",
        "segment_cabin_class", "content",
    ]  # fmt: skip
    assert answers.table["row"].tolist() == [1, 3, 4]


def test_an_empty_row_is_rejected_with_its_number(write_export) -> None:
    rejected = read_exports([write_export(ROWS)]).rejected
    assert list(rejected.columns) == ["source", "row", "reason", "content"]
    assert rejected[["source", "row", "reason"]].to_numpy().tolist() == [["export.csv", 2, "empty row"]]


def test_the_question_is_the_columns_name_the_given_text_or_the_rows_own(write_export) -> None:
    path = write_export(
        [["nps", "question", "why"], ["9", "What was good?", "The staff."], ["3", " ", "No idea, sorry."]]
    )
    assert read_exports([path]).table["question"].tolist() == ["What was good?", "why"]
    path = write_export([["nps", "why"], ["9", "The staff was kind."]])
    assert read_exports([path]).table["question"].tolist() == ["why"]
    assert read_exports([path], IngestConfig(question="Why so?")).table["question"].tolist() == ["Why so?"]


def test_several_comment_columns_are_one_answer_each(write_export) -> None:
    path = write_export([["nps", "good", "bad"], ["9", "The staff.", "The price."], ["3", "", "The queue."]])
    table = read_exports([path], IngestConfig(comment=("good", "bad"))).table
    assert table[["row", "question", "comment"]].fillna("").to_numpy().tolist() == [
        [1, "bad", "The price."], [1, "good", "The staff."], [2, "bad", "The queue."], [2, "good", ""],
    ]  # fmt: skip


def test_rows_that_are_not_selected_are_rejected_as_they_stood(write_export) -> None:
    answers = read_exports([write_export(ROWS)], IngestConfig(where=("country=DE", "Cabin class=First")))
    assert answers.table["response_key"].tolist() == ["r4"]
    reasons = dict(zip(answers.rejected["row"], answers.rejected["reason"], strict=True))
    assert reasons[3] == "not selected by --where country=DE"
    assert reasons[1] == "not selected by --where Cabin class=First"
    content = json.loads(answers.rejected.set_index("row").loc[3, "content"])
    assert content == dict(zip(ROWS[0], ROWS[3], strict=True))


def test_a_condition_that_matches_nothing_lists_the_commonest_values(write_export) -> None:
    with pytest.raises(InputError, match=r"--where country=UK matches no row; .*'country': 'DE' x 2, 'FR' x 1"):
        read_exports([write_export(ROWS)], IngestConfig(where=("country=UK",)))


@pytest.mark.parametrize(("condition", "says"), [("country", "COL=VALUE is expected"), ("land=DE", "no column 'land'")])
def test_a_malformed_condition_is_an_error(write_export, condition: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_exports([write_export(ROWS)], IngestConfig(where=(condition,)))


def test_a_column_named_with_an_equals_sign_can_be_selected(write_export) -> None:
    path = write_export([["nps", "a=b", "why"], ["9", "x=y", "The staff was kind."], ["8", "z", "It was cheap."]])
    assert len(read_exports([path], IngestConfig(where=("a=b=x=y",))).table) == 1


def test_two_segments_of_one_name_are_an_error(write_export) -> None:
    path = write_export([["nps", "Plan A", "plan-a", "why"], ["9", "x", "y", "The staff was kind."]])
    with pytest.raises(InputError, match="'Plan A' and 'plan-a' would both be called segment_plan_a"):
        read_exports([path], IngestConfig(segment=("Plan A", "plan-a")))


def test_files_are_united_by_column_name_whatever_their_order(write_export) -> None:
    first = write_export([["nps", "why"], ["9", "The staff was kind."]], "a.csv")
    second = write_export([["why", "country", "nps"], ["The queue was long.", "DE", "2"]], "b.csv")
    settings = IngestConfig(segment=("country",))
    table = read_exports([second, first], settings).table
    assert table[["source", "score", "comment"]].to_numpy().tolist() == [
        ["a.csv", "9", "The staff was kind."], ["b.csv", "2", "The queue was long."],
    ]  # fmt: skip
    assert table.equals(read_exports([first, second], settings).table)


def test_errors_name_the_first_file_and_the_number_of_others(write_export) -> None:
    files = [write_export([["nps", "why"], ["9", "Fine by me"]], name) for name in ("a.csv", "b.csv", "c.csv")]
    with pytest.raises(InputError, match=r"^a.csv and 2 more: no column 'x' for --score"):
        read_exports(files, IngestConfig(score="x"))


def test_only_empty_rows_are_an_error(write_export) -> None:
    with pytest.raises(InputError, match="no row holds anything"):
        read_exports([write_export([["nps", "why"], ["", ""]])])


def test_comments_stay_as_they_were_written(write_export) -> None:
    hostile = '  =HYPERLINK("http://x")\r\n<script>alert(1)</script>  '
    path = write_export([["nps", "why"], ["1", hostile], ["2", "Nothing to add here."]])
    assert read_exports([path]).table["comment"][0] == hostile


def test_a_single_path_may_stand_without_a_list(write_export) -> None:
    path: Path = write_export(ROWS)
    assert read_exports(path).sources == read_exports([path]).sources  # type: ignore[arg-type]
