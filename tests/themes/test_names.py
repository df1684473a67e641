"""Names, keyphrases and exemplars."""

import numpy as np
import pytest

from feedback_nlp.embed import HashEncoder
from feedback_nlp.schema import THEMES
from feedback_nlp.themes.names import LIBRARY, Topic, describe_topics, exemplars

encode = HashEncoder().encode


def topic(*texts, phrases=()):
    vectors = encode(texts)
    centre = vectors.mean(axis=0)
    return Topic((centre / np.linalg.norm(centre)).astype(np.float32), list(texts), vectors, list(phrases))


def by_commas(texts):
    """Stands for the parser: a text's chunks are what its commas part."""
    return [text.split(", ") for text in texts]


def names(*topics):
    return describe_topics(list(topics), encode, by_commas)["name"].tolist()


def test_a_theme_that_means_a_common_name_is_called_by_it():
    assert names(topic("waiting time", "time waiting")) == ["Waiting time"]


def test_another_theme_is_called_by_its_own_words():
    assert (
        names(topic("torn gift wrapping", "gift wrapping torn, gift wrapping", "gift wrapping"))[0] == "Gift wrapping"
    )


def test_two_themes_with_the_same_words_have_different_names():
    twice = names(topic("broken kettle, blue kettle"), topic("broken kettle, blue kettle"))
    assert len(set(twice)) == 2


@pytest.mark.parametrize("chunk", ["▮iban▮", "@acme", "#fail", "42", "flight flight", "one two three four five"])
def test_masks_handles_numbers_and_long_or_doubled_phrases_are_no_name(chunk):
    assert names(topic(chunk, chunk)) == ["Theme 1"]


def test_a_theme_is_described_by_checked_columns():
    themes = describe_topics([topic("torn wrapping", phrases=["torn wrapping", "torn", "paper"])], encode, by_commas)
    THEMES.validate(themes)
    assert themes.loc[0, "theme_id"] == "T01"
    assert themes.loc[0, "keyphrases"] == ["torn wrapping", "paper"]


def test_exemplars_are_distinct_statements_of_the_topic():
    texts = [
        f"the wrapping was torn {word}"
        for word in ("again", "badly", "today", "twice", "yesterday", "inside", "outside", "before")
    ]
    shown = exemplars(topic(*texts))
    assert len(shown) == len(set(shown)) == 6
    assert set(shown) <= set(texts)


def test_a_topic_of_one_short_statement_has_an_exemplar():
    assert exemplars(topic("wrapping")) == ["wrapping"]


def test_the_common_names_are_distinct_and_short():
    assert len({name.lower() for name in LIBRARY}) == len(LIBRARY)
    assert max(len(name.split()) for name in LIBRARY) <= 4
    assert not [name for name in LIBRARY if name.startswith("General")]


def test_an_own_name_does_not_repeat_a_common_name_of_a_later_theme():
    twice = names(topic("parking, gate", "parking, gate two"), topic("parking", "parking spaces, parking"))
    assert len(set(twice)) == 2


def test_a_name_of_several_words_goes_before_a_single_one():
    assert names(topic("waiting room, room", "waiting room, room")) == ["Waiting room"]


def test_two_single_words_make_a_name_together():
    assert names(topic("kettle, spout", "spout, kettle"))[0] in {"Kettle and spout", "Spout and kettle"}


@pytest.mark.parametrize("forms", ["bag, bags", "price, pricing"])
def test_two_forms_of_a_word_make_no_pair(forms):
    assert " and " not in names(topic(forms, forms))[0]


def test_a_word_that_says_nothing_is_a_name_only_if_there_is_no_other():
    assert names(topic("matter, teapot", "matter, teapot"))[0] == "Teapot"
    assert names(topic("matter", "matter")) == ["Matter"]


def test_names_that_differ_in_number_only_are_the_same_name():
    twice = names(topic("kettle", "kettle"), topic("kettles, lid", "kettles, lid"))
    assert len({name.lower().removesuffix("s") for name in twice}) == 2


def test_keyphrases_hold_no_pair():
    themes = describe_topics([topic("kettle, spout", "spout, kettle")], encode, by_commas)
    assert not [phrase for phrase in themes.loc[0, "keyphrases"] if " and " in phrase]


def test_parents_follow_their_themes_and_have_names_of_their_own():
    topics = [topic("broken kettle", "broken kettle"), topic("kettle lid", "kettle lid"), topic("parking", "parking")]
    themes = describe_topics(topics, encode, by_commas, groups=[(0, 1)])
    assert themes["theme_id"].tolist() == ["T01", "T02", "T03", "P01"]
    assert themes["parent_id"].fillna("").tolist() == ["P01", "P01", "", ""]
    assert themes["name"].is_unique
    assert set(themes.loc[3, "exemplars"]) <= {"broken kettle", "kettle lid"}


def test_no_topics_have_no_names():
    assert describe_topics([], encode, by_commas).empty
