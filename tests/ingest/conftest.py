"""Writing small exports for the tests of ingest."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

WriteExport = Callable[..., Path]


@pytest.fixture
def write_export(tmp_path: Path) -> WriteExport:
    """Returns a function (rows, name="export.csv") -> path of a comma-separated file; the first row is the header."""

    def write(rows: Sequence[Sequence[str]], name: str = "export.csv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return path

    return write
