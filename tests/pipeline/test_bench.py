"""The contract on real exports: a part of each benchmark, with its settings file and the real encoder."""

import json
from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp import analyze, load_config
from feedback_nlp.schema import THEME_COLUMNS

pytestmark = [pytest.mark.bench, pytest.mark.slow]

ROWS = {"british-airways": 150, "nhs-fft": 900}


@pytest.fixture(scope="module", params=sorted(ROWS))
def run(request, bench, root, tmp_path_factory) -> Path:
    """The run folder of every n-th row of a benchmark."""
    name = request.param
    table = pd.read_csv(bench / name / "input.csv", dtype=str, keep_default_na=False)
    folder = tmp_path_factory.mktemp(name)
    table.iloc[:: len(table) // ROWS[name]].to_csv(folder / "input.csv", index=False)
    config = load_config(root / "tests" / "bench" / f"{name}.toml").with_values({"themes": {"n_themes": 12}})
    return analyze([folder / "input.csv"], config).save(folder / "run")


def test_columns_are_those_of_the_contract(run):
    assert tuple(pd.read_csv(run / "themes.csv")) == THEME_COLUMNS
    mentions = pd.read_parquet(run / "mentions.parquet")
    assert {
        "segment_id",
        "theme_id",
        "response_id",
        "question",
        "start",
        "end",
        "text",
        "polarity",
        "confidence",
    } == set(mentions)


def test_every_statement_stands_in_its_comment(run):
    mentions, comments = (pd.read_parquet(run / f"{name}.parquet") for name in ("mentions", "comments"))
    both = mentions.merge(comments, on=["response_id", "question"], validate="many_to_one")
    assert len(both) == len(mentions)
    assert all(
        comment[start:end] == text for comment, start, end, text in both[["comment", "start", "end", "text"]].to_numpy()
    )


def test_every_row_is_accounted_for(run):
    ledger = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["ledger"]["input"]
    assert ledger["rows"] == ledger["responses"] + ledger["merged"] + ledger["rejected"]
    assert ledger["rows"] == len(pd.read_csv(run.parent / "input.csv", dtype=str))


def test_the_account_adds_up(run):
    data = json.loads((run / "drivers.json").read_text(encoding="utf-8"))
    total = data["base"] + sum(term["contribution"] for term in data["terms"]) + data["generic"] + data["other"]
    assert total == pytest.approx(data["nps"], abs=1e-9)


def test_the_nps_is_that_of_the_scores(run):
    responses = pd.read_parquet(run / "responses.parquet")
    points = responses["category"].map({"promoter": 100.0, "passive": 0.0, "detractor": -100.0}).dropna()
    assert json.loads((run / "summary.json").read_text(encoding="utf-8"))["nps"]["value"] == pytest.approx(
        points.mean()
    )


def test_few_commented_responses_are_without_a_theme(run):
    mentions = pd.read_parquet(run / "mentions.parquet")
    themed = mentions[mentions["theme_id"].notna()]["response_id"].nunique()
    assert themed / mentions["response_id"].nunique() > 0.97
