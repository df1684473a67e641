"""One vector a word piece, looked up and averaged: numpy alone, eighty times as fast as the network it came from."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_nlp.embed.batches import unit_rows
from feedback_nlp.embed.tokens import open_tokenizer
from feedback_nlp.embed.weights import check_weights, hash_files
from feedback_nlp.errors import ModelError
from feedback_nlp.schema import Vectors

_MOST_CHARACTERS = 4_000  # of a text: 128 tokens need a fifth of it
_MOST_TOKENS = 512  # as in model2vec
_BLOCK = 1024  # texts looked up at once, so that memory stays flat


class StaticEncoder:
    """A model2vec table (Minish 2024): the mean of the vectors of a text's tokens, brought to length 1.

    A text without a known token gets the mean of the table, so that every row has a direction.
    """

    def __init__(
        self, table: NDArray[np.float32], token_rows: NDArray[np.intp], tokenizer: Any, name: str, fingerprint: str
    ) -> None:
        self.name = name
        self.fingerprint = self.space = fingerprint
        self._table = table  # (rows, d)
        self._token_rows = token_rows  # row of each token id; -1 = left out
        self._tokenizer = tokenizer
        self._nothing = unit_rows(table.mean(axis=0, keepdims=True))[0]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns float32 (n, d) with unit rows, row i for text i."""
        blocks = [self._encode_block(texts[first : first + _BLOCK]) for first in range(0, len(texts), _BLOCK)]
        return np.vstack(blocks) if blocks else np.zeros((0, self._table.shape[1]), np.float32)

    def _encode_block(self, texts: Sequence[str]) -> Vectors:
        """Sums each text's rows one after the other, so nothing depends on the texts beside it."""
        found = self._tokenizer.encode_batch_fast([text[:_MOST_CHARACTERS] for text in texts], add_special_tokens=False)
        ids = [self._token_rows[one.ids] for one in found]
        kept = [rows[rows >= 0] for rows in ids]
        vectors = np.tile(self._nothing, (len(texts), 1))
        filled = [i for i, rows in enumerate(kept) if len(rows)]
        if filled:
            lengths = np.array([len(kept[i]) for i in filled])
            starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
            sums = np.add.reduceat(self._table[np.concatenate([kept[i] for i in filled])], starts, axis=0)
            vectors[filled] = unit_rows(sums)
        return vectors


def load_static(folder: Path, name: str, wished_sha256: str = "") -> StaticEncoder:
    """Returns the encoder of a folder in model2vec's format: model.safetensors, tokenizer.json, config.json.

    Raises:
        ModelError: a file is missing or damaged, it holds no such table, or the table has another hash.
    """
    weights, described = folder / "model.safetensors", folder / "tokenizer.json"
    for path in (weights, described):
        if not path.is_file():
            raise ModelError(f"{path}: no such file; 'static:FOLDER' names a folder that holds a model2vec model")
    found = hash_files([weights])
    check_weights(found, wished_sha256, "", folder)
    table, token_rows = _read_table(weights)
    tokenizer, _ = open_tokenizer(described, _MOST_TOKENS)
    n_tokens = tokenizer.get_vocab_size()
    token_rows = np.arange(n_tokens) if token_rows is None else token_rows
    if n_tokens > len(token_rows) or token_rows.max(initial=-1) >= len(table):
        raise ModelError(f"{folder}: the tokenizer has {n_tokens} tokens, the table {len(table)} rows")
    content = json.loads(described.read_text(encoding="utf-8"))
    unknown = tokenizer.token_to_id(str(content["model"].get("unk_token")))
    if unknown is not None:
        token_rows[unknown] = -1
    recipe = {key: value for key, value in content.items() if key not in ("padding", "truncation")}
    fingerprint = sha256(f"{found} static 1 {json.dumps(recipe, sort_keys=True)}".encode()).hexdigest()
    return StaticEncoder(table, token_rows, tokenizer, name, fingerprint)


def _read_table(path: Path) -> tuple[NDArray[np.float32], NDArray[np.intp] | None]:
    """The table with each row's weight multiplied in, and the row of each token where tokens share rows."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        held = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path}: can't be read ({error})") from None
    if "embeddings" not in held or held["embeddings"].ndim != 2:
        raise ModelError(f"{path}: holds {', '.join(sorted(held)) or 'nothing'}, not the 'embeddings' of model2vec")
    table = np.asarray(held["embeddings"], np.float32)
    rows = held["mapping"].astype(np.intp) if "mapping" in held else None
    if "weights" not in held:
        return table, rows
    weights = np.asarray(held["weights"], np.float32)  # one a token
    return (table if rows is None else table[rows]) * weights[:, None], None
