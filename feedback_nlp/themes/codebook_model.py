"""From a codebook to a ThemeModel: its phrases teach a classifier, its keywords are weighed by it.

Chosen on three human-labelled sets with codebooks written from the label names alone (macro F1 nhs-fft, airline, mams):
cosine to the mean of name, description and examples .35 / .40 / .61; a logistic regression on the same phrases .40 /
.46 / .60; keywords alone .49 / .49 / .74; both as in `chances` .51 / .52 / .75. No gain from: embedding the keywords as
examples, the nearest example, letting longer keywords hide the shorter ones in them, a class of statements about
nothing, the other statements of a comment, and a second classifier that learns from what the keywords found.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from feedback_nlp.errors import ModelError
from feedback_nlp.schema import THEMES, Embed, Vectors
from feedback_nlp.themes.chances import log_odds
from feedback_nlp.themes.codebook import Codebook, CodebookTheme, check_codebook, phrase_key
from feedback_nlp.themes.model import ThemeModel, generic_themes
from feedback_nlp.themes.rules import compile_rules
from feedback_nlp.themes.student import Student, softmax

_SPREAD = 1.0  # C of the regression that starts from nothing; one that starts from weights has their own squared length
_KEYPHRASES, _EXEMPLARS = 6, 6
_SPECIFIC = (-1.0, 3.0)  # log odds between which a keyword's own meaning counts


def codebook_model(codebook: Codebook, embed: Embed, encoder: tuple[str, str] = ("", "")) -> ThemeModel:
    """Returns the model that assigns with a codebook: the same one for every order of rows, no statement needed.

    Name, description and examples of each theme teach a multinomial logistic regression, which gives a statement's
    meaning its log odds against the average theme; an include keyword adds to them (see `assign`), more where the
    keyword by itself already means its theme. With weights of an earlier model the regression starts from those; only
    phrases that are new since then teach, and the old ones hold everything else where it was. A codebook that nobody
    edited therefore gives every statement what the earlier model gave it.

    Args:
        codebook: checked again here.
        embed: turns phrases into vectors.
        encoder: name and fingerprint of that encoder.

    Raises:
        ModelError: the codebook contradicts itself, or its weights belong to another encoder.
    """
    check_codebook(codebook, codebook.name or "codebook")
    owner, phrases, is_known = _phrases(codebook)
    vectors = embed(phrases)
    with threadpool_limits(1):
        start, spread, is_old = _start(codebook, encoder, vectors.shape[1])
        target = np.eye(len(is_old))[owner]
        before = start.logits(vectors)
        target[is_known] = softmax(np.where(is_old, before, -np.inf)[is_known])
        student = _fit(vectors, target, start, spread)
        keyword_weights = _keyword_weights(codebook, student, embed)
    return ThemeModel(
        _describe(codebook), "codebook", encoder, student, min_confidence=codebook.min_confidence,
        codebook=replace(codebook, weights=None), keyword_weights=keyword_weights,
    )  # fmt: skip


def _phrases(codebook: Codebook) -> tuple[NDArray[np.intp], list[str], NDArray[np.bool_]]:
    """The number of the leaf, the phrase, and whether the codebook's weights know it, of all phrases of all leaves."""
    pairs = [(number, phrase) for number, theme in enumerate(codebook.leaves) for phrase in theme.phrases]
    known = codebook.weights.known if codebook.weights else frozenset()
    ids = [theme.theme_id for theme in codebook.leaves]
    is_known = np.array([phrase_key(ids[number], phrase) in known for number, phrase in pairs], bool)
    return np.array([number for number, _ in pairs], np.intp), [phrase for _, phrase in pairs], is_known


def _start(codebook: Codebook, encoder: tuple[str, str], n_dimensions: int) -> tuple[Student, float, NDArray[np.bool_]]:
    """The classifier that the regression starts from, zeros for a theme without weights; how far it may go; and which
    themes have weights."""
    ids = [theme.theme_id for theme in codebook.leaves]
    coefficients, intercepts = np.zeros((len(ids), n_dimensions)), np.zeros(len(ids))
    old = codebook.weights
    if old is None:
        return Student(coefficients, intercepts), _SPREAD, np.zeros(len(ids), bool)
    if old.encoder[1] != encoder[1] or old.coefficients.shape[1] != n_dimensions:
        raise ModelError(
            f"codebook '{codebook.name}': its weights belong to the encoder '{old.encoder[0]}', this run uses "
            f"'{encoder[0]}'; set embed.model to '{old.encoder[0]}', or delete the line `weights` of the codebook"
        )
    rows = {theme_id: row for row, theme_id in enumerate(old.theme_ids)}
    for number, theme_id in enumerate(ids):
        if theme_id in rows:
            coefficients[number] = old.coefficients[rows[theme_id]]
            intercepts[number] = old.intercepts[rows[theme_id]]
    spread = max(_SPREAD, float((old.coefficients**2).sum(axis=1).max(initial=0)))
    return Student(coefficients, intercepts), spread, np.array([theme_id in rows for theme_id in ids], bool)


def _fit(X: Vectors, target: NDArray[np.float64], start: Student, spread: float) -> Student:
    """Multinomial logistic regression: least sum of log losses against the chances `target` (n, k) +
    |W - W_start|^2 / (2 C), by L-BFGS; where the start gives the targets it stays."""
    k, d = start.coefficients.shape
    rows = X.astype(np.float64)
    before = start.logits(X)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """The penalised loss of a change to the start, and its gradient."""
        change = flat.reshape(k, d + 1)
        chance = softmax(before + rows @ change[:, :d].T + change[:, d])
        residual = chance - target
        slope = np.hstack([residual.T @ rows + change[:, :d] / spread, residual.sum(axis=0)[:, None]])
        value = -(target * np.log(np.maximum(chance, 1e-300))).sum() + (change[:, :d] ** 2).sum() / (2 * spread)
        return float(value), slope.ravel()

    best = minimize(loss, np.zeros(k * (d + 1)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    change = best.x.reshape(k, d + 1)
    return Student(start.coefficients + change[:, :d], start.intercepts + change[:, d])


def _keyword_weights(codebook: Codebook, student: Student, embed: Embed) -> NDArray[np.float64]:
    """float64 (m,): how much each include keyword by itself means its theme, as log odds within fixed bounds."""
    rules = compile_rules(replace(codebook, weights=None))
    if not rules.include.words:
        return np.zeros(0)
    if len(student.intercepts) == 1:
        return np.ones(len(rules.include.words))  # nothing to compare with
    odds = log_odds(student.logits(embed([word.replace("*", "").lower() for word in rules.include.words])))
    own = odds[np.arange(len(odds)), rules.include.owner]
    return np.asarray(np.clip(own, *_SPECIFIC).round(6))


def _shown_phrases(theme: CodebookTheme) -> list[str]:
    """The keyphrases, or else the keywords that are words people read; "respon*" is for the matcher."""
    return list(theme.keyphrases or (word for word in theme.include if "*" not in word))[:_KEYPHRASES]


def _describe(codebook: Codebook) -> pd.DataFrame:
    """THEMES: those of the codebook in its order, then the generic ones it does not name."""
    parents = codebook.parent_ids
    rows = {
        "theme_id": [theme.theme_id for theme in codebook.themes],
        "name": [theme.name for theme in codebook.themes],
        "kind": [theme.kind for theme in codebook.themes],
        "parent_id": [parents[theme.theme_id] for theme in codebook.themes],
        "keyphrases": [_shown_phrases(theme) for theme in codebook.themes],
        "exemplars": [list(theme.examples[:_EXEMPLARS]) for theme in codebook.themes],
    }
    own = THEMES.validate(pd.DataFrame(rows).astype({"parent_id": "str"}))
    generic = generic_themes()
    return pd.concat([own, generic[~generic["theme_id"].isin(own["theme_id"])]], ignore_index=True)
