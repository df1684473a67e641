"""Sentence-transformers models without torch: built once as an ONNX graph, then run by onnxruntime and tokenizers."""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from feedback_nlp.embed.batches import run_side_by_side, token_batches
from feedback_nlp.embed.built import built_folder
from feedback_nlp.embed.onnx_graph import write_graph, write_int8_graph
from feedback_nlp.embed.tokens import open_tokenizer
from feedback_nlp.embed.weights import Source, required
from feedback_nlp.errors import ModelError
from feedback_nlp.schema import Vectors

_VERSION = 1  # raised when graphs are built in another way: it is part of file names and fingerprints
_BATCH = 8  # as fast as 32, and fewer rows are wasted on filling up
_LENGTHS = (*range(2, 17), 20, 24, 32, 40, 48, 64, 96, 128)  # attention over padding costs most where texts are short
_GRAPH = "model.onnx"
_MODULES = (("Transformer", "Pooling"), ("Transformer", "Pooling", "Normalize"))
_POOLINGS = ("mean", "cls")


class OnnxEncoder:
    """A graph from tokens to unit vectors, run on the CPU in batches of fixed shape (see `SentenceEncoder`).

    Every batch is 8 texts of one length, computed by one thread; batches run side by side, one to a core. Threads that
    wait do not spin: on shared cores that halves the throughput. One fusion of onnxruntime is switched off because its
    kernel is slower than the two it replaces (1.2 times for a whole run).
    """

    def __init__(self, graph: Path, source: Source, name: str, fingerprint: str) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.space = source.fingerprint  # cosine to its vectors 1.0000 in 32 bits, .996 on average in 8
        self._tokenizer, self._padding = open_tokenizer(source.folder / "tokenizer.json", source.max_tokens)
        self._lengths = tuple(sorted({min(length, source.max_tokens) for length in _LENGTHS}))
        self._session = _open_session(graph)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns float32 (n, d) with unit rows, row i for text i."""
        if not texts:
            return np.zeros((0, self._session.get_outputs()[0].shape[1]), np.float32)
        tokens = [found.ids for found in self._tokenizer.encode_batch(list(texts))]
        batches = list(token_batches([len(ids) for ids in tokens], self._lengths, _BATCH))
        return run_side_by_side(batches, lambda length, members: self._run(length, [tokens[i] for i in members]))

    def _run(self, length: int, tokens: list[list[int]]) -> Vectors:
        """A short batch is filled up with its last text."""
        ids = np.full((_BATCH, length), self._padding, np.int64)
        mask = np.zeros((_BATCH, length), np.int64)
        for row in range(_BATCH):
            own = tokens[min(row, len(tokens) - 1)]
            ids[row, : len(own)] = own
            mask[row, : len(own)] = 1
        vectors: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors[: len(tokens)]


def load_onnx(source: Source, name: str, *, is_int8: bool) -> OnnxEncoder:
    """Returns the encoder of a sentence-transformers folder, building its graph into the user's cache if need be.

    The name of the built folder holds the hash of the source's weights; a damaged file is built again.

    Raises:
        ModelError: pooling or modules are not known, or a package of the extra [onnx] is missing.
    """
    check_exportable(source)
    required("onnxruntime", "onnx")
    precision = "int8" if is_int8 else "fp32"
    fingerprint = sha256(f"{source.fingerprint} onnx {precision} {_VERSION}".encode()).hexdigest()
    full = partial(_build_full, source)
    build = partial(_build_int8, source) if is_int8 else full
    folder = built_folder(_folder_name(source, precision), build)
    return OnnxEncoder(folder / _GRAPH, source, name, fingerprint)


def check_exportable(source: Source) -> None:
    """Raises ModelError unless it is a transformer with one tokenizer, mean or CLS pooling, at most a normalisation."""
    remedy = "name the folder without 'onnx:' or 'int8:'"
    if source.modules not in _MODULES:
        found = ", ".join(source.modules) or "none"
        raise ModelError(f"{source.folder}: modules {found}; onnxruntime can run {' + '.join(_MODULES[-1])}; {remedy}")
    if source.pooling not in _POOLINGS:
        found = source.pooling or "unknown"
        raise ModelError(f"{source.folder}: pooling {found}; onnxruntime can run {' and '.join(_POOLINGS)}; {remedy}")
    if not (source.folder / "tokenizer.json").is_file():
        raise ModelError(f"{source.folder}: no tokenizer.json; {remedy}")
    if source.overrides:
        said = f"tokenizer_config.json contradicts tokenizer.json ({', '.join(source.overrides)})"
        raise ModelError(f"{source.folder}: {said}; {remedy}, or make the two agree")


def _open_session(graph: Path) -> Any:
    runtime = required("onnxruntime", "onnx")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    slower = ["SkipLayerNormFusion"]
    providers = ["CPUExecutionProvider"]
    try:
        return runtime.InferenceSession(str(graph), options, providers=providers, disabled_optimizers=slower)
    except _refusals() as error:
        raise ModelError(f"{graph}: onnxruntime can't read the graph ({error}); delete its folder") from None


def _refusals() -> tuple[type[Exception], ...]:
    """What onnxruntime raises for a file it can't run: classes of its own without a common parent."""
    state = required("onnxruntime.capi.onnxruntime_pybind11_state", "onnx")
    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoSuchFile", "NotImplemented")
    return tuple(getattr(state, name) for name in names)


def _folder_name(source: Source, precision: str) -> str:
    return f"{precision}-{_VERSION}-{source.weights_sha256[:32]}-{source.fingerprint[:8]}"


def _build_full(source: Source, folder: Path) -> None:
    write_graph(source, folder / _GRAPH)


def _build_int8(source: Source, folder: Path) -> None:
    """From the 32-bit graph if that is in the cache, which is then built too: it is needed for comparison anyway."""
    full = built_folder(_folder_name(source, "fp32"), partial(_build_full, source))
    write_int8_graph(full / _GRAPH, folder / _GRAPH)
