"""Logistic regressions of many themes at once, on dense and sparse columns side by side."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from feedback_nlp.schema import Vectors
from feedback_nlp.themes.student import Student

_ROUNDS = 60


def fit_logistic(
    vectors: Vectors,
    words: sparse.csr_matrix,
    truth: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    ridge: float,
    centre: NDArray[np.float64] | None = None,
    first: Student | None = None,
) -> Student:
    """Returns k independent logistic regressions: least sum of weighted log losses + ridge / 2 |W - W0|^2, by L-BFGS.

    All themes take their steps together, so that a step is one product of matrices; at most 60 steps.

    Args:
        vectors: float32 (n, d).
        words: float32 (n, v), sparse.
        truth: bool (n, k).
        weights: (n, k), 0 = the row says nothing about the theme.
        ridge: the penalty of a coefficient; intercepts have none.
        centre: (k, d + v), the coefficients W0 that cost nothing; None = zeros.
        first: where to start, with d + v coefficients per theme; None = from `centre`.
    """
    k, d, n_columns = truth.shape[1], vectors.shape[1], vectors.shape[1] + words.shape[1]
    target, share, total = truth.astype(np.float32), weights.astype(np.float32), float(weights.sum())
    turned = words.T.tocsr()
    free = np.zeros((n_columns, k)) if centre is None else centre.T

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """The mean penalised loss, and its gradient."""
        table = flat.reshape(n_columns + 1, k)
        exact = table.astype(np.float32)
        logits = vectors @ exact[:d] + words @ exact[d:-1] + exact[-1]
        small = np.exp(-np.abs(logits))
        value = float(np.vdot(share, np.log1p(small) + np.maximum(logits, 0) - target * logits))
        residual = share * (np.where(logits >= 0, 1, small) / (1 + small) - target)
        slope = np.vstack([vectors.T @ residual, turned @ residual, residual.sum(axis=0)]).astype(np.float64)
        slope[:-1] += ridge * (table[:-1] - free)
        return (value + ridge / 2 * float(((table[:-1] - free) ** 2).sum())) / total, slope.ravel() / total

    start = np.vstack([free, np.zeros(k)]) if first is None else np.vstack([first.coefficients.T, first.intercepts])
    best = minimize(
        loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS, "gtol": 1e-7, "ftol": 1e-7}
    )
    table = best.x.reshape(n_columns + 1, k)
    return Student(table[:-1].T.copy(), table[-1].copy())


def balanced(truth: NDArray[np.bool_], is_used: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Returns weights (n, k) under which the rows with a theme and those without weigh the same; 0 for unused ones.

    >>> balanced(np.array([[True], [False], [False]]), np.ones((3, 1), bool)).tolist()
    [[1.5], [0.75], [0.75]]
    """
    n, n_with = is_used.sum(axis=0), (truth & is_used).sum(axis=0)
    each = np.where(truth, n / (2 * np.maximum(n_with, 1)), n / (2 * np.maximum(n - n_with, 1)))
    return np.asarray(each * is_used, np.float64)
