"""The fingerprint: it changes with all that changes a vector, and with nothing else."""

import json

import pytest

from feedback_nlp.embed.weights import (
    MINILM_SHA256,
    NAMES,
    check_weights,
    find_folder,
    package_folder,
    read_source,
    required,
)
from feedback_nlp.errors import ModelError


def _edit(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_the_bundled_model_is_known_by_its_weights_alone():
    source = read_source(find_folder("minilm"))
    assert source.fingerprint == source.weights_sha256 == MINILM_SHA256
    assert (source.modules, source.pooling) == (("Transformer", "Pooling", "Normalize"), "mean")
    assert source.max_tokens == 128


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("config.json", {"num_attention_heads": 2}),
        ("config.json", {"hidden_act": "relu"}),
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}),
        ("sentence_bert_config.json", {"max_seq_length": 16}),
        ("tokenizer.json", {"normalizer": None}),
    ],
)
def test_what_changes_a_vector_changes_the_fingerprint(small_model, file, values):
    folder = small_model()
    before = read_source(folder)
    _edit(folder / file, **values)
    after = read_source(folder)
    assert after.weights_sha256 == before.weights_sha256
    assert after.fingerprint != before.fingerprint


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("config.json", {"transformers_version": "9.9", "use_cache": False, "hidden_dropout_prob": 0.5}),
        ("tokenizer.json", {"padding": None, "truncation": None}),
        ("1_Pooling/config.json", {"pooling_mode_max_tokens": False}),
    ],
)
def test_book_keeping_does_not_change_the_fingerprint(small_model, file, values):
    folder = small_model()
    before = read_source(folder)
    _edit(folder / file, **values)
    assert read_source(folder).fingerprint == before.fingerprint


def test_leaving_out_the_normalisation_changes_the_fingerprint(small_model):
    with_it, without = small_model("with"), small_model("without", last="")
    assert read_source(with_it).fingerprint != read_source(without).fingerprint


def test_the_place_of_a_folder_does_not_matter(small_model):
    assert read_source(small_model("here")).fingerprint == read_source(small_model("there")).fingerprint


def test_both_ways_to_write_a_pooling_are_one(small_model):
    old, new = small_model("old"), small_model("new")
    (new / "1_Pooling" / "config.json").write_text('{"embedding_dimension": 32, "pooling_mode": "mean"}')
    assert read_source(new).fingerprint == read_source(old).fingerprint


def test_weights_of_a_dense_layer_count(small_model):
    folder = small_model(last="Dense")
    (folder / "2_Last" / "model.safetensors").write_bytes(b"a")
    before = read_source(folder)
    (folder / "2_Last" / "model.safetensors").write_bytes(b"b")
    assert read_source(folder).fingerprint != before.fingerprint


def test_weights_of_a_dense_layer_count_in_either_format_and_in_every_layer(small_model):
    folder = small_model(last="Dense")
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "3_Last").mkdir()
    (folder / "modules.json").write_text(json.dumps([*modules, {**modules[-1], "idx": 3, "path": "3_Last"}]))
    seen = {read_source(folder).fingerprint}
    for place in ("2_Last/pytorch_model.bin", "3_Last/pytorch_model.bin", "2_Last/config.json", "3_Last/config.json"):
        (folder / place).write_text('{"out_features": 8}')
        seen.add(read_source(folder).fingerprint)
    assert len(seen) == 5


def test_a_transformer_in_a_folder_of_its_own_is_read_there(small_model):
    folder = small_model()
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "0_Transformer").mkdir()
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "sentence_bert_config.json"):
        (folder / name).rename(folder / "0_Transformer" / name)
    (folder / "modules.json").write_text(json.dumps([{**modules[0], "path": "0_Transformer"}, *modules[1:]]))
    before = read_source(folder)
    assert before.max_tokens == 64
    _edit(folder / "0_Transformer" / "tokenizer.json", normalizer=None)
    assert read_source(folder).fingerprint != before.fingerprint


@pytest.mark.parametrize(
    ("said", "overrides"),
    [
        ({"do_lower_case": True, "strip_accents": None, "tokenize_chinese_chars": True}, ()),  # as tokenizer.json says
        ({"do_lower_case": False}, ("do_lower_case",)),
        ({"strip_accents": False}, ("strip_accents",)),
        ({"add_prefix_space": True}, ()),  # this pre-tokenizer knows no such thing
    ],
)
def test_a_tokenizer_that_is_set_otherwise_than_its_file_says_is_another(small_model, said, overrides):
    folder = small_model()
    before = read_source(folder)
    _edit(folder / "tokenizer_config.json", **said)
    after = read_source(folder)
    assert after.overrides == overrides
    assert (after.fingerprint != before.fingerprint) == bool(overrides)


def test_json_that_is_none_is_one_line(small_model):
    folder = small_model()
    (folder / "modules.json").write_text("{")
    with pytest.raises(ModelError, match=r"modules\.json: can't be read as JSON") as caught:
        read_source(folder)
    assert "\n" not in str(caught.value)


def test_the_hash_that_is_wished_goes_before_the_expected_one(tmp_path):
    check_weights("a" * 64, "a" * 64, "b" * 64, tmp_path)
    with pytest.raises(ModelError, match="sha256 aaaaaaaaaaaaaaaa…, expected bbbbbbbbbbbbbbbb…"):
        check_weights("a" * 64, "", "b" * 64, tmp_path)


@pytest.mark.parametrize(("name", "near"), [("minilm-in8", "minilm-int8"), ("mini-lm", "minilm"), ("statik", "static")])
def test_a_misspelt_name_gets_the_nearest_one(name, near, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=f"known without a download: .*did you mean '{near}'"):
        find_folder(name)
    assert near in NAMES


def test_a_missing_package_names_the_extra_that_brings_it():
    with pytest.raises(ModelError, match=r"pip install 'feedback_nlp\[onnx\]'"):
        required("no_such_module_at_all", "onnx")
    with pytest.raises(ModelError, match=r"the package some-package is not installed; pip install 'feedback_nlp\[x\]'"):
        package_folder("no_such_module_at_all", "some-package", "x")
