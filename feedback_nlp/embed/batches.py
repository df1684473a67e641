"""Batches of fixed shape: what makes a vector depend on its text alone, to the last bit."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from feedback_nlp.schema import Vectors

_TINY = 1e-10  # below it the square of a number loses digits in 32 bits
MOST_TOKENS = 128  # of a text; what comes after is cut


def token_batches(n_tokens: Sequence[int], lengths: Sequence[int], size: int) -> Iterator[tuple[int, list[int]]]:
    """Yields (length, indices of at most `size` texts), each text once, in the shortest length that holds it.

    Args:
        n_tokens: tokens of each text, none above the last of `lengths`.
        lengths: the allowed numbers of tokens, ascending.
        size: texts a batch; the last one of a length may be short and is for the caller to fill up.

    >>> list(token_batches([3, 9, 4, 2], [4, 16], 2))
    [(4, [0, 2]), (4, [3]), (16, [1])]
    """
    fitting = np.searchsorted(lengths, n_tokens)
    for bucket, length in enumerate(lengths):
        members = np.flatnonzero(fitting == bucket).tolist()
        for first in range(0, len(members), size):
            yield length, members[first : first + size]


def run_side_by_side(
    batches: Sequence[tuple[int, list[int]]],
    encode_batch: Callable[[int, list[int]], Vectors],
    start_thread: Callable[[], object] | None = None,
) -> Vectors:
    """Returns the rows of all batches, row i for text i; one thread a batch, one batch a core.

    Args:
        batches: at least one; together they hold every index from 0 once.
        encode_batch: (length, indices) -> one row per index.
        start_thread: called once in every thread.
    """
    with ThreadPoolExecutor(os.cpu_count() or 1, initializer=start_thread) as pool:
        rows = np.vstack(list(pool.map(lambda batch: encode_batch(*batch), batches)))
    return np.asarray(rows[np.argsort(np.concatenate([indices for _, indices in batches]))])


def unit_rows(rows: Vectors) -> Vectors:
    """Returns the rows scaled to length 1; a row of zeros stays.

    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    most = np.abs(rows).max(axis=1, keepdims=True, initial=0)
    rows = np.where((most > 0) & (most < _TINY), rows / np.where(most > 0, most, 1), rows)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1), np.float32)
