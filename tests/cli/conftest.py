"""The command line called in this process: fast, and what it prints is there to read."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

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
