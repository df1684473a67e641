"""Names, keyphrases and exemplars."""

import numpy as np
import pytest

from feedback_nlp.embed import HashEncoder
from feedback_nlp.schema import THEMES
from feedback_nlp.themes.names import Topic, describe_topics, exemplars
from feedback_nlp.themes.tongues import english

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


@pytest.mark.parametrize("chunk", ["▮iban▮", "@acme", "#fail", "42", "flt", "matter"])
def test_masks_handles_numbers_and_empty_words_are_no_name(chunk):
    assert names(topic(chunk, chunk)) == ["Mixed remarks"]


@pytest.mark.parametrize("chunk", ["flight flight", "cancelled flightled flights", "one two three four five"])
def test_a_long_or_doubled_phrase_is_no_name(chunk):
    name = names(topic(chunk, chunk))[0]
    assert name.lower() != chunk
    assert len(name.split()) <= 4


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


def test_whole_sentences_are_shown_before_fragments():
    texts = ["and the wrapping was torn", "The wrapping was torn", *(f"The paper was {n} wet" for n in "abcde")]
    shown = exemplars(topic(*texts))
    assert "The wrapping was torn" in shown
    assert "and the wrapping was torn" not in shown


def test_statements_of_handles_and_masks_come_last():
    texts = ["@acme @other ▮link▮ #fail #no", *(f"The paper was {n} wet" for n in "abcdef")]
    assert texts[0] not in exemplars(topic(*texts))


def test_a_topic_of_fragments_alone_has_exemplars_too():
    assert len(exemplars(topic("and the wrapping was torn", "but the paper was wet"))) == 2


def test_words_that_say_nothing_are_no_keyphrases():
    said = topic("kettle, spout", "kettle, spout", phrases=["time", "steam", "lovely"])
    shown = describe_topics([said], encode, by_commas).loc[0, "keyphrases"]
    assert "steam" in shown
    assert not {"time", "lovely"} & set(shown)


def test_a_topic_of_one_short_statement_has_an_exemplar():
    assert exemplars(topic("wrapping")) == ["wrapping"]


def test_the_common_names_are_distinct_and_short():
    assert len({name.lower() for name in english().names}) == len(english().names)
    assert max(len(name.split()) for name in english().names) <= 4
    assert not [name for name in english().names if name.startswith("General")]


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


def test_a_word_that_says_nothing_gives_way():
    assert names(topic("matter, teapot", "matter, teapot"))[0] == "Teapot"


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


THINGS = ("kettle", "curtain", "ladder", "saucer", "hammer")
FAR = [topic(*[f"{thing} one, {thing} two", f"{thing} one"]) for thing in THINGS]


def named_beside_others(*said, words):
    """The name of a theme far from all that is said in it, beside five others."""
    apart = Topic(-encode([" ".join(words)])[0], list(said), encode(said), list(words))
    themes = describe_topics([*FAR, apart], encode, lambda texts: [text.split(", ")[1:] for text in texts])
    return themes["name"].tolist()[-1]


def test_a_theme_without_a_subject_says_so_and_shows_its_words():
    said = ["oh well, teapot", "who knows, teapot", "so it goes", "as ever", "that was that", "on and on"]
    assert named_beside_others(*said * 9, words=["teapot"]) == "Mixed remarks: teapot"


def test_a_theme_that_only_names_a_brand_is_about_the_company():
    said = ["we were flying with Acme once more", "it was the fault of Acme as ever", "never again with Acme for me"]
    assert named_beside_others(*said, words=["acme", "teapot"]) == "Company: teapot"


def test_a_brand_is_in_no_name():
    said = ["we were flying with Acme, acme, kettle", "it was the fault of Acme, acme, kettle"] * 3
    assert "acme" not in names(topic(*said))[0].lower()


def test_two_themes_without_a_subject_have_different_names():
    assert len(set(names(topic("42", "42"), topic("42", "42")))) == 2


def test_the_order_of_themes_changes_no_name():
    topics = [topic("broken kettle, spout"), topic("parking, gate"), topic("waiting time", "time waiting")]
    assert names(*topics) == names(*reversed(topics))[::-1]


def test_no_name_comes_twice_with_parents():
    topics = [topic("broken kettle", "broken kettle"), topic("broken kettle", "kettle"), topic("parking")]
    themes = describe_topics(topics, encode, by_commas, groups=[(0, 1), (1, 2)])
    assert themes["name"].is_unique


def test_keyphrases_hold_no_common_name_that_nobody_said():
    themes = describe_topics([topic("waiting time, queue", "time waiting, queue")], encode, by_commas)
    assert "Waiting time" not in themes.loc[0, "keyphrases"]


def test_keyphrases_do_not_repeat_a_word_in_another_number():
    said = topic("kettle, spout", "kettle, spout", phrases=["kettles", "spout", "steam"])
    assert describe_topics([said], encode, by_commas).loc[0, "keyphrases"].count("kettles") == 0
