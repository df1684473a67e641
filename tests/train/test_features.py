"""Words and a codebook beside the vectors: what they are, how they are kept, and what a hostile folder can't do."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from feedback_nlp.config import Config
from feedback_nlp.errors import ModelError
from feedback_nlp.themes import ThemeModel, load_model
from feedback_nlp.themes.chances import chances, word_columns
from feedback_nlp.themes.matcher import words
from feedback_nlp.themes.model import Words
from feedback_nlp.train import train_model
from feedback_nlp.train.regression import balanced, fit_logistic
from feedback_nlp.train.vocabulary import learn_words

TEXTS = ["The bill was wrong", "A wrong bill again and again", "the bill was late", "Was the bill late?", "the bill"]
BOOK = """
[[theme]]
name = "Response time"
include = ["reply"]

[[theme]]
name = "Price"
include = ["price", "invoice"]

[[theme]]
name = "Manners"
include = ["rude", "shouted", "unfriendly"]
"""


@pytest.fixture
def advised(tmp_path: Path, run_folder: Path, write_labels, settings: Config) -> Path:  # type: ignore[no-untyped-def]
    book = tmp_path / "book.toml"
    book.write_text(BOOK, encoding="utf-8")
    return train_model(write_labels(), tmp_path / "m", run_folder, settings, codebook=book)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_columns_of_words_are_those_of_scikit_learn() -> None:
    known = learn_words(TEXTS)
    tfidf = TfidfVectorizer(
        analyzer=lambda text: [*words(text), *map(" ".join, zip(words(text), words(text)[1:], strict=False))],
        min_df=3, sublinear_tf=True,
    )  # fmt: skip
    expected = tfidf.fit_transform(TEXTS).toarray()
    assert list(tfidf.get_feature_names_out()) == list(known.terms)
    assert np.allclose(word_columns(TEXTS, known).toarray(), expected, atol=1e-6)


def test_what_fewer_than_three_texts_hold_is_not_kept() -> None:
    assert "wrong" not in learn_words(TEXTS).terms
    assert "again" not in learn_words(["again again again", *TEXTS]).terms


@given(st.permutations(TEXTS))
def test_words_do_not_depend_on_the_order_of_texts_nor_on_repeats(texts: list[str]) -> None:
    one, other = learn_words(TEXTS), learn_words([*texts, *texts[:2]])
    assert one.terms == other.terms
    assert np.array_equal(one.rarity, other.rarity)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(max_size=40), max_size=5))
def test_columns_of_any_text_have_length_one_or_nothing(texts: list[str]) -> None:
    table = word_columns([*texts, "the bill"], learn_words(TEXTS)).toarray()
    length = np.linalg.norm(table, axis=1)
    assert np.all(np.isclose(length, 1, atol=1e-5) | (length == 0))
    assert length[-1] > 0


def test_the_regressions_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    X, noise = rng.normal(size=(200, 5)).astype(np.float32), rng.normal(size=(200, 2))
    truth = X[:, :2] + noise > 0.5
    weights = balanced(truth, np.ones(truth.shape, bool))
    found = fit_logistic(X[:, :3], sparse.csr_matrix(X[:, 3:]), truth, weights, ridge=0.5)
    for j in range(2):
        theirs = LogisticRegression(C=2.0, class_weight="balanced", tol=1e-8).fit(X, truth[:, j])
        assert np.allclose(found.coefficients[j], theirs.coef_[0], atol=0.01)
        assert found.intercepts[j] == pytest.approx(theirs.intercept_[0], abs=0.01)


def test_without_evidence_the_coefficients_stay_where_they_cost_nothing() -> None:
    rng = np.random.default_rng(2)
    X, truth = rng.normal(size=(50, 2)).astype(np.float32), np.ones((50, 1), bool)
    none, centre = sparse.csr_matrix((50, 0), dtype=np.float32), np.array([[3.0, -1.0]])
    found = fit_logistic(X, none, truth, np.full((50, 1), 1e-6), ridge=1.0, centre=centre)
    assert np.allclose(found.coefficients, centre, atol=0.01)


def test_rows_without_weight_do_not_teach() -> None:
    rng = np.random.default_rng(1)
    X, truth = rng.normal(size=(60, 3)).astype(np.float32), rng.random((60, 1)) < 0.5
    is_used = np.arange(60)[:, None] < 40
    none = sparse.csr_matrix((60, 0), dtype=np.float32)
    some = fit_logistic(X, none, truth, balanced(truth, is_used), ridge=1.0)
    alone = fit_logistic(X[:40], none[:40], truth[:40], balanced(truth[:40], is_used[:40]), ridge=1.0)
    assert np.allclose(some.coefficients, alone.coefficients, atol=1e-3)


def test_a_model_comes_back_with_its_words_and_its_codebook(advised: Path, tmp_path: Path) -> None:
    model = load_model(advised)
    assert "reply" in model.words.terms
    assert model.adviser is not None
    assert model.adviser.class_ids == ["response-time", "price", "manners"]
    model.save(tmp_path / "again")
    assert _bytes(tmp_path / "again") == _bytes(advised)
    assert load_model(tmp_path / "again").fingerprint == model.fingerprint


def test_words_and_advice_count_where_the_vector_is_the_same(advised: Path) -> None:
    model = load_model(advised)
    table = pd.DataFrame({"text": ["the price of the invoice", "something else"]})
    vectors = np.zeros((2, model.student.coefficients.shape[1]), np.float32)
    chance = chances(table, vectors, model).chance[:, model.class_ids.index("price")]
    assert chance[0] > chance[1]


def test_another_codebook_gives_another_fingerprint(advised: Path, tmp_path: Path) -> None:
    before = load_model(advised).fingerprint
    book = advised / "codebook" / "codebook.toml"
    book.write_text(book.read_text(encoding="utf-8").replace("shouted", "yelled"), encoding="utf-8")
    assert load_model(advised).fingerprint != before


def _edit(folder: Path, **values: object) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


@pytest.mark.parametrize("terms", ["price", {"a": 1}, [1, 2], ["a", "a"], ["a"], [["a"]]])
def test_terms_that_do_not_fit_are_refused(advised: Path, terms: object) -> None:
    _edit(advised, terms=terms)
    with pytest.raises(ModelError, match=r"damaged|its words are not"):
        load_model(advised)


def test_a_classifier_in_the_place_of_the_codebook_is_refused(advised: Path) -> None:
    _edit(advised / "codebook", kind="classifier")
    with pytest.raises(ModelError, match="a classifier needs a codebook there"):
        load_model(advised)


def test_a_codebook_that_is_gone_is_missed(advised: Path) -> None:
    (advised / "codebook" / "model.json").unlink()
    with pytest.raises(ModelError, match="not a theme model"):
        load_model(advised)


def test_a_codebook_of_another_encoder_is_refused(advised: Path) -> None:
    _edit(advised / "codebook", encoder_sha256="0")
    with pytest.raises(ModelError, match="another encoder"):
        load_model(advised)


def test_a_codebook_with_other_themes_is_refused(advised: Path, tmp_path: Path) -> None:
    model = load_model(advised)
    assert isinstance(model.adviser, ThemeModel)
    fewer = ThemeModel(**{**vars(model), "adviser_weights": model.adviser_weights[:, 1:]})
    fewer.save(tmp_path / "fewer")
    with pytest.raises(ModelError, match=r"is not the codebook of model\.json"):
        load_model(tmp_path / "fewer")


def test_a_model_without_terms_has_no_words() -> None:
    assert Words().terms == ()
    assert learn_words([]).terms == ()
    assert word_columns(["the bill"], learn_words([])).shape == (1, 0)
