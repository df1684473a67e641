"""Answers that say nothing, in many languages and kinds, and what only looks like one."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.text.folding import folded
from feedback_nlp.text.nonanswers import KINDS_OF_NON_ANSWER, is_nothing, is_silent, kind_of_non_answer

LANGUAGES = tomllib.loads(files("feedback_nlp.text").joinpath("nonanswers.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("......", "no text"), ("\u200b", "no text"), ("?!", "no text"),
        ("N/A", "phrase"), ("did not answer", "phrase"), ("None. No comment.", "phrase"),
        ("keine  Angabe!", "phrase"),
        ("SANS AVIS", "phrase"), ("no se", "phrase"), ("nessun commento", "phrase"), ("不知道", "phrase"),
        ("特になし", "phrase"), ("모르겠습니다", "phrase"), ("לא יודע", "phrase"), ("لا أعرف", "phrase"),
        ("पता नहीं", "phrase"), ("không biết", "phrase"), ("bilmiyorum", "phrase"), ("δεν ξέρω", "phrase"),
        ("10", "number"), ("9/10", "number"), ("10 out of 10", "number"), ("ten", "number"), ("Score 8", "number"),
        ("I gave 9", "number"), ("note : 8", "number"), ("Bewertung: 7 von 10", "number"), ("8点", "number"),
        ("👍👍", "emoji"), (":-)", "emoji"), ("❤️", "emoji"), ("<3", "emoji"),
        ("▮phone▮", "mask"), ("▮e-mail▮ / ▮link▮", "mask"),
        ("asdfghjkl", "noise"), ("xxxx", "noise"), ("qwerty asdfg", "noise"), ("sdkjfhskd", "noise"),
        ("фывафыва", "noise"),
    ],
)  # fmt: skip
def test_the_kind_of_a_non_answer(text, kind):
    assert kind_of_non_answer(text, "Why did you give that score?") == kind


@pytest.mark.parametrize(
    "text",
    [
        "no answer from the hotline", "nothing works", "10 days late", "Test drive was great", "No seat", "ok",
        "Declined",
        "10 minutes", "24/7 support", "I waited 9 hours", "No. 10 bus", "five stars", "Wert", "grrrrr", "Fire",
        "was 30",
        "No reply to my mail", "keine Antwort vom Support", "rien ne marche", "nada funciona", "niente parcheggio",
        "服务很好", "好好", "sehr gut", "bien", "No, it was great", "10/10 would recommend", "same agent twice",
        "Rhythm",
        "the price", "nothing but trouble",
    ],
)  # fmt: skip
def test_an_answer_that_says_something_stays(text):
    assert kind_of_non_answer(text, "why") is None


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_phrase_is_recognised_in_capitals_and_with_marks(language):
    for phrase in LANGUAGES[language]["silent"]:
        assert is_silent(f" {phrase.upper()} ...")
    for phrase in LANGUAGES[language]["nothing"]:
        assert is_nothing(f"{phrase}!")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_phrase_of_nothing_says_something_where_faults_are_asked_for(language):
    for phrase in LANGUAGES[language]["nothing"]:
        assert kind_of_non_answer(phrase, "What could we do better?") is None
        assert kind_of_non_answer(phrase, "why") == "phrase"


def test_no_phrase_is_silence_and_a_verdict_at_once():
    silent = {folded(phrase) for language in LANGUAGES.values() for phrase in language["silent"]}
    nothing = {folded(phrase) for language in LANGUAGES.values() for phrase in language["nothing"]}
    assert not silent & nothing


def test_at_least_twenty_five_languages_are_known():
    assert len(LANGUAGES) >= 25


@given(st.text(max_size=120))
def test_every_text_has_a_known_kind_or_none(text):
    assert kind_of_non_answer(text, "why") in {None, *KINDS_OF_NON_ANSWER}


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


@given(st.text(st.characters(codec="ascii"), max_size=80))
def test_case_and_punctuation_do_not_matter_to_the_fold(text):
    assert folded(f"({text.upper()})!") == folded(text)


@pytest.mark.parametrize("piece", ["n/a ", "nothing. ", "10 ", "asdf", "x", "👍", ":-)", "▮phone▮", "\u0301", "无"])
def test_a_long_answer_takes_linear_time(piece, seconds):
    assert seconds(kind_of_non_answer, piece * 200_000, "why") < 2


@pytest.mark.parametrize("text", ["None. No comment.", "No comment. None."])
def test_a_bare_nothing_beside_a_refusal_is_a_nothing_in_either_order(text):
    assert is_nothing(text)
