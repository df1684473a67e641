"""The student: a calibrated softmax regression that learns the clusters and then labels every statement."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from feedback_nlp.schema import Vectors
from feedback_nlp.themes.hierarchy import directions

_HELD_OUT = 5  # every fifth row calibrates the temperature
_PENALTY = 3e-6  # more, and it repeats 95 rather than 99 of 100 statements of the clusters
_ROUNDS = 25
_STEEPNESS = 30  # of the first guess: the classes' centroids, this long


@dataclass(frozen=True)
class Student:
    """A linear classifier: p(theme | vector) = softmax((x W' + b) / temperature)."""

    coefficients: NDArray[np.float64]  # (k, d)
    intercepts: NDArray[np.float64]  # (k,)
    temperature: float = 1.0

    def probabilities(self, vectors: Vectors) -> NDArray[np.float64]:
        """Returns float64 (n, k), rows summing to 1."""
        with threadpool_limits(1):
            return softmax(self.logits(vectors) / self.temperature)

    def logits(self, vectors: Vectors) -> NDArray[np.float64]:
        """Returns float64 (n, k) before calibration."""
        return vectors.astype(np.float64) @ self.coefficients.T + self.intercepts


def fit_student(vectors: Vectors, labels: NDArray[np.intp], weights: NDArray[np.float64], n_classes: int) -> Student:
    """Returns the classifier that repeats the clusters `labels` (n,) of rows `vectors` (n, d).

    Multinomial logistic regression with a light ridge by L-BFGS; the temperature (Guo et al. 2017) is the one that
    makes the log loss of held-out rows least, so that a confidence of .7 is right seven times out of ten.
    """
    with threadpool_limits(1):
        held_out = np.arange(len(vectors)) % _HELD_OUT == 0
        if len(vectors) < 10 * n_classes or n_classes < 2:
            return _fit(vectors, labels, weights, n_classes)
        trial = _fit(vectors[~held_out], labels[~held_out], weights[~held_out], n_classes)
        temperature = _calibrate(trial.logits(vectors[held_out]), labels[held_out], weights[held_out])
        final = _fit(vectors, labels, weights, n_classes, trial)
    return Student(final.coefficients, final.intercepts, temperature)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns rows that sum to 1, proportional to exp(logits).

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    raised = np.exp(logits - logits.max(axis=1, keepdims=True)) if logits.size else logits
    return np.asarray(raised / raised.sum(axis=1, keepdims=True)) if logits.size else raised


def _fit(
    vectors: Vectors, labels: NDArray[np.intp], weights: NDArray[np.float64], k: int, start: Student | None = None
) -> Student:
    """The ridge regression, from a start, or from the centroids of the classes: half the rounds of a start at zero."""
    start = start or _by_centroids(vectors, labels, weights, k)
    n, d = vectors.shape
    rows, share = np.arange(n), (weights / weights.sum()).astype(np.float32)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Weighted log loss with its ridge, and its gradient; in single precision, where the time goes."""
        table = flat.reshape(k, d + 1)
        logits = vectors @ table[:, :d].T.astype(np.float32) + table[:, d].astype(np.float32)
        logits -= logits.max(axis=1, keepdims=True)
        chosen = logits[rows, labels]
        raised = np.exp(logits, out=logits)
        total = raised.sum(axis=1)
        value = float((np.log(total) - chosen) @ share)
        raised *= (share / total)[:, None]
        raised[rows, labels] -= share
        slope = np.hstack([raised.T @ vectors, raised.sum(axis=0)[:, None]]).astype(np.float64)
        slope[:, :d] += 2 * _PENALTY * table[:, :d]
        return value + _PENALTY * float((table[:, :d] ** 2).sum()), slope.ravel()

    first = np.column_stack([start.coefficients, start.intercepts])
    best = minimize(loss, first.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    table = best.x.reshape(k, d + 1)
    return Student(table[:, :d].copy(), table[:, d].copy())


def _by_centroids(vectors: Vectors, labels: NDArray[np.intp], weights: NDArray[np.float64], k: int) -> Student:
    members = csr_array((weights, (labels, np.arange(len(labels)))), shape=(k, len(labels)))
    return Student(_STEEPNESS * directions(members @ vectors.astype(np.float64)), np.zeros(k))


def _calibrate(logits: NDArray[np.float64], labels: NDArray[np.intp], weights: NDArray[np.float64]) -> float:
    def loss(log_temperature: float) -> float:
        """Weighted log loss of the held-out rows."""
        chance = softmax(logits / np.exp(log_temperature))[np.arange(len(labels)), labels]
        return -float((np.log(np.maximum(chance, 1e-12)) * weights).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))
