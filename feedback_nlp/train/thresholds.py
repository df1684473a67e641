"""Where a theme begins: the score from which on a response has it, and what that score means as a chance."""

import numpy as np
from numpy.typing import NDArray

from feedback_nlp.themes.student import Student

_OTHERS = 20  # examples at which a theme's own threshold and the median of all themes weigh the same


def best_threshold(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Returns the threshold with the highest F1 of `scores >= threshold` against `truth`, both (m,).

    It lies midway between the last score found and the next; the highest of equally good ones. A score of -inf is never
    found, its truth still counts as missed.

    >>> best_threshold(np.array([3.0, 2.0, 1.0, 0.0]), np.array([True, True, False, False]))
    1.5
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    n_found = np.arange(1, len(scores) + 1)
    f1 = 2 * np.cumsum(truth[order]) / (n_found + truth.sum())
    is_end = np.append(ranked[1:] < ranked[:-1], True) & np.isfinite(ranked)
    best = int(np.argmax(np.where(is_end, f1, -1.0)))
    below = ranked[best + 1] if best + 1 < len(ranked) else -np.inf
    return float((ranked[best] + below) / 2 if np.isfinite(below) else ranked[best])


def choose_thresholds(scores: NDArray[np.float64], is_labelled: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Returns float64 (k,): each theme's best threshold, pulled to the median of all where it has few examples.

    A best threshold over a handful of examples is mostly chance: with n examples it weighs n / (n + 20).

    Args:
        scores: (m, k), of responses that the classifier has not seen.
        is_labelled: bool (m, k).
    """
    own = np.array([best_threshold(scores[:, j], is_labelled[:, j]) for j in range(scores.shape[1])])
    n = is_labelled.sum(axis=0)
    weight = n / (n + _OTHERS)
    return np.asarray(weight * own + (1 - weight) * np.median(own), np.float64)


def found_held_out(
    scores: NDArray[np.float64], is_labelled: NDArray[np.bool_], folds: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Returns bool (m, k): what is found in each fold with the thresholds that the other folds choose."""
    found = np.zeros(scores.shape, dtype=bool)
    for fold in np.unique(folds):
        inside = folds == fold
        found[inside] = scores[inside] >= choose_thresholds(scores[~inside], is_labelled[~inside])
    return found


def calibrate(
    student: Student,
    thresholds: NDArray[np.float64],
    scores: NDArray[np.float64],
    is_labelled: NDArray[np.bool_],
) -> tuple[Student, NDArray[np.float64]]:
    """Returns the classifier and its thresholds with logits that are chances, and thresholds on that 0 to 1 scale.

    Platt (1999): per theme a logistic curve from the held-out score to the label. It rises, so what is found stays; a
    curve that would fall is replaced by a shift. A chance of .7 then means: of responses whose best statement scores
    this much, 7 in 10 have the theme.
    """
    curves = [_curve(scores[:, j], is_labelled[:, j]) for j in range(scores.shape[1])]
    slope, shift = (np.array(part, np.float64) for part in zip(*curves, strict=True))
    calibrated = Student(student.coefficients * slope[:, None], student.intercepts * slope + shift)
    return calibrated, 1 / (1 + np.exp(-(thresholds * slope + shift)))


def _curve(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    known = np.isfinite(scores)
    curve = LogisticRegression().fit(scores[known, None], truth[known])
    slope, shift = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    if slope > 0:
        return slope, shift
    share = float(truth[known].mean())
    return 1.0, float(np.log(share / (1 - share)) - np.median(scores[known]))
