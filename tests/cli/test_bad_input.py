"""Bad input gets one clear line and exit status 1, and writes nothing."""

import json
from pathlib import Path

import pytest

ROWS = (
    "id,score,comment\n1,9,Great support and a quick reply\n2,3,I waited an hour on the phone\n3,10,Friendly agents\n"
)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def fails(outcome, *parts: str) -> None:
    assert outcome.status == 1
    line = outcome.err.strip().splitlines()[-1]
    assert line.startswith("feedback-nlp: ")
    for part in parts:
        assert part in line
    assert "Traceback" not in outcome.err


def test_a_missing_file(call, tmp_path):
    out = tmp_path / "run"
    fails(call("run", tmp_path / "nowhere.csv", "--out", out, "--quiet"), "nowhere.csv")
    assert not out.exists()


def test_an_empty_file(call, tmp_path):
    empty, out = tmp_path / "empty.csv", tmp_path / "run"
    empty.write_text("", encoding="utf-8")
    fails(call("run", empty, "--out", out, "--quiet"), "empty.csv", "empty")
    assert not out.exists()


def test_a_column_that_is_not_there_names_the_nearest_and_the_known(call, export, tmp_path):
    outcome = call("run", export, "--out", tmp_path / "run", "--score", "scroe", "--quiet")
    fails(outcome, "scroe", "did you mean 'score'", "comment")
    assert not (tmp_path / "run").exists()


def test_a_score_column_without_one_number(call, tmp_path):
    path = tmp_path / "words.csv"
    path.write_text("score,comment\nblue,The reply took weeks\ngreen,Friendly agents\n", encoding="utf-8")
    outcome = call("run", path, "--out", tmp_path / "run", "--score", "score", "--scale", "nps", "--quiet")
    fails(outcome, "words.csv", "score")
    assert not (tmp_path / "run").exists()


def test_a_folder_that_exists_is_refused_before_anything_is_read(call, export, tmp_path):
    out = tmp_path / "run"
    out.mkdir()
    (out / "precious.txt").write_text("mine", encoding="utf-8")
    fails(call("run", tmp_path / "nowhere.csv", "--out", out), "run", "exists")
    fails(call("run", export, "--out", out, "--overwrite"), "holds something else")
    assert (out / "precious.txt").read_text(encoding="utf-8") == "mine"


def test_an_unknown_config_key(call, export, tmp_path):
    config = tmp_path / "run.toml"
    config.write_text("[themes]\nn_theme = 20\n", encoding="utf-8")
    fails(call("run", export, "--out", tmp_path / "run", "--config", config), "n_theme", "did you mean 'n_themes'")


def test_weights_with_another_hash(call, export, tmp_path):
    config = tmp_path / "run.toml"
    config.write_text(f'[embed]\nmodel = "minilm"\nsha256 = "{"0" * 64}"\n', encoding="utf-8")
    outcome = call("run", export, "--out", tmp_path / "run", "--config", config, "--scale", "nps", "--quiet")
    fails(outcome, "sha256", "expected 0000")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("command", ["report", "compare"])
def test_a_run_folder_of_another_format_version(call, tmp_path, command):
    old = tmp_path / "old"
    old.mkdir()
    (old / "manifest.json").write_text(json.dumps({"format_version": 99}), encoding="utf-8")
    arguments = [old] if command == "report" else [old, old, "--out", tmp_path / "bridge"]
    fails(call(command, *arguments), "99", "reads 1")


def test_a_model_of_another_format_version(call, export, tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.json").write_text(json.dumps({"format_version": 99}), encoding="utf-8")
    fails(call("run", export, "--out", tmp_path / "run", "--model", model, "--quiet"), "99", "reads 1")


def test_a_folder_that_is_no_model(call, export, tmp_path):
    fails(call("run", export, "--out", tmp_path / "run", "--model", tmp_path, "--quiet"), "no theme model")


def test_a_folder_that_is_no_run(call, tmp_path):
    fails(call("report", tmp_path), "manifest.json", "not found")


def test_an_unknown_scale_is_answered_with_the_known(call, export, tmp_path):
    outcome = call("run", export, "--out", tmp_path / "run", "--score", "score", "--scale", "npss", "--quiet")
    fails(outcome, "npss", "did you mean 'nps'")


def test_wrong_usage_has_status_2(call):
    assert call("run").status == 2
    assert call("rnu").status == 2


def test_an_unknown_report_format(call, tmp_path):
    outcome = call("report", tmp_path, "--format", "docx")
    assert outcome.status in {1, 2}
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("command", ["simulate", "demo"])
def test_what_the_file_system_refuses_is_one_line(call, tmp_path, command):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    fails(call(command, "--out", tmp_path / "file" / "below"), "file")


def test_an_impossible_language_is_refused(call, export, tmp_path):
    fails(call("run", export, "--out", tmp_path / "run", "--language", "xx-bad"), "language", "xx-bad")


def test_a_scale_by_flag_wins_over_a_custom_one_in_the_file(call, export, tmp_path):
    config = tmp_path / "run.toml"
    config.write_text('[link]\nscale = "custom"\npromoter = ["9"]\n[embed]\nmodel = "hash"\n', encoding="utf-8")
    outcome = call("run", export, "--out", tmp_path / "run", "--config", config, "--scale", "nps", "-q")
    assert outcome.status == 0, outcome.err
