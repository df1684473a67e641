"""Whether a statement praises or complains: from its words and from the question it answers, never from the score.

A trained head reads a statement's phrases, and its vector together with signs in its words: the VADER lexicon (Hutto &
Gilbert 2014), and wishes, which VADER takes for praise ("should answer faster"). It was trained on statements written
for the purpose (see models/polarity) and is used only with the encoder it was trained on; with another one, VADER and
the wishes stand alone. The question leans what is left open: a bare noun under "what could be better?" is a fault.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE, MENTIONS, Vectors
from feedback_nlp.text.nonanswers import verdict_of_bare_answer
from feedback_nlp.text.questions import Sense, sense_of_question
from feedback_nlp.text.statements import bare_statement, words_of
from feedback_nlp.text.words import is_negation

_WISH = re.compile(
    r"\b(?:should|could (?:be|have|do|use)|would (?:be|like|prefer|help|have been)|need(?:s|ed)?|wish|hope|please|more|"
    r"better|improv\w*|instead|rather|lack\w*|too|faster|quicker|sooner|easier|cheaper|less|fewer)\b",
    re.IGNORECASE,
)
_LEAN = {"faults": -0.2, "strengths": 0.2, "neutral": 0.0}
_READ = 2_000  # characters of a statement that VADER reads: its time grows with the square of the length
_GENERIC = {GENERIC_PRAISE: 0.6, GENERIC_COMPLAINT: -0.6}

SIGNS = ("positive", "negative", "neutral", "compound", "negation", "wish", "question_mark", "exclamation", "length")


@dataclass(frozen=True)
class PhraseReader:
    """A logistic regression on the words and word pairs of a statement, by TF-IDF: vectors blur "on" and "off"."""

    phrases: dict[str, tuple[float, float]]  # phrase -> inverse document frequency, coefficient
    intercept: float
    weight: float  # of this reading beside that of the vector

    def logit(self, text: str) -> float:
        """Returns the log odds of praise; the intercept where no phrase is known.

        >>> PhraseReader({"slow": (1.0, -2.0), "too slow": (1.0, -4.0)}, 0.5, 0.3).logit("Slow")
        -1.5
        """
        counts = Counter(phrase for phrase in phrases_of(text) if phrase in self.phrases)
        values = {phrase: (1 + np.log(n)) * self.phrases[phrase][0] for phrase, n in sorted(counts.items())}
        length = float(np.sqrt(sum(value**2 for value in values.values()))) or 1.0
        return float(sum(value * self.phrases[phrase][1] for phrase, value in values.items()) / length + self.intercept)


@dataclass(frozen=True)
class PolarityHead:
    """Two logistic regressions averaged as log odds: on a statement's vector and signs, and on its phrases."""

    encoder: str  # fingerprint of the encoder it was trained with
    coefficients: NDArray[np.float64]  # (d + len(SIGNS),)
    intercept: float
    cut: float  # the point between praise and complaint, moved to 0 in the result
    reader: PhraseReader

    def read(self, texts: list[str], vectors: Vectors, signs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns 2p - 1 in [-1, 1] for n texts with rows of vectors (n, d) and signs (n, 9)."""
        by_vector = np.hstack([vectors.astype(np.float64), signs]) @ self.coefficients + self.intercept
        by_phrase = np.array([self.reader.logit(text) for text in texts], dtype=float)
        share = self.reader.weight
        return np.asarray(np.tanh(((1 - share) * by_vector + share * by_phrase) / 2))


def polarity(mentions: pd.DataFrame, vectors: Vectors, encoder: str = "") -> pd.DataFrame:
    """Returns the mentions with their polarity in [-1, 1]: above 0 praise, below 0 complaint, 0 neither.

    Args:
        mentions: MENTIONS in the order of the segments.
        vectors: float32 (n segments, d), row i for the i-th distinct segment_id of `mentions`.
        encoder: fingerprint of the encoder of `vectors`; the trained head is used only with its own.
    """
    positions, ids = pd.factorize(mentions["segment_id"])
    if len(ids) != len(vectors):
        raise ValueError(f"{len(ids)} segments among the mentions, but {len(vectors)} vectors")
    first = mentions.drop_duplicates("segment_id")
    readings = statement_polarity(first["text"].tolist(), vectors, encoder)
    questions = zip(first["text"], first["question"], first["theme_id"], readings, strict=True)
    settled = np.array([_settle(*row) for row in questions], dtype=float)
    return MENTIONS.validate(mentions.assign(polarity=settled[positions] if len(settled) else 0.0))


def statement_polarity(texts: list[str], vectors: Vectors, encoder: str = "") -> NDArray[np.float64]:
    """Returns the polarity of statements from their words alone, in [-1, 1], before the question is looked at.

    Equal texts are read once; the reading of a statement depends on nothing but the statement.
    """
    codes, distinct = pd.factorize(np.asarray(texts, dtype=object))
    _, first = np.unique(codes, return_index=True)
    said = [str(text) for text in distinct]
    signs = signs_of(said)
    head = load_head()
    if head is None or head.encoder != encoder:
        lexicon = signs[:, SIGNS.index("compound")]
        wish = np.where(signs[:, SIGNS.index("wish")] > 0, -0.2, 0.0)
        return np.clip(lexicon + wish, -1, 1)[codes]
    return np.clip(head.read(said, vectors[first], signs) - head.cut, -1, 1).round(6)[codes]


def signs_of(texts: list[str]) -> NDArray[np.float64]:
    """Returns float64 (n, 9): VADER's four scores, and whether there is negation, a wish, "?", "!", and log length.

    >>> signs_of(["Not good"])[0, SIGNS.index("negation")], signs_of(["Please call back"])[0, SIGNS.index("wish")]
    (np.float64(1.0), np.float64(1.0))
    """
    return np.array([_signs(text) for text in texts], dtype=float).reshape(-1, len(SIGNS))


@cache
def load_head() -> PolarityHead | None:
    """Returns the trained head that ships with the package, or None if this build has none."""
    path = files("feedback_nlp.text") / "polarity_head.json"
    if not path.is_file():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    phrases = {phrase: (idf, coefficient) for phrase, (idf, coefficient) in data["phrases"].items()}
    reader = PhraseReader(phrases, data["phrases_intercept"], data["phrases_weight"])
    return PolarityHead(data["encoder"], np.array(data["coefficients"]), data["intercept"], data["cut"], reader)


def phrases_of(text: str) -> list[str]:
    """Returns the words and word pairs of a bare statement, as the phrase reader was trained on.

    >>> phrases_of("But way too slow!")
    ['way', 'too', 'slow', 'way too', 'too slow']
    """
    words = words_of(bare_statement(text[:_READ]))
    return words + [f"{first} {second}" for first, second in pairwise(words)]


def _signs(text: str) -> list[float]:
    text = text[:_READ]
    scores = _analyzer().polarity_scores(text)
    words = words_of(text)
    return [
        scores["pos"], scores["neg"], scores["neu"], scores["compound"],
        float(any(map(is_negation, words))), float(bool(_WISH.search(text))),
        float("?" in text), float("!" in text), float(np.log1p(len(words))),
    ]  # fmt: skip


@cache
def _analyzer() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def _settle(text: str, question: str, theme_id: object, reading: float) -> float:
    sense = sense_of_question(question)
    verdict = verdict_of_bare_answer(text, sense) or theme_id
    if isinstance(verdict, str) and verdict in _GENERIC:
        return _GENERIC[verdict]
    return float(np.clip(reading + _lean(text, sense), -1, 1))


def _lean(text: str, sense: Sense) -> float:
    """What the question adds to a statement of few words, which seldom repeats what was asked."""
    return _LEAN[sense] if len(words_of(text)) <= 8 else _LEAN[sense] / 2
