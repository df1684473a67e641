"""onnxruntime gives what torch gives, the same bits in any company, from files that are built once and mended."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import load_encoder
from feedback_nlp.embed.weights import MINILM_SHA256, read_source
from feedback_nlp.errors import ModelError

pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
pytest.importorskip("onnxscript")

TEXTS = [
    f"{opening} {middle} {ending}".strip()
    for opening in ("the agent was rude", "slow", "", "很好 👍", "not very kind and the reply was late")
    for middle in ("", "and the parcel was lost", "very " * 30, "price\x00")
    for ending in ("", "late")
]


@pytest.fixture
def cache():
    """The session's own: a graph is exported once for all tests."""
    return Path(os.environ["XDG_CACHE_HOME"]) / "feedback_nlp" / "encoders"


def _load(kind, folder):
    return load_encoder(EmbedConfig(model=f"{kind}{folder}"))


def _assert_same_in_any_company(encoder):
    together = encoder.encode(TEXTS)
    order = np.random.default_rng(3).permutation(len(TEXTS))
    assert np.array_equal(encoder.encode([TEXTS[i] for i in order]), together[order])
    assert all(np.array_equal(encoder.encode([TEXTS[i]])[0], together[i]) for i in range(len(TEXTS)))


@pytest.mark.parametrize("pooling", ["mean_tokens", "cls_token"])
def test_both_precisions_follow_torch_and_no_company(small_model, cache, pooling):
    folder = small_model(pooling=pooling)
    torch, full, int8 = (_load(kind, folder) for kind in ("", "onnx:", "int8:"))
    meant = torch.encode(TEXTS)
    assert (full.encode(TEXTS) * meant).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (int8.encode(TEXTS) * meant).sum(axis=1).min() > 0.99
    assert not np.array_equal(int8.encode(TEXTS), full.encode(TEXTS))
    assert len({torch.fingerprint, full.fingerprint, int8.fingerprint}) == 3
    assert {torch.space, full.space, int8.space} == {torch.fingerprint}
    assert full.encode([]).shape == (0, 32)
    _assert_same_in_any_company(full)
    _assert_same_in_any_company(int8)


def test_a_damaged_graph_is_built_again_and_a_whole_one_is_not(small_model, cache):
    folder = small_model()
    vectors = _load("int8:", folder).encode(TEXTS)
    (graph,) = cache.glob(
        f"int8-1-{read_source(folder).weights_sha256[:32]}-{read_source(folder).fingerprint[:8]}/*.onnx"
    )
    built = graph.stat().st_mtime_ns
    _load("int8:", folder)
    assert graph.stat().st_mtime_ns == built
    graph.write_bytes(graph.read_bytes()[:500])
    assert np.array_equal(_load("int8:", folder).encode(TEXTS), vectors)
    assert graph.stat().st_size > 500


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"last": "Dense"}, r"modules Transformer, Pooling, Dense; onnxruntime can run Transformer \+ Pooling"),
        ({"pooling": "max_tokens"}, "pooling pooling_mode_max_tokens; onnxruntime can run mean and cls"),
    ],
)
def test_what_can_not_be_exported_is_told_in_one_line(small_model, options, message):
    with pytest.raises(ModelError, match=message) as caught:
        _load("int8:", small_model(**options))
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_tokenizer_file_is_refused(small_model):
    folder = small_model()
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"no tokenizer\.json"):
        _load("onnx:", folder)


def test_two_readings_of_one_text_are_refused(small_model):
    folder = small_model()
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer", "do_lower_case": false}')
    with pytest.raises(ModelError, match=r"contradicts tokenizer\.json \(do_lower_case\)"):
        _load("onnx:", folder)


def test_a_whole_file_that_is_no_graph_is_one_line(small_model, tmp_path):
    from feedback_nlp.embed.onnx_encoder import OnnxEncoder

    (tmp_path / "model.onnx").write_bytes(b"no graph at all")
    with pytest.raises(ModelError, match=r"onnxruntime can't read the graph .*delete its folder"):
        OnnxEncoder(tmp_path / "model.onnx", read_source(small_model()), "onnx", "f")


def test_weights_with_another_hash_are_refused_before_anything_is_built(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ModelError, match="expected 0000000000000000…"):
        load_encoder(EmbedConfig(model="minilm-int8", sha256="0" * 64))
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_minilm_in_eight_bits_is_near_and_needs_no_torch(minilm, cache):
    texts = [f"{text} {n}" for n in range(4) for text in TEXTS]
    int8 = load_encoder(EmbedConfig(model="minilm-int8"))
    assert (int8.encode(texts) * minilm.encode(texts)).sum(axis=1).mean() > 0.99
    assert (cache / f"int8-1-{MINILM_SHA256[:32]}-{MINILM_SHA256[:8]}" / "model.onnx").is_file()
    heavy = "torch sentence_transformers transformers bertopic onnx onnxscript"
    code = (
        "import sys; from feedback_nlp.embed import load_encoder; from feedback_nlp.config import EmbedConfig; "
        "print(load_encoder(EmbedConfig(model='minilm-int8')).encode(['slow']).shape, "
        f"[name for name in {heavy.split()} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "(1, 384) []"
