"""Graphs for onnxruntime: exported from a sentence-transformers folder, and brought to 8 bits row by row.

Eight bits the usual way (dynamic quantisation) share one scale among all activations of a batch, so a vector depends on
the texts beside it. Here every token has its own scale, and every output channel of a weight: the integer products are
exact, so a vector depends on its text alone; and it is nearer to the 32-bit one (cosine .996 against .990).
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_nlp.embed.weights import Source, required
from feedback_nlp.errors import ModelError

_LARGE = 1_000_000  # values from which an embedding table is worth 8 bits
_STEPS = 127  # of a signed byte, to either side
_FAITHFUL = 0.9999  # cosine of a graph's vectors and the network's
_LEAST = 1e-9  # keeps a row of zeros from a division by zero


def write_graph(source: Source, path: Path) -> None:
    """Writes the graph (input_ids, attention_mask) int64 (n, t) -> vectors float32 (n, d), unit rows.

    Raises:
        ModelError: the folder can't be loaded or exported.
    """
    required("onnx", "onnx")
    required("onnxscript", "onnx")
    import torch
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    rows, tokens = torch.export.Dim("rows", max=1024), torch.export.Dim("tokens", max=source.max_tokens)
    free = {0: rows, 1: tokens}
    module = _pooled(source)
    example = torch.ones(2, min(8, source.max_tokens), dtype=torch.long)
    try:
        with _quiet():
            program = torch.onnx.export(
                module, (example, example.clone()),  # one tensor twice would become one input
                dynamo=True, verbose=False,
                input_names=["input_ids", "attention_mask"], output_names=["vectors"],
                dynamic_shapes={"input_ids": free, "attention_mask": free},
            )  # fmt: skip
            assert program is not None  # noqa: S101 only without dynamo
            program.save(str(path), external_data=False)
            _check(path, module)
    except (OSError, ValueError, torch.onnx.errors.OnnxExporterError) as error:
        raise ModelError(f"{source.folder}: can't be exported to ONNX: {error}") from None


def write_int8_graph(full: Path, path: Path) -> None:
    """Writes the graph at `full` with 8-bit weights and 8-bit products: a quarter of the size, three times as fast."""
    onnx = required("onnx", "onnx")
    model = onnx.load(str(full))
    _Int8(model, onnx).quantise()
    onnx.save(model, str(path))


@dataclass
class _Int8:
    """A graph on its way to 8 bits."""

    model: Any
    onnx: Any
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, NDArray[Any]] = field(default_factory=dict)
    quantised: dict[str, tuple[str, str]] = field(default_factory=dict)  # value -> its bytes, its scales

    def quantise(self) -> None:
        """Replaces every product with a constant matrix, and the rows of large tables."""
        graph = self.model.graph
        weights = {one.name: self.onnx.numpy_helper.to_array(one) for one in graph.initializer}
        self.constants |= {
            "int8.last": np.array([-1]), "int8.steps": np.array(_STEPS, np.float32),
            "int8.least": np.array(_LEAST, np.float32), "int8.one": np.array(1, np.float32),
            "int8.zero": np.array(_STEPS + 1, np.uint8),
        }  # fmt: skip
        for node in graph.node:
            if node.op_type == "MatMul" and node.input[1] in weights and weights[node.input[1]].ndim == 2:
                self._product(node, weights[node.input[1]])
            elif node.op_type == "Gather" and _is_table(weights.get(node.input[0])):
                self._lookup(node, weights[node.input[0]])
            else:
                self.nodes.append(node)
        self._replace(graph)

    def _product(self, node: Any, weight: NDArray[np.float32]) -> None:
        """x W = (bytes of x · bytes of W) · scale of each column of W · scale of each row of x."""
        levels, scales = _levels(weight, axis=0)
        matrix, columns = self._constant(node.input[1], levels, scales.ravel())
        rows, row_scales = self._rows(node.input[0])
        (product,) = node.output
        inputs = [rows, matrix, "int8.one", columns, "int8.zero"]
        self._add("MatMulIntegerToFloat", inputs, f"{product}.int8", domain="com.microsoft")
        self._add("Mul", [f"{product}.int8", row_scales], product)

    def _lookup(self, node: Any, table: NDArray[np.float32]) -> None:
        levels, scales = _levels(table, axis=1)
        rows, row_scales = self._constant(node.input[0], levels, scales)
        (found,) = node.output
        self._add("Gather", [rows, node.input[1]], f"{found}.int8")
        self._add("Gather", [row_scales, node.input[1]], f"{found}.scale")
        self._add("Cast", [f"{found}.int8"], f"{found}.float", to=self.onnx.TensorProto.FLOAT)
        self._add("Mul", [f"{found}.float", f"{found}.scale"], found)

    def _rows(self, value: str) -> tuple[str, str]:
        """The value in bytes, each row by its own scale: its largest magnitude is 127 steps."""
        if value not in self.quantised:
            self._add("Abs", [value], f"{value}.magnitude")
            self._add("ReduceMax", [f"{value}.magnitude", "int8.last"], f"{value}.most", keepdims=1)
            self._add("Max", [f"{value}.most", "int8.least"], f"{value}.range")
            self._add("Div", [f"{value}.range", "int8.steps"], f"{value}.scale")
            self._add("Div", ["int8.steps", f"{value}.range"], f"{value}.inverse")
            self._add("Mul", [value, f"{value}.inverse"], f"{value}.scaled")
            self._add("QuantizeLinear", [f"{value}.scaled", "int8.one", "int8.zero"], f"{value}.bytes")
            self.quantised[value] = (f"{value}.bytes", f"{value}.scale")
        return self.quantised[value]

    def _constant(self, name: str, levels: NDArray[np.int8], scales: NDArray[np.float32]) -> tuple[str, str]:
        self.constants |= {f"{name}.levels": levels, f"{name}.scales": scales}
        return f"{name}.levels", f"{name}.scales"

    def _add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self.nodes.append(self.onnx.helper.make_node(kind, inputs, [output], **attributes))

    def _replace(self, graph: Any) -> None:
        used = {name for node in self.nodes for name in node.input}
        kept = [one for one in graph.initializer if one.name in used]
        made = [self.onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in self.constants.items()]
        del graph.node[:], graph.initializer[:], graph.value_info[:]
        graph.node.extend(self.nodes)
        graph.initializer.extend(kept + made)
        if all(one.domain != "com.microsoft" for one in self.model.opset_import):
            self.model.opset_import.append(self.onnx.helper.make_opsetid("com.microsoft", 1))


def _check(path: Path, module: Any) -> None:
    """Compares the graph with the network it came from, on another shape than it was traced with and with padding."""
    import torch

    ids = np.arange(3 * 5).reshape(3, 5) + 5
    mask = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 1, 0, 0, 0]])
    runtime = required("onnxruntime", "onnx").InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = runtime.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    with torch.inference_mode():
        meant = module(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    if not float((found * meant).sum(axis=1).min()) > _FAITHFUL:
        raise ValueError("the graph gives other vectors than the model")


def _is_table(weight: NDArray[np.float32] | None) -> bool:
    return weight is not None and weight.ndim == 2 and weight.size >= _LARGE


def _levels(weight: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Returns the weight in steps of its scales, and the scales (one per column for axis 0, per row for axis 1).

    >>> _levels(np.array([[1.0, 0.0], [-2.0, 0.0]], np.float32), axis=0)[0].tolist()
    [[64, 0], [-127, 0]]
    """
    most = np.abs(weight).max(axis=axis, keepdims=True)
    scales = np.where(most > 0, most / _STEPS, 1).astype(np.float32)
    return np.rint(weight / scales).astype(np.int8), scales


def _pooled(source: Source) -> Any:
    """The network with its pooling, as one torch module."""
    import inspect

    import torch
    from transformers import AutoModel

    network = AutoModel.from_pretrained(
        str(source.folder), use_safetensors=True, local_files_only=True, attn_implementation="eager",
        dtype=torch.float32,
    ).eval()  # fmt: skip
    has_types = "token_type_ids" in inspect.signature(network.forward).parameters

    class Pooled(torch.nn.Module):
        """Tokens to unit vectors."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            """Returns (n, d)."""
            types = {"token_type_ids": torch.zeros_like(input_ids)} if has_types else {}
            states = self.network(input_ids=input_ids, attention_mask=attention_mask, **types).last_hidden_state
            if source.pooling == "cls":
                return torch.nn.functional.normalize(states[:, 0], dim=1)
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)

    return Pooled().eval()


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter warns about its own deprecations and logs what it skipped."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
