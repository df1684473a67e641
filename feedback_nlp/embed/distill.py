"""A static table distilled from a sentence-transformers model: each word piece encoded alone, once."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from feedback_nlp.embed.batches import run_side_by_side
from feedback_nlp.embed.built import built_folder
from feedback_nlp.embed.static import StaticEncoder, load_static
from feedback_nlp.embed.weights import Source
from feedback_nlp.errors import ModelError
from feedback_nlp.schema import Vectors

_VERSION = 1
_DIMENSIONS = 256
_BATCH = 256
_SMOOTHING = 1e-4  # a of a / (a + p(token)), Arora et al. 2017


def load_distilled(source: Source) -> StaticEncoder:
    """Returns the static encoder of a model, distilled into the user's cache if need be (about a minute, once)."""
    name = f"static-{_VERSION}-{source.weights_sha256[:32]}-{source.fingerprint[:8]}"
    return load_static(built_folder(name, partial(distil, source)), "static")


def distil(source: Source, folder: Path) -> None:
    """Writes a model2vec folder: the recipe of model2vec (Minish 2024) with its default values.

    Every token of the vocabulary is encoded by itself between the tokens that open and close a text; the mean of the
    three is reduced to 256 dimensions by PCA, and weighted by a / (a + p), where p falls with the token's rank (Zipf).

    Raises:
        ModelError: the tokenizer is not of a kind whose vocabulary is ordered by frequency.
    """
    from safetensors.numpy import save_file

    tokenizer = json.loads((source.folder / "tokenizer.json").read_text(encoding="utf-8"))
    if tokenizer["model"].get("type") != "WordPiece":
        raise ModelError(f"{source.folder}: only a WordPiece vocabulary can be distilled; use model2vec itself")
    vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
    special = {token["content"] for token in tokenizer["added_tokens"]}
    kept = sorted(i for token, i in vocabulary.items() if token not in special and not token.startswith("[unused"))
    components = weighted_components(_token_vectors(source, kept, vocabulary), _DIMENSIONS)
    table = np.zeros((max(vocabulary.values()) + 1, components.shape[1]), np.float16)
    table[kept] = components
    save_file({"embeddings": table}, folder / "model.safetensors")
    tokenizer |= {"padding": None, "truncation": None, "post_processor": None}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    described = {"model_type": "model2vec", "hidden_dim": components.shape[1], "normalize": True}
    (folder / "config.json").write_text(json.dumps(described, indent=1), encoding="utf-8")


def weighted_components(vectors: Vectors, n_dimensions: int) -> Vectors:
    """Returns float32 (n, min(d, n_dimensions)): the principal components of tokens, most frequent first, those damped.

    The sign of a component is fixed (its largest loading is positive); rows are weighted by 1e-4 / (1e-4 + p), where
    p of rank r is in proportion to 1 / (r + 1).

    >>> rows = weighted_components(np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.1]], np.float32), 1)
    >>> bool(abs(rows[0, 0]) < abs(rows[1, 0]))
    True
    """
    with threadpool_limits(1):
        centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
        _, directions = np.linalg.eigh(centred.T @ centred)
        directions = directions[:, ::-1][:, :n_dimensions]
        largest = directions[np.abs(directions).argmax(axis=0), np.arange(directions.shape[1])]
        components = centred @ (directions * np.sign(largest))
    share = 1 / np.arange(2, len(vectors) + 2)
    share /= share.sum()
    weighted: NDArray[np.float64] = components * (_SMOOTHING / (_SMOOTHING + share))[:, None]
    return weighted.astype(np.float32)


def _token_vectors(source: Source, kept: list[int], vocabulary: dict[str, int]) -> Vectors:
    """Mean of the last states of [CLS] token [SEP], (n, d)."""
    import torch
    from transformers import AutoModel
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    network: Any = AutoModel.from_pretrained(str(source.folder), use_safetensors=True, local_files_only=True).eval()
    opening, closing = vocabulary["[CLS]"], vocabulary["[SEP]"]

    def encode(_: int, members: list[int]) -> Vectors:
        """One batch of tokens, filled up to its fixed shape."""
        tokens = [[opening, kept[i], closing] for i in members]
        tokens += [[opening, closing, closing]] * (_BATCH - len(members))
        with torch.inference_mode():
            states = network(input_ids=torch.tensor(tokens)).last_hidden_state
        return np.asarray(states.mean(dim=1).numpy()[: len(members)])

    batches = [(3, list(range(first, min(first + _BATCH, len(kept))))) for first in range(0, len(kept), _BATCH)]
    return run_side_by_side(batches, encode, partial(torch.set_num_threads, 1))
