"""The trained polarity heads that ship with the package: logistic regressions kept as small JSON files.

One is for English, in the space of MiniLM; one for the languages of the multilingual encoder, in whose space it was
trained on the same English statements: a sentence lies near its translations there. See models/polarity.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from feedback_nlp.schema import Vectors
from feedback_nlp.text.signs import PLAIN_SIGNS, READ, SIGNS, plain_signs_of, signs_of
from feedback_nlp.text.statements import bare_statement
from feedback_nlp.text.words import words_of

HEADS = ("polarity_head.json", "polarity_head_multilingual.json")


@dataclass(frozen=True)
class PhraseReader:
    """A logistic regression on the words and word pairs of a statement, by TF-IDF: vectors blur "on" and "off"."""

    phrases: dict[str, tuple[float, float]]  # phrase -> inverse document frequency, coefficient
    intercept: float
    weight: float  # of this reading beside that of the vector; 0 where there are no phrases

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
    coefficients: NDArray[np.float64]  # (d + number of signs,)
    intercept: float
    cut: float  # the point between praise and complaint, moved to 0 in the result
    reader: PhraseReader
    languages: tuple[str, ...] = ("en",)  # ISO 639-1 codes of what it reads; English alone has VADER's signs

    def signs(self, texts: Sequence[str], languages: Sequence[str | None]) -> NDArray[np.float64]:
        """Returns the signs it was trained with: float64 (n, 9) for a head of English alone, (n, 2) for others."""
        return signs_of(texts) if self.languages == ("en",) else plain_signs_of(texts, languages)

    def read(self, texts: Sequence[str], vectors: Vectors, signs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns 2p - 1 in [-1, 1] for n texts with rows of vectors (n, d) and signs (n, k)."""
        logits = np.hstack([vectors.astype(np.float64), signs]) @ self.coefficients + self.intercept
        if self.reader.weight:
            by_phrase = np.array([self.reader.logit(text) for text in texts], dtype=float)
            logits = (1 - self.reader.weight) * logits + self.reader.weight * by_phrase
        return np.asarray(np.tanh(logits / 2))


def head_of(encoder: str) -> PolarityHead | None:
    """Returns the head that was trained in the space of an encoder, None if there is none.

    >>> head_of("of another encoder") is None, [head.languages[0] for head in heads()]
    (True, ['en', 'ar'])
    """
    return next((head for head in heads() if head.encoder == encoder), None)


@cache
def heads() -> tuple[PolarityHead, ...]:
    """Returns the heads that ship with the package, in the order of `HEADS`; a build without them has none."""
    folder = files("feedback_nlp.text")
    return tuple(_head((folder / name).read_text(encoding="utf-8")) for name in HEADS if (folder / name).is_file())


def phrases_of(text: str) -> list[str]:
    """Returns the words and word pairs of a bare statement, as the phrase reader was trained on.

    >>> phrases_of("But way too slow!")
    ['way', 'too', 'slow', 'way too', 'too slow']
    """
    words = words_of(bare_statement(text[:READ]))
    return words + [f"{first} {second}" for first, second in pairwise(words)]


def n_signs(languages: Sequence[str]) -> int:
    """Returns how many signs a head of these languages reads.

    >>> n_signs(["en"]), n_signs(["de", "en"])
    (9, 2)
    """
    return len(SIGNS) if tuple(languages) == ("en",) else len(PLAIN_SIGNS)


def _head(text: str) -> PolarityHead:
    data = json.loads(text)
    phrases = {phrase: (idf, coefficient) for phrase, (idf, coefficient) in data["phrases"].items()}
    reader = PhraseReader(phrases, data["phrases_intercept"], data["phrases_weight"])
    coefficients, languages = np.array(data["coefficients"]), tuple(data["languages"])
    return PolarityHead(data["encoder"], coefficients, data["intercept"], data["cut"], reader, languages)
