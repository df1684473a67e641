"""A survey of known make for the tests of the statistics."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def make_survey(n: int = 400, n_themes: int = 4, seed: int = 0, **extra: Any) -> Tables:
    """Responses, mentions and themes; complaints cost 40 points each, praise adds 20, some responses have no score."""
    rng = np.random.default_rng(seed)
    theme_ids = [f"theme {letter}" for letter in "ABCDEFGHIJ"[:n_themes]]
    negative = rng.random((n, n_themes)) < 0.15
    positive = rng.random((n, n_themes)) < 0.15
    mean = 20 - 15 * negative.sum(axis=1) + 10 * positive.sum(axis=1) + rng.normal(0, 40, n)
    category = np.where(mean > 35, "promoter", np.where(mean > 0, "passive", "detractor")).astype(object)
    category[rng.random(n) < 0.05] = None
    responses = pd.DataFrame({"response_id": [f"r{i:04d}" for i in range(n)], "category": category})
    if "people" in extra:
        responses["respondent_id"] = [f"p{i}" for i in rng.integers(0, extra["people"], n)]
    if extra.get("weighted"):
        responses["weight"] = rng.uniform(0.2, 3.0, n)
    rows = [
        (responses["response_id"][i], theme_ids[j], polarity)
        for marks, polarity in ((negative, -0.6), (positive, 0.8))
        for i, j in np.argwhere(marks)
    ]
    mentions = pd.DataFrame(rows, columns=["response_id", "theme_id", "polarity"])
    return responses, mentions, pd.DataFrame({"theme_id": theme_ids, "kind": "topic"})


@pytest.fixture(scope="session")
def survey() -> Callable[..., Tables]:
    return make_survey
