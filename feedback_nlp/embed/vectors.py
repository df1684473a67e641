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

_BLOCK = 4096  # texts between two writes to the cache, so that an interrupted run keeps what it has computed


@dataclass(frozen=True)
class Embedder:
    """Encodes texts once each and remembers them; call it like a function."""

    encoder: Encoder
    cache: VectorCache | None = None

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Returns float32 (n, d) with unit rows, row i for text i; equal texts are encoded once."""
        distinct = sorted(set(texts))
        known = self.cache.find(distinct) if self.cache else {}
        missing = [text for text in distinct if text not in known]
        blocks = range(0, len(missing), _BLOCK)
        for first in tqdm(blocks, "embedding", leave=False, disable=len(blocks) < 2 or not sys.stderr.isatty()):
            part = missing[first : first + _BLOCK]
            vectors = self.encoder.encode(part)
            known.update(zip(part, vectors, strict=True))
            if self.cache:
                self.cache.add(part, vectors)
        return np.stack([known[text] for text in texts]) if texts else self.encoder.encode([])


def open_embedder(settings: EmbedConfig = EmbedConfig()) -> Embedder:
    """Returns the configured encoder with its cache (`embed.cache`: a folder, "" = the user's cache, "none").

    Raises:
        ModelError: see `load_encoder`.
    """
    encoder = load_encoder(settings)
    if settings.cache == "none" or settings.model == "hash":
        return Embedder(encoder)
    folder = Path(settings.cache) if settings.cache else user_cache_path("feedback_nlp")
    return Embedder(encoder, VectorCache(folder, encoder.fingerprint))
