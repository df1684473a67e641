"""How likely each theme is for each statement, and which of them the statement is given."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from feedback_nlp.schema import Vectors
from feedback_nlp.themes.codebook import Codebook
from feedback_nlp.themes.matcher import words
from feedback_nlp.themes.model import ThemeModel, Words
from feedback_nlp.themes.rules import Fired, fire
from feedback_nlp.themes.student import softmax

# Log odds, chosen together on three labelled sets (see codebook_model): halving or doubling one of the first three
# costs at most .02 of macro F1 on any set. EVEN is where a statement's best theme is right as often as wrong: 1.4 over
# the comments of one statement of all three sets, with a slope of .9, so that the sigmoid is nearly a chance.
_KEYWORD = 1.2  # an include keyword
_OWN_MEANING = 0.3  # x how much the keyword by itself means the theme
_FURTHER = 0.7  # a second and a third keyword, each
EVEN = 1.3
_LARGEST = 12.0  # odds beyond are a matter of rounding


@dataclass(frozen=True)
class Chances:
    """For n statements and the k themes of `model.class_ids`."""

    chance: NDArray[np.float64]  # (n, k), 0 to 1
    is_given: NDArray[np.bool_]  # (n, k)
    by_keyword: NDArray[np.bool_]  # (n, k): given, and an include keyword of the theme is there


def chances(segments: pd.DataFrame, vectors: Vectors, model: ThemeModel) -> Chances:
    """Returns the chance of every theme and which are given, before the generic rule.

    "discovered": chances sum to 1 over themes, the best is given if it reaches `min_confidence`. "classifier": each
    theme has a chance of its own, given from its threshold on. "codebook": see `codebook_chances`.

    Args:
        segments: SEGMENTS.
        vectors: float32 (n, d), row i is segment i.
    """
    shape = (len(vectors), len(model.class_ids))
    if not shape[0] or not shape[1]:
        return Chances(np.zeros(shape), np.zeros(shape, bool), np.zeros(shape, bool))
    if model.kind == "codebook" and model.codebook is not None:
        with threadpool_limits(1):
            logits = model.student.logits(vectors)
        fired = fire(segments["text"].tolist(), model.codebook, model.keyword_weights)
        return codebook_chances(logits, fired, model.codebook)
    by_keyword = np.zeros(shape, bool)
    if model.kind == "discovered":
        chance = model.student.probabilities(vectors)
        return Chances(chance, best_of(chance) & (chance >= model.min_confidence), by_keyword)
    logits = model.student.logits(vectors)
    if model.words.terms:
        logits = logits + word_columns(segments["text"].tolist(), model.words) @ model.words.weights.T
    if model.adviser:
        logits = logits + chances(segments, vectors, model.adviser).chance @ model.adviser_weights.T
    chance = sigmoid(logits)
    return Chances(chance, chance >= model.thresholds, by_keyword)


def word_counts(text: str) -> Counter[str]:
    """Returns how often a text holds each word and each pair of neighbouring words, folded.

    >>> dict(word_counts("Too LONG, too long"))
    {'too': 2, 'long': 2, 'too long': 2, 'long too': 1}
    """
    found = words(text)
    return Counter([*found, *(" ".join(pair) for pair in pairwise(found))])


def word_columns(texts: Sequence[str], known: Words) -> sparse.csr_matrix:
    """Returns sparse float32 (n, v): TF-IDF of the model's terms, rows of length 1, or 0 where a text holds none.

    A term found c times counts (1 + log c) x its rarity, log((1 + N) / (1 + texts that hold it)) + 1 over the N texts
    the model learned from (Salton & Buckley 1988, as scikit-learn smooths it). Time grows with the texts alone.

    >>> word_columns(["a b"], Words(("a", "c"), np.array([2.0, 1.0]), np.zeros((1, 2)))).toarray().tolist()
    [[1.0, 0.0]]
    """
    column = {term: number for number, term in enumerate(known.terms)}
    ends, columns, values = [0], list[int](), list[float]()
    for text in texts:
        held = sorted((column[term], count) for term, count in word_counts(text).items() if term in column)
        value = np.array([(1 + np.log(count)) * known.rarity[at] for at, count in held])
        columns += [at for at, _ in held]
        values += (value / max(float(np.linalg.norm(value)), 1e-12)).tolist()
        ends.append(len(columns))
    return sparse.csr_matrix((np.array(values, np.float32), columns, ends), (len(texts), len(column)))


def codebook_chances(logits: NDArray[np.float64], fired: Fired, codebook: Codebook) -> Chances:
    """Returns the chances (n, k) of a codebook's themes from the logits of meaning (n, k) and the keywords that fired.

    chance = sigmoid(log odds of the meaning + 1.2 + 0.3 x the keyword's own meaning + 0.7 for a second and a third
    keyword - 1.3), the middle terms only where a keyword is there; 0 where an exclude keyword is. Of the themes whose
    chance reaches `min_confidence`, those with a keyword are given (the best one unless `several`), and where there is
    none the best theme. Under `rules = "decide"` a keyword always reaches it.

    A chance is not calibrated on this codebook, which would need labels: the curve is that of three labelled sets. One
    fitted on two of them was off by .05 to .15 on the third (expected calibration error).
    """
    has_fired = fired.has_fired
    further = np.clip(fired.n_keywords - 1, 0, 2)
    strength = np.where(has_fired, fired.strength, 0)
    evidence = log_odds(logits) + has_fired * (_KEYWORD + _OWN_MEANING * strength + _FURTHER * further)
    chance = np.where(fired.is_excluded, 0, sigmoid(evidence - EVEN))
    if codebook.rules == "decide":
        chance = np.where(has_fired, np.maximum(chance, codebook.min_confidence), chance)
    reached = (chance >= codebook.min_confidence) & ~fired.is_excluded
    by_keyword = reached & has_fired
    if not codebook.several:
        by_keyword &= best_of(np.where(by_keyword, chance, -1))
    is_given = np.where(by_keyword.any(axis=1, keepdims=True), by_keyword, reached & best_of(chance))
    return Chances(chance, is_given, by_keyword)


def log_odds(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns log(p / (1 - p)) of each theme's softmax chance p, less that of p = 1 / k; 0 where there is one theme.

    >>> log_odds(np.log([[0.6, 0.2, 0.2]])).round(3).tolist(), log_odds(np.array([[3.0]])).tolist()
    ([[1.099, -0.693, -0.693]], [[0.0]])
    """
    k = logits.shape[1]
    if k < 2:
        return np.zeros(logits.shape)
    chance = np.clip(softmax(logits), 1e-9, 1 - 1e-9)
    return np.asarray(np.clip(np.log(chance) - np.log1p(-chance) + np.log(k - 1), -_LARGEST, _LARGEST))


def best_of(chance: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Returns bool (n, k): the highest of each row, the first of equal ones.

    >>> best_of(np.array([[0.2, 0.5, 0.5]])).tolist()
    [[False, True, False]]
    """
    return np.asarray(np.arange(chance.shape[1]) == chance.argmax(axis=1)[:, None])


def sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns 1 / (1 + exp(-values)).

    >>> sigmoid(np.array([0.0, 1000.0, -1000.0])).tolist()
    [0.5, 1.0, 0.0]
    """
    return np.asarray(0.5 * (1 + np.tanh(values / 2)))
