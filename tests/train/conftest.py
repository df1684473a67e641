"""A tiny survey with three clear themes, as statements with vectors and as a run folder, and tables of labels."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp.config import Config
from feedback_nlp.embed import Embedder, open_embedder
from feedback_nlp.schema import FORMAT_VERSION
from feedback_nlp.text import prepare, split

WriteLabels = Callable[..., Path]

SAID = {
    "Response time": ("slow reply", "waiting for a reply", "reply took days"),
    "Price": ("expensive invoice", "the price of the invoice", "price far too high"),
    "Agent attitude": ("rude agent", "the agent shouted", "agent was unfriendly"),
}
FILLERS = ("on Monday", "again", "this week", "as always", "since spring", "in the shop", "by letter", "near York")


@pytest.fixture(scope="session")
def settings() -> Config:
    return Config().with_values({"embed": {"model": "hash"}})


@pytest.fixture(scope="session")
def comments() -> pd.DataFrame:
    """48 responses; the n-th says a phrase of theme n mod 3, every second one of the next theme as well."""
    rows = []
    themes = list(SAID.values())
    for n in range(48):
        said = f"{themes[n % 3][n % len(themes[0])]} {FILLERS[n % 8]} number {'abcdef'[n % 6]}{n}."
        if n % 2:
            said += f" Also {themes[(n + 1) % 3][(n + 2) % 3]} {FILLERS[n % 5]}."
        rows.append((f"r{n:02d}", "why", said))
    return prepare(pd.DataFrame(rows, columns=["response_id", "question", "comment"]))


@pytest.fixture(scope="session")
def labels() -> pd.DataFrame:
    names = list(SAID)
    first = [(f"r{n:02d}", names[n % 3]) for n in range(48)]
    second = [(f"r{n:02d}", names[(n + 1) % 3]) for n in range(1, 48, 2)]
    return pd.DataFrame(sorted(first + second), columns=["response_id", "theme"])


@pytest.fixture(scope="session")
def segments(comments: pd.DataFrame) -> pd.DataFrame:
    return split(comments)


@pytest.fixture(scope="session")
def embed(settings: Config) -> Embedder:
    return open_embedder(settings.embed)


@pytest.fixture
def run_folder(tmp_path: Path, comments: pd.DataFrame) -> Path:
    """What training reads of a run folder."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({"format_version": FORMAT_VERSION}), encoding="utf-8")
    comments.to_parquet(folder / "comments.parquet", index=False)
    return folder


@pytest.fixture
def write_labels(tmp_path: Path, labels: pd.DataFrame) -> WriteLabels:
    """Returns a function (table = the survey's labels, name = "labels.csv") -> path."""

    def write(table: pd.DataFrame = labels, name: str = "labels.csv") -> Path:
        table.to_csv(tmp_path / name, index=False)
        return tmp_path / name

    return write
