"""Any sentence-transformers model, run by torch."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from feedback_nlp.embed.batches import MOST_TOKENS, run_side_by_side, token_batches, unit_rows
from feedback_nlp.errors import ModelError
from feedback_nlp.schema import Vectors

_BATCH = 32
_LENGTHS = (8, 12, 16, 24, 32, 48, 64, 96, MOST_TOKENS)  # a text gets the shortest that holds it, longer ones are cut


class SentenceEncoder:
    """A sentence-transformers model from a folder, run on the CPU in batches of fixed shape.

    Matrix kernels choose their order of summation by shape, so a free batch size changes the last bits of a vector.
    Every batch here is 32 texts of one of nine lengths, filled up with empty texts, and computed by one thread: a
    vector then depends on its text alone. Batches run side by side, one to a core, which is also faster than the
    threads of one batch: those wait for each other by spinning, and lose most of their time on a busy machine.
    """

    def __init__(self, folder: Path, name: str, fingerprint: str, max_tokens: int = MOST_TOKENS) -> None:
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        self.name = name
        self.fingerprint = self.space = fingerprint
        self._lengths = tuple(sorted({min(length, max_tokens) for length in _LENGTHS}))
        safe_only = {"use_safetensors": True}  # the other weight formats are pickles
        try:
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs=safe_only)
        except (OSError, ValueError, SafetensorError) as error:
            raise ModelError(f"{folder}: no sentence-transformers model with safetensors weights: {error}") from None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns float32 (n, d) with unit rows, row i for text i."""
        if not texts:
            return np.zeros((0, self._model.get_embedding_dimension() or 0), np.float32)
        import torch

        tokens = self._model.tokenizer(list(texts), truncation=True, max_length=self._lengths[-1])["input_ids"]
        batches = list(token_batches([len(ids) for ids in tokens], self._lengths, _BATCH))
        return run_side_by_side(
            batches,
            lambda length, members: self._encode_batch([texts[i] for i in members], length),
            partial(torch.set_num_threads, 1),
        )

    def _encode_batch(self, texts: list[str], length: int) -> Vectors:
        import torch

        filled = texts + [""] * (_BATCH - len(texts))
        features: Any = self._model.tokenizer(
            filled, padding="max_length", truncation=True, max_length=length, return_tensors="pt"
        )
        with torch.inference_mode():
            vectors: Vectors = self._model(dict(features))["sentence_embedding"].numpy()[: len(texts)]
        return unit_rows(vectors)
