"""From a run to a codebook, from a codebook to a run, and why a response has its themes."""

import json

import pandas as pd
import pytest

BOOK = """
name = "Support"

[[theme]]
id = "waiting"
name = "Waiting time"
description = "How long people wait for an answer"
examples = ["I waited an hour for a reply", "the queue on the phone took forever"]
include = ["wait*", "on hold", "queue"]

[[theme]]
id = "staff"
name = "Staff attitude"
description = "How friendly the agents are"
examples = ["the agent was friendly", "rude staff"]
include = ["friendly", "rude", "polite"]
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "support.toml"
    path.write_text(BOOK, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def run(book, root, quick_config, tmp_path_factory):
    """The folder of a run with the codebook over the first quarter of the sample."""
    from feedback_nlp import analyze, load_config
    from feedback_nlp.themes import load_codebook

    export = root / "data/sample/support-2025-q1.csv"
    finished = analyze([export], load_config(quick_config), load_codebook(book))
    return finished.save(tmp_path_factory.mktemp("run") / "q1")


def test_the_themes_are_those_of_the_codebook(run):
    themes = pd.read_csv(run / "themes.csv")
    assert {"Waiting time", "Staff attitude"} <= set(themes["name"])
    assert themes.set_index("theme_id").loc["waiting", "n_responses"] > 0


def test_what_the_codebook_covers_badly_is_in_the_manifest(run):
    coverage = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["coverage"]
    assert 0 < coverage["n_without"] <= coverage["n_statements"]
    assert coverage["gaps"]


def test_run_and_report_say_what_share_has_no_theme(call, run, tmp_path):
    assert any(
        "the codebook has no theme for" in note for note in json.loads((run / "manifest.json").read_text())["notes"]
    )
    outcome = call("report", run, "--out", tmp_path / "q1.html")
    assert outcome.err.startswith("  note: the codebook has no theme for ")
    assert "What the codebook does not cover" in (tmp_path / "q1.html").read_text(encoding="utf-8")
    assert call("report", run, "--out", tmp_path / "again.html", "--quiet").err == ""


def test_a_run_with_a_codebook_is_the_model_of_the_next_run(call, run, root, quick_config, tmp_path):
    export, out = root / "data/sample/support-2025-q2.csv", tmp_path / "q2"
    outcome = call("run", export, "--out", out, "--config", quick_config, "--model", run, "--quiet")
    assert outcome.status == 0, outcome.err
    assert list(pd.read_csv(out / "themes.csv")["theme_id"].sort_values()) == list(
        pd.read_csv(run / "themes.csv")["theme_id"].sort_values()
    )


def test_a_run_becomes_a_codebook_that_run_accepts(call, run, root, quick_config, tmp_path):
    assert call("codebook", run, "--out", tmp_path / "own.toml").status == 0
    assert (tmp_path / "own.toml").read_text(encoding="utf-8").startswith("# Rename, merge, add or take out themes")
    export = root / "data/sample/support-2025-q2.csv"
    flags = ["--codebook", tmp_path / "own.toml", "--config", quick_config, "--quiet"]
    outcome = call("run", export, "--out", tmp_path / "q2", *flags)
    assert outcome.status == 0, outcome.err
    assert "Waiting time" in set(pd.read_csv(tmp_path / "q2" / "themes.csv")["name"])


def test_a_codebook_is_not_written_over(call, run, tmp_path):
    (tmp_path / "mine.toml").write_text("mine", encoding="utf-8")
    assert "--overwrite" in call("codebook", run, "--out", tmp_path / "mine.toml").err
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == "mine"


def test_model_and_codebook_together_are_refused(call, run, book, root, tmp_path):
    outcome = call("run", root / "data/sample", "--out", tmp_path / "r", "--model", run, "--codebook", book)
    assert outcome.status == 1
    assert "--model and --codebook" in outcome.err


def test_a_codebook_with_an_unknown_key_is_one_line(call, root, tmp_path):
    (tmp_path / "b.toml").write_text('[[theme]]\nname = "Price"\nexample = ["too dear"]\n', encoding="utf-8")
    outcome = call("run", root / "data/sample", "--out", tmp_path / "r", "--codebook", tmp_path / "b.toml")
    assert outcome.status == 1
    assert "did you mean 'examples'" in outcome.err


def test_why_names_theme_keyword_example_and_runner_up(call, run):
    mentions = pd.read_parquet(run / "mentions.parquet")
    waiting = mentions[(mentions["theme_id"] == "waiting") & mentions["text"].str.contains("wait")]
    outcome = call("why", run, waiting["response_id"].iloc[0])
    assert outcome.status == 0, outcome.err
    for words in ("Waiting time", "wait", "I waited an hour for a reply"):
        assert words in outcome.out


def test_why_of_an_unknown_response_names_the_nearest(call, run):
    known = pd.read_parquet(run / "responses.parquet")["response_id"].iloc[0]
    outcome = call("why", run, known + "x")
    assert outcome.status == 1
    assert f"did you mean '{known}'" in outcome.err
