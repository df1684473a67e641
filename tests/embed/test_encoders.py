"""Encoders: a vector is a function of its text alone, and weights are the ones that were meant."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import HashEncoder, load_encoder
from feedback_nlp.embed.batches import unit_rows
from feedback_nlp.embed.weights import MINILM_PACKAGE, MINILM_SHA256
from feedback_nlp.errors import ModelError

TEXTS = [
    f"{opening} {middle} {ending}".strip()
    for opening in (
        "The agent was rude",
        "Slow",
        "很好 👍",
        "I waited for fifty minutes and nobody ever called me back about it",
    )
    for middle in ("", "and the parcel was lost", "because " * 30, "price\x00")
    for ending in ("", "again.", "on Monday morning", "▮phone▮")
]


@pytest.fixture
def broken_model(tmp_path: Path) -> Path:
    """A copy of the bundled folder whose weights file ends after a thousand bytes."""
    bundled = Path(find_spec(MINILM_PACKAGE).submodule_search_locations[0]) / "model"
    shutil.copytree(bundled, tmp_path / "m", ignore=shutil.ignore_patterns("*.safetensors"))
    (tmp_path / "m" / "model.safetensors").write_bytes((bundled / "model.safetensors").read_bytes()[:1000])
    return tmp_path / "m"


def test_the_bundled_weights_have_the_published_hash(minilm):
    assert minilm.fingerprint == MINILM_SHA256


def test_vectors_have_length_one_and_one_row_a_text(minilm):
    vectors = minilm.encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_near_meanings_are_near(minilm):
    slow, late, rude = minilm.encode(["the reply was slow", "it took long to get an answer", "the driver was rude"])
    assert slow @ late > slow @ rude + 0.1


def test_vectors_are_bit_equal_in_shuffled_order(minilm):
    order = np.random.default_rng(3).permutation(len(TEXTS))
    assert np.array_equal(minilm.encode([TEXTS[i] for i in order]), minilm.encode(TEXTS)[order])


def test_vectors_are_bit_equal_alone_and_in_company(minilm):
    together = minilm.encode(TEXTS)
    assert all(np.array_equal(minilm.encode([TEXTS[i]])[0], together[i]) for i in range(0, len(TEXTS), 5))


@pytest.mark.parametrize("threads", [1, 2])
def test_vectors_are_bit_equal_for_any_number_of_threads(minilm, threads):
    import torch

    expected, before = minilm.encode(TEXTS), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert np.array_equal(minilm.encode(TEXTS), expected)
    finally:
        torch.set_num_threads(before)


def test_no_texts_give_no_rows_of_the_right_width(minilm):
    assert minilm.encode([]).shape == (0, 384)


@pytest.mark.parametrize("text", ["", "\x00", "👍", "\u202b", "▮", "\n" * 5000, "很" * 3000, "a" * 100_000])
def test_odd_texts_have_finite_vectors(minilm, text):
    assert np.isfinite(minilm.encode([text])).all()


def test_weights_with_another_hash_are_refused_in_one_line():
    with pytest.raises(ModelError, match=r"sha256 53aa51172d142c89…, expected 0000000000000000…") as caught:
        load_encoder(EmbedConfig(sha256="0" * 64))
    assert "\n" not in str(caught.value)


def test_a_package_with_other_weights_than_the_published_ones_is_refused(broken_model, monkeypatch):
    monkeypatch.setattr("feedback_nlp.embed.encoders.find_folder", lambda model: broken_model)
    with pytest.raises(ModelError, match=r"expected 53aa51172d142c89….*install the pinned package again"):
        load_encoder(EmbedConfig(model="minilm"))


def test_a_folder_without_safetensors_is_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle")
    with pytest.raises(ModelError, match=r"no \*\.safetensors file"):
        load_encoder(EmbedConfig(model=str(tmp_path)))


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 64)
    with pytest.raises(ModelError, match="no sentence-transformers model") as caught:
        load_encoder(EmbedConfig(model=str(tmp_path)))
    assert "\n" not in str(caught.value)


def test_cut_off_weights_are_refused(broken_model):
    with pytest.raises(ModelError, match="no sentence-transformers model"):
        load_encoder(EmbedConfig(model=str(broken_model)))


@pytest.mark.parametrize("name", ["mini-lm", "/no/such/folder", "a/b/c", "no name"])
def test_an_unknown_name_is_told_without_a_network(name, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=f"embed.model '{name}': no such folder"):
        load_encoder(EmbedConfig(model=name))


def test_the_hash_encoder_needs_no_weights():
    assert isinstance(load_encoder(EmbedConfig(model="hash")), HashEncoder)


@given(st.lists(st.text(max_size=30), max_size=8), st.randoms(use_true_random=False))
def test_the_hash_encoder_reads_a_text_the_same_in_every_company(texts, random):
    shuffled = random.sample(texts, len(texts))
    alone = [HashEncoder().encode([text])[0] for text in shuffled]
    assert np.array_equal(HashEncoder().encode(shuffled), np.array(alone, np.float32).reshape(-1, 64))
    assert np.isfinite(HashEncoder().encode(texts)).all()


@given(arrays(np.float32, (3, 4), elements=st.floats(-100, 100, width=32)))
def test_unit_rows_have_length_one_or_are_zero(rows):
    length = np.linalg.norm(unit_rows(rows).astype(float), axis=1)
    is_zero = ~rows.any(axis=1)
    assert length == pytest.approx(np.where(is_zero, 0, 1), abs=1e-4)
