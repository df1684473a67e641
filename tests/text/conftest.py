"""Small makers of tables, and a clock for hostile input."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.schema import MENTIONS
from feedback_nlp.text import prepare, split


@pytest.fixture(scope="session")
def comments_of() -> Callable[..., pd.DataFrame]:
    """Texts -> COMMENTS, one response each, all under one question."""

    def build(*texts: str | None, question: str = "why") -> pd.DataFrame:
        ids = [f"r{number:04d}" for number in range(len(texts))]
        table = pd.DataFrame({"response_id": ids, "question": question})
        return prepare(table.assign(comment=pd.Series(texts, dtype="str")))

    return build


@pytest.fixture(scope="session")
def segments_of(comments_of: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """Texts -> SEGMENTS."""
    return lambda *texts, question="why": split(comments_of(*texts, question=question))


@pytest.fixture(scope="session")
def mentions_of() -> Callable[..., pd.DataFrame]:
    """Statements -> MENTIONS without polarity, as `assign` gives them."""

    def build(*texts: str, question: str = "why", theme_id: str | None = "T01") -> pd.DataFrame:
        names = [f"s{number}" for number in range(len(texts))]
        table = pd.DataFrame({"segment_id": names, "theme_id": theme_id, "response_id": names, "question": question})
        table = table.astype({"theme_id": "str"}).assign(start=0, end=[len(text) for text in texts], text=list(texts))
        return MENTIONS.validate(table.assign(polarity=np.nan, confidence=1.0))

    return build


@pytest.fixture(scope="session")
def seconds() -> Callable[..., float]:
    """Calls a function and returns the processor seconds it took."""

    def measure(function: Callable[..., Any], *arguments: Any) -> float:
        started = time.process_time()
        function(*arguments)
        return time.process_time() - started

    return measure
