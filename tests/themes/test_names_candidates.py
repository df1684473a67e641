"""Candidates for names: phrases, pairs, common names, and what is no name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.embed import HashEncoder
from feedback_nlp.themes.name_candidates import (
    Subject,
    folded,
    is_name,
    is_same_word,
    proper_words,
    ranked_names,
    spoken_phrases,
    tagged_words,
)
from feedback_nlp.themes.tongues import UNKNOWN, english, tongues

encode = HashEncoder().encode
FRENCH = next(tongue for tongue in tongues() if tongue.code == "fr")
WORDS = st.text(alphabet="abcdeiou '", min_size=1, max_size=20)


def subject(*texts, said, words=(), tongue=None):
    centre = encode(texts).mean(axis=0)
    return Subject(centre / np.linalg.norm(centre), list(texts), list(words), said, tongue or english())


def best(*subjects):
    return [own[0].phrase if own else None for own in ranked_names(subjects, encode)]


@pytest.mark.parametrize(
    "phrase", ["waiting room", "mental health support", "prix des plantes", "物流速度", "время ожидания"]
)
def test_plain_phrases_in_any_script_may_be_names(phrase):
    assert is_name(phrase)


@pytest.mark.parametrize(
    "phrase", ["", "24", "@acme", "#fail", "▮name▮", "a/b", "snake_case", "bags bag", "hrs", "one two three four five"]
)
def test_what_is_no_name(phrase):
    assert not is_name(phrase)


@pytest.mark.parametrize(("first", "second"), [("bag", "bags"), ("price", "pricing"), ("cancel", "Cancelled")])
def test_forms_of_one_word_are_told(first, second):
    assert is_same_word(first, second)
    assert is_same_word(second, first)


@pytest.mark.parametrize(("first", "second"), [("staff", "start"), ("meal", "menu"), ("contact", "content")])
def test_other_words_are_not_taken_for_one(first, second):
    assert not is_same_word(first, second)


@given(WORDS)
def test_a_word_is_the_same_as_itself(word):
    assert is_same_word(word, word.upper())


@given(WORDS)
def test_folding_twice_changes_nothing_about_case(name):
    assert folded(name) == folded(name.upper().lower())


def test_a_brand_is_told_by_its_capital_inside_sentences():
    texts = ["we flew with Acme to see them", "then Acme lost the bag again", "The bag was lost by the time we came"]
    assert proper_words(texts) == {"acme"}


def test_the_first_word_of_a_sentence_and_shouting_tell_nothing():
    assert not proper_words(["Staff are kind to us here. Staff are good", "THE BAG WAS LOST", "I like the kind staff"])


def test_german_nouns_are_no_brands():
    assert not proper_words(["die Wartezeit war wie das Essen und der Preis", "wegen der Wartezeit und dem Preis"])


def test_handles_and_hashtags_are_told():
    assert tagged_words(["thanks @AcmeHelp and #never_again"]) == {"acmehelp", "never_again"}


def test_forms_of_number_are_counted_together_under_the_usual_one():
    said = spoken_phrases([["opening hours"], ["opening hours"], ["opening hour"]], english())
    assert said["opening hours"] == 3
    assert "opening hour" not in said


def test_a_single_noun_stands_in_the_plural_where_people_use_it():
    said = spoken_phrases(
        [["driver"], ["driver"], ["driver"], ["drivers"], ["drivers"], ["kettle"], ["kettle"]], english()
    )
    assert said == {"drivers": 5, "kettle": 2}


def test_vague_words_at_the_start_are_left_out():
    assert spoken_phrases([["great service desk"], ["old service desk"]], english())["desk"] == 2


def test_the_end_of_a_longer_phrase_counts_in_english_only():
    chunks = [["initial phone call"], ["second phone call"], ["first phone call"]]
    assert spoken_phrases(chunks, english())["phone call"] == 3
    assert "phone call" not in spoken_phrases(chunks, UNKNOWN)


def test_the_end_of_one_usual_phrase_is_none_of_its_own():
    said = spoken_phrases([["business club lounge"]] * 3, english())
    assert "club lounge" not in said
    assert said["business club lounge"] == 3


def test_what_is_said_once_counts_only_if_nothing_is_said_twice():
    assert spoken_phrases([["kettle"], ["kettle", "spout"]], english()) == {"kettle": 2}
    assert spoken_phrases([["kettle"], ["spout"]], english()) == {"kettle": 1, "spout": 1}


@given(st.lists(st.lists(WORDS, max_size=4), max_size=5))
def test_the_order_of_texts_does_not_change_what_is_said(chunks):
    assert spoken_phrases(chunks, english()) == spoken_phrases(chunks[::-1], english())


def test_every_phrase_said_is_a_name_and_said_by_no_more_than_all():
    chunks = [["kettle spout", "@acme"], ["kettle spouts"], ["24", "spout"]]
    said = spoken_phrases(chunks, english())
    assert all(is_name(phrase) and n <= len(chunks) for phrase, n in said.items())


def test_a_common_name_goes_before_a_phrase_that_says_the_same():
    texts = ["the waiting time", "waiting time in the queue", "a long waiting time"]
    assert best(subject(*texts, said={"waiting time": 3})) == ["Waiting time"]


def test_a_common_name_of_which_nobody_uses_a_word_is_not_taken():
    found = ranked_names([subject("kettle", "kettle spout", said={"kettle": 2})], encode)[0]
    assert not [one for one in found if one.is_common]


def test_a_phrase_said_often_goes_before_one_said_once_in_fifty():
    texts = ["blue kettle and red spout"] * 100
    assert best(subject(*texts, said={"blue kettle": 90, "red spout": 2})) == ["blue kettle"]


def test_names_are_told_apart_by_what_themes_do_not_share():
    shared = [subject(f"shop {word}", f"shop {word}", said={"shop": 2, word: 2}) for word in
              ("kettle", "curtain", "ladder", "saucer", "hammer", "pillow")]  # fmt: skip
    assert all(phrase != "shop" for phrase in best(*shared))


def test_pairs_are_joined_as_the_language_does():
    said = {"poisson": 2, "rayon": 2}
    found = ranked_names([subject("le poisson du rayon", said=said, tongue=FRENCH)], encode)[0]
    assert {"poisson et rayon", "rayon et poisson"} & {one.phrase for one in found}


def test_a_theme_of_which_nothing_is_said_has_no_candidates():
    assert ranked_names([subject("oh", said={}, tongue=UNKNOWN)], encode) == [[]]
    assert ranked_names([], encode) == []


def test_candidates_come_best_first_and_twice_the_same():
    subjects = [subject("blue kettle", "kettle spout", said={"blue kettle": 1, "kettle": 2, "spout": 1})]
    first, second = ranked_names(subjects, encode), ranked_names(subjects, encode)
    assert first == second
    scores = [one.score for one in first[0]]
    assert scores == sorted(scores, reverse=True)


def test_texts_are_encoded_in_few_calls():
    calls = []

    def counting(texts):
        calls.append(len(texts))
        return encode(texts)

    ranked_names(
        [subject(f"{word} spout", said={word: 2, "spout": 2}) for word in ("kettle", "teapot", "jug")], counting
    )
    assert len(calls) <= 2
