"""The command line called in this process: fast, and what it prints is there to read."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Outcome:
    """What a call printed and how it ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Runs `feedback-nlp` with arguments and returns what came of it."""

    def run(*arguments: object) -> Outcome:
        from feedback_nlp.cli import main

        monkeypatch.setattr(sys, "argv", ["feedback-nlp", *map(str, arguments)])
        status: object = 0
        try:
            main()
        except SystemExit as end:
            status = end.code
        printed = capsys.readouterr()
        if isinstance(status, str):  # what Python prints itself on sys.exit("text")
            return Outcome(1, printed.out, printed.err + status)
        return Outcome(int(status or 0), printed.out, printed.err)  # type: ignore[call-overload]

    return run


@pytest.fixture(scope="session")
def quarters(root, quick_config, tmp_path_factory) -> dict[str, Path]:
    """Runs of the first quarter and, with its themes, of the third."""
    from feedback_nlp import analyze, load_config
    from feedback_nlp.themes import load_model

    folder, config = tmp_path_factory.mktemp("runs"), load_config(quick_config)
    first = analyze([root / "data/sample/support-2025-q1.csv"], config).save(folder / "q1")
    third = analyze([root / "data/sample/support-2025-q3.csv"], config, load_model(first)).save(folder / "q3")
    return {"q1": first, "q3": third}
