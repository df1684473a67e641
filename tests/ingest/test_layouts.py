"""Exports of survey tools, written from their documented layouts with invented answers: all is found without a flag."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest import read_exports
from feedback_nlp.ingest.roles.layouts import recognise_tool, tool_names
from feedback_nlp.ingest.roles.previews import kind_of_status
from feedback_nlp.schema import Answers

LIKELY = "How likely are you to recommend us to a friend or colleague?"
WHY = "What is the main reason for your score?"


def table(text: str) -> list[list[str]]:
    """Returns the rows of a text with cells between bars; LIKELY and WHY stand for these questions."""
    rows = [[cell.strip() for cell in line.strip().split("|")] for line in text.strip().splitlines()]
    return [[{"LIKELY": LIKELY, "WHY": WHY}.get(cell, cell) for cell in row] for row in rows]


TYPEFORM = table("""
    # | LIKELY | WHY | Start Date (UTC) | Submit Date (UTC) | Network ID | Tags
    3f0a91 | 10 | Setting it up took five minutes. | 2024-09-02 10:01:12 | 2024-09-02 10:03:55 | a1 |
    77c2d0 | 4 | Support never called me back. | 2024-09-02 11:20:40 | 2024-09-02 11:21:30 | b2 |
    9be113 | 8 | | 2024-09-03 08:00:01 | 2024-09-03 08:00:59 | c3 |
""")
TYPEFORM_NEW = table("""
    # | LIKELY | WHY | Response Type | Start Date (UTC) | Stage Date (UTC) | Submit Date (UTC) | Network ID | Ending
    3f0a91 | 10 | Set up in five minutes. | completed | 2024-09-02 10:01 | | 2024-09-02 10:03 | a1 | Thanks
    77c2d0 | 4 | Support never called. | completed | 2024-09-02 11:20 | | 2024-09-02 11:21 | b2 | Thanks
""")
DELIGHTED = table("""
    Response ID | Person ID | Email | Score | Comment | Survey Type | Permalink | Created At | Updated At | Tags | Plan
    501 | 91 | a@example.com | 9 | Love how quick the team is. | nps | d/1 | 2024-09-02 10:03 | 2024-09-03 10:03 | | pro
    502 | 92 | b@example.com | 2 | The price went up again. | nps | d/2 | 2024-09-04 10:03 | 2024-09-05 10:03 | | basic
    503 | 93 | c@example.com | 7 | | nps | d/3 | 2024-09-05 10:03 | 2024-09-05 10:03 | | basic
    504 | 91 | a@example.com | 10 | Still quick. | nps | d/4 | 2024-12-02 10:03 | 2024-12-02 10:03 | | pro
""")
ASKNICELY = table("""
    response_id | person_id | name | answer | comment | status | sent | responded | segment | deliverymethod
    1 | 11 | Ann | 9 | Great advice from the fitter. | responded | 2024-08-30 | 2024-09-01 | north | email
    2 | 12 | Bob | 3 | Nobody told me of the delay. | responded | 2024-08-30 | 2024-09-02 | south | sms
    3 | 13 | Cid | 10 | | responded | 2024-08-30 | 2024-09-03 | south | email
    4 | 14 | Dee | 8 | Good, but not cheap. | responded | 2024-08-30 | 2024-09-04 | north | email
""")
ZENDESK = table("""
    id | ticket_id | score | comment | reason | requester_id | assignee_id | group_id | created_at | updated_at
    35436 | 208 | good | Awesome support, thank you! | | 7881 | 135 | 44 | 2024-07-20T22:55:29Z | 2024-07-20T22:55:29Z
    35437 | 209 | bad | It took three weeks. | Too slow | 7882 | 136 | 44 | 2024-07-21T22:55:29Z | 2024-07-21T22:55:29Z
    35438 | 210 | offered | | | 7883 | 136 | 45 | 2024-07-22T22:55:29Z | 2024-07-22T22:55:29Z
    35439 | 211 | good | Solved at once. | | 7884 | 135 | 45 | 2024-07-23T22:55:29Z | 2024-07-23T22:55:29Z
""")
GOOGLE = table("""
    Timestamp | LIKELY | What could we do better? | Which of our shops did you visit?
    9/2/2024 10:03:55 | 9 | Open earlier on Saturdays. | Old town
    9/2/2024 11:03:55 | 3 | The queue at the till was endless. | Station
    9/13/2024 11:03:55 | 8 | | Station
""")
GIZMO = table("""
    Response ID | Time Started | Date Submitted | Status | LIKELY | WHY | Phone:Which of them? | Chat:Which of them?
    1 | 2024-09-02 10:00 | 2024-09-02 10:03 | Complete | 9 | Quick and friendly on the phone. | Phone |
    2 | 2024-09-02 11:00 | 2024-09-02 11:03 | Partial | 2 | The chat robot understood nothing. | | Chat
""")
MONKEY = table("""
    Customer survey 2024 | | | | | | |
    Respondent ID | Collector ID | Start Date | End Date | LIKELY | WHY | Which channels do you use? |
    | | | | | Open-Ended Response | Phone | Chat
    1001 | 7 | 09/13/2024 10:00 AM | 09/13/2024 10:03 AM | 9 | Quick and friendly on the phone. | Phone |
    1002 | 7 | 09/13/2024 11:00 AM | 09/13/2024 11:03 AM | 2 | The chat robot understood nothing. | | Chat
""")


def read(write_export, rows: list[list[str]], **settings: object) -> Answers:
    return read_exports([write_export(rows)], IngestConfig.model_validate(settings))


FOUND = {  # id, respondent, score, comment, date
    "Typeform": ("#", "", LIKELY, WHY, "Submit Date (UTC)"),
    "Delighted": ("Response ID", "Person ID", "Score", "Comment", "Created At"),
    "AskNicely": ("response_id", "person_id", "answer", "comment", "responded"),
    "Zendesk": ("id", "requester_id", "score", "comment", "created_at"),
    "Google Forms": ("", "", LIKELY, "What could we do better?", "Timestamp"),
    "SurveyGizmo": ("Response ID", "", LIKELY, WHY, "Date Submitted"),
    "SurveyMonkey": ("Respondent ID", "", LIKELY, WHY, "End Date"),
}


@pytest.mark.parametrize(
    ("tool", "rows"),
    [
        ("Typeform", TYPEFORM),
        ("Typeform", TYPEFORM_NEW),
        ("Delighted", DELIGHTED),
        ("AskNicely", ASKNICELY),
        ("Zendesk", ZENDESK),
        ("Google Forms", GOOGLE),
        ("SurveyGizmo", GIZMO),
        ("SurveyMonkey", MONKEY),
    ],
)
def test_a_tools_export_needs_no_flag(write_export, tool: str, rows: list[list[str]]) -> None:
    answers = read(write_export, rows, segment=("none",), rating=("none",))
    assert f"{tool} header" in answers.sources[0].layout
    roles = ("id", "respondent", "score", "comment", "date")
    assert tuple(answers.roles.get(role, [""])[0] for role in roles) == FOUND[tool]
    assert len(answers.table) == len(rows) - (3 if tool == "SurveyMonkey" else 1)


def test_the_groups_of_a_help_desk_are_segments(write_export) -> None:
    answers = read(write_export, ZENDESK)
    assert answers.roles["segment"] == ["assignee_id", "group_id"]
    assert answers.table["segment_group_id"].tolist() == ["44", "44", "45", "45"]


def test_names_alone_tell_the_tool_and_its_own_names_of_roles() -> None:
    assert recognise_tool(["id", "score", "comment"], []) == ""
    assert recognise_tool(["Timestamp", "Why did you leave?"], [["soon", "x"]]) == ""
    assert tool_names(["Typeform header", "plain"], "id") == ("#",)


QUALTRICS_NAMES = ["StartDate", "EndDate", "Status", "Finished", "ResponseId", "Q1", "Q2"]
QUALTRICS_TEXTS = ["Anfangsdatum", "Enddatum", "Antworttyp", "Beendet", "Antwort-ID", LIKELY, f"<p>{WHY}</p>"]


def qualtrics(statuses: list[str]) -> list[list[str]]:
    """Returns an export with one response per status."""
    marks = [json.dumps({"ImportId": name}) for name in QUALTRICS_NAMES]
    days = [f"2024-09-{day:02d} 10:00:00" for day in range(1, len(statuses) + 1)]
    rows = [
        [day, day, status, "1", f"R_{day}", "9", f"It works as it should on {day}."]
        for day, status in zip(days, statuses, strict=True)
    ]
    return [QUALTRICS_NAMES, QUALTRICS_TEXTS, marks, *rows]


def test_questions_of_qualtrics_are_asked_in_full_without_markup(write_export) -> None:
    answers = read(write_export, qualtrics(["IP Address"] * 3))
    assert (answers.roles["score"], answers.roles["comment"]) == (["Q1"], ["Q2"])
    assert answers.table["question"].unique().tolist() == [WHY]


@pytest.mark.parametrize(
    "labels",
    [
        ["0", "1", "2", "8", "9", "4"],
        ["IP Address", "Survey Preview", "Survey Test", "Spam", "Survey Preview Spam", "Imported"],
    ],
)
def test_previews_tests_and_spam_are_rejected_with_their_reason(write_export, labels: list[str]) -> None:
    answers = read(write_export, qualtrics(labels))
    assert answers.table["row"].tolist() == [1, 6]
    kinds = ["preview", "test", "spam", "preview"]
    assert answers.rejected["row"].tolist() == [2, 3, 4, 5]
    assert answers.rejected["reason"].tolist() == [f"Qualtrics {kind} response" for kind in kinds]


def test_previews_are_kept_and_counted_if_asked(write_export) -> None:
    answers = read(write_export, qualtrics(["0", "1", "2"]), previews="keep")
    assert (len(answers.table), len(answers.rejected)) == (3, 0)
    assert answers.notes == ("export.csv: 2 Qualtrics preview and test responses are kept, as previews = 'keep' says.",)


def test_an_export_of_previews_alone_says_so(write_export) -> None:
    with pytest.raises(InputError, match=r"no row holds anything below the header \(Qualtrics preview response x 2\)"):
        read(write_export, qualtrics(["1", "1"]))


def test_a_status_in_another_tools_export_rejects_nothing(write_export) -> None:
    rows = [
        ["id", "Status", "nps", "why"],
        ["1", "Survey Preview", "9", "It works well."],
        ["2", "1", "3", "It is far too slow."],
    ]
    assert len(read(write_export, rows).table) == 2


def test_previews_of_an_old_qualtrics_are_rejected_and_unfinished_rows_stay(write_export) -> None:
    names = [["V1", "V7", "V10", "Q1", "Q2"], ["ResponseID", "Status", "Finished", LIKELY, WHY]]
    rows = [["R_1", "0", "0", "9", "It works as it should."], ["R_2", "1", "1", "1", "test test test"]]
    answers = read(write_export, [*names, *rows])
    assert answers.table["response_key"].tolist() == ["R_1"]
    assert answers.rejected["reason"].tolist() == ["Qualtrics preview response"]


@given(st.integers(0, 511))
def test_the_bits_of_a_status_tell_its_kind(code: int) -> None:
    kind = kind_of_status(str(code))
    assert (kind is None) == (code & 0b1011 == 0)
    assert (kind == "preview") == bool(code & 1)
