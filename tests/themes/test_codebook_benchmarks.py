"""The codebooks of the benchmarks can be read and carry the gold labels' own names."""

import pandas as pd
import pytest

from feedback_nlp.themes import load_codebook

SETS = ("nhs-fft", "us-airline-tweets", "mams-acsa")


@pytest.fixture(params=SETS)
def name(request) -> str:
    return request.param


def test_every_theme_has_phrases_and_keywords(root, name):
    codebook = load_codebook(root / "tests" / "benchmarks" / "codebooks" / f"{name}.toml")
    assert all(theme.description and len(theme.examples) >= 5 and theme.include for theme in codebook.themes)


@pytest.mark.bench
def test_names_are_those_of_the_labels(root, bench, name):
    codebook = load_codebook(root / "tests" / "benchmarks" / "codebooks" / f"{name}.toml")
    labels = set(pd.read_csv(bench / name / "gold.csv", dtype=str)["theme"])
    assert {theme.name for theme in codebook.themes} == labels
