"""Answers -> responses: what is one response, what contradicts, and where every row went."""

import csv
import io
import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.errors import ConfigError, InputError
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.schema import RESPONSES, Linked

HEADER = ["id", "who", "nps", "date", "weight", "plan", "why"]
ROLES = {"id": "id", "respondent": "who", "score": "nps", "date": "date", "weight": "weight", "segment": ("plan",)}
NPS = {"scale": "nps"}


def linked(paths: list[Path], link: dict[str, object] | None = None, **ingest: object) -> Linked:
    answers = read_exports(paths, IngestConfig.model_validate({"comment": ("why",), **ingest}))
    return link_ratings(answers, LinkConfig.model_validate(NPS if link is None else link))


def counts(result: Linked) -> list[list[object]]:
    return result.ledger[["source", "rows", "responses", "merged", "rejected"]].to_numpy().tolist()


def test_rows_that_share_an_id_are_one_response_with_several_comments(write_export) -> None:
    rows = [["r1", "9", "What?", "Kind staff"], ["r1", "9", "Else?", "Low price"], ["r2", "3", "What?", "Slow"]]
    result = linked([write_export([["id", "nps", "question", "why"], *rows])], id="id")
    assert result.responses["response_id"].tolist() == ["r1", "r2"]
    assert result.comments.to_numpy().tolist() == [
        ["r1", "Else?", "Low price"], ["r1", "What?", "Kind staff"], ["r2", "What?", "Slow"],
    ]  # fmt: skip
    assert counts(result) == [["export.csv", 3, 2, 1, 0]]


def test_conflicting_scores_are_an_error_that_lists_them(write_export) -> None:
    path = write_export([["id", "nps", "why"], ["r1", "9", "Kind staff"], ["r2", "5", "Fine"], ["r1", "3", "Slow"]])
    with pytest.raises(InputError, match=r"1 responses have .*'r1': 9 in export.csv row 1, 3 in export.csv row 3"):
        linked([path], id="id")


def test_a_missing_score_does_not_contradict_a_given_one(write_export) -> None:
    path = write_export([["id", "nps", "why"], ["r1", "", "Kind staff"], ["r1", "9", ""]])
    assert linked([path], id="id").responses["score"].tolist() == [9]


def test_no_more_than_three_conflicts_are_listed(write_export) -> None:
    rows = [[f"r{i}", score, "Some words"] for i in range(5) for score in ("1", "9")]
    with pytest.raises(InputError, match=r"^5 responses") as caught:
        linked([write_export([["id", "nps", "why"], *rows])], id="id")
    assert str(caught.value).count("row") == 6 + 1  # "number their rows alike?"


def test_other_contradictions_are_settled_by_value_and_counted(write_export) -> None:
    rows = [
        ["r1", "p2", "9", "2024-08-01", "2", "pro", "Kind staff"],
        ["r1", "p1", "9", "2024-07-01", "10", "basic", "Low price"],
        ["r2", "p3", "9", "2024-07-01", "1", "", "Quick"],
    ]
    result = linked([write_export([HEADER, *rows])], **ROLES)
    first = result.responses.iloc[0]
    assert first[["respondent_id", "weight", "segment_plan"]].tolist() == ["p1", 2, "basic"]
    assert first["date"] == pd.Timestamp("2024-07-01")
    assert result.facts["n_metadata_conflicts"] == 4


def test_texts_under_one_question_are_joined_in_sorted_order_and_kept_once(write_export) -> None:
    rows = [["r1", "9", text] for text in ["so slow", "kind staff", "so slow", ""]]
    result = linked([write_export([["id", "nps", "why"], *rows])], id="id")
    assert result.comments["comment"].tolist() == ["kind staff\nso slow"]


def test_without_an_id_equal_rows_are_different_responses(write_export) -> None:
    path = write_export([["nps", "why"], ["9", "Great"], ["9", "Great"], ["9", "great"]])
    ids = linked([path]).responses["response_id"].tolist()
    assert len(set(ids)) == 3
    assert sorted(i.split("-")[1] for i in ids) == ["1", "1", "2"]


def test_a_content_id_does_not_depend_on_file_name_or_row(write_export) -> None:
    one = write_export([["nps", "why"], ["9", "Great staff"]], "a.csv")
    two = write_export([["nps", "why"], ["1", "Slow staff"], ["9", "Great staff"]], "b.csv")
    assert set(linked([one]).responses["response_id"]) < set(linked([two]).responses["response_id"])


def test_a_row_without_its_id_gets_one_from_its_content(write_export) -> None:
    path = write_export([["id", "nps", "why"], ["r1", "9", "Great"], ["", "3", "Slow"], [" ", "2", "Slow"]])
    assert len(linked([path], id="id").responses) == 3


def test_several_comment_columns_of_a_row_without_id_are_one_response(write_export) -> None:
    path = write_export([["nps", "why", "else"], ["9", "Great", "Cheap"], ["9", "Great", "Near"]])
    result = linked([path], comment=("why", "else"))
    assert (len(result.responses), len(result.comments)) == (2, 4)
    assert counts(result) == [["export.csv", 2, 2, 0, 0]]


def test_rows_of_one_question_each_are_joined_by_respondent_and_day(write_export) -> None:
    rows = [
        ["p1", "2024-07-01 09:00", "9", "What?", "Kind staff"],
        ["p1", "2024-07-01 09:01", "9", "Else?", "Low price"],
        ["p1", "2024-08-01 09:00", "3", "What?", "Slow"],
        ["", "2024-07-01 09:00", "5", "What?", "Nobody knows me"],
    ]
    path = write_export([["who", "date", "nps", "question", "why"], *rows])
    result = linked([path], respondent="who", date="date")
    assert sorted(result.responses["score"]) == [3, 5, 9]
    assert counts(result) == [["export.csv", 4, 3, 1, 0]]


def test_a_respondent_alone_never_joins_rows(write_export) -> None:
    path = write_export([["who", "nps", "why"], ["p1", "9", "Kind staff"], ["p1", "9", "Low price"]])
    result = linked([path], respondent="who")
    assert result.responses["respondent_id"].tolist() == ["p1", "p1"]


def test_neither_score_nor_comment_is_rejected_as_it_stood(write_export) -> None:
    path = write_export([["id", "nps", "plan", "why"], ["r1", "9", "pro", ""], ["r2", "N/A", "pro", "  "]])
    result = linked([path], id="id")
    assert result.rejected[["row", "reason"]].to_numpy().tolist() == [[2, "neither score nor comment"]]
    assert json.loads(result.rejected["content"][0]) == {"id": "r2", "nps": "N/A", "plan": "pro", "why": "  "}
    assert result.responses["response_id"].tolist() == ["r1"]


def test_a_comment_without_a_score_and_a_score_without_a_comment_are_kept(write_export) -> None:
    result = linked([write_export([["nps", "why"], ["", "Great staff"], ["9", ""]])])
    assert sorted(result.responses["score"].isna()) == [False, True]
    assert sorted(result.comments["comment"].isna()) == [False, True]


def test_nothing_left_is_an_error_that_says_why(write_export) -> None:
    with pytest.raises(InputError, match=r"no response is left, .*neither score nor comment x 1"):
        linked([write_export([["nps", "plan", "why"], ["", "pro", ""]])], score="none")


def test_a_response_in_two_files_counts_for_the_first(write_export) -> None:
    first = write_export([["id", "nps", "why"], ["r1", "9", "Kind staff"]], "a.csv")
    second = write_export([["id", "nps", "why"], ["r1", "9", "Kind staff"], ["r2", "1", "Slow staff"]], "b.csv")
    assert counts(linked([second, first], id="id")) == [["a.csv", 1, 1, 0, 0], ["b.csv", 2, 1, 1, 0]]


@pytest.mark.parametrize("weight", ["-1", "heavy", "inf", "1e400", pytest.param("9" * 5_000, id="long")])
def test_a_weight_that_is_no_number_from_zero_says_where(write_export, weight: str) -> None:
    path = write_export([["nps", "w", "why"], ["9", "1", "Kind staff"], ["9", weight, "Low price"]])
    with pytest.raises(InputError, match=f"export.csv: row 2, column 'w': weight '{weight}' is no number from 0"):
        linked([path], weight="w")


def test_a_scored_response_without_a_weight_says_where(write_export) -> None:
    rows = [["a", "9", "1.5", "Kind staff"], ["b", "9", "NA", "Low price"], ["c", "9", " ", "Low price"]]
    path = write_export([["id", "nps", "w", "why"], *rows])
    with pytest.raises(InputError, match=r"^export.csv: row 2, column 'w': no weight, .* \(2 such\)"):
        linked([path], id="id", weight="w")


def test_a_weight_may_be_missing_where_it_does_not_count(write_export) -> None:
    rows = [["a", "9", "1.5", "Kind staff"], ["a", "9", "", "Low price"], ["b", "", "", "Slow staff"]]
    weights = linked([write_export([["id", "nps", "w", "why"], *rows])], id="id", weight="w").responses["weight"]
    assert (weights[0], weights.isna().tolist()) == (1.5, [False, True])


def test_a_weight_of_zero_beside_others_is_kept(write_export) -> None:
    path = write_export([["id", "nps", "w", "why"], ["a", "9", "0", "Kind staff"], ["b", "3", "2", "Low price"]])
    assert linked([path], id="id", weight="w").responses["weight"].tolist() == [0, 2]


def test_weights_that_are_missing_throughout_are_none(write_export) -> None:
    path = write_export([["nps", "w", "why"], ["9", "", "Kind staff"], ["3", "NA", "Low price"]])
    assert linked([path], weight="w").responses["weight"].isna().all()


def test_without_any_score_every_response_needs_its_weight(write_export) -> None:
    path = write_export([["w", "why"], ["1", "Kind staff"], ["", "Low price"]])
    with pytest.raises(InputError, match=r"export.csv: row 2, column 'w': no weight"):
        linked([path], weight="w", score="none", link={})


@pytest.mark.parametrize(
    ("weight", "says"), [("0", "is 0, so no response counts"), ("1e308", "is too large .the largest is 1e\\+308")]
)
def test_weights_that_can_not_be_summed_are_an_error(write_export, weight: str, says: str) -> None:
    rows = [["9", weight, "Kind staff"], ["3", weight, "Low price"], ["", "5", "Slow staff"]]
    with pytest.raises(InputError, match=f"^export.csv: column 'w': the sum of the weights {says}"):
        linked([write_export([["nps", "w", "why"], *rows])], weight="w")


@pytest.mark.parametrize("date", ["2024-07-01 09:30:00.123456", ""])
def test_dates_are_in_microseconds(write_export, date: str) -> None:
    path = write_export([["nps", "date", "why"], ["9", date, "Kind staff"]])
    dates = linked([path], date="date" if date else "none").responses["date"]
    assert dates.dtype == "datetime64[us]"
    assert dates.isna().all() if not date else dates[0] == pd.Timestamp(date)


def test_no_score_column_means_no_scores_and_no_scale(write_export) -> None:
    result = linked([write_export([["nps", "why"], ["9", "Kind staff"]])], score="none", link={})
    assert result.responses[["score", "category"]].isna().all(axis=None)
    assert result.facts["scale"] is None


def test_the_facts_are_plain_json_and_say_what_was_guessed(write_export) -> None:
    path = write_export([["nps", "date", "why"], ["10", "31/12/2024", "Kind staff"], ["0", "01/12/2024", "Slow"]])
    facts = link_ratings(read_exports([path])).facts
    assert json.loads(json.dumps(facts)) == facts
    assert (facts["scale"], facts["scale_guessed"], facts["date_order"]) == ("nps", "values 0 to 10", "dmy")
    assert set(facts["guessed"]) == {"score", "date", "comment"}


def test_unread_values_are_counted_in_the_facts(write_export) -> None:
    rows = [["9", "2024-07-01"], ["11", "2024-07-02"], ["x", "soon"], ["8", "2024-07-04"]]
    path = write_export([["nps", "date", "why"], *[[*row, "Some words"] for row in rows]])
    result = linked([path], score="nps", date="date")
    assert (result.facts["n_scores_outside"], result.facts["scores_outside"]) == (2, ["11", "x"])
    assert result.facts["n_dates_unread"] == 1


def test_an_unknown_scale_is_told_before_anything_else(write_export) -> None:
    with pytest.raises(ConfigError, match="did you mean 'stars'"):
        linked([write_export([["nps", "why"], ["9", "Kind staff"]])], link={"scale": "star"})


def test_linking_does_not_write_into_the_answers(write_export) -> None:
    answers = read_exports(
        [write_export([["nps", "why"], ["9", " "], ["8", "Kind staff"]])], IngestConfig(comment=("why",))
    )
    before = answers.table.copy(deep=True)
    link_ratings(answers, LinkConfig(scale="nps"))
    pd.testing.assert_frame_equal(answers.table, before)


# --- laws that hold for any export -----------------------------------------------------------------------------------

_CELLS = st.tuples(
    st.sampled_from(["", "r1", "r2", "r3"]),  # id
    st.sampled_from(["", "p1", "p2"]),
    st.sampled_from(["", "NA"]),  # score: set per id below, so that none contradicts
    st.sampled_from(["", "2024-07-01", "2024-08-02", "soon"]),
    st.sampled_from(["0.5", "1", "2.5"]),
    st.sampled_from(["", "pro", "basic"]),
    st.sampled_from(["", " ", "slow", "kind staff", "low price"]),
)
_FILES = st.lists(st.lists(_CELLS.map(list), min_size=1, max_size=8), min_size=1, max_size=3)
_SCORES = {"": "7", "r1": "9", "r2": "3", "r3": "10"}


def _scored(files: list[list[list[str]]]) -> list[list[list[str]]]:
    """Gives each row without "NA" the score of its id, and each file a row that is never rejected."""
    sound = [["r3", "", "", "2024-07-01", "1", "", "fine"], ["r3", "", "", "2024-07-03", "1", "", "fine"]]
    full = [[*sound, *sound, *sound, *sound, *file] for file in files]  # dates stay mostly readable
    return [[[r[0], r[1], r[2] or _SCORES[r[0]], *r[3:]] for r in file] for file in full]


def _link_files(files: list[list[list[str]]], **roles: object) -> Linked:
    with tempfile.TemporaryDirectory() as folder:
        for number, rows in enumerate(files):
            text = io.StringIO(newline="")
            csv.writer(text).writerows([HEADER, *rows])
            (Path(folder) / f"{number}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
        return linked([Path(folder)], **{**ROLES, **roles})


@settings(max_examples=25, deadline=None)
@given(_FILES, st.sampled_from(["id", "none"]))
def test_every_row_is_a_response_merged_or_rejected(files: list[list[list[str]]], id_column: str) -> None:
    scored = _scored(files)
    result = _link_files(scored, id=id_column)
    ledger = result.ledger
    assert ledger["rows"].tolist() == [len(rows) for rows in scored]
    assert (ledger["rows"] == ledger["responses"] + ledger["merged"] + ledger["rejected"]).all()
    assert ledger["responses"].sum() == len(result.responses)
    assert ledger["rejected"].sum() == len(result.rejected)


@settings(max_examples=25, deadline=None)
@given(_FILES, st.sampled_from(["id", "none"]), st.integers(0, 1000))
def test_the_order_of_the_rows_does_not_matter(files: list[list[list[str]]], id_column: str, seed: int) -> None:
    scored = _scored(files)
    shuffled = [[rows[i] for i in np.random.default_rng(seed).permutation(len(rows))] for rows in scored]
    one, other = _link_files(scored, id=id_column), _link_files(shuffled, id=id_column)
    pd.testing.assert_frame_equal(one.responses, other.responses)
    pd.testing.assert_frame_equal(one.comments, other.comments)
    pd.testing.assert_frame_equal(one.ledger, other.ledger)


@settings(max_examples=10, deadline=None)
@given(_FILES, st.sampled_from(["id", "none"]))
def test_keys_are_unique_sorted_and_match(files: list[list[list[str]]], id_column: str) -> None:
    result = _link_files(_scored(files), id=id_column)
    RESPONSES.validate(result.responses)
    assert result.responses["response_id"].is_monotonic_increasing
    key = result.comments[["response_id", "question"]]
    assert not key.duplicated().any()
    assert set(key["response_id"]) == set(result.responses["response_id"])
    assert result.comments["comment"].dropna().str.strip().ne("").all()


# --- what a response carries beside its score, and what looks odd -----------------------------------------------------


def notes(rows: list[list[str]], write_export, **link: object) -> list[str]:
    path = write_export([["nps", "date", "why"], *rows])
    roles = {"date": "date", "score": "nps", "segment": ("none",), "rating": ("none",), "id": "none"}
    return list(linked([path], {**NPS, **link}, **roles).notes)


def dated(days: list[str]) -> list[list[str]]:
    return [["9", day, f"Comment number {number}"] for number, day in enumerate(days)]


def test_ratings_beside_the_score_are_read_and_described(write_export) -> None:
    rows = [["r1", "9", "5", "Kind"], ["r2", "3", "2", "Slow"], ["r3", "8", "blue", "Fine"], ["r4", "8", "", "Okay"]]
    path = write_export([["id", "nps", "csat", "why"], *rows])
    result = linked([path], id="id", score="nps", rating=("csat",))
    assert result.responses["rating_csat"].fillna(-1).tolist() == [5, 2, -1, -1]
    facts = result.facts["ratings"]["csat"]
    assert {key: facts[key] for key in ("column", "kind", "n", "n_unread", "mean")} == {
        "column": "csat", "kind": "csat", "n": 2, "n_unread": 1, "mean": 3.5,
    }  # fmt: skip
    assert json.loads(json.dumps(result.facts)) == result.facts


def test_ratings_that_contradict_each_other_are_settled_like_other_metadata(write_export) -> None:
    rows = [["r1", "9", "5", "Kind"], ["r2", "3", "4", "Slow"], ["r1", "9", "2", "Cheap"]]
    result = linked([write_export([["id", "nps", "csat", "why"], *rows])], id="id", score="nps", rating=("csat",))
    assert (result.responses["rating_csat"].tolist(), result.facts["n_metadata_conflicts"]) == ([2, 4], 1)


def test_several_responses_of_one_respondent_stay_several_and_are_counted(write_export) -> None:
    rows = [["p1", "9", "2024-01-01", "Kind"], ["p2", "3", "2024-01-01", "Slow"], ["p1", "5", "2024-02-01", "Fine"]]
    result = linked([write_export([["who", "nps", "date", "why"], *rows])], respondent="who", date="date", id="none")
    assert (len(result.responses), result.facts["n_respondents_repeated"]) == (3, 1)


def test_fiscal_quarters_are_named_by_the_settings(write_export) -> None:
    path = write_export([["nps", "date", "why"], ["9", "2024-04-01", "Kind"], ["3", "2024-03-31", "Slow"]])
    result = linked([path], {**NPS, "fiscal_year_start": 4}, date="date", score="nps")
    assert sorted(result.responses["period"]) == ["FY2024-Q4", "FY2025-Q1"]


def test_dates_are_known_before_the_scores_so_that_two_scales_by_quarter_are_refused(write_export) -> None:
    early = [[str(i % 11), f"2024-01-{i % 28 + 1:02d}", f"Early comment {i}"] for i in range(400)]
    late = [[str(i % 5 + 1), f"2024-05-{i % 28 + 1:02d}", f"Late comment {i}"] for i in range(400)]
    path = write_export([["nps", "date", "why"], *early, *late])
    with pytest.raises(InputError, match="2024-Q2"):
        linked([path], date="date", score="nps")


@pytest.mark.parametrize(("odd", "side"), [("2204-03-01", "after"), ("1900-01-01", "before")])
def test_a_lone_date_years_from_all_others_is_noted(write_export, odd: str, side: str) -> None:
    (note,) = notes(dated(["2024-03-01", "2024-04-02", "2024-05-03", odd]), write_export)
    assert note == f"1 date lies more than 2 years {side} all others, e.g. {odd}."


def test_responses_over_many_years_are_not_odd(write_export) -> None:
    assert notes(dated([f"{year}-0{month}-01" for year in range(2015, 2025) for month in (2, 7)]), write_export) == []


def test_one_day_with_most_responses_is_noted(write_export) -> None:
    (note,) = notes(dated(["2024-03-01"] * 15 + [f"2024-04-{day:02d}" for day in range(1, 11)]), write_export)
    assert note.startswith("15 of 25 dated responses are of one day, 2024-03-01")


def test_unread_dates_and_missing_periods_are_noted(write_export) -> None:
    said = notes(dated(["2024-03-01", "2024-04-02", "2024-05-03", "soon"]), write_export)
    assert said == [
        "1 row has a date that can't be read, e.g. 'soon'.",
        "1 of 4 responses have no date, and so no period.",
    ]


def test_scores_outside_the_scale_are_noted(write_export) -> None:
    (note,) = notes([["9", "2024-03-01", "Kind"], ["11", "2024-04-01", "Cheap"]], write_export)
    assert note == "1 row has a score outside the scale nps ('11'); it counts as missing."


def test_contradictions_are_noted_without_any_comment(write_export) -> None:
    rows = [["r1", "9", "pro", "Kind staff"], ["r2", "9", "pro", "Quick"], ["r1", "9", "basic", "Low price"]]
    path = write_export([["id", "nps", "plan", "why"], *rows])
    (note,) = linked([path], id="id", segment=("plan",), score="nps").notes
    assert note.startswith("1 time the rows of one response contradict each other")
    assert "Kind" not in note


def test_a_clean_export_has_no_notes(write_export) -> None:
    assert notes(dated(["2024-03-01", "2024-04-02", "2024-05-03"]), write_export) == []
