"""A rough polarity from words alone, for looking at a scale's direction before anything is embedded."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_READ = 2_000  # characters that VADER reads: its time grows with the square of the length


def rough_polarity(texts: Sequence[str]) -> NDArray[np.float64]:
    """Returns VADER's compound score (Hutto & Gilbert 2014), float64 (n,) in [-1, 1]; 0 where it knows no word.

    It reads English only (other languages give 0, or chance), the first 2,000 characters, and neither irony, wishes
    ("should answer faster") nor the question asked. Good for averages over many comments, not for one of them; the
    pipeline's `polarity` is for those.

    >>> [float(value) for value in rough_polarity(["Great, friendly staff", "Rude and awful", "Lieferung"]).round(1)]
    [0.8, -0.7, 0.0]
    """
    scores = {text: float(_vader().polarity_scores(text[:_READ])["compound"]) for text in set(texts)}
    return np.array([scores[text] for text in texts], dtype=np.float64)


@cache
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
