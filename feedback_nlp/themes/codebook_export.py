"""A model as a codebook that people can read and edit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.themes.chances import EVEN, sigmoid
from feedback_nlp.themes.codebook import Codebook, CodebookTheme, Weights, phrase_key, plain_text
from feedback_nlp.themes.matcher import fold, words
from feedback_nlp.themes.model import ThemeModel

_CLASSIFIER = "From a trained model"
_DISCOVERED = "From discovered themes"
_N_WORDS = 12  # keywords of a classifier's theme
_EDITING = (
    "Rename, merge, add or take out themes; `run --codebook` uses the file. Keep the ids of themes that stay the same.",
    "Examples and the description teach what a theme means; include and exclude are words, phrases or stems (wait*).",
)
_BY_WEIGHTS = (
    "The weights beside this file hold what the model knew. What nobody edits keeps its statements; what is edited",
    "wins. Without the line `weights` the words alone decide: lower min_confidence then, to 0.2 or so.",
)
_LOST = (
    "Made of a trained classifier, of which a codebook keeps only a part: the meaning of each theme and its heaviest",
    "words, but not the weights of the others nor a threshold for each theme. Many statements will get other themes;",
    "`run --model` with the classifier itself keeps them, and `train` with more labels changes them.",
)
_LOST_ADVISED = (
    "Made of a trained classifier, of which a codebook keeps only a part: the codebook it was taught with and examples",
    "of what was labelled, but none of what it learned from the labels. Many statements will get other themes;",
    "`run --model` with the classifier itself keeps them, and `train` with more labels changes them.",
)
_FAR = 12.0  # log odds by which a theme that goes by its rule lies below the others


def as_codebook(model: ThemeModel, name: str = "") -> Codebook:
    """Returns the model as a codebook; `codebook_model` of it gives every statement the theme it had.

    Each theme keeps its id, so that it may be renamed. Its exemplars become examples, its keyphrases the description.
    Beside them stand the model's weights, which carry what six examples can't. What is edited wins over them: a new
    example or description pulls them as far as needed, and a keyword decides (`rules = "decide"`); what is not edited
    keeps its statements. A theme that is taken out takes its weights along, one that is added starts from none. A model
    that came from a codebook gives that codebook, with its weights.

    Keyphrases do not become keywords: those would move a fifth of the statements of nhs-fft, and without the weights
    they find fewer of them again than examples and description alone (.76 against .80).

    A trained classifier comes along only in part, see `remarks_on`: its weights with its heaviest words as keywords
    (12 a theme give 53 % of the statements of nhs-fft what they had, the weights alone 49 %), or, where it was taught
    with a codebook, that codebook's words and its own examples (46 %): without the codebook's chances its weights say
    nothing (11 %).

    Args:
        model: discovered, trained, or of a codebook.
        name: of the codebook.
    """
    if model.codebook:
        book = replace(model.codebook, name=name or model.codebook.name)
        return replace(book, weights=_weights(model, book))
    themes = _themes(model.themes)
    if model.kind != "classifier":
        book = Codebook(themes, name or _DISCOVERED, rules="decide", min_confidence=_least_confidence(model))
        return replace(book, weights=_weights(model, book))
    if model.adviser and (advised := model.adviser.codebook):
        return replace(advised, themes=_with_words_of(advised, themes), name=name or _CLASSIFIER, weights=None)
    themes = _with_heavy_words(themes, model)
    book = Codebook(themes, name or _CLASSIFIER, several=True, min_confidence=_least_confidence(model))
    return replace(book, weights=_weights(model, book))


def remarks_on(model: ThemeModel, book: Codebook) -> tuple[str, ...]:
    """Returns what those should know who edit a codebook made of a model: a comment for the top of its file."""
    by_weights = _BY_WEIGHTS if book.weights else ()
    if model.kind != "classifier":
        return (*_EDITING, *by_weights)
    lost = _LOST_ADVISED if model.adviser else _LOST
    return (*lost, *_EDITING, *by_weights)


def _themes(table: pd.DataFrame) -> tuple[CodebookTheme, ...]:
    parents = set(table["parent_id"].dropna())
    names = [plain_text(name, "name") or theme for theme, name in table[["theme_id", "name"]].itertuples(index=False)]
    rows = table.assign(name=distinct_names(names)).to_dict("records")
    return tuple(_theme(row, is_leaf=row["theme_id"] not in parents) for row in rows)


def _with_words_of(book: Codebook, themes: Sequence[CodebookTheme]) -> tuple[CodebookTheme, ...]:
    """The themes, each with what the codebook's leaf of the same name says besides."""
    known = {fold(theme.name): theme for theme in book.leaves}
    pairs = [(theme, known.get(fold(theme.name))) for theme in themes]
    return tuple(
        replace(
            theme, description=own.description or theme.description, include=own.include, exclude=own.exclude,
            examples=tuple(dict.fromkeys((*own.examples, *theme.examples))), owner=own.owner,
        ) if own else theme
        for theme, own in pairs
    )  # fmt: skip


def _with_heavy_words(themes: Sequence[CodebookTheme], model: ThemeModel) -> tuple[CodebookTheme, ...]:
    """The themes, each with the terms that speak most for it as include keywords."""
    weights = dict(zip(model.class_ids, model.words.weights, strict=False))
    return tuple(
        replace(theme, include=_heaviest(model.words.terms, weights[theme.theme_id]))
        if theme.theme_id in weights
        else theme
        for theme in themes
    )


def _heaviest(terms: Sequence[str], weights: NDArray[np.float64]) -> tuple[str, ...]:
    """The terms of the highest weights above 0, without those that share all words with a heavier one."""
    chosen: list[str] = []
    for row in np.argsort(-weights.round(9), kind="stable")[: 4 * _N_WORDS]:
        own = set(terms[row].split())
        if weights[row] > 0 and not any(own <= set(other.split()) or set(other.split()) <= own for other in chosen):
            chosen.append(terms[row])
    return tuple(chosen[:_N_WORDS])


def distinct_names(names: Sequence[str]) -> list[str]:
    """Returns the names, those that an earlier one equals but for case and accents with a number.

    >>> distinct_names(["Price", "Staff", "price"])
    ['Price', 'Staff', 'price (2)']
    """
    taken: set[str] = set()
    distinct = []
    for name in names:
        numbered = (name if n == 1 else f"{name} ({n})" for n in range(1, len(names) + 2))
        free = next(candidate for candidate in numbered if fold(candidate) not in taken)
        taken.add(fold(free))
        distinct.append(free)
    return distinct


def _least_confidence(model: ThemeModel) -> float:
    """The confidence of a codebook's chance (see `codebook_chances`) where the model's own reaches its least."""
    k = len(model.themes) - model.themes["theme_id"].isin(model.themes["parent_id"]).sum()
    chance = float(np.clip(model.min_confidence, 1e-6, 1 - 1e-6))
    odds = np.log(chance / (1 - chance)) + np.log(max(k - 1, 1)) - EVEN
    return round(float(sigmoid(odds)), 6)


def _weights(model: ThemeModel, book: Codebook) -> Weights:
    """The model's classifier on one scale; a classifier's threshold of each theme becomes its zero.

    The generic themes of a model that leaves them to their rule lie far below all others.
    """
    coefficients = model.student.coefficients / model.student.temperature
    intercepts = model.student.intercepts / model.student.temperature
    if model.kind == "classifier":
        chance = np.clip(model.thresholds, 1e-6, 1 - 1e-6)
        intercepts = intercepts - np.log(chance / (1 - chance))
    by_rule = [theme.theme_id for theme in book.leaves if theme.theme_id not in model.class_ids]
    return Weights(
        (*model.class_ids, *by_rule),
        np.vstack([coefficients, np.zeros((len(by_rule), coefficients.shape[1]))]),
        np.concatenate([intercepts, np.full(len(by_rule), intercepts.min(initial=0.0) - _FAR)]),
        model.encoder,
        frozenset(phrase_key(theme.theme_id, phrase) for theme in book.leaves for phrase in theme.phrases),
    )


def _theme(row: dict[Any, Any], *, is_leaf: bool) -> CodebookTheme:
    phrases, examples = _texts(row["keyphrases"], "keyword"), _texts(row["exemplars"], "example")
    return CodebookTheme(
        theme_id=str(row["theme_id"]),
        name=str(row["name"]),
        description=f"Statements about {', '.join(phrases)}." if phrases else f"{row['name']}.",
        examples=tuple(examples) if is_leaf else (),
        parent=row["parent_id"] if isinstance(row["parent_id"], str) else "",
        kind=str(row["kind"]),
        keyphrases=tuple(phrases),
    )


def _texts(values: object, what: str) -> list[str]:
    listed = values if isinstance(values, list | tuple | np.ndarray) else []
    return [text for text in (plain_text(str(value), what) for value in listed) if words(text)]
