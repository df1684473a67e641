"""A model on disk: what is loaded is what was saved, or one line says why not."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.errors import ModelError
from feedback_nlp.themes import assign, load_model
from feedback_nlp.themes.model import generic_themes
from feedback_nlp.themes.student import Student


@pytest.fixture
def saved(model, tmp_path):
    model.save(tmp_path / "model")
    return tmp_path / "model"


def test_a_loaded_model_is_the_saved_one(model, saved):
    loaded = load_model(saved)
    pd.testing.assert_frame_equal(loaded.themes, model.themes)
    assert np.array_equal(loaded.student.coefficients, model.student.coefficients)
    assert (loaded.kind, loaded.encoder, loaded.min_confidence) == (model.kind, model.encoder, model.min_confidence)
    assert loaded.fingerprint == model.fingerprint


def test_a_loaded_model_gives_the_same_themes(model, saved, segments, vectors_of):
    vectors = vectors_of(segments)
    pd.testing.assert_frame_equal(assign(segments, vectors, load_model(saved)), assign(segments, vectors, model))


def test_a_model_saved_twice_has_the_same_bytes(saved, tmp_path):
    load_model(saved).save(tmp_path / "again")
    for name in ("model.json", "weights.safetensors", "CARD.md", "edits.jsonl"):
        assert (saved / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_run_folder_stands_for_its_model(model, saved):
    assert load_model(saved.parent).fingerprint == model.fingerprint


def test_a_model_without_topics_can_be_saved(model, tmp_path):
    empty = replace(model, themes=generic_themes(), student=Student(np.zeros((0, 64)), np.zeros(0)))
    empty.save(tmp_path / "m")
    assert load_model(tmp_path / "m").topic_ids == []


def test_no_pickle_is_written(saved):
    assert sorted(path.name for path in saved.iterdir()) == [
        "CARD.md",
        "edits.jsonl",
        "model.json",
        "weights.safetensors",
    ]


def test_the_fingerprint_changes_with_all_that_decides(model):
    other = Student(model.student.coefficients + 1e-9, model.student.intercepts, model.student.temperature)
    changed = [
        replace(model, student=other),
        replace(model, min_confidence=0.31),
        replace(model, kind="classifier"),
        replace(model, student=replace(model.student, temperature=9.0)),
        replace(model, thresholds=np.ones(3)),
        replace(model, encoder=("hash", "x")),
    ]
    assert len({model.fingerprint, *(one.fingerprint for one in changed)}) == 7


def test_the_fingerprint_ignores_the_card(model):
    assert replace(model, card="# Other", bertopic=None).fingerprint == model.fingerprint


def test_another_format_version_is_refused(saved):
    description = json.loads((saved / "model.json").read_text(encoding="utf-8"))
    (saved / "model.json").write_text(json.dumps({**description, "format_version": 99}), encoding="utf-8")
    with pytest.raises(ModelError, match="format version 99, this release reads 1"):
        load_model(saved)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}"])
def test_a_description_that_is_no_model_is_refused(saved, content):
    (saved / "model.json").write_bytes(content)
    with pytest.raises(ModelError, match="not a theme model"):
        load_model(saved)


def test_cut_off_damaged_and_missing_weights_are_refused(saved):
    weights = saved / "weights.safetensors"
    whole = weights.read_bytes()
    for content in (whole[:-8], whole[:5], b"", b"x" * 99):
        weights.write_bytes(content)
        with pytest.raises(ModelError, match="weights can't be read"):
            load_model(saved)
    weights.unlink()
    with pytest.raises(ModelError, match="weights can't be read"):
        load_model(saved)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"no theme model \(model\.json is missing\)"):
        load_model(tmp_path)


def test_another_encoder_is_refused_with_the_name_of_the_right_one(model):
    model.check_encoder(model.encoder[1])
    with pytest.raises(ModelError, match=r"set embed\.model to 'hash'"):
        model.check_encoder("0" * 64)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "oracle"}, {"themes": []}, {"themes": [{"theme_id": 1}]}, {"themes": "none"}, {"temperature": "x"},
        {"temperature": 0}, {"encoder_sha256": None, "kind": None},
    ],
)  # fmt: skip
def test_a_description_that_does_not_fit_is_refused(saved, change):
    path = saved / "model.json"
    description = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**description, **change}), encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        load_model(saved)
    assert "\n" not in str(caught.value)


def test_weights_of_another_model_are_refused(saved):
    path = saved / "model.json"
    description = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**description, "themes": description["themes"][1:]}), encoding="utf-8")
    with pytest.raises(ModelError, match=r"weights of 3 themes, model\.json has 2"):
        load_model(saved)
