"""Static vectors: a distilled table, read by numpy alone."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import load_encoder, open_embedder
from feedback_nlp.embed.distill import distil, weighted_components
from feedback_nlp.embed.static import load_static
from feedback_nlp.embed.weights import read_source
from feedback_nlp.errors import ModelError

TEXTS = ["the parcel was late", "late", "", "👍", "a rude agent", "the reply was slow", "late late late", "很 \x00"] * 9


@pytest.fixture
def folder(small_model, tmp_path):
    target = tmp_path / "static"
    target.mkdir()
    distil(read_source(small_model()), target)
    return target


def test_a_text_is_the_mean_of_its_tokens(folder):
    encoder, table = load_static(folder, "s"), load_file(folder / "model.safetensors")["embeddings"].astype(np.float32)
    vocabulary = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    summed = table[vocabulary["slow"]] + table[vocabulary["reply"]]
    (found,) = encoder.encode(["Slow reply"])
    assert found == pytest.approx(summed / np.linalg.norm(summed), abs=1e-5)


def test_vectors_are_bit_equal_in_any_company(folder):
    encoder = load_static(folder, "s")
    together = encoder.encode(TEXTS)
    order = np.random.default_rng(1).permutation(len(TEXTS))
    assert np.array_equal(encoder.encode([TEXTS[i] for i in order]), together[order])
    assert all(np.array_equal(encoder.encode([text])[0], row) for text, row in zip(TEXTS, together, strict=True))


@pytest.mark.parametrize("text", ["", "👍", "\x00", "a" * 100_000, "late " * 5000])
def test_odd_texts_have_length_one(folder, text):
    assert np.linalg.norm(load_static(folder, "s").encode([text])) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_rows(folder):
    assert load_static(folder, "s").encode([]).shape[0] == 0


def test_distilling_twice_gives_the_same_bytes(small_model, folder, tmp_path):
    (tmp_path / "again").mkdir()
    distil(read_source(small_model("second")), tmp_path / "again")
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_other_implementations_read_the_folder_alike(folder):
    model2vec = pytest.importorskip("model2vec")
    theirs = model2vec.StaticModel.from_pretrained(folder, force_download=False).encode(TEXTS[:2])
    ours = load_encoder(EmbedConfig(model=f"static:{folder}")).encode(TEXTS[:2])
    assert ours == pytest.approx(theirs / np.linalg.norm(theirs, axis=1, keepdims=True), abs=2e-3)


def test_shared_rows_and_weights_are_read(folder):
    plain = load_static(folder, "s")
    table = load_file(folder / "model.safetensors")["embeddings"]
    shuffled = np.random.default_rng(0).permutation(len(table))
    mapping, weights = np.argsort(shuffled), np.full(len(table), 2.0)
    save_file({"embeddings": table[shuffled], "mapping": mapping, "weights": weights}, folder / "model.safetensors")
    again = load_static(folder, "s")
    known = ["the reply was slow", "late"]
    assert again.encode(known) == pytest.approx(plain.encode(known), abs=1e-5)
    assert again.fingerprint != plain.fingerprint


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("model.safetensors", b"", "can't be read"),
        ("tokenizer.json", b"{}", "can't be read as a tokenizer"),
        ("model.safetensors", None, "names a folder that holds a model2vec model"),
    ],
)
def test_what_is_no_model2vec_folder_is_one_line(folder, file, content, message):
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(ModelError, match=message) as caught:
        load_encoder(EmbedConfig(model=f"static:{folder}"))
    assert "\n" not in str(caught.value)


def test_weights_of_another_kind_are_refused(folder):
    save_file({"dense": np.zeros((2, 2), np.float32)}, folder / "model.safetensors")
    with pytest.raises(ModelError, match="holds dense, not the 'embeddings'"):
        load_static(folder, "s")


def test_a_table_shorter_than_the_vocabulary_is_refused(folder):
    save_file({"embeddings": np.zeros((3, 2), np.float32)}, folder / "model.safetensors")
    with pytest.raises(ModelError, match="tokens, the table 3 rows"):
        load_static(folder, "s")


def test_the_fingerprint_covers_how_texts_are_cut_into_tokens(folder):
    before = load_static(folder, "s").fingerprint
    content = json.loads((folder / "tokenizer.json").read_text())
    (folder / "tokenizer.json").write_text(json.dumps(content | {"padding": None, "truncation": None}))
    assert load_static(folder, "s").fingerprint == before
    (folder / "tokenizer.json").write_text(json.dumps(content | {"normalizer": None}))
    assert load_static(folder, "s").fingerprint != before


def test_a_mapping_shorter_than_the_vocabulary_is_refused(folder):
    table = load_file(folder / "model.safetensors")["embeddings"]
    save_file({"embeddings": table, "mapping": np.arange(len(table) - 1)}, folder / "model.safetensors")
    with pytest.raises(ModelError, match=f"the tokenizer has {len(table)} tokens"):
        load_static(folder, "s")


def test_vectors_that_are_faster_to_compute_than_to_find_are_not_kept(folder, tmp_path):
    settings = EmbedConfig(model=f"static:{folder}", cache=str(tmp_path / "cache"))
    assert open_embedder(settings).cache is None


def test_components_are_those_of_a_principal_component_analysis():
    from sklearn.decomposition import PCA

    rows = np.random.default_rng(0).standard_normal((50, 6)).astype(np.float32)
    share = 1 / np.arange(2, 52)
    weights = 1e-4 / (1e-4 + share / share.sum())
    found = weighted_components(rows, 3) / weights[:, None]
    assert np.abs(found) == pytest.approx(np.abs(PCA(3).fit_transform(rows.astype(float))), abs=1e-4)
