"""What every test may use: the roots, the benchmarks if they are there, and small exports of real sentences."""

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # nothing is downloaded, whatever the machine is set to

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def bench() -> Path:
    """The folder of human-labelled benchmarks; the test is skipped without it."""
    folder = Path(os.environ.get("FEEDBACK_NLP_BENCH", ROOT.parent / "shared" / "bench"))
    if not folder.is_dir():
        pytest.skip("no benchmarks: set FEEDBACK_NLP_BENCH")
    return folder


@pytest.fixture(scope="session", autouse=True)
def vector_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Vectors are cached for this session only: a test never passes because of an earlier one on this machine."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(scope="session")
def sample(root: Path) -> pd.DataFrame:
    """The committed sample export, three quarters in one frame, every cell text."""
    files = sorted((root / "data" / "sample").glob("support-*.csv"))
    return pd.concat([pd.read_csv(path, dtype=str, keep_default_na=False) for path in files], ignore_index=True)


@pytest.fixture(scope="session")
def quick_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config file for the sample with the encoder that needs no weights."""
    path = tmp_path_factory.mktemp("config") / "quick.toml"
    path.write_text(
        '[ingest]\ncomment = ["comment"]\nscore = "score"\nid = "response_id"\nrespondent = "customer_id"\n'
        'date = "date"\n'
        'segment = ["channel", "agent"]\n[link]\nscale = "nps"\n[embed]\nmodel = "hash"\n[themes]\nn_themes = 12\n',
        encoding="utf-8",
    )
    return path
