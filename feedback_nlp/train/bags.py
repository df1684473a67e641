"""Learning from labelled responses what their statements mean (multiple-instance learning).

People label a whole comment; a run gives themes to its statements. A response is a bag of statements: it has a theme if
at least one of its statements has it (Dietterich, Lathrop & Lozano-Pérez 1997).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from feedback_nlp.schema import Vectors
from feedback_nlp.themes.student import Student

N_FOLDS = 5

# Chosen on two labelled surveys with 200 and 500 labelled responses (macro F1): one vector per response .69 / .31, then
# statements .73 / .33, then the name as an example .74 / .34; balanced classes .33 against .27 without; choosing the
# statements a second time adds nothing.
_PENALTY = 10.0  # C of the regression; F1 at 3 is the same within .01, but with up to a tenth more themes found
_NAME_WEIGHT = 10.0  # a theme's name teaches as much as this many examples


@dataclass(frozen=True)
class Bags:
    """m responses and their n statements, both in a fixed order."""

    response_ids: list[str]
    vectors: Vectors  # (n, d), row i is statement i
    owner: NDArray[np.intp]  # (n,), the response that statement i belongs to
    texts: list[str]  # (n,)

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
        return Bags(ids, self.vectors[rows], number[self.owner[rows]], [self.texts[i] for i in rows])


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


def fit_themes(bags: Bags, is_labelled: NDArray[np.bool_], names: Vectors) -> Student:
    """Returns one logistic regression per theme, on statements.

    Args:
        bags: the labelled responses.
        is_labelled: bool (m, k), whether response i has theme j; both occur in every column.
        names: float32 (k, d), the vectors of the themes' names.
    """
    with threadpool_limits(1):
        fitted = [_fit_theme(bags, is_labelled[:, j], names[j]) for j in range(is_labelled.shape[1])]
    return Student(np.array([row for row, _ in fitted]), np.array([intercept for _, intercept in fitted]))


def best_scores(bags: Bags, student: Student) -> NDArray[np.float64]:
    """Returns float64 (m, k), the highest logit among a response's statements; -inf for one without any."""
    return _best(student.logits(bags.vectors), bags.owner, len(bags.response_ids))


def held_out_scores(
    bags: Bags, is_labelled: NDArray[np.bool_], names: Vectors, folds: NDArray[np.intp]
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


def _fit_theme(
    bags: Bags, is_labelled: NDArray[np.bool_], name: NDArray[np.float32]
) -> tuple[NDArray[np.float64], float]:
    """First one mean vector per response; then each labelled response's likeliest statement against those without."""
    has = bags.has_statements
    coefficients, intercept = _regress(_means(bags)[has], is_labelled[has], name)
    logits = bags.vectors @ coefficients.astype(np.float32) + np.float32(intercept)
    best = _best(logits[:, None], bags.owner, len(bags.response_ids))[:, 0]
    labelled = is_labelled[bags.owner]
    keep = ~labelled | (logits == best[bags.owner])
    return _regress(bags.vectors[keep], labelled[keep], name)


def _regress(X: Vectors, y: NDArray[np.bool_], name: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
    from sklearn.linear_model import LogisticRegression

    X, y = np.vstack([X, name]), np.append(y, True)
    weights = np.append(np.ones(len(X) - 1), _NAME_WEIGHT)
    model = LogisticRegression(C=_PENALTY, class_weight="balanced", max_iter=1000).fit(X, y, sample_weight=weights)
    return model.coef_[0].astype(np.float64), float(model.intercept_[0])


def _means(bags: Bags) -> Vectors:
    """float32 (m, d), unit rows; zeros for a response without statements."""
    sums = np.zeros((len(bags.response_ids), bags.vectors.shape[1]))
    np.add.at(sums, bags.owner, bags.vectors)
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12), np.float32)


def _best(logits: NDArray[np.floating[Any]], owner: NDArray[np.intp], n_responses: int) -> NDArray[np.float64]:
    best = np.full((n_responses, logits.shape[1]), -np.inf)
    np.maximum.at(best, owner, logits)
    return best
