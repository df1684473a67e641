"""Signs of praise and complaint in the words of a statement: VADER's for English, settled words for other languages."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_nlp.text.lexicons import lexicon_of
from feedback_nlp.text.verdicts import evaluation
from feedback_nlp.text.words import is_negation, words_of

_WISH = re.compile(
    r"\b(?:should|could (?:be|have|do|use)|would (?:be|like|prefer|help|have been)|need(?:s|ed)?|wish|hope|please|more|"
    r"better|improv\w*|instead|rather|lack\w*|too|faster|quicker|sooner|easier|cheaper|less|fewer)\b",
    re.IGNORECASE,
)
READ = 2_000  # characters of a statement that are read: VADER's time grows with the square of the length

SIGNS = ("positive", "negative", "neutral", "compound", "negation", "wish", "question_mark", "exclamation", "length")
PLAIN_SIGNS = ("evaluation", "wish")


def signs_of(texts: Sequence[str]) -> NDArray[np.float64]:
    """Returns float64 (n, 9), meant for English: VADER's four scores (Hutto & Gilbert 2014), and whether there is
    negation, a wish, "?", "!", and log length.

    >>> signs_of(["Not good"])[0, SIGNS.index("negation")], signs_of(["Please call back"])[0, SIGNS.index("wish")]
    (np.float64(1.0), np.float64(1.0))
    """
    return np.array([_signs(text) for text in texts], dtype=float).reshape(-1, len(SIGNS))


def plain_signs_of(texts: Sequence[str], languages: Sequence[str | None]) -> NDArray[np.float64]:
    """Returns float64 (n, 2): whether praising (1) or blaming words (-1) prevail, and whether there is a wish.

    They mean the same in every language that has settled words (English and languages.toml), and are 0 in others.

    Args:
        texts: statements.
        languages: ISO 639-1 code of each; None is read as English.

    >>> plain_signs_of(["Il faudrait un meilleur choix", "sehr gut", "很好"], ["fr", "de", "zh"]).tolist()
    [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]
    """
    rows = [
        (float(np.sign(evaluation(text[:READ], code))), float(has_wish(text[:READ], code)))
        for text, code in zip(texts, languages, strict=True)
    ]
    return np.array(rows, dtype=float).reshape(-1, len(PLAIN_SIGNS))


def has_wish(text: str, language: str | None) -> bool:
    """Returns whether a text asks for more, less or better: "should answer faster", which VADER takes for praise.

    >>> has_wish("Should be cheaper", "en"), has_wish("trop cher", "fr"), has_wish("太贵了", "zh")
    (True, True, False)
    """
    wishes = _WISH if language in (None, "en") else lexicon_of(language).wishes
    return bool(wishes and wishes.search(text))


def _signs(text: str) -> list[float]:
    text = text[:READ]
    scores = _analyzer().polarity_scores(text)
    words = words_of(text)
    return [
        scores["pos"], scores["neg"], scores["neu"], scores["compound"],
        float(any(map(is_negation, words))), float(has_wish(text, "en")),
        float("?" in text), float("!" in text), float(np.log1p(len(words))),
    ]  # fmt: skip


@cache
def _analyzer() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
