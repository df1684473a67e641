"""`why` answers for every response: what its statements were given, or why it has none."""

import csv

import pytest

from feedback_nlp import Run, analyze, load_config
from feedback_nlp.errors import RunError
from feedback_nlp.track import explain_response

ROWS = [
    ("R-001", "9", "The agent answered every question and stayed friendly"),
    ("R-002", "3", "n/a"),
    ("R-003", "7", ""),
    ("R-004", "2", "Le technicien est arrivé avec deux heures de retard et il n'a rien réparé du tout"),
    ("R-005", "5", "Waiting on the phone took an hour"),
    ("R-005x", "5", "The invoice was wrong twice"),
    ("R-006", "4", "Nobody called me back about the broken router"),
    ("S-001", "8", "n/a \x1b[31m"),
]


@pytest.fixture(scope="module")
def run(quick_config, tmp_path_factory) -> Run:
    path = tmp_path_factory.mktemp("why") / "q1.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                ("response_id", "score", "comment", "product"),
                *((*row, "radio" if row[0] == "R-006" else "phone") for row in ROWS),
            ]
        )
    config = load_config(quick_config).with_values({
        "ingest": {"respondent": "", "date": "", "segment": ("none",), "where": ("product=phone",)},
        "text": {"language": "en"},
    })  # fmt: skip
    return analyze([path], config)


def said(run: Run, response_id: str) -> str:
    return explain_response(run, response_id).as_text()


def test_a_response_with_a_statement_has_nothing_unread(run):
    explanation = explain_response(run, "R-001")
    assert len(explanation.statements) == 1
    assert explanation.unread == ()
    assert explanation.as_text().startswith("Response R-001: 1 statement\n")


@pytest.mark.parametrize(
    ("response_id", "reason"),
    [
        ("R-002", "“comment”: “n/a” is a non-answer; it was set aside."),
        ("R-003", "“comment”: no comment was given."),
        ("R-004", "is in another language (fr); only 'en' is analysed."),
    ],
)
def test_a_response_without_statements_says_why(run, response_id, reason):
    text = said(run, response_id)
    assert text.startswith(f"Response {response_id}: no statements\n")
    assert reason in text


def test_a_response_without_any_answer_says_so(run):
    from dataclasses import replace

    alone = replace(run, comments=run.comments[run.comments["response_id"] != "R-003"])
    assert "no comment belongs to it" in said(alone, "R-003")


def test_no_encoder_is_needed_where_nothing_is_read(run):
    from feedback_nlp.config import EmbedConfig

    assert explain_response(run, "R-002", EmbedConfig(model="/no/such/folder")).statements == ()


def test_what_a_comment_holds_does_not_reach_the_terminal(run):
    assert "\x1b" not in said(run, "S-001")


def test_all_ids_that_hold_what_was_typed_are_named(run):
    with pytest.raises(RunError, match=r"did you mean 'R-005' or 'R-005x'\?"):
        explain_response(run, "r-005")
    with pytest.raises(RunError, match=r"'R-001' or 'R-002' or 'R-003' \(3 more hold it\)\?"):
        explain_response(run, "R-")


def test_an_unknown_id_names_the_nearest(run):
    with pytest.raises(RunError, match=r"no response 'R-0001' in this run of 7; did you mean 'R-001'\?"):
        explain_response(run, "R-0001")


def test_an_empty_id_names_none(run):
    with pytest.raises(RunError, match=r"no response '' in this run of 7$"):
        explain_response(run, "")


def test_a_rejected_row_is_named_with_its_reason(run):
    row, reason = run.rejected[["row", "reason"]].iloc[0]
    with pytest.raises(RunError, match=f"row {row} of q1.csv was rejected: {reason}"):
        explain_response(run, "R-006")


def test_the_reasons_are_those_of_the_table(run):
    statuses = run.comments.set_index("response_id")["status"]
    silent = statuses[statuses != "comment"].index
    assert all(explain_response(run, response).unread for response in silent)
    assert all(not explain_response(run, response).unread for response in statuses[statuses == "comment"].index)
