"""Praise or complaint: from words and question only, the same for the same words."""

import inspect

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.heads import PhraseReader, PolarityHead, head_of, heads, n_signs, phrases_of
from feedback_nlp.text.polarity import polarity, statement_polarity, unread_note, unread_share
from feedback_nlp.text.signs import SIGNS, has_wish, plain_signs_of, signs_of

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
    head = heads()[0]
    vectors = np.zeros((2, len(head.coefficients) - len(SIGNS)), np.float32)
    own = statement_polarity([BAD, GOOD], vectors, head.encoder)
    other = statement_polarity([BAD, GOOD], vectors, "0" * 64)
    assert own.tolist() != other.tolist()
    assert other.tolist() == statement_polarity([BAD, GOOD], blank([BAD, GOOD])).tolist()


@pytest.mark.parametrize("head", heads(), ids=["English", "many languages"])
def test_a_shipped_head_reads_a_row_the_same_in_every_company(head):
    width = len(head.coefficients) - n_signs(head.languages)
    vectors = np.random.default_rng(0).normal(size=(len(TEXTS), width)).astype(np.float32)
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
    head = heads()[0]
    right = (np.array([head.reader.logit(t) for t in statements["text"]]) > 0) == (statements["polarity"] == "positive")
    assert right.mean() > 0.87  # .884 of what it was fitted on; another way of reading the phrases gives less


def test_every_shipped_head_is_found_by_its_encoder_and_no_other():
    assert [head_of(head.encoder) for head in heads()] == list(heads())
    assert len({head.encoder for head in heads()}) == len(heads()) == 2
    assert head_of("0" * 64) is None


@given(st.permutations(range(len(TEXTS))))
def test_a_head_without_phrases_reads_vectors_and_signs_alone(order):
    head = heads()[1]
    vectors, signs = np.ones((len(TEXTS), len(head.coefficients) - 2), np.float32), np.zeros((len(TEXTS), 2))
    assert len(set(head.read([TEXTS[i] for i in order], vectors, signs).round(9))) == 1


def test_the_english_head_leaves_other_languages_alone():
    head = heads()[0]
    vectors = np.ones((3, len(head.coefficients) - len(SIGNS)), np.float32)
    said = ["La caisse est au fond du magasin", "在商店后面", BAD]
    french, chinese, english = statement_polarity(said, vectors, head.encoder)
    assert french == chinese == 0 != english


def test_settled_words_stand_in_where_no_head_knows_the_language():
    praised, blamed = "Le conseil du vendeur était excellent", "Le conseil du vendeur était lamentable"
    good, bad = statement_polarity([praised, blamed], blank([1, 2]), heads()[0].encoder)
    assert good == -bad == 0.4


def test_the_multilingual_head_leaves_alone_what_its_encoder_does_not_know():
    head = heads()[1]
    vectors = np.ones((2, len(head.coefficients) - 2), np.float32)
    readings = statement_polarity(["Nhân viên rất tốt", "很好"], vectors, head.encoder, ["vi", "zh"])
    assert readings[0] == 0 != readings[1]


def test_a_short_statement_is_read_in_the_language_of_its_comment(mentions_of):
    long, short = "Les prix sont trop élevés dans ce magasin", "Accueil"
    mentions = mentions_of(long, short).assign(response_id="r1", start=[0, 50], end=[41, 57])
    head = heads()[0]
    vectors = np.ones((2, len(head.coefficients) - len(SIGNS)), np.float32)
    assert polarity(mentions, vectors, head.encoder)["polarity"].tolist()[1] == 0
    assert polarity(mentions[1:], vectors[1:], head.encoder)["polarity"].tolist()[0] != 0


def test_a_comment_too_short_to_tell_counts_to_the_language_of_most(mentions_of):
    french = ["Les prix sont trop élevés dans ce magasin", "Le personnel n'est jamais disponible le samedi"]
    head = heads()[0]
    vectors = np.ones((3, len(head.coefficients) - len(SIGNS)), np.float32)
    assert polarity(mentions_of(*french, "Accueil"), vectors, head.encoder)["polarity"].tolist()[2] == 0


def test_the_share_without_a_reading_counts_statements_and_not_their_themes(mentions_of):
    mentions = mentions_of(BAD, BAD, "x", "y").assign(segment_id=["a", "a", "b", "c"], polarity=[-0.5, -0.5, 0.0, 0.0])
    assert unread_share(mentions) == pytest.approx(2 / 3)
    assert "67 %" in unread_note(mentions)
    assert unread_share(mentions_of()) == 0


def test_english_comments_leave_nothing_unread_and_no_note(mentions_of):
    mentions = mentions_of("Slow reply", "kind staff", "The parcel came on Monday", "ok", "brill")
    vectors = np.ones((5, len(heads()[0].coefficients) - len(SIGNS)), np.float32)
    read_mentions = polarity(mentions, vectors, heads()[0].encoder)
    assert unread_share(read_mentions) == 0
    assert unread_note(read_mentions) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Il faudrait plus de caisses", "fr"), ("Zu teuer", "de"), ("Deberían mejorar", "es"), ("Troppo caro", "it"),
        ("Mag wel goedkoper", "nl"), ("Podiam melhorar", "pt"), ("Should be cheaper", None),
    ],
)  # fmt: skip
def test_a_wish_in_its_language(text, language):
    assert has_wish(text, language)


@pytest.mark.parametrize(
    ("text", "language"), [("Leicht zu verstehen", "de"), ("Makkelijk te vinden", "nl"), ("太贵了", "zh")]
)
def test_no_wish(text, language):
    assert not has_wish(text, language)


@given(st.lists(st.text(max_size=60), max_size=4), st.sampled_from(["fr", "de", "en", "zh", "xx", None]))
def test_plain_signs_of_any_text_are_two_small_numbers(texts, language):
    signs = plain_signs_of(texts, [language] * len(texts))
    assert signs.shape == (len(texts), 2)
    assert set(signs[:, 0]) <= {-1, 0, 1}
    assert set(signs[:, 1]) <= {0, 1}


def test_a_wish_counts_against_the_praise_in_its_words():
    wished, plain = statement_polarity(["You should answer", "You will answer"], blank([1, 2]))
    assert wished == plain - 0.2


@pytest.mark.parametrize("piece", ["good but bad ", "GOOD ", "👍😀", "never so good least kind of ", "a"])
def test_a_giant_statement_is_read_in_seconds(piece, seconds):
    assert seconds(signs_of, [piece * 200_000]) < 5
    assert seconds(plain_signs_of, [piece * 200_000] * 3, ["fr", "de", None]) < 5
