"""The flag that chooses the encoder of a run."""

import json

import pandas as pd
import pytest


@pytest.fixture
def run(call, tmp_path):
    """Runs forty comments with the flags and returns what the command said."""
    rows = [{"id": n, "score": n % 11, "comment": "the agent was rude"} for n in range(40)]
    pd.DataFrame(rows).to_csv(tmp_path / "export.csv", index=False)
    return lambda *flags: call("run", tmp_path / "export.csv", "--out", tmp_path / "run", "--quiet", *flags)


def test_the_run_uses_the_encoder_and_says_which(run, tmp_path):
    assert run("--encoder", "hash").status == 0
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["config"]["embed"]["model"] == manifest["model"]["encoder"][0] == "hash"


def test_an_unknown_encoder_is_one_line(run):
    said = run("--encoder", "minlm")
    assert said.status == 1
    assert len(said.err.strip().splitlines()) == 1
    assert "did you mean 'minilm'?" in said.err
