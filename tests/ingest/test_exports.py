"""Files -> answers: every row is in the table or rejected, with its place and its words."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.ingest.exports import answers_of
from feedback_nlp.ingest.reading.formats import Export
from feedback_nlp.ingest.reading.row_json import rows_as_json
from feedback_nlp.ingest.roles.looks import sample_rows
from feedback_nlp.schema import Source

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


SCORES = [["Respondent ID", "nps"], ["1001", "9"], ["1002", "2"], ["1003", "7"]]
TEXTS = [["Respondent ID", "why"], ["1001", "They answered within minutes."], ["1002", "I waited for an hour."]]


def test_answers_and_texts_in_two_files_are_joined_by_their_id(write_export) -> None:
    answers = read_exports([write_export(SCORES, "a.csv"), write_export(TEXTS, "b.csv")])
    assert answers.roles == {"id": ["Respondent ID"], "score": ["nps"], "comment": ["why"]}
    assert answers.guessed["id"] == "joined by 'Respondent ID': 2 of 3 ids are in both a.csv and b.csv"
    assert answers.notes == ()
    responses = link_ratings(answers, LinkConfig(scale="nps")).responses
    assert responses[["response_id", "score"]].to_numpy().tolist() == [["1001", 9.0], ["1002", 2.0], ["1003", 7.0]]


def numbered(*texts: str) -> list[list[str]]:
    return [["id", "nps", "why"], *([str(n), "9", text] for n, text in enumerate(texts, start=1))]


def test_files_that_number_different_answers_alike_are_no_guess(write_export) -> None:
    first, second = (
        write_export(numbered("So kind", "So slow"), "a.csv"),
        write_export(numbered("Cheap", "Dear"), "b.csv"),
    )
    with pytest.raises(
        InputError, match=r"a.csv and b.csv: 2 values of 'id' stand in both files with different.*--id none"
    ):
        read_exports([first, second])
    assert "id" not in read_exports([first, second], IngestConfig(id="none")).roles


def test_an_overlap_of_equal_rows_is_the_same_responses(write_export) -> None:
    files = [
        write_export(numbered("So kind", "So slow"), "a.csv"),
        write_export(numbered("So kind", "So slow", "Dear"), "b.csv"),
    ]
    answers = read_exports(files)
    assert answers.guessed["id"] == "joined by 'id': 2 of 3 ids are in both a.csv and b.csv"


def test_one_person_in_two_waves_gives_two_responses(write_export) -> None:
    waves = [
        [["Respondent ID", "nps", "why"], ["7", score, text]] for score, text in (("9", "So kind"), ("2", "So slow"))
    ]
    answers = read_exports([write_export(wave, f"{n}.csv") for n, wave in enumerate(waves)])
    assert "id" not in answers.roles
    assert answers.roles["respondent"] == ["Respondent ID"]


def test_rows_of_files_without_a_role_are_counted_in_a_note(write_export) -> None:
    files = [write_export(TEXTS, "a.csv"), write_export([["nps", "why"], ["9", "So kind"], ["3", "So slow"]], "b.csv")]
    assert read_exports(files, IngestConfig(id="none")).notes == ("2 rows have no score: no column 'nps' in a.csv.",)


def test_a_file_can_be_a_segment(write_export) -> None:
    rows = [["nps", "why"], ["9", "The staff was kind."]]
    files = [write_export(rows, name) for name in ("north.q3.csv", "south.csv")]
    table = read_exports(files, IngestConfig(file_segment="Branch")).table
    assert table["segment_branch"].tolist() == ["north", "south"]


def test_a_segment_of_files_and_a_column_of_its_name_are_an_error(write_export) -> None:
    path = write_export([["nps", "branch", "why"], ["9", "x", "The staff was kind."]])
    with pytest.raises(InputError, match="would both be called segment_branch"):
        read_exports([path], IngestConfig(segment=("branch",), file_segment="Branch"))


def test_further_ratings_are_kept_as_text(write_export) -> None:
    rows = [["nps", "why", "Agent CSAT"], *([str(n % 11), f"It took {n} days.", str(1 + n % 5)] for n in range(10))]
    answers = read_exports([write_export(rows)])
    assert answers.roles["rating"] == ["Agent CSAT"]
    assert answers.table["rating_agent_csat"].tolist()[:3] == ["1", "2", "3"]
    assert list(answers.table.columns)[-2:] == ["rating_agent_csat", "content"]


def test_a_condition_may_name_a_column_by_its_question(write_export) -> None:
    names = [["V1", "Q1", "Q2", "Q3"], ["ResponseID", "NPS", "Why?", "Which country?"]]
    path = write_export([*names, ["R_1", "9", "So kind", "DE"], ["R_2", "3", "So slow", "FR"]])
    answers = read_exports([path], IngestConfig(where=("Which country?=FR",)))
    assert answers.table["response_key"].tolist() == ["R_2"]


def test_repeated_names_are_noted(write_export) -> None:
    path = write_export([["nps", "why", "x", "x"], ["9", "So kind", "a", "b"], ["3", "So slow", "a", "b"]])
    notes = read_exports([path]).notes
    assert notes == ("export.csv: 1 column names occur several times ('x'): the later ones got numbers.",)


def test_two_questions_with_one_text_stay_two_questions(write_export) -> None:
    names = [["V1", "Q1", "Q2", "Q3"], ["ResponseID", "NPS", "Why?", "Why?"]]
    path = write_export([*names, ["R_1", "9", "So kind", "So cheap"]])
    table = read_exports([path], IngestConfig(comment=("Q2", "Q3"))).table
    assert table["question"].tolist() == ["Why? (Q2)", "Why? (Q3)"]


def test_a_row_of_blanks_is_rejected_with_what_it_holds(write_export) -> None:
    path = write_export([["nps", "why", "x"], ["9", "So kind", "a"], ["", "  ", ""], ["3", "So slow", "b"]])
    rejected = read_exports([path]).rejected
    assert rejected[["row", "content"]].to_numpy().tolist() == [[2, '{"why": "  "}']]


@given(
    st.lists(st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8"))), min_size=2, max_size=2), min_size=1)
)
def test_rows_are_written_as_the_json_library_writes_them(rows: list[list[str | None]]) -> None:
    cells = pd.DataFrame(rows, columns=["id", 'wh"y']).astype("str")
    assert rows_as_json(cells) == [
        json.dumps(dict(zip(["id", 'wh"y'], row, strict=True)), ensure_ascii=False) for row in rows
    ]


@given(st.lists(st.sampled_from(["r", "s", " ", ""]), min_size=1, max_size=20), st.integers(1, 3))
def test_every_row_is_in_the_table_or_rejected(values: list[str], n_questions: int) -> None:
    names = [f"q{n}" for n in range(n_questions)]
    cells = pd.DataFrame(dict.fromkeys(names, values), dtype="str").replace("", None).astype("str")
    cells.index += 1
    source = Source("a.csv", "", len(cells), "csv")
    export = Export(source, cells, pd.DataFrame(columns=["source", "row", "reason", "content"]), frozenset())
    settings = IngestConfig(score="none", comment=tuple(names))
    if not any(value.strip() for value in values):
        with pytest.raises(InputError, match="no row holds anything"):
            answers_of([export], settings)
        return
    answers = answers_of([export], settings)
    assert answers.table["row"].tolist() == [n for n, v in enumerate(values, start=1) if v.strip() for _ in names]
    assert answers.rejected["row"].tolist() == [n for n, v in enumerate(values, start=1) if not v.strip()]


def test_the_order_of_rows_changes_no_guess() -> None:
    rows = {"nps": [str(n % 11) for n in range(12_000)], "why": [f"It took {n} days, so long." for n in range(12_000)]}
    cells = pd.DataFrame(rows, dtype="str")
    chosen = sample_rows(cells, 1_000)
    shuffled = sample_rows(cells.sample(frac=1, random_state=1), 1_000)
    assert sorted(chosen.index) == sorted(shuffled.index)
    assert 800 < len(chosen) < 1_200


def test_a_sample_of_rows_that_hardly_differ_is_all_of_them() -> None:
    assert len(sample_rows(pd.DataFrame({"nps": ["9", "1"] * 5_000}, dtype="str"), 100)) in (5_000, 10_000)
