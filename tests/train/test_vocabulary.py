"""Which words a classifier learns: those of the matter, not those of persons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.themes.matcher import words
from feedback_nlp.train.vocabulary import learn_words, proper_words

PRAISE = [
    "A big thank you to Sarah for her patience",
    "I spoke to Sarah about the invoice",
    "The invoice was wrong, but Sarah put it right",
    "The invoice was explained by ▮name▮",
]


def test_a_name_that_masking_missed_three_times_is_no_term():
    terms = learn_words(PRAISE).terms
    assert "invoice" in terms
    assert not any("sarah" in term for term in terms)


def test_a_pair_with_a_name_is_no_term():
    texts = [f"please thank nurse Adaeze {when}" for when in ("today", "again", "now", "for me")]
    terms = learn_words(texts).terms
    assert "thank nurse" in terms
    assert "nurse adaeze" not in terms


def test_a_name_once_written_small_stays_a_name():
    assert "sarah" in proper_words([*PRAISE, "i love sarah"])


def test_a_name_only_at_the_beginning_is_a_name():
    assert "kwame" in proper_words(["Kwame was kind", "Kwame helped me", "Kwame!"])


def test_a_word_at_the_beginning_that_others_write_small_is_a_word():
    assert proper_words(["Delivery was late", "Delivery! Delivery again", "the delivery was late"]) <= {"again"}


@pytest.mark.parametrize("text", ["THE QUEUE WAS TOO LONG", "i waited in the queue", "Waited. Queue! Too long?"])
def test_shouting_and_sentence_beginnings_tell_nothing(text):
    assert "queue" not in proper_words([text, "a queue", "the queue"])


def test_a_name_that_is_only_shouted_is_not_learned():
    shouted = ["SARAH WAS GREAT", "ASK FOR SARAH", "THANKS SARAH"]
    assert "sarah" in proper_words([*shouted, "was great", "ask for thanks"])


def test_abbreviations_are_words():
    assert "gp" not in proper_words(["my GP was kind", "the GP rang back", "no GP for weeks"])


def test_a_word_of_one_letter_is_no_name():
    assert "i" not in proper_words(["and I waited", "when I rang", "so I left"])


@pytest.mark.parametrize("text", ["خدمة العملاء ممتازة", "退款太慢", "การจัดส่งช้ามาก"])
def test_scripts_without_capitals_have_no_proper_words(text):
    assert proper_words([text]) == set()


def test_accents_and_case_are_folded():
    assert "elodie" in proper_words(["merci à Élodie", "avec Élodie", "grâce à Elodie"])


@given(st.lists(st.text(max_size=30), max_size=6))
def test_proper_words_are_words_of_the_texts(texts):
    assert proper_words(texts) <= {word for text in texts for word in words(text)}


@given(st.permutations(PRAISE))
def test_order_and_repeats_do_not_matter(texts):
    assert proper_words([*texts, *texts]) == proper_words(PRAISE)


@given(st.lists(st.text("abcd äß.,'", max_size=30), max_size=6))
def test_where_nothing_is_large_every_frequent_word_is_learned(texts):
    assert proper_words([text.lower() for text in texts]) == set()
