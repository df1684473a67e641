"""The fit: labelled responses, their statements and vectors to a ThemeModel of kind classifier."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.errors import InputError
from feedback_nlp.schema import Embed, Vectors
from feedback_nlp.themes import ThemeModel
from feedback_nlp.themes.chances import chances, word_columns
from feedback_nlp.themes.model import Words
from feedback_nlp.themes.student import Student
from feedback_nlp.train.bags import Bags, Names, best_scores, fit_themes, held_out_scores, logits, make_bags, make_folds
from feedback_nlp.train.card import Fitted, write_card
from feedback_nlp.train.catalogue import describe_themes, generic_id
from feedback_nlp.train.figures import theme_figures
from feedback_nlp.train.labels import folded, one_spelling
from feedback_nlp.train.thresholds import calibrate, choose_thresholds, found_held_out
from feedback_nlp.train.vocabulary import learn_words

MIN_EXAMPLES = 5  # different texts with a theme below which it can't be learned


@dataclass(frozen=True)
class _Task:
    """What is to be learned: the bags, the themes with enough examples, and who has which."""

    bags: Bags
    names: list[str]
    is_labelled: NDArray[np.bool_]  # (m, k)
    notes: tuple[str, ...]


def fit_classifier(
    segments: pd.DataFrame,
    vectors: Vectors,
    labels: pd.DataFrame,
    *,
    embed: Embed,
    encoder: tuple[str, str] = ("", ""),
    origin: str = "labels",
    notes: Sequence[str] = (),
    min_examples: int = MIN_EXAMPLES,
    adviser: ThemeModel | None = None,
) -> ThemeModel:
    """Returns a classifier that gives statements any number of the labelled themes, with its card.

    One logistic regression per theme on frozen vectors and TF-IDF of words, learned from labels of whole responses (see
    bags); thresholds with the best F1 of responses that the classifier had not seen; chances calibrated on the same.
    Themes are sorted by name. Labels that mean a generic theme are left to its rule. The order of rows does not matter.

    Args:
        segments: SEGMENTS of the labelled responses; others are ignored.
        vectors: float32 (n, d) with unit rows, row i is segment i.
        labels: columns response_id and theme; theme null = read, and no theme applies.
        embed: gives vectors of the same space to the themes' names, which teach like examples.
        encoder: name and fingerprint of the encoder of `vectors`.
        origin: where the labels are from, for the card and errors.
        notes: what the card should say besides.
        min_examples: a theme needs as many different texts that have it, and that lack it; the card names the others.
        adviser: a codebook's model of the same encoder, whose chances are columns beside vectors and words; its themes
            need not be the labelled ones.

    Raises:
        InputError: no theme has enough examples.
    """
    if len(segments) != len(vectors):
        raise ValueError(f"{len(segments)} segments, but {len(vectors)} vectors")
    task = _pose(make_bags(segments, vectors, labels["response_id"].unique().tolist()), labels, min_examples, origin)
    task, named, words = _with_features(task, embed, adviser)
    folds = make_folds(task.bags.wordings, task.is_labelled)
    scores = held_out_scores(task.bags, task.is_labelled, named, folds)
    raw = fit_themes(task.bags, task.is_labelled, named)
    student, thresholds = calibrate(raw, choose_thresholds(scores, task.is_labelled), scores, task.is_labelled)
    themes = _describe(task, student, thresholds)
    figures = theme_figures(task.names, task.is_labelled, found_held_out(scores, task.is_labelled, folds))
    fitted = Fitted(origin, len(task.bags.response_ids), figures, thresholds, (*notes, *task.notes), encoder)
    d, c = vectors.shape[1], task.bags.advice.shape[1]
    by_vector, by_advice, by_word = np.split(student.coefficients, [d, d + c], axis=1)
    return ThemeModel(
        themes, "classifier", encoder, Student(by_vector.copy(), student.intercepts), thresholds=thresholds,
        words=replace(words, weights=by_word.copy()) if words.terms else words, adviser=adviser,
        adviser_weights=by_advice.copy() if adviser else np.zeros((0, 0)), card=write_card(fitted),
    )  # fmt: skip


def _with_features(task: _Task, embed: Embed, adviser: ThemeModel | None) -> tuple[_Task, Names, Words]:
    """The task and its names with columns of words and of the adviser's chances, and which words those are.

    The words are those of all folds: no label is looked at, and one that a fold has not seen weighs nothing there.
    """
    bags, words = task.bags, learn_words(task.bags.texts)
    vectors = embed(task.names)
    advice = [_advice(texts, rows, adviser) for texts, rows in ((bags.texts, bags.vectors), (task.names, vectors))]
    is_advised = np.array([[folded(own) == folded(other) for other in _advised_names(adviser)] for own in task.names])
    bags = replace(bags, words=word_columns(bags.texts, words), advice=advice[0])
    return replace(task, bags=bags), Names(vectors, word_columns(task.names, words), advice[1], is_advised), words


def _advised_names(adviser: ThemeModel | None) -> list[str]:
    """The adviser's themes in the order of its chances."""
    return [] if adviser is None else adviser.themes.set_index("theme_id")["name"][adviser.class_ids].tolist()


def _advice(texts: Sequence[str], vectors: Vectors, adviser: ThemeModel | None) -> Vectors:
    if adviser is None:
        return np.zeros((len(texts), 0), np.float32)
    return chances(pd.DataFrame({"text": list(texts)}), vectors, adviser).chance.astype(np.float32)


def _pose(bags: Bags, labels: pd.DataFrame, min_examples: int, origin: str) -> _Task:
    given = labels.dropna(subset=["theme"])
    spelling = one_spelling(given["theme"].tolist())
    given = given.assign(theme=given["theme"].map(spelling))
    generic = sorted(name for name in set(spelling.values()) if generic_id(name))
    names = sorted(set(spelling.values()) - set(generic))
    is_labelled = membership(bags.response_ids, names, given["response_id"], given["theme"])
    n_with, n_without = _texts_with(bags, is_labelled), _texts_with(bags, ~is_labelled)
    is_kept = (n_with >= min_examples) & (n_without >= min_examples)
    if not is_kept.any():
        raise InputError(_nothing_to_learn(origin, names, n_with, n_without, min_examples))
    kept = [name for name, keep in zip(names, is_kept, strict=True) if keep]
    dropped = [
        f"Left out: '{name}', in {n_with[j]} different texts, not in {n_without[j]}; {min_examples} are needed of both."
        for j, name in enumerate(names)
        if not is_kept[j]
    ]
    by_rule = [f"Not learned: '{name}', which every model gives by rule." for name in generic]
    return _Task(bags, kept, is_labelled[:, is_kept], (*by_rule, *dropped))


def membership(
    response_ids: Sequence[str], themes: Sequence[str], responses: Iterable[object], given: Iterable[object]
) -> NDArray[np.bool_]:
    """Returns bool (m, k): whether response i has theme j in the pairs (`responses`, `given`); others are ignored.

    >>> membership(["r1", "r2"], ["Price"], ["r2", "r9"], ["Price", "Price"]).tolist()
    [[False], [True]]
    """
    table = np.zeros((len(response_ids), len(themes)), dtype=bool)
    row: dict[object, int] = {response: i for i, response in enumerate(response_ids)}
    column: dict[object, int] = {theme: j for j, theme in enumerate(themes)}
    for response, theme in zip(responses, given, strict=True):
        if response in row and theme in column:
            table[row[response], column[theme]] = True
    return table


def _texts_with(bags: Bags, is_labelled: NDArray[np.bool_]) -> NDArray[np.intp]:
    """intp (k,): how many different wordings of responses with statements have each theme."""
    table = pd.DataFrame(is_labelled)[bags.has_statements]
    wordings = pd.Series(bags.wordings)[bags.has_statements]
    return np.asarray(table.groupby(wordings.to_numpy()).any().to_numpy(dtype=bool).sum(axis=0))


def _nothing_to_learn(
    origin: str, names: Sequence[str], n_with: NDArray[np.intp], n_without: NDArray[np.intp], least: int
) -> str:
    if not names:
        return f"{origin}: only generic praise or complaint is labelled, which needs no training; label other themes"
    best = int(np.argmax(np.minimum(n_with, n_without)))
    return (
        f"{origin}: no theme can be learned: {least} different texts must have it and {least} lack it, '{names[best]}' "
        f"has {n_with[best]} and {n_without[best]}; label more (an empty theme says that none applies)"
    )


def _describe(task: _Task, student: Student, thresholds: NDArray[np.float64]) -> pd.DataFrame:
    """The themes' rows; a labelled response's statements above the threshold stand for the theme, at least its best."""
    bags = task.bags
    scores = logits(bags, student)
    chance = 1 / (1 + np.exp(-scores))
    is_best = scores == best_scores(bags, student)[bags.owner]
    is_positive = task.is_labelled[bags.owner] & (is_best | (chance >= thresholds))
    return describe_themes(task.names, bags.texts, chance, is_positive)
