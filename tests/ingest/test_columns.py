"""Roles: named ones are found or missed with a hint, others are guessed only where there is no doubt."""

import pandas as pd
import pytest

from feedback_nlp.config import IngestConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest import read_exports
from feedback_nlp.ingest.roles.columns import Roles, choose_roles, find_column

EXPORT = {
    "Response ID": ["r1", "r2", "r3"],
    "customer_id": ["c1", "c1", "c2"],
    "How likely are you to recommend us?": ["10", "3", "8"],
    "Submitted at": ["2024-07-01", "2024-07-02", "2024-07-03"],
    "Why?": ["They answered within minutes.", "I waited for an hour.", "It does what it should."],
    "country": ["DE", "FR", "DE"],
}


def roles_of(columns: dict[str, list[str | None]], repeated: tuple[str, ...] = (), **settings: object) -> Roles:
    return labelled_roles(columns, {}, repeated, **settings)


def labelled_roles(
    columns: dict[str, list[str | None]], labels: dict[str, str], repeated: tuple[str, ...] = (), **settings: object
) -> Roles:
    cells = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items()})
    return choose_roles(cells, IngestConfig.model_validate(settings), "q3.csv", frozenset(repeated), labels=labels)


def varied(n: int = 12) -> dict[str, list[str | None]]:
    """Returns the columns of a small survey with its metadata, n rows long."""
    return {
        "nps": [str(i % 11) for i in range(n)],
        "why": [f"It took {i} days until somebody answered." for i in range(n)],
        "Channel": [("phone", "chat", "mail")[i % 3] for i in range(n)],
        "Satisfaction": [str(1 + i % 5) for i in range(n)],
    }


def test_a_plain_export_needs_no_settings() -> None:
    assert roles_of(EXPORT).columns == {
        "comment": ["Why?"],
        "date": ["Submitted at"],
        "id": ["Response ID"],
        "respondent": ["customer_id"],
        "score": ["How likely are you to recommend us?"],
    }


def test_every_guess_has_its_reason_and_what_was_given_has_none() -> None:
    roles = roles_of(EXPORT, comment=("Why?",))
    assert set(roles.guessed) == {"id", "respondent", "score", "date"}
    assert "complete and unique" in roles.guessed["id"]


def test_an_absent_column_is_answered_with_the_nearest_and_all() -> None:
    says = r"q3.csv: no column 'scroe' for --score; did you mean 'score'\? \(columns: id, score, why\)"
    with pytest.raises(InputError, match=says):
        find_column("scroe", ["id", "score", "why"], "--score", "q3.csv")


def test_an_exact_name_goes_before_one_in_another_case() -> None:
    assert find_column("NPS", ["nps", "NPS", " Nps "], "--score", "q3.csv") == "NPS"


def test_several_names_in_other_cases_are_an_error() -> None:
    with pytest.raises(InputError, match="it may be any of nps, NPS"):
        find_column("Nps", ["nps", "NPS"], "--score", "q3.csv")


def test_an_id_that_is_not_unique_or_not_complete_is_not_guessed() -> None:
    assert "id" not in roles_of({**EXPORT, "Response ID": ["r1", "r1", "r2"]}).columns
    assert "id" not in roles_of({**EXPORT, "Response ID": ["r1", None, "r2"]}).columns


def long_form(question: str = "question") -> dict[str, list[str | None]]:
    """Returns two answers of each of three responses, one a row."""
    return {
        "answer_id": [f"a{i}" for i in range(6)],
        "response_id": ["r1", "r1", "r2", "r2", "r3", "r3"],
        question: ["What was good?", "What was bad?"] * 3,
        "nps": ["9", "9", "3", "3", "7", "7"],
        "comment": ["The kind agent", "Long queue", "Not much really", "Rude on the phone", "Quick reply", "The price"],
    }


def test_rows_that_each_answer_one_question_are_joined_by_their_response() -> None:
    roles = roles_of(long_form())
    assert roles.columns["id"] == ["response_id"]
    assert roles.guessed["id"] == "column 'response_id': named like an id, complete, each 'question' once"
    assert roles_of(long_form("Q"), question="Q").columns["id"] == ["response_id"]


def test_an_id_under_which_one_question_is_answered_twice_is_not_guessed() -> None:
    columns = {**long_form(), "question": ["What was good?"] * 6}
    assert "id" not in roles_of({name: own for name, own in columns.items() if name != "answer_id"}).columns


def test_a_response_id_that_rows_share_is_noted_unless_the_id_is_given(write_export) -> None:
    rows = [[f"r{i}", str(i % 11), f"The reply number {i} took long"] for i in range(9)]
    export = write_export([["response_id", "nps", "why"], *rows, ["r1", "9", "Great after all"]])
    (note,) = read_exports([export]).notes
    assert note.startswith("2 rows share a 'response_id' with another, and each is read as a response of its own: say")
    assert not read_exports([export], IngestConfig(id="none")).notes
    assert not read_exports([export], IngestConfig(id="response_id")).notes


def test_an_id_of_few_groups_is_no_response_and_not_noted(write_export) -> None:
    rows = [[f"g{i % 3}", str(i % 11), f"The reply number {i} took long"] for i in range(9)]
    assert not read_exports([write_export([["id", "nps", "why"], *rows])]).notes


def test_a_unique_respondent_id_is_the_id_if_no_better_is_there() -> None:
    columns = {
        "Respondent ID": ["a", "b", "c"],
        "nps": ["9", "3", "1"],
        "why": ["Very slow", "Fast and kind", "No idea"],
    }
    assert roles_of(columns).columns["id"] == ["Respondent ID"]


def test_a_guess_can_be_switched_off() -> None:
    roles = roles_of(EXPORT, id="none", date="none", respondent="none", score="none")
    assert set(roles.columns) == {"comment"}


def test_two_equally_good_scores_are_an_error_that_names_them() -> None:
    with pytest.raises(InputError, match="several columns may hold the score: rating, score; say --score COL"):
        roles_of({"rating": ["1", "2"], "score": ["3", "4"], "why": ["a b c", "d e f"]})


def test_two_equally_good_comments_are_an_error_that_names_them() -> None:
    texts = ["The app is slow", "All is well"]
    with pytest.raises(InputError, match="several columns may hold the comment: comment, feedback; say --comment COL"):
        roles_of({"nps": ["1", "9"], "comment": texts, "feedback": texts})


def test_a_rating_word_in_a_text_column_is_no_score() -> None:
    with pytest.raises(InputError, match="no column looks like a score; say --score COL, or --score none"):
        roles_of({"score comment": ["Very slow", "Very fast"], "score": ["too slow", "so fast"]})


def test_the_longest_free_text_is_the_comment_if_no_name_tells() -> None:
    long = [
        "The queue was long and nobody told us why it took so long.",
        "Friendly staff, clean rooms, good breakfast.",
    ]
    assert roles_of({"nps": ["1", "9"], "Q7": long, "Q8": ["Berlin", "Paris"]}).columns["comment"] == ["Q7"]


def test_texts_that_were_chosen_from_a_list_are_no_comments() -> None:
    with pytest.raises(InputError, match="no column looks like a comment"):
        roles_of({"nps": ["1", "9", "5", "5"], "Q7": ["I am a regular customer of the shop"] * 4})


def test_a_count_or_a_code_named_like_a_comment_is_none() -> None:
    columns = {
        "nps": ["1", "9"],
        "comment_count": ["3", "4"],
        "reason_code": ["A1", "B2"],
        "text": ["So slow", "So kind"],
    }
    assert roles_of(columns).columns["comment"] == ["text"]


def test_only_a_column_named_exactly_question_names_the_questions() -> None:
    columns = {"nps": ["1", "9"], "why": ["So slow", "So kind"]}
    assert roles_of({**columns, "Question": ["Why?", "What else?"]}).columns["question"] == ["Question"]
    assert "question" not in roles_of({**columns, "question_id": ["1", "2"]}).columns


def test_a_question_that_is_no_column_is_a_text() -> None:
    roles = roles_of(EXPORT, question="What could we do better?")
    assert (roles.question, "question" in roles.columns) == ("What could we do better?", False)


def test_a_question_finds_its_column_in_another_case_like_any_flag() -> None:
    columns = {"nps": ["1", "9"], "why": ["So slow", "So kind"], " q ": ["Why?", "What else?"]}
    roles = roles_of(columns, question="Q")
    assert (roles.columns["question"], roles.question) == ([" q "], "")
    with pytest.raises(InputError, match="no column 'Qu' for --question; it may be any of QU, qu"):
        roles_of({**columns, "QU": ["a", "b"], "qu": ["a", "b"]}, question="Qu")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"score": "why", "comment": ("why",)}, "column 'why' is named by both --comment and --score"),
        ({"id": "NPS", "score": "nps"}, "column 'nps' is named by both --id and --score"),
        ({"weight": "nps", "score": "nps"}, "column 'nps' is named by both --score and --weight"),
        ({"question": "Why", "comment": ("why",)}, "column 'why' is named by both --comment and --question"),
    ],
)
def test_a_column_named_for_two_roles_is_an_error(settings: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=f"^q3.csv: {says}"):
        roles_of({"nps": ["1", "9"], "why": ["So slow", "So kind"]}, **settings)


def test_a_segment_may_repeat_a_column_and_a_name_given_twice_counts_once() -> None:
    columns = {"nps": ["1", "9"], "why": ["So slow", "So kind"]}
    roles = roles_of(columns, score="nps", segment=("nps", "NPS"), comment=("why", "Why"))
    assert roles.columns == {"comment": ["why"], "score": ["nps"], "segment": ["nps"]}


@pytest.mark.parametrize(
    ("question", "says"),
    [("What else?", "one text for --question, but 2 comment"), ("country", "only one --comment then")],
)
def test_one_question_can_not_stand_for_several_comment_columns(question: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        roles_of(EXPORT, question=question, comment=("Why?", "Response ID"))


def test_a_repeated_name_is_an_error_only_if_it_is_used() -> None:
    assert roles_of(EXPORT, repeated=("country",)).columns["comment"] == ["Why?"]
    with pytest.raises(InputError, match="several columns are called 'country'"):
        roles_of(EXPORT, repeated=("country",), segment=("country",))


def test_a_date_column_needs_dates_in_it() -> None:
    assert "date" not in roles_of({**EXPORT, "Submitted at": ["yes", "no", "yes"]}).columns


CODES = {"Q1": ["9", "3", "1"], "Q2": ["They answered at once.", "I waited for an hour.", "Nobody called back."]}
LABELS = {"Q1": "How likely are you to recommend us to a friend?", "Q2": "What is the main reason for your score?"}


def test_columns_named_by_codes_are_guessed_by_their_questions() -> None:
    assert labelled_roles(CODES, LABELS).columns == {"score": ["Q1"], "comment": ["Q2"]}


def test_a_flag_may_name_a_column_by_its_label() -> None:
    roles = labelled_roles(
        {**CODES, "Q3": ["a b", "c d", "e f"]}, LABELS, comment=("what is the main reason for your score?",)
    )
    assert roles.columns["comment"] == ["Q2"]


def test_a_name_goes_before_a_label_and_equal_labels_are_an_error() -> None:
    assert find_column("b", ["a", "b"], "--score", "q3.csv", {"a": "b"}) == "b"
    with pytest.raises(InputError, match="no column 'why' for --comment; it may be any of a, b"):
        find_column("why", ["a", "b"], "--comment", "q3.csv", {"a": "Why", "b": "why"})


def test_a_wrong_name_is_answered_with_the_nearest_label() -> None:
    with pytest.raises(InputError, match="did you mean 'How likely are you to recommend us to a friend\\?'"):
        find_column("How likely are you to recommend us?", list(CODES), "--score", "q3.csv", LABELS)


def test_the_group_that_a_survey_tool_derives_from_the_score_is_no_rival_of_it() -> None:
    columns = {**CODES, "Q1_NPS_GROUP": ["3", "1", "1"]}
    labels = {**LABELS, "Q1_NPS_GROUP": LABELS["Q1"] + " - Group"}
    assert labelled_roles(columns, labels).columns["score"] == ["Q1"]


def test_channels_and_ratings_beside_the_score_are_kept_with_their_numbers_of_values() -> None:
    roles = roles_of(varied())
    assert (roles.columns["segment"], roles.columns["rating"]) == (["Channel"], ["Satisfaction"])
    assert "'Channel' (3 values)" in roles.guessed["segment"]
    assert "'Satisfaction' (5 values)" in roles.guessed["rating"]


def test_segments_and_ratings_are_switched_off_by_none_and_given_by_name() -> None:
    off = roles_of(varied(), segment=("none",), rating=("none",)).columns
    assert set(off) == {"score", "comment"}
    given = roles_of({**varied(), "Colour": ["red", "blue"] * 6}, segment=("Colour",), rating=("satisfaction",))
    assert (given.columns["segment"], given.columns["rating"]) == (["Colour"], ["Satisfaction"])
    assert not {"segment", "rating"} & set(given.guessed)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("agent", [f"agent{i % 3}@example.com" for i in range(12)]),  # personal data
        ("region", [f"{i % 3}.{i % 3}.0.1" for i in range(12)]),
        ("region", [str(1 + i % 5) for i in range(12)]),  # rather a rating
        ("country", ["DE"] * 12),  # one value
        ("product", [f"P{i}" for i in range(12)]),  # differs from row to row
        ("customer name", ["Ann", "Bob", "Cid"] * 4),
        ("location latitude", ["47.115097", "46.2", "45.12345"] * 4),
    ],
)
def test_what_is_no_group_of_customers_is_no_segment(name: str, values: list[str | None]) -> None:
    assert "segment" not in roles_of({"nps": varied()["nps"], "why": varied()["why"], name: values}).columns


@pytest.mark.parametrize(
    "name", ["Kundengruppe", "Région", "País", "Afdeling", "Negozio", "Região", "Sales channel", "plan_id"]
)
def test_groups_are_known_in_several_languages(name: str) -> None:
    columns = {**varied(), name: ["a1", "b2"] * 6}
    assert name in roles_of(columns).columns["segment"]


@pytest.mark.parametrize(
    ("score", "comment", "date"),
    [
        ("Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?", "Begründung", "Datum"),
        ("Gesamtbewertung", "Was können wir verbessern?", "Zeitstempel"),
        ("Quelle est la probabilité que vous nous recommandiez ?", "Pourquoi cette note ?", "Horodateur"),
        ("Note globale", "Commentaire", "Date de réponse"),
        ("¿Qué tan probable es que nos recomiende?", "Comentarios", "Marca temporal"),
        ("Puntuación", "¿Por qué?", "Fecha de respuesta"),
        ("Hoe waarschijnlijk is het dat u ons aanbeveelt?", "Toelichting", "Tijdstempel"),
        ("Quanto è probabile che ci consigli a un amico?", "Motivo del voto", "Data"),
        ("Qual é a probabilidade de nos recomendar?", "Comentário", "Data de envio"),
    ],
)
def test_the_usual_words_of_other_languages_are_known(score: str, comment: str, date: str) -> None:
    days: list[str | None] = ["2024-07-01", "2024-07-02", "2024-07-03"]
    texts: list[str | None] = ["Es ging sehr schnell.", "Zu lange gewartet", "Gut, aber teuer"]
    roles = roles_of({score: ["9", "3", "10"], comment: texts, date: days})
    assert roles.columns == {"score": [score], "comment": [comment], "date": [date]}


def test_a_lone_satisfaction_is_the_score_and_several_are_an_error() -> None:
    columns = {"CSAT": ["5", "1", "3"], "why": ["So slow today", "So kind of you", "Well, it works"]}
    assert roles_of(columns).columns["score"] == ["CSAT"]
    with pytest.raises(InputError, match="several columns may hold the score: CSAT, Ease of use; say --score COL"):
        roles_of({**columns, "Ease of use": ["1", "2", "5"]})


def test_a_column_of_zeros_and_ones_is_no_rating() -> None:
    columns = {"dissatisfaction": ["0", "1", "0"], "why": ["So slow today", "So kind of you", "Well, it works"]}
    with pytest.raises(InputError, match="no column looks like a score"):
        roles_of(columns)


def test_a_named_comment_in_which_people_wrote_less_than_elsewhere_is_not_taken_silently() -> None:
    columns = {
        "nps": ["1", "9", "5"],
        "other suggestions": ["No, none at all, thanks", None, None],
        "Q7": ["The queue was long, and nobody told us why.", "Friendly staff, clean rooms.", "It works as it should."],
    }
    with pytest.raises(InputError, match="several columns may hold the comment: other suggestions, Q7"):
        roles_of(columns)


def test_a_rating_is_no_other_role() -> None:
    with pytest.raises(InputError, match="column 'nps' is named by both --rating and --score"):
        roles_of(varied(), rating=("nps",), score="nps")


def test_a_column_that_hardly_anybody_filled_in_does_not_compete_for_the_comment(write_export) -> None:
    header = ["id", "nps", "Feedback on the service", "Other feedback (please specify)"]
    rows = [[f"r{i}", "9", f"The reply number {i} took long", "Parking was hard" if i == 3 else ""] for i in range(40)]
    answers = read_exports([write_export([header, *rows])])
    assert answers.roles["comment"] == ["Feedback on the service"]
