"""Comments that say the same: word for word, after folding, or nearly so by their shingles.

Near duplicates: MinHash (Broder 1997) with banding for candidates, each checked by its exact Jaccard index. Own code on
numpy: the library datasketch took three times as long on 5,000 comments, and would be one more dependency for 40 lines.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.text.folding import folded

_SHINGLE = 5  # characters
_HASHES = 64
_CHUNK = 2_000_000  # shingles hashed at once, 16 MB a copy
_MISSED = 0.01  # the share of pairs at the threshold that banding may miss


def mark_duplicates(comments: pd.DataFrame, near: float = 0.0) -> pd.Series:
    """Returns same_text_as: for each comment the response_id of the first, in the order of the key, with its text.

    Args:
        comments: COMMENTS, in any order; only rows of status "comment" are compared, the others are null.
        near: Jaccard index of five-character shingles in (0, 1] from which two texts count as the same; 0 compares the
            folded texts only (case, accents, blanks and punctuation).

    The first comment with a text is null. With `near` each comment goes to the first of the comments that are first
    themselves, so that no chain drifts away. Short texts (below five characters) are the same only if they are equal.
    """
    answered = comments[comments["status"] == "comment"].sort_values(["response_id", "question"], kind="stable")
    codes, texts = pd.factorize(np.array([_key(text) for text in answered["comment"]], dtype=object))
    if near and len(texts):
        codes = _leaders(list(texts), near)[codes]
    first = ~pd.Series(codes).duplicated().to_numpy()
    leaders = pd.Series(answered["response_id"].to_numpy()[first], index=codes[first], dtype="str")
    marks = leaders.reindex(codes).set_axis(answered.index).mask(first)
    return marks.reindex(comments.index).astype("str").rename("same_text_as")


def count_duplicates(comments: pd.DataFrame) -> dict[str, int]:
    """Returns how many comments repeat an earlier one: "exact" (every character), "normalised" (after folding), "near".

    Args:
        comments: COMMENTS with same_text_as. Each marked comment counts once, by the closest of the three.
    """
    answered = comments[comments["status"] == "comment"].sort_values(["response_id", "question"], kind="stable")
    leaders = set(answered["same_text_as"].dropna())
    answered = answered[answered["same_text_as"].notna() | answered["response_id"].isin(leaders)]
    marked = answered["same_text_as"].notna()
    exact = answered["comment"].duplicated()
    normalised = pd.Series(
        [_key(text) for text in answered["comment"]], index=answered.index, dtype=object
    ).duplicated()
    return {
        "exact": int((marked & exact).sum()),
        "normalised": int((marked & normalised & ~exact).sum()),
        "near": int((marked & ~normalised).sum()),
    }


def _key(text: str) -> str:
    return folded(text) or text


def _leaders(texts: list[str], threshold: float) -> NDArray[np.int64]:
    """For each distinct text, in order, the number of the first leader that is as near as the threshold, or its own."""
    shingles = [_shingles(text) for text in texts]
    n_bands = _bands(threshold)
    bands = _signatures(shingles)[:, : _HASHES // n_bands * n_bands].reshape(len(texts), n_bands, -1)
    buckets: dict[tuple[int, bytes], list[int]] = {}
    leaders = np.arange(len(texts))
    for number in range(len(texts)):
        keys = [(band, bands[number, band].tobytes()) for band in range(n_bands)]
        candidates = sorted({leader for key in keys for leader in buckets.get(key, ())})
        for leader in candidates:
            if _jaccard(shingles[number], shingles[leader]) >= threshold:
                leaders[number] = leader
                break
        else:
            for key in keys:
                buckets.setdefault(key, []).append(number)
    return leaders


def _shingles(text: str) -> NDArray[np.uint64]:
    """The distinct hashes of a text's five-character pieces, sorted; of the whole text where it is shorter."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    if len(codes) < _SHINGLE:
        codes = np.concatenate([codes, np.full(_SHINGLE - len(codes), 0x110000, dtype=np.uint64)])
    hashes = np.zeros(len(codes) - _SHINGLE + 1, dtype=np.uint64)
    for place in range(_SHINGLE):
        hashes = (hashes * np.uint64(0x100000001B3)) ^ codes[place : place + len(hashes)]
        hashes ^= hashes >> np.uint64(29)
    return np.unique(hashes)


def _jaccard(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    n_common = len(np.intersect1d(one, other, assume_unique=True))
    return n_common / (len(one) + len(other) - n_common)


def _signatures(shingles: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """MinHash signatures, uint64 (n, 64): the smallest hash of a text's shingles under each of 64 fixed hashes."""
    multipliers, offsets = np.random.default_rng(0).integers(1, 2**63, size=(2, _HASHES), dtype=np.uint64) | np.uint64(
        1
    )
    signatures = np.empty((len(shingles), _HASHES), dtype=np.uint64)
    for start, end in _chunks([len(hashes) for hashes in shingles]):
        joined = np.concatenate(shingles[start:end])
        starts = np.cumsum([0, *(len(hashes) for hashes in shingles[start : end - 1])])
        for column in range(_HASHES):
            mixed = joined * multipliers[column] + offsets[column]
            mixed ^= mixed >> np.uint64(32)
            signatures[start:end, column] = np.minimum.reduceat(mixed, starts)
    return signatures


def _chunks(sizes: list[int]) -> Iterator[tuple[int, int]]:
    start, total = 0, 0
    for number, size in enumerate(sizes):
        if total and total + size > _CHUNK:
            yield start, number
            start, total = number, 0
        total += size
    if sizes:
        yield start, len(sizes)


def _bands(threshold: float) -> int:
    """The fewest bands of equal width that miss at most _MISSED of the pairs at the threshold: 1 - (1 - t^r)^b."""
    for n_bands in (1, 2, 4, 8, 16, 32):
        if (1 - threshold ** (_HASHES // n_bands)) ** n_bands <= _MISSED:
            return n_bands
    return _HASHES
