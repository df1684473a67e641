"""What questions ask for, answers that say nothing, and verdicts that name nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.generic import generic_theme
from feedback_nlp.text.nonanswers import is_nothing, is_silent, verdict_of_bare_answer
from feedback_nlp.text.questions import sense_of_question


@pytest.mark.parametrize(
    "question",
    [
        "What could we do better?",
        "What can we improve?",
        "What didn't you like?",
        "What didn’t you like about us?",
        "What went wrong?",
        "What did you like least?",
        "Why weren't you satisfied?",
        "Why were you not satisfied?",
        "What would you like to see improved?",
        "what_was_bad",
        "cons",
        "What is not working well?",
        "What would you change?",
        "Anything that disappointed you?",
    ],
)
def test_a_question_for_faults(question):
    assert sense_of_question(question) == "faults"


@pytest.mark.parametrize(
    "question",
    [
        "What was good?",
        "What did you like?",
        "What do you like best?",
        "What do we do well?",
        "What is working well?",
        "what_went_well",
        "pros",
        "What impressed you?",
        "What did you enjoy most?",
        "What are our strengths?",
    ],
)
def test_a_question_for_strengths(question):
    assert sense_of_question(question) == "strengths"


@pytest.mark.parametrize(
    "question",
    [
        "Why did you give that score?",
        "comment",
        "",
        "What did you like or dislike?",
        "Is there anything else you would like to add?",
        "How satisfied were you with our service?",
        "Please explain your satisfaction score",
        "How easy or difficult was it to get help?",
        "How did we handle your complaint?",
        "Any comments or suggestions?",
        "Name at least one reason",
        "How likely are you to recommend us?",
        "What went well and what could be better?",
        "What do you like most and least?",
        "If you like, tell us more",
    ],
)
def test_an_open_question(question):
    assert sense_of_question(question) == "neutral"


@given(st.text(max_size=60))
def test_the_sense_of_a_question_ignores_case_and_underscores(question):
    assert sense_of_question(f"what_could be better {question}") == sense_of_question(
        f"What could be better {question}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "n/a",
        "N.A.",
        "-",
        "...",
        "",
        " ",
        "10",
        "👍",
        "Did not answer",
        "No comment.",
        "don’t know",
        "NaN",
        "No, thank you!",
        "keine Angabe",
        "▮e-mail▮",
        "▮phone▮ / ▮e-mail▮",
        "\u200b",
        "\u202b",
        "((n/a))",
        "#N/A",
    ],
)
def test_an_answer_that_says_nothing(text):
    assert is_silent(text)


@pytest.mark.parametrize(
    "text",
    ["No answer from the hotline", "Call ▮phone▮", "ok", "服务很好", "fine", "No reply to my mail", "Test drive"],
)
def test_an_answer_that_says_something(text):
    assert not is_silent(text)


@pytest.mark.parametrize(
    "text", ["Nothing.", "none at all", "NOPE", "I can't think of anything", "there is nothing", "nichts", "(no)"]
)
def test_a_bare_nothing(text):
    assert is_nothing(text)


@pytest.mark.parametrize(
    "text", ["Nothing works", "No parking", "none of the staff", "nothing to improve", "No problems", "not", ""]
)
def test_what_only_begins_like_a_nothing(text):
    assert not is_nothing(text)


@pytest.mark.parametrize(
    ("text", "faults", "strengths", "neutral"),
    [
        ("Nothing", GENERIC_PRAISE, GENERIC_COMPLAINT, GENERIC_PRAISE),
        ("Everything!", GENERIC_COMPLAINT, GENERIC_PRAISE, None),
        ("No complaints at all", GENERIC_PRAISE, GENERIC_PRAISE, GENERIC_PRAISE),
        ("Everything about the app", None, None, None),
    ],
)
def test_a_bare_answer_means_what_the_question_makes_of_it(text, faults, strengths, neutral):
    read = [verdict_of_bare_answer(text, sense) for sense in ("faults", "strengths", "neutral")]
    assert read == [faults, strengths, neutral]


@pytest.mark.parametrize(
    "text",
    [
        "Excellent service, thank you!",
        "No complaints",
        "I don't have any complaints",
        "There weren't any problems",
        "Not bad at all",
        "Couldn’t be better",
        "can't fault it",
        "cannot recommend them highly enough",
        "Can't thank you enough",
        "No, everything was great",
        "No, great service",
        "10/10",
        "GREAT 👍",
        "would recommend",
        "nothing to complain about",
        "without fault",
        "No one could do better",
        "Nothing could have been done better",
    ],
)
def test_praise_that_names_nothing(text):
    assert generic_theme(text) == GENERIC_PRAISE


@pytest.mark.parametrize(
    "text",
    [
        "rubbish",
        "not good",
        "Wasn’t great",
        "isn't very good",
        "no good",
        "no great experience",
        "would not recommend",
        "could be better",
        "couldn't be worse",
        "not impressed",
        "the worst experience",
        "thanks for nothing",
        "not without fault",
    ],
)
def test_complaint_that_names_nothing(text):
    assert generic_theme(text) == GENERIC_COMPLAINT


@pytest.mark.parametrize(
    "text",
    [
        "excellent price",
        "They can't do anything",
        "I could not get it",
        "I would like feedback",
        "good but bad",
        "the service",
        "",
        "👍",
        "很好",
        "nothing can be done",
        "great staff",
        "slow",
    ],
)
def test_what_is_no_generic_verdict(text):
    assert generic_theme(text) is None


@given(st.sampled_from(["good", "great", "bad", "awful", "excellent service", "terrible experience"]))
def test_not_turns_a_verdict_around(verdict):
    plain, turned = generic_theme(f"It was {verdict}"), generic_theme(f"It was not {verdict}")
    assert {plain, turned} == {GENERIC_PRAISE, GENERIC_COMPLAINT}


@pytest.mark.parametrize(
    "piece",
    ["nothing ", "can't ", "not good ", "could not be ", "i think ", "any ", "would like ", "least ", "n't you "],
)
@pytest.mark.parametrize("read", [generic_theme, is_nothing, is_silent, sense_of_question.__wrapped__])
def test_a_repeated_piece_takes_linear_time(read, piece, seconds):
    assert seconds(read, piece * 20_000) < 2
