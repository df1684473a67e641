"""What the sample's run says, kept as files: a change of any figure shows as a diff. `make golden` renews them."""

import os
import re
from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp import Run, analyze, load_config

HERE = Path(__file__).parent
COLUMNS = [
    "theme_id",
    "name",
    "kind",
    "n_responses",
    "n_negative",
    "n_positive",
    "drag",
    "drag_low",
    "drag_high",
    "lift",
]


@pytest.fixture(scope="module")
def run(root, quick_config) -> Run:
    return analyze([root / "data" / "sample"], load_config(quick_config))


def agrees(name: str, text: str) -> bool:
    path = HERE / name
    if os.environ.get("FEEDBACK_NLP_RENEW_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    return path.read_text(encoding="utf-8") == text


def test_the_ranking_is_the_one_that_was_read(run):
    table = run.themes[COLUMNS].round(2)
    assert agrees("ranking.csv", table.to_csv(index=False, lineterminator="\n"))


def test_the_headline_of_the_report_is_the_one_that_was_read(run):
    head = run.report.split('id="themes"')[0].split("<body", 1)[1]
    words = [line for line in (" ".join(part.split()) for part in re.split(r"<[^>]+>", head)) if line]
    assert agrees("headline.txt", "\n".join(words) + "\n")


def test_the_counts_of_the_ledger_are_the_ones_that_were_read(run):
    lines = [f"{stage} {name} {n}" for stage, counts in run.manifest["ledger"].items() for name, n in counts.items()]
    assert agrees("ledger.txt", "\n".join(lines) + "\n")


def test_golden_figures_are_those_of_a_run_with_drags():
    assert pd.read_csv(HERE / "ranking.csv")["drag"].lt(0).sum() >= 3
