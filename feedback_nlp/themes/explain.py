"""Why a response got its themes: statement by statement, as data and as text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.schema import Embed, Vectors
from feedback_nlp.themes.chances import Chances, chances
from feedback_nlp.themes.model import ThemeModel
from feedback_nlp.themes.rules import fired_words

_N_EXAMPLES = 3
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class NamedTheme:
    """A theme and its chance; `theme_id` None is no theme at all."""

    theme_id: str | None
    name: str
    confidence: float


@dataclass(frozen=True)
class Example:
    """An exemplar of the theme, and its cosine with the statement."""

    text: str
    cosine: float


@dataclass(frozen=True)
class Given:
    """A theme that a statement was given, with what speaks for it."""

    theme: NamedTheme
    by_rule: str  # "" or the rule: "only evaluates"
    keywords: tuple[str, ...]  # include keywords of the theme in the statement
    examples: tuple[Example, ...]  # of the theme, nearest first
    polarity: float | None  # -1 to 1; None where the run did not say


@dataclass(frozen=True)
class StatementReading:
    """One statement of the response."""

    segment_id: str
    question: str
    text: str
    given: tuple[Given, ...]
    runner_up: NamedTheme | None  # the most likely theme that it was not given
    other_keywords: tuple[tuple[str, str], ...]  # (name, keyword) that fired for themes it was not given
    excluded: tuple[tuple[str, str], ...]  # (name, keyword) that ruled a theme out


@dataclass(frozen=True)
class Explanation:
    """A response, statement by statement in the order they stand in, and why nothing is read in its other answers."""

    response_id: str
    statements: tuple[StatementReading, ...]
    unread: tuple[str, ...] = ()  # a sentence for each answer without a statement

    def as_text(self) -> str:
        """Returns the explanation for a terminal: a block per statement, figures with two digits."""
        n = len(self.statements)
        head = f"Response {_plain(self.response_id)}: {n or 'no'} statement{'' if n == 1 else 's'}"
        blocks = ["\n".join(_lines(statement)) for statement in self.statements]
        unread = ["\n".join(_plain(sentence) for sentence in self.unread)] if self.unread else []
        return "\n\n".join([head, *blocks, *unread]) + "\n"


def explain(
    response_id: str, segments: pd.DataFrame, vectors: Vectors, mentions: pd.DataFrame, model: ThemeModel, embed: Embed
) -> Explanation:
    """Returns why the statements of a response have the themes they have.

    Args:
        response_id: the response.
        segments: SEGMENTS that hold the response's, made again from its comment; others are ignored.
        vectors: float32 (n, d), row i is segment i.
        mentions: MENTIONS of the run: which themes were given, and polarity.
        model: the run's.
        embed: gives vectors of the same space to exemplars.

    A response without statements gives an explanation without any. Chances are those of `assign`.
    """
    rows = np.flatnonzero(segments["response_id"] == response_id)
    own, own_vectors = segments.iloc[rows].reset_index(drop=True), vectors[rows]
    order = own.sort_values(["question", "start"], kind="stable").index.to_numpy()
    found = chances(own, own_vectors, model)
    said = mentions[mentions["response_id"] == response_id]
    readings = [_reading(row, own, own_vectors, found, said, model, embed) for row in order]
    return Explanation(response_id, tuple(readings))


def _reading(
    row: int, segments: pd.DataFrame, vectors: Vectors, found: Chances, mentions: pd.DataFrame, model: ThemeModel,
    embed: Embed,
) -> StatementReading:  # fmt: skip
    segment = segments.iloc[row]
    mine = mentions[mentions["segment_id"] == segment["segment_id"]]
    names = model.themes.set_index("theme_id")["name"].to_dict()
    include, exclude = fired_words(segment["text"], model.codebook) if model.codebook else ([], [])
    given_ids = [theme for theme in mine["theme_id"] if isinstance(theme, str)]
    generic = segment["generic"] if "generic" in segments else None
    given = tuple(
        _given(mention, names, generic, include, vectors[row], model, embed) for mention in mine.to_dict("records")
    )
    return StatementReading(
        segment["segment_id"], segment["question"], segment["text"], given,
        _runner_up(found.chance[row], given_ids, names, model),
        tuple((names[theme], word) for theme, word in include if theme not in given_ids),
        tuple((names[theme], word) for theme, word in exclude),
    )  # fmt: skip


def _given(
    mention: Mapping[Any, Any], names: Mapping[Any, str], generic: object, include: Sequence[tuple[str, str]],
    vector: Vectors, model: ThemeModel, embed: Embed,
) -> Given:  # fmt: skip
    theme_id = mention["theme_id"] if isinstance(mention["theme_id"], str) else None
    polarity, confidence = (float(str(mention[key])) for key in ("polarity", "confidence"))
    named = NamedTheme(theme_id, names.get(theme_id or "", theme_id or "no theme"), confidence)
    by_rule = "only evaluates" if theme_id is not None and theme_id == generic and confidence == 1 else ""
    keywords = tuple(word for theme, word in include if theme == theme_id)
    examples = _nearest(theme_id, vector, model, embed)
    return Given(named, by_rule, keywords, examples, None if np.isnan(polarity) else polarity)


def _nearest(theme_id: str | None, vector: Vectors, model: ThemeModel, embed: Embed) -> tuple[Example, ...]:
    exemplars = [
        list(texts) for theme, texts in model.themes[["theme_id", "exemplars"]].to_numpy() if theme == theme_id
    ]
    if not exemplars or not exemplars[0]:
        return ()
    cosine = embed([text.lower() for text in exemplars[0]]) @ vector
    best = np.argsort(-cosine.round(6), kind="stable")[:_N_EXAMPLES]
    return tuple(Example(exemplars[0][i], round(float(cosine[i]), 4)) for i in best)


def _runner_up(chance: Vectors, given: Sequence[str], names: Mapping[Any, str], model: ThemeModel) -> NamedTheme | None:
    others = [(float(p), theme) for p, theme in zip(chance, model.class_ids, strict=True) if theme not in given]
    if not others:
        return None
    best, theme = max(others, key=lambda pair: pair[0])
    return NamedTheme(theme, names[theme], round(best, 6))


def _lines(statement: StatementReading) -> list[str]:
    lines = [f"“{_plain(statement.text)}”"]
    for given in statement.given:
        lines.append(f"  {given.theme.name}, confidence {given.theme.confidence:.2f}{_mood(given.polarity)}")
        if given.by_rule:
            lines.append(f"    rule: it {given.by_rule}")
        if given.keywords:
            lines.append(f"    keywords: {', '.join(given.keywords)}")
        lines += [f"    like “{_plain(example.text)}” ({example.cosine:.2f})" for example in given.examples]
    if statement.runner_up:
        lines.append(f"  next: {statement.runner_up.name}, {statement.runner_up.confidence:.2f}")
    lines += [f"  keyword of {name}, outweighed: {word}" for name, word in statement.other_keywords]
    lines += [f"  ruled out {name}: {word}" for name, word in statement.excluded]
    return lines


def _plain(text: str) -> str:
    """One line without control characters: a comment may hold what moves a terminal's cursor or turns text around."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _mood(polarity: float | None) -> str:
    if polarity is None:
        return ""
    word = "praise" if polarity > 0 else "complaint" if polarity < 0 else "neither praise nor complaint"
    return f", {word} ({polarity:+.2f})"
