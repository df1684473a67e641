"""What the report of a fixed made-up run says, kept as files: a changed word or figure shows as a diff."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.report import summarise
from feedback_nlp.report.formats.markdown import as_markdown
from feedback_nlp.report.formats.plain import as_plain
from feedback_nlp.report.summary.data import Summary
from feedback_nlp.schema import MAP, RESPONSES
from feedback_nlp.track import Run

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def summary(run: Run, earlier: Run) -> Summary:
    ids = run.mentions["segment_id"].drop_duplicates().sort_values()
    places = pd.DataFrame({"segment_id": ids, "x": np.linspace(-1, 1, len(ids)).round(3), "y": 0.5})
    quarter_before = earlier.responses.assign(period="2024 Q3", date=earlier.responses["date"] - pd.Timedelta(days=92))
    before = replace(earlier, responses=RESPONSES.validate(quarter_before))
    return summarise(replace(run, map=MAP.validate(places)), [before])


def agrees(name: str, text: str) -> bool:
    path = HERE / name
    if os.environ.get("FEEDBACK_NLP_RENEW_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    return path.read_text(encoding="utf-8") == text


def rounded(value: Any) -> Any:
    """Returns plain data with floats of three digits: another processor may differ in the last ones."""
    if isinstance(value, dict):
        return {key: rounded(own) for key, own in value.items()}
    if isinstance(value, list):
        return [rounded(own) for own in value]
    return round(value, 3) + 0.0 if isinstance(value, float) else value


def test_the_summary(summary: Summary) -> None:
    data = rounded(as_plain(replace(summary, map=None)))
    for theme in data["themes"]:
        theme["quotes"] = theme["quotes"][:3]
    assert agrees("summary.json", json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def test_the_markdown(summary: Summary) -> None:
    assert agrees("summary.md", as_markdown(summary))
