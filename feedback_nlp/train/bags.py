"""Learning from labelled responses what their statements mean (multiple-instance learning).

People label a whole comment; a run gives themes to its statements. A response is a bag of statements: it has a theme if
at least one of its statements has it (Dietterich, Lathrop & Lozano-Pérez 1997).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from feedback_nlp.schema import Vectors
from feedback_nlp.themes.student import Student
from feedback_nlp.train.regression import balanced, fit_logistic

N_FOLDS = 5

# Chosen on two labelled surveys with 200 and 500 labelled responses (macro F1): one vector per response .69 / .31, then
# statements .73 / .33, then the name as an example .74 / .34; balanced classes .33 against .27 without; choosing the
# statements a second time adds nothing.
# With all labels of the larger one (34 themes, macro / weighted): vectors .540 / .658, with words and pairs of words
# .576 / .697, with a codebook's chances besides .604 / .708; a third of the ridge costs .005.
_RIDGE = 0.3
# A chance of the codebook's theme of that name, before any label: 5 / 10 labels per theme .483 / .493 (macro) from
# nothing, .507 / .509 at 5, .522 / .520 at 10; weighted F1 of 5 labels falls from .611 to .571, of more it rises.
_TRUST = 10.0
_NAME_WEIGHT = 10.0  # a theme's name teaches as much as this many examples


@dataclass(frozen=True)
class Bags:
    """m responses and their n statements, both in a fixed order."""

    response_ids: list[str]
    vectors: Vectors  # (n, d), row i is statement i
    owner: NDArray[np.intp]  # (n,), the response that statement i belongs to
    texts: list[str]  # (n,)
    words: sparse.csr_matrix = field(
        default_factory=lambda: sparse.csr_matrix(np.zeros((0, 0)))
    )  # (n, v); unset = none
    advice: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # (n, c), 0 to 1; unset = none

    def __post_init__(self) -> None:
        """Without words or advice every statement has zero columns of them."""
        if not self.words.shape[1]:
            object.__setattr__(self, "words", sparse.csr_matrix(np.zeros((len(self.texts), 0), np.float32)))
        if not self.advice.shape[1]:
            object.__setattr__(self, "advice", np.zeros((len(self.texts), 0), np.float32))

    @property
    def dense(self) -> Vectors:
        """float32 (n, d + c): vectors and advice."""
        return np.hstack([self.vectors, self.advice])

    @property
    def has_statements(self) -> NDArray[np.bool_]:
        """bool (m,): whether a response has any statement."""
        return np.bincount(self.owner, minlength=len(self.response_ids)) > 0

    @property
    def wordings(self) -> list[str]:
        """One text per response; responses that say the same have the same."""
        said: list[list[str]] = [[] for _ in self.response_ids]
        for owner, text in zip(self.owner, self.texts, strict=True):
            said[owner].append(text.casefold())
        return ["\n".join(texts) for texts in said]

    def part(self, chosen: NDArray[np.bool_]) -> "Bags":
        """Returns the bags of the chosen responses, bool (m,), alone."""
        number = np.cumsum(chosen) - 1
        rows = np.flatnonzero(chosen[self.owner])
        ids = [response for response, keep in zip(self.response_ids, chosen, strict=True) if keep]
        texts = [self.texts[i] for i in rows]
        return Bags(ids, self.vectors[rows], number[self.owner[rows]], texts, self.words[rows], self.advice[rows])


def make_bags(segments: pd.DataFrame, vectors: Vectors, response_ids: Sequence[str]) -> Bags:
    """Returns the bags of the named responses; the order of neither argument's rows matters.

    Args:
        segments: SEGMENTS; statements of other responses are left out.
        vectors: float32 (n, d), row i is segment i.
        response_ids: distinct.
    """
    ids = sorted(response_ids)
    table = segments[["response_id", "question", "start", "text"]].reset_index(drop=True)
    table = table[table["response_id"].isin(ids)].sort_values(["response_id", "question", "start"])
    owner = pd.Index(ids).get_indexer(pd.Index(table["response_id"]))
    return Bags(ids, vectors[table.index.to_numpy()], owner, table["text"].tolist())


@dataclass(frozen=True)
class Names:
    """The k themes' names as examples: their vectors (k, d), words (k, v) and advice (k, c)."""

    vectors: Vectors
    words: sparse.csr_matrix
    advice: Vectors
    is_advised: NDArray[np.bool_]  # (k, c), whether the codebook's theme has the name of the labelled one

    @property
    def expected(self) -> NDArray[np.float64]:
        """float64 (k, d + c + v): what holds before any label: the codebook's theme of the same name."""
        k, d = self.vectors.shape
        return np.hstack([np.zeros((k, d)), _TRUST * self.is_advised, np.zeros((k, self.words.shape[1]))])

    @property
    def dense(self) -> Vectors:
        """float32 (k, d + c): vectors and advice."""
        return np.hstack([self.vectors, self.advice])


def fit_themes(bags: Bags, is_labelled: NDArray[np.bool_], names: Names) -> Student:
    """Returns one logistic regression per theme, on the d columns of vectors, the c of advice and the v of words.

    First on one mean per response; then on statements, each labelled response's likeliest one against all of those
    without.

    Args:
        bags: the labelled responses.
        is_labelled: bool (m, k), whether response i has theme j; both occur in every column.
        names: of the themes, which teach as well.
    """
    with threadpool_limits(1):
        has, labelled = bags.has_statements, is_labelled[bags.owner]
        vectors, words = _means(bags)
        everything = np.ones((int(has.sum()), is_labelled.shape[1]), bool)
        first = _regress(vectors[has], words[has], is_labelled[has], everything, names)
        scores = logits(bags, first)
        is_best = scores == _best(scores, bags.owner, len(bags.response_ids))[bags.owner]
        return _regress(bags.dense, bags.words, labelled, ~labelled | is_best, names, first)


def logits(bags: Bags, student: Student) -> NDArray[np.float64]:
    """Returns float64 (n, k), each statement's score for each theme."""
    d = bags.vectors.shape[1] + bags.advice.shape[1]
    meaning = Student(student.coefficients[:, :d], student.intercepts)
    return np.asarray(meaning.logits(bags.dense) + bags.words @ student.coefficients[:, d:].T, np.float64)


def best_scores(bags: Bags, student: Student) -> NDArray[np.float64]:
    """Returns float64 (m, k), the highest logit among a response's statements; -inf for one without any."""
    return _best(logits(bags, student), bags.owner, len(bags.response_ids))


def held_out_scores(
    bags: Bags, is_labelled: NDArray[np.bool_], names: Names, folds: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Returns `best_scores` (m, k) in which every fold was scored by a classifier that has not seen it."""
    scores = np.full(is_labelled.shape, -np.inf)
    for fold in range(N_FOLDS):
        inside = folds == fold
        student = fit_themes(bags.part(~inside), is_labelled[~inside], names)
        scores[inside] = best_scores(bags.part(inside), student)
    return scores


def make_folds(wordings: Sequence[str], is_labelled: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Returns the fold 0 to 4 of each response: equal wordings share one, and rare themes are spread over all five.

    Wordings are dealt out one by one, those of the rarest theme first, in the order of a hash: no seed, no row order.

    >>> make_folds(["a", "b", "a"], np.array([[True], [True], [True]])).tolist()
    [0, 1, 0]
    """
    rarity = np.argsort(np.argsort(is_labelled.sum(axis=0), kind="stable"), kind="stable")
    rarest = np.where(is_labelled, rarity, len(rarity)).min(axis=1, initial=len(rarity))
    first: dict[str, int] = {}
    for wording, rank in zip(wordings, rarest, strict=True):
        first[wording] = min(int(rank), first.get(wording, len(rarity)))
    dealt = sorted(first, key=lambda wording: (first[wording], blake2b(wording.encode(), digest_size=8).digest()))
    fold = {wording: number % N_FOLDS for number, wording in enumerate(dealt)}
    return np.array([fold[wording] for wording in wordings], dtype=np.intp)


def _regress(
    dense: Vectors, words: sparse.csr_matrix, truth: NDArray[np.bool_], is_used: NDArray[np.bool_], names: Names,
    first: Student | None = None,
) -> Student:  # fmt: skip
    """On the rows and, per theme, on its name, which weighs as much as ten rows that have the theme."""
    weights = balanced(truth, is_used)
    own = np.eye(truth.shape[1], dtype=bool)
    name_weights = own * _NAME_WEIGHT * np.where(truth, weights, 0).max(axis=0)
    return fit_logistic(
        np.vstack([dense, names.dense]), sparse.vstack([words, names.words]).tocsr(), np.vstack([truth, own]),
        np.vstack([weights, name_weights]), ridge=_RIDGE, first=first, centre=names.expected,
    )  # fmt: skip


def _means(bags: Bags) -> tuple[Vectors, sparse.csr_matrix]:
    """float32 (m, d + c) and (m, v): means as unit rows, the highest advice; zeros without statements."""
    n, m = len(bags.texts), len(bags.response_ids)
    members = sparse.csr_matrix((np.ones(n, np.float32), (bags.owner, np.arange(n))), (m, n))
    vectors, words = members @ bags.vectors, (members @ bags.words).tocsr()
    length = np.sqrt(np.asarray(words.multiply(words).sum(axis=1)).ravel())
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    words = sparse.diags(1 / np.maximum(length, 1e-12)) @ words
    advice = np.maximum(_best(bags.advice, bags.owner, m), 0)
    return np.hstack([unit, advice]).astype(np.float32), words.tocsr().astype(np.float32)


def _best(logits: NDArray[np.floating[Any]], owner: NDArray[np.intp], n_responses: int) -> NDArray[np.float64]:
    best = np.full((n_responses, logits.shape[1]), -np.inf)
    np.maximum.at(best, owner, logits)
    return best
