"""Praise or complaint: from words and question only, the same for the same words."""

import inspect

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.polarity import (
    SIGNS,
    PhraseReader,
    PolarityHead,
    load_head,
    phrases_of,
    polarity,
    signs_of,
    statement_polarity,
)  # fmt: skip

BAD, GOOD = "The agent was rude and useless", "The agent was friendly and brilliant"
TEXTS = [
    BAD,
    GOOD,
    "The parcel came on Monday",
    "You should answer faster",
    "Not good",
    "parking",
    "Nothing",
    "👍",
    "很好",
    "\x00",
]


def blank(texts):
    return np.zeros((len(texts), 4), np.float32)


def read(mentions, encoder=""):
    return polarity(mentions, blank(mentions), encoder)["polarity"].tolist()


def test_no_part_of_the_reading_can_see_a_score(mentions_of):
    assert list(inspect.signature(polarity).parameters) == ["mentions", "vectors", "encoder"]
    assert not {"score", "category"} & set(mentions_of(BAD).columns)


def test_praise_is_above_and_complaint_below_zero(mentions_of):
    bad, good = read(mentions_of(BAD, GOOD))
    assert -1 <= bad < 0 < good <= 1


@pytest.mark.parametrize(("question", "sign"), [("What could be better?", -1), ("What was good?", 1), ("Why?", 0)])
def test_a_bare_noun_leans_to_what_was_asked(question, sign, mentions_of):
    assert np.sign(read(mentions_of("parking", question=question))) == sign


@pytest.mark.parametrize(("question", "sign"), [("What could be better?", 1), ("What was good?", -1)])
def test_nothing_means_the_opposite_of_what_was_asked(question, sign, mentions_of):
    assert np.sign(read(mentions_of("Nothing", question=question))) == sign


@pytest.mark.parametrize(("theme", "sign"), [(GENERIC_PRAISE, 1), (GENERIC_COMPLAINT, -1)])
def test_a_generic_theme_settles_the_polarity(theme, sign, mentions_of):
    assert np.sign(read(mentions_of("Well, well", theme_id=theme))) == sign


def test_a_statement_without_a_theme_has_a_polarity(mentions_of):
    assert read(mentions_of(BAD, theme_id=None))[0] < 0


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(len(TEXTS))))
def test_the_order_of_rows_does_not_matter(mentions_of, order):
    mentions = mentions_of(*TEXTS)
    expected = read(mentions)
    shuffled = polarity(mentions.iloc[order].reset_index(drop=True), blank(TEXTS))
    assert shuffled["polarity"].tolist() == [expected[i] for i in order]


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=12))
def test_the_same_words_have_the_same_reading_beside_whatever_they_stand(texts):
    alone = {text: statement_polarity([text], blank([text]))[0] for text in TEXTS}
    assert statement_polarity(texts, blank(texts)).tolist() == [alone[text] for text in texts]


@given(st.lists(st.text(max_size=40), max_size=4))
def test_every_reading_lies_between_minus_one_and_one(texts):
    assert (np.abs(statement_polarity(texts, blank(texts))) <= 1).all()


def test_a_statement_with_two_themes_has_one_polarity(mentions_of):
    mentions = mentions_of(BAD, BAD).assign(segment_id="s0", theme_id=["T01", "T02"])
    first, second = polarity(mentions, blank([BAD]))["polarity"]
    assert first == second < 0


def test_no_mentions_give_an_empty_table(mentions_of):
    assert len(polarity(mentions_of(), blank([]))) == 0


def test_vectors_of_other_rows_are_refused(mentions_of):
    with pytest.raises(ValueError, match="2 segments among the mentions, but 1 vectors"):
        polarity(mentions_of(BAD, GOOD), blank([BAD]))


def test_the_shipped_head_is_used_only_with_its_own_encoder():
    head = load_head()
    vectors = np.zeros((2, len(head.coefficients) - len(SIGNS)), np.float32)
    own = statement_polarity([BAD, GOOD], vectors, head.encoder)
    other = statement_polarity([BAD, GOOD], vectors, "0" * 64)
    assert own.tolist() != other.tolist()
    assert other.tolist() == statement_polarity([BAD, GOOD], blank([BAD, GOOD])).tolist()


def test_the_shipped_head_reads_a_row_the_same_in_every_company():
    head = load_head()
    vectors = np.random.default_rng(0).normal(size=(len(TEXTS), len(head.coefficients) - len(SIGNS))).astype(np.float32)
    together = statement_polarity(TEXTS, vectors, head.encoder)
    alone = [statement_polarity([text], vectors[[i]], head.encoder)[0] for i, text in enumerate(TEXTS)]
    assert together.tolist() == alone


def test_a_head_reads_the_logistic_function():
    head = PolarityHead("e", np.array([1.0] + [0.0] * len(SIGNS)), 0.5, 0.0, PhraseReader({}, 0.5, 0.25))
    value = head.read(["any"], np.array([[2.0]], np.float32), np.zeros((1, len(SIGNS))))
    assert value == pytest.approx(2 / (1 + np.exp(-(0.75 * 2.5 + 0.25 * 0.5))) - 1)


def test_phrases_are_read_as_scikit_learn_weighs_them():
    from sklearn.feature_extraction.text import TfidfVectorizer

    said = ["the wait was far too long", "no wait at all", "the wait the wait was short", "far too long a wait"]
    vectorizer = TfidfVectorizer(analyzer=phrases_of, sublinear_tf=True).fit(said)
    coefficients = np.random.default_rng(1).normal(size=len(vectorizer.idf_))
    names = vectorizer.get_feature_names_out()
    reader = PhraseReader(dict(zip(names, zip(vectorizer.idf_, coefficients, strict=True), strict=True)), 0.1, 0.3)
    new = ["The wait was short, far too short", "something else entirely", "wait"]
    expected = vectorizer.transform(new) @ coefficients + 0.1
    assert [reader.logit(text) for text in new] == pytest.approx(expected.tolist())


def test_the_shipped_head_is_what_its_recipe_reads(root):
    statements = pd.concat(
        [pd.read_csv(root / "models" / "polarity" / f"{name}.csv") for name in ("statements", "contrasts")]
    )
    head = load_head()
    right = (np.array([head.reader.logit(t) for t in statements["text"]]) > 0) == (statements["polarity"] == "positive")
    assert right.mean() > 0.87  # .884 of what it was fitted on; another way of reading the phrases gives less


def test_a_wish_counts_against_the_praise_in_its_words():
    wished, plain = statement_polarity(["You should answer", "You will answer"], blank([1, 2]))
    assert wished == plain - 0.2


@pytest.mark.parametrize("piece", ["good but bad ", "GOOD ", "👍😀", "never so good least kind of ", "a"])
def test_a_giant_statement_is_read_in_seconds(piece, seconds):
    assert seconds(signs_of, [piece * 200_000]) < 5
