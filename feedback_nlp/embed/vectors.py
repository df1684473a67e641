"""The encoder together with its cache: the one way by which a text gets its vector."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path
from tqdm import tqdm

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed.cache import VectorCache
from feedback_nlp.embed.encoders import Encoder, load_encoder
from feedback_nlp.schema import Vectors

_QUICK = ("hash", "static")  # encoders faster than the cache
_BLOCK = 4096  # texts between two writes to the cache, so that an interrupted run keeps what it has computed


@dataclass(frozen=True)
class Embedder:
    """Encodes texts once each and remembers them; call it like a function."""

    encoder: Encoder
    cache: VectorCache | None = None

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Returns float32 (n, d) with unit rows, row i for text i; equal texts are encoded once."""
        if not texts:
            return self.encoder.encode([])
        distinct = sorted(set(texts))
        row_of = {text: row for row, text in enumerate(distinct)}
        blocks = range(0, len(distinct), _BLOCK)
        is_quiet = len(blocks) < 2 or not sys.stderr.isatty()
        vectors: Vectors | None = None
        for first in tqdm(blocks, "embedding", leave=False, disable=is_quiet):
            found = self._look_up(distinct[first : first + _BLOCK])
            if vectors is None:
                vectors = np.empty((len(distinct), found.shape[1]), np.float32)
            vectors[first : first + len(found)] = found
        assert vectors is not None  # noqa: S101 there is a text, so there is a block
        is_as_asked = len(distinct) == len(texts) and distinct == list(texts)
        return vectors if is_as_asked else vectors[[row_of[text] for text in texts]]

    def _look_up(self, texts: list[str]) -> Vectors:
        """One block, from the cache where it has them; the others are encoded together and remembered."""
        known = self.cache.find(texts) if self.cache else {}
        missing = [text for text in texts if text not in known]
        if missing:
            encoded = self.encoder.encode(missing)
            known.update(zip(missing, encoded, strict=True))
            if self.cache:
                self.cache.add(missing, encoded)
        return np.stack([known[text] for text in texts])


def open_embedder(settings: EmbedConfig = EmbedConfig()) -> Embedder:
    """Returns the configured encoder with its cache (`embed.cache`: a folder, "" = the user's cache, "none").

    Raises:
        ModelError: see `load_encoder`.
    """
    encoder = load_encoder(settings)
    if settings.cache == "none" or settings.model.partition(":")[0] in _QUICK:
        return Embedder(encoder)
    folder = Path(settings.cache) if settings.cache else user_cache_path("feedback_nlp")
    return Embedder(encoder, VectorCache(folder, encoder.fingerprint, int(settings.cache_gb * 1e9)))
