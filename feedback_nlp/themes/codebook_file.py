"""Codebooks as TOML files that people edit, with the weights of the model they were made from beside them."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from feedback_nlp.errors import ModelError, did_you_mean
from feedback_nlp.themes.codebook import RESERVED, RULES, Codebook, CodebookTheme, Weights, check_codebook, slugs

_TOP: dict[str, type] = {
    "name": str, "owner": str, "several": bool, "rules": str, "min_confidence": float, "weights": str, "theme": list,
}  # fmt: skip
_LISTS = ("keyphrases", "examples", "include", "exclude")
_THEME = ("id", "name", "description", "parent", "kind", "owner", *_LISTS)
_LONG = 110  # characters up to which a list stands in one line


def load_codebook(path: str | Path) -> Codebook:
    """Returns the codebook of a TOML file.

    A theme without an id gets one from its name. Where the file names `weights`, they are read from beside it.

    Raises:
        ModelError: the file or its weights are missing, it is no TOML, a key is unknown or has a value of the wrong
            kind, or the themes contradict each other (see `check_codebook`); one line says where.
    """
    path = Path(path)
    if not path.is_file():
        raise ModelError(f"{path}: no such codebook file")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ModelError(f"{path}: not a TOML file: {error}") from None
    except OSError as error:
        raise ModelError(f"{path}: can't be read: {error.strerror}") from None
    codebook = parse_codebook(values, str(path))
    if not values.get("weights"):
        return codebook
    return replace(codebook, weights=_read_weights(path, values["weights"]))


def parse_codebook(values: Mapping[str, Any], where: str) -> Codebook:
    """Returns the checked codebook of plain values, as TOML gives them; `where` names their source in errors.

    Raises:
        ModelError: see `load_codebook`.
    """
    _check_keys(values, _TOP, where)
    for key, kind in _TOP.items():
        value = values.get(key, kind())
        if not (isinstance(value, kind) or (kind is float and type(value) is int)):
            called = "a list of tables; write [[theme]] above each" if key == "theme" else _called(kind)
            raise ModelError(f"{where}: {key} = {repr(value)[:60]} is not {called}")
    rules = values.get("rules", RULES[0])
    if rules not in RULES:
        raise ModelError(f"{where}: rules = '{rules}'{did_you_mean(rules, RULES)} (known: {', '.join(RULES)})")
    tables = list(values.get("theme", []))
    _check_tables(tables, where)
    given = [table["id"] for table in tables if table.get("id")]
    unnamed = [table["name"] for table in tables if not table.get("id")]
    fresh = iter(slugs(unnamed, taken=(*RESERVED, *given)))
    themes = tuple(_theme(table, table.get("id") or next(fresh)) for table in tables)
    least = float(values.get("min_confidence", Codebook.min_confidence))
    name, owner, several = values.get("name", ""), values.get("owner", ""), values.get("several", False)
    return check_codebook(Codebook(themes, name, owner, several, rules, least), where)


def write_codebook(codebook: Codebook, path: str | Path, remarks: Sequence[str] = ()) -> Path:
    """Returns the path after writing the codebook as TOML, and its weights, if it has any, beside it.

    The weights of `DIR/book.toml` are `DIR/book.safetensors`. What is written is read back equal. `remarks` are lines
    of a comment at the top, for those who edit it.

    Raises:
        ModelError: the disk refuses.
    """
    path = Path(path)
    beside = path.with_suffix(".safetensors") if codebook.weights else None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if beside and codebook.weights:
            beside.write_bytes(_pack(codebook.weights))
        text = codebook_text(codebook, weights=beside.name if beside else "")
        comment = "".join(f"# {remark}".rstrip() + "\n" for remark in remarks)
        path.write_text(f"{comment}\n{text}" if comment else text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ModelError(f"{path}: can't be written: {error.strerror or error}") from None
    return path


def codebook_text(codebook: Codebook, weights: str = "") -> str:
    """Returns the codebook as TOML; `weights` names the file of its weights, "" for none."""
    top = {
        "name": codebook.name, "owner": codebook.owner, "several": codebook.several, "rules": codebook.rules,
        "min_confidence": codebook.min_confidence, "weights": weights,
    }  # fmt: skip
    blocks = ["\n".join(_lines(top, always=("several", "rules", "min_confidence")))]
    for theme in codebook.themes:
        table = {"id": theme.theme_id, **{key: getattr(theme, key) for key in _THEME[1:]}}
        table["kind"] = "" if theme.kind == "topic" else theme.kind
        blocks.append("\n".join(["[[theme]]", *_lines(table)]))
    return "\n\n".join(blocks) + "\n"


def _check_tables(tables: Iterable[Any], where: str) -> None:
    for number, table in enumerate(tables, 1):
        if not isinstance(table, dict):
            raise ModelError(f"{where}: theme {number} is not a [[theme]] table")
        said = f"{where}: theme '{table.get('name', number)}'"
        _check_keys(table, _THEME, said)
        if not str(table.get("name", "")).strip():
            raise ModelError(f"{said}: the name is empty")
        for key, value in table.items():
            kind = list if key in _LISTS else str
            if not isinstance(value, kind) or (kind is list and not all(isinstance(item, str) for item in value)):
                raise ModelError(f"{said}: {key} = {repr(value)[:60]} is not {_called(kind)}")


def _check_keys(values: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    for key in values:
        if key not in known:
            raise ModelError(f"{where}: unknown key '{key}'{did_you_mean(key, known)} (known: {', '.join(known)})")


def _called(kind: type) -> str:
    return {str: "a text", list: "a list of texts", bool: "true or false", float: "a number"}[kind]


def _theme(table: Mapping[str, Any], theme_id: str) -> CodebookTheme:
    values: dict[str, Any] = {key: value.strip() for key, value in table.items() if key not in ("id", *_LISTS)}
    values.update({key: tuple(table[key]) for key in _LISTS if key in table})
    return CodebookTheme(theme_id, **values)


def _lines(table: Mapping[str, Any], always: tuple[str, ...] = ()) -> Iterator[str]:
    for key, value in table.items():
        if key not in always and value in ("", ()):
            continue
        if isinstance(value, tuple):
            items = [_quoted(item) for item in value]
            flat = f"{key} = [{', '.join(items)}]"
            yield flat if len(flat) <= _LONG else f"{key} = [\n" + "".join(f"  {item},\n" for item in items) + "]"
        else:
            yield f"{key} = {_quoted(value) if isinstance(value, str) else json.dumps(value)}"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes, and DEL, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _pack(weights: Weights) -> bytes:
    from safetensors.numpy import save

    about = json.dumps(
        {"theme_ids": weights.theme_ids, "encoder": weights.encoder, "known": sorted(weights.known)}, ensure_ascii=False
    )
    arrays = {"coefficients": weights.coefficients, "intercepts": weights.intercepts}
    return save(arrays, metadata={"feedback_nlp": about})


def _read_weights(codebook: Path, name: str) -> Weights:
    from safetensors import SafetensorError, safe_open

    path = codebook.with_name(Path(name).name)
    if path.name != name or not path.is_file():
        raise ModelError(
            f"{codebook}: weights = '{name}': no such file beside it; put it back, or delete the line to assign by the "
            "codebook's words alone"
        )
    try:
        with safe_open(path, framework="numpy") as file:
            about = json.loads((file.metadata() or {})["feedback_nlp"])
            coefficients, intercepts = file.get_tensor("coefficients"), file.get_tensor("intercepts")
        encoder = (str(about["encoder"][0]), str(about["encoder"][1]))
        known = frozenset(map(str, about.get("known", ())))
        weights = Weights(tuple(about["theme_ids"]), coefficients, intercepts, encoder, known)
    except (OSError, SafetensorError, LookupError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: not the weights of a codebook: {error}") from None
    n, d = len(weights.theme_ids), weights.coefficients.shape[-1]
    if weights.coefficients.shape != (n, d) or weights.intercepts.shape != (n,):
        raise ModelError(f"{path}: not the weights of a codebook: {n} themes, but weights of another shape")
    return weights
