"""Verdicts that name nothing, in the many words people find for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.generic import generic_theme


@pytest.mark.parametrize(
    "text",
    [
        "I don't think anything could have been done better",
        "You couldn't have improved anything",
        "I cannot see any way you could do better",
        "Nobody could have done any more",
        "Hard to improve",
        "no need for improvement",
        "Just keep doing what you are doing",
        "Carry on with the good work",
        "Don't change anything",
        "Nothing, everything was perfect",
        "Nothing everything was perfect",
        "No they were great",
        "Everything went really well",
        "I was well looked after",
        "exceeded my expectations",
        "1st class",
        "100% happy",
        "Great service from start to finish",
        "Very good at all times",
        "I give this score because it was excellent",
        "I was very happy with the service provided",
        "Thank you for all your help",
    ],
)
def test_praise_in_other_words(text):
    assert generic_theme(text) == GENERIC_PRAISE


@pytest.mark.parametrize(
    "text",
    ["It sucks", "Awful from start to finish", "inexcusable", "It did not go well", "didn't go well"],
)  # fmt: skip
def test_complaint_in_other_words(text):
    assert generic_theme(text) == GENERIC_COMPLAINT


@pytest.mark.parametrize(
    "text",
    [
        "I don't think the price is any better",
        "I could not get through",
        "Any help would be appreciated with my bill",
        "on time as well",
        "Nothing works on the website",
        "They do deliver well packed parcels",
    ],
)
def test_a_named_topic_or_no_verdict_is_not_generic(text):
    assert generic_theme(text) is None


@pytest.mark.parametrize(
    "text",
    ["Not that I can think of", "nothing obvious", "Can't think of any just now", "No suggestions", "Not really"],
)  # fmt: skip
def test_nothing_in_other_words_means_what_the_question_makes_of_it(text):
    read = [generic_theme(text, sense) for sense in ("faults", "strengths")]
    assert read == [GENERIC_PRAISE, GENERIC_COMPLAINT]


@pytest.mark.parametrize("text", ["Nothing gets done", "I can't get through", "Nothing about the price", "No"])
def test_a_fault_is_not_taken_for_nothing(text):
    assert generic_theme(text, "faults") is None


@given(st.text(max_size=80), st.sampled_from(["faults", "strengths", "neutral"]))
def test_any_text_has_a_generic_theme_or_none(text, sense):
    assert generic_theme(text, sense) in {None, GENERIC_PRAISE, GENERIC_COMPLAINT}


@pytest.mark.parametrize(
    "piece", ["don't think ", "nothing could ", "did it ", "treated ", "as well ", "anything ", "not that i ", "i am "]
)  # fmt: skip
@pytest.mark.parametrize("sense", ["faults", "neutral"])
def test_repeated_pieces_take_linear_time(piece, sense, seconds):
    assert seconds(generic_theme, piece * 10_000, sense) < 2


@pytest.mark.parametrize(
    "text",
    [
        "Nothing excellent service",
        "Absolutely nothing, she was excellent.",
        "Nothing all very good",
        "Nothing more",
        "Nothing wrong with the service.",
        "NOTHING, and I mean nothing.",
        "You did everything right",
        "You have never let me down",
        "I really don't know what else could be done to improve the course",
        "I can't think of anything the crew could have done better",
        "There is nothing negative that can be said of the treatment",
    ],
)
def test_an_answer_that_names_no_fault_praises_where_faults_are_asked_for(text):
    assert generic_theme(text, "faults") == "generic-praise"


@pytest.mark.parametrize(
    "text",
    [
        "I can't think of anything else you could do better except the parking",
        "I don't know what else you could do better, maybe answer the phone",
        "Nothing was explained to me",
        "Nothing but the parking",
    ],
)
def test_an_answer_with_an_exception_names_a_fault(text):
    assert generic_theme(text, "faults") != "generic-praise"


def test_a_vague_noun_alone_praises_only_where_strengths_are_asked_for():
    assert generic_theme("The whole experience", "strengths") == "generic-praise"
    assert generic_theme("The whole experience", "neutral") is None
    assert generic_theme("No service", "strengths") is None
    assert generic_theme("The parking", "strengths") is None
