"""A ThemeModel: themes and the classifier that gives every statement its theme, saved as plain files, never pickled."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.errors import SchemaError

from feedback_nlp.errors import ModelError
from feedback_nlp.folders import RUN
from feedback_nlp.schema import FORMAT_VERSION, GENERIC_COMPLAINT, GENERIC_PRAISE, THEMES
from feedback_nlp.themes.codebook import Codebook
from feedback_nlp.themes.codebook_file import codebook_text, load_codebook
from feedback_nlp.themes.student import Student

Kind = Literal["discovered", "classifier", "codebook"]

_MODEL, _WEIGHTS, _EDITS, _CARD = "model.json", "weights.safetensors", "edits.jsonl", "CARD.md"
_CODEBOOK, _ADVISER = "codebook.toml", "codebook"


@dataclass(frozen=True)
class Words:
    """What words add to the logits of a classifier; see `word_columns`. Without terms nothing."""

    terms: tuple[str, ...] = ()  # (v,) words and pairs of words, folded
    rarity: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # (v,)
    weights: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))  # (k, v)


@dataclass(frozen=True)
class ThemeModel:
    """Themes and how statements get them.

    `kind` "discovered": one theme per statement, the most probable if its chance reaches `min_confidence`.
    `kind` "classifier": every theme whose own chance reaches its threshold.
    `kind` "codebook": by the meaning and the keywords of a codebook, one theme or several, see `codebook_chances`.
    `bertopic` is the fitted BERTopic object after discovery, for its plots; it is not saved with the model.
    """

    themes: pd.DataFrame  # THEMES; those that statements can get in the order of the classifier's classes
    kind: Kind
    encoder: tuple[str, str]  # name and fingerprint of the encoder that the weights belong to
    student: Student
    min_confidence: float = 0.3
    thresholds: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # (k,) of a classifier
    words: Words = field(default_factory=Words)  # of a classifier
    adviser: "ThemeModel | None" = None  # of a classifier: a codebook's model whose chances it weighs
    adviser_weights: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))  # (k, its classes)
    codebook: Codebook | None = None  # of kind "codebook"
    keyword_weights: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # (m,) of its include keywords
    card: str = ""  # Markdown: what the model was made from and how well it does
    bertopic: Any = field(default=None, compare=False, repr=False)

    @property
    def topic_ids(self) -> list[str]:
        """Ids of the topics that statements can get, in order: those that are nobody's parent."""
        is_parent = self.themes["theme_id"].isin(self.themes["parent_id"].dropna())
        return list(self.themes.loc[(self.themes["kind"] == "topic") & ~is_parent, "theme_id"])

    @property
    def class_ids(self) -> list[str]:
        """Theme ids in the order of the classifier's classes: the topics, or every leaf of the codebook."""
        return [theme.theme_id for theme in self.codebook.leaves] if self.codebook else self.topic_ids

    @property
    def fingerprint(self) -> str:
        """The sha256 of everything that decides which theme a statement gets."""
        words = codebook_text(self.codebook) if self.codebook else ""
        adviser = self.adviser.fingerprint if self.adviser else ""
        return sha256(self._description().encode() + self._weights() + (words + adviser).encode()).hexdigest()

    def check_encoder(self, fingerprint: str) -> None:
        """Raises ModelError unless vectors of the encoder with this fingerprint belong to the model."""
        if self.encoder[1] != fingerprint:
            raise ModelError(
                f"the model was made with the encoder '{self.encoder[0]}' (weights {self.encoder[1][:12]}…), "
                f"this run uses weights {fingerprint[:12]}…; set embed.model to '{self.encoder[0]}'"
            )

    def save(self, folder: Path) -> None:
        """Writes model.json, weights.safetensors, CARD.md, an empty edits.jsonl and a codebook.toml if it has one.

        The codebook that a classifier was taught with stands in the folder codebook, a model of its own.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MODEL).write_text(self._description(), encoding="utf-8", newline="\n")
        (folder / _WEIGHTS).write_bytes(self._weights())
        (folder / _CARD).write_text(self.card or _short_card(self), encoding="utf-8", newline="\n")
        (folder / _EDITS).touch()
        if self.codebook:
            (folder / _CODEBOOK).write_text(codebook_text(self.codebook), encoding="utf-8", newline="\n")
        if self.adviser:
            self.adviser.save(folder / _ADVISER)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Returns the model of a folder; see `load_model`."""
        description = _read_description(folder)
        arrays = _read_weights(folder)
        card, adviser = folder / _CARD, _load_adviser(folder, description)
        codebook = load_codebook(folder / _CODEBOOK) if description.get("kind") == "codebook" else None
        try:
            model = cls(
                themes=THEMES.validate(pd.DataFrame(description["themes"]).astype({"parent_id": "str"})),
                kind=description["kind"],
                encoder=(description["encoder"], description["encoder_sha256"]),
                student=Student(arrays["coefficients"], arrays["intercepts"], float(description["temperature"])),
                min_confidence=float(description["min_confidence"]),
                thresholds=arrays["thresholds"],
                words=_words(description, arrays),
                adviser=adviser,
                adviser_weights=arrays["adviser_weights"] if adviser else np.zeros((0, 0)),
                codebook=codebook,
                keyword_weights=arrays["keyword_weights"] if codebook else np.zeros(0),
                card=card.read_text(encoding="utf-8") if card.exists() else "",
            )
        except (KeyError, TypeError, ValueError, SchemaError) as error:
            raise ModelError(f"{folder / _MODEL}: damaged: {error}") from None
        model._check(folder)
        return model

    def _check(self, folder: Path) -> None:
        """Raises ModelError unless description and weights belong together."""
        n, student = len(self.class_ids), self.student
        n_thresholds = n if self.kind == "classifier" else 0
        numbers = (student.coefficients, student.intercepts, self.thresholds)
        words = (self.words.rarity, self.words.weights)
        more = (*words, self.adviser_weights, self.keyword_weights)
        n_keywords = sum(len(theme.include) for theme in self.codebook.leaves) if self.codebook else 0
        if self.kind not in get_args(Kind):
            raise ModelError(f"{folder / _MODEL}: kind '{self.kind}', known: {', '.join(get_args(Kind))}")
        if [len(part) for part in numbers] != [n, n, n_thresholds] or student.coefficients.ndim != 2:
            raise ModelError(f"{folder / _WEIGHTS}: weights of {len(student.intercepts)} themes, {_MODEL} has {n}")
        n_terms = len(self.words.terms)
        if n_terms and [part.shape for part in words] != [(n_terms,), (n, n_terms)]:
            raise ModelError(f"{folder / _WEIGHTS}: its words are not the {n_terms} of {_MODEL}; make the model again")
        if self.adviser and (self.adviser_weights.shape != (n, len(self.adviser.class_ids))):
            raise ModelError(f"{folder / _ADVISER}: is not the codebook of {_MODEL}; make the model again with it")
        if self.adviser and self.adviser.encoder != self.encoder:
            raise ModelError(f"{folder / _ADVISER}: was made with another encoder than {_MODEL}; make the model again")
        if len(self.keyword_weights) != n_keywords or not set(self.class_ids) <= set(self.themes["theme_id"]):
            raise ModelError(f"{folder / _CODEBOOK}: is not the codebook of {_MODEL}; make the model again with it")
        if not (student.temperature > 0 and all(np.isfinite(part).all() for part in (*numbers, *more))):
            raise ModelError(f"{folder / _WEIGHTS}: holds values that are no numbers; make the model again")

    def _description(self) -> str:
        themes = self.themes.astype(object).where(self.themes.notna(), None)
        description: dict[str, Any] = {
            "format_version": FORMAT_VERSION,
            "kind": self.kind,
            "encoder": self.encoder[0],
            "encoder_sha256": self.encoder[1],
            "temperature": self.student.temperature,
            "min_confidence": self.min_confidence,
            "themes": themes.to_dict("records"),
        }
        if self.words.terms:
            description["terms"] = list(self.words.terms)
        if self.adviser:
            description["codebook"] = _ADVISER
        return json.dumps(description, indent=1, ensure_ascii=False) + "\n"

    def _weights(self) -> bytes:
        from safetensors.numpy import save

        arrays = {
            "coefficients": np.ascontiguousarray(self.student.coefficients),
            "intercepts": np.ascontiguousarray(self.student.intercepts),
            "thresholds": np.ascontiguousarray(self.thresholds),
        }
        if self.words.terms:
            arrays["word_rarity"] = np.ascontiguousarray(self.words.rarity)
            arrays["word_weights"] = np.ascontiguousarray(self.words.weights)
        if self.adviser:
            arrays["adviser_weights"] = np.ascontiguousarray(self.adviser_weights)
        if self.codebook:
            arrays["keyword_weights"] = np.ascontiguousarray(self.keyword_weights)
        return save(arrays)


def load_model(path: str | Path) -> ThemeModel:
    """Returns the model of a run folder (RUN or RUN/model) or of models/NAME.

    Raises:
        ModelError: there is no model, it is damaged, or it has another format version.
    """
    folder = Path(path)
    if (folder / "model" / _MODEL).is_file():
        if (folder / RUN).is_file():
            _check_version(folder / RUN)
        folder = folder / "model"
    if not (folder / _MODEL).is_file():
        raise ModelError(f"{path}: no theme model ({_MODEL} is missing); give a run folder, RUN/model or models/NAME")
    return ThemeModel.load(folder)


def generic_themes(names: tuple[str, str] = ("General praise", "General complaint")) -> pd.DataFrame:
    """Returns THEMES with the two generic themes, which every model has, under these names."""
    rows: dict[str, Any] = {
        "theme_id": [GENERIC_PRAISE, GENERIC_COMPLAINT],
        "name": list(names),
        "kind": "generic",
        "parent_id": None,
        "keyphrases": [[], []],
        "exemplars": [[], []],
    }
    return THEMES.validate(pd.DataFrame(rows).astype({"parent_id": "str"}))


def _short_card(model: ThemeModel) -> str:
    return (
        f"# Theme model\n\n{model.kind}: {len(model.class_ids)} themes, encoder {model.encoder[0]} (weights sha256 "
        f"{model.encoder[1]}), a statement below p = {model.min_confidence} has no theme.\n"
    )


def _read_description(folder: Path) -> dict[str, Any]:
    return _check_version(folder / _MODEL)


def _check_version(path: Path) -> dict[str, Any]:
    """The JSON object of a run's or model's description, if this release can read that folder."""
    try:
        description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = description["format_version"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError(f"{path}: not a theme model: no JSON with a format_version") from None
    if version != FORMAT_VERSION:
        raise ModelError(
            f"{path}: format version {version}, this release reads {FORMAT_VERSION}; make the model again with it"
        )
    return description


def _load_adviser(folder: Path, description: dict[str, Any]) -> ThemeModel | None:
    """The codebook's model beside a classifier; never another classifier, so that folders can't nest without end."""
    if description.get("kind") != "classifier" or "codebook" not in description:
        return None
    kind = _read_description(folder / _ADVISER).get("kind")
    if kind != "codebook":
        raise ModelError(f"{folder / _ADVISER / _MODEL}: kind '{kind}', a classifier needs a codebook there")
    return ThemeModel.load(folder / _ADVISER)


def _words(description: dict[str, Any], arrays: dict[str, NDArray[np.float64]]) -> Words:
    terms = description.get("terms", [])
    if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
        raise ValueError("'terms' is no list of words")
    if len(set(terms)) != len(terms):
        raise ValueError("'terms' holds a word twice")
    return Words(tuple(terms), arrays["word_rarity"], arrays["word_weights"]) if terms else Words()


def _read_weights(folder: Path) -> dict[str, NDArray[np.float64]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / _WEIGHTS
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path}: the model's weights can't be read: {error}") from None
