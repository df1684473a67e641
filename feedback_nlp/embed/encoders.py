"""Sentence encoders: text in, unit vectors out, the same bits for a text whatever it is encoded beside."""

import re
from collections.abc import Sequence
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Protocol

import numpy as np

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed.batches import unit_rows
from feedback_nlp.embed.weights import MINILM_SHA256, Source, check_weights, find_folder, read_source
from feedback_nlp.schema import Vectors


class Encoder(Protocol):
    """What turns texts into vectors.

    `fingerprint` is a hash of all that decides a vector (weights, tokenizer, pooling, precision): two encoders with
    one fingerprint give the same vectors. `space` is the fingerprint of the encoder whose vectors these stand for: its
    own, or that of the weights a faster encoder was built from. A model serves every encoder of its space, a cache only
    one fingerprint.
    """

    name: str
    fingerprint: str
    space: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns float32 (n, d) with unit rows; row i belongs to text i and depends on nothing else."""


class HashEncoder:
    """Bags of hashed words for tests and dry runs: no weights, no download, 64 dimensions, microseconds."""

    name = "hash"
    fingerprint = space = sha256(b"feedback_nlp hash encoder 1").hexdigest()
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

    `settings.model` is one of:

    - "minilm": all-MiniLM-L6-v2, whose weights arrive inside a package, run by torch
    - "minilm-onnx", "minilm-int8": the same, run by onnxruntime in 32 or in 8 bits; built once into the user's cache
    - "onnx:MODEL", "int8:MODEL": the same for a folder or hub name with mean or CLS pooling
    - "static": one vector a word piece, distilled from MiniLM once into the user's cache
    - "static:FOLDER": a model2vec folder
    - "multilingual": 16 languages, from a package
    - a folder, or the name of a model on the hub (fetched only if it is not there yet and HF_HUB_OFFLINE is not set)
    - "hash": hashed words, for tests

    Raises:
        ModelError: the folder, model or package is not there, holds no safetensors, or its weights have another hash.
    """
    if settings.model == "hash":
        return HashEncoder()
    if settings.model == "multilingual":
        from feedback_nlp.embed.multilingual import load_multilingual

        return load_multilingual(settings.sha256)
    kind, model = _kind(settings.model)
    if kind == "static" and model:
        from feedback_nlp.embed.static import load_static

        return load_static(Path(model), settings.model, settings.sha256)
    source = _checked_source(model or "minilm", settings.sha256)
    if kind == "static":
        from feedback_nlp.embed.distill import load_distilled

        return load_distilled(source)
    if kind:
        from feedback_nlp.embed.onnx_encoder import load_onnx

        return load_onnx(source, settings.model, is_int8=kind == "int8")
    from feedback_nlp.embed.sentence import SentenceEncoder

    return SentenceEncoder(source.folder, settings.model, source.fingerprint, source.max_tokens)


def _kind(name: str) -> tuple[str, str]:
    """What runs the model ("" = torch), and the model's name or folder."""
    if name.startswith("minilm-") and name.removeprefix("minilm-") in ("onnx", "int8"):
        return name.removeprefix("minilm-"), "minilm"
    kind, colon, model = name.partition(":")
    if kind in ("onnx", "int8", "static") and (colon or kind == "static"):
        return kind, model
    return "", name


def _checked_source(model: str, wished_sha256: str) -> Source:
    source = read_source(find_folder(model))
    check_weights(source.weights_sha256, wished_sha256, MINILM_SHA256 if model == "minilm" else "", source.folder)
    return source
