"""How a score column is read with a rating scale: a preset of `presets`, or the user's own three lists."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from feedback_nlp.config import LinkConfig
from feedback_nlp.errors import ConfigError, InputError, did_you_mean
from feedback_nlp.ingest.scores.labels import known_words, no_answers
from feedback_nlp.ingest.scores.mixed import check_groups, check_kinds
from feedback_nlp.ingest.scores.numbers import (
    MAX_LENGTH,
    Number,
    is_number_text,
    plain_values,
    read_number,
    read_numbers,
    same_number,
)
from feedback_nlp.ingest.scores.presets import SCALES, Scale
from feedback_nlp.ingest.scores.scale_guesses import guess_scale, likely_missing_codes
from feedback_nlp.ingest.scores.values import (
    NULL_WORDS,
    folded,
    is_sizeable,
    is_true,
    listed,
    mapped_numbers,
    mapped_texts,
    usual_values,
    where_text,
)  # fmt: skip
from feedback_nlp.schema import CATEGORIES

__all__ = [
    "NULL_WORDS", "SCALES", "Scale", "Scores", "check_scale", "is_score_text", "likely_missing_codes", "read_scores",
    "usual_values",
]  # fmt: skip

_RANGE = re.compile(r"(-?\d{1,4})\s?\.\.\s?(-?\d{1,4})")  # "0..6" in a custom list
_N_EXAMPLES = 5


@dataclass(frozen=True)
class Scores:
    """A score column as read. `scores` and `categories` have the index of the column; both null where there is none.

    `n_outside` counts the values outside the scale that were not declared missing; `outside` holds up to 5 of them.
    `n_no_answer` counts those that say there is no score ("don't know"); `no_answer` holds up to 5 of them.
    """

    scores: pd.Series
    categories: pd.Series
    scale: str
    evidence: str  # how the scale is known
    n_outside: int = 0
    outside: tuple[str, ...] = ()
    n_no_answer: int = 0
    no_answer: tuple[str, ...] = ()


def read_scores(
    values: pd.Series, settings: LinkConfig, column: str, groups: Mapping[str, pd.Series] | None = None
) -> Scores:
    """Returns the scores of a text column in their own scale, and their categories.

    Numbers may be written in many ways (see `numbers.read_number`); they may carry a label ("10 - Extremely likely") if
    every value is a number. Words score by their box, the best of five 5 (thumbs 1 and -1; yes, maybe and no 2, 1
    and 0); words of a custom scale 1, 0 and -1 by their bucket. NULL_WORDS and `settings.missing` are missing, and so
    are "don't know" and the like, which are counted. `column` names the column in errors. `groups` are labels of the
    rows by name ("file", "quarter"): a group that is rated on a shorter scale than the others is refused.

    Raises:
        ConfigError: the scale's name is unknown, or a custom scale contradicts itself.
        InputError: no value is a score; the scale is not given and can't be told; two scales stand in one column (see
            `mixed`; never with a custom scale); or more than 1 % of the scores (at least 5) lie outside the scale.
    """
    check_scale(settings)
    counts = _without_missing(usual_values(values), settings.missing)
    if settings.scale == "custom":
        name, evidence, unanswered = "custom", "given", counts[:0]
        read = _read_custom(counts.index, settings)
    else:
        unanswered = counts[is_true(folded(text) in no_answers() for text in counts.index)]
        counts = counts.drop(unanswered.index)
        numbers = read_numbers(counts.index)
        check_kinds(counts, numbers, column)
        if groups and numbers:
            check_groups(mapped_numbers(values, plain_values(numbers)), groups, column)
        name, evidence = (settings.scale, "given") if settings.scale else guess_scale(counts, numbers, column)
        read = _read_preset(counts.index, numbers, SCALES[name])
    _check_read(counts, read, name, column, _listed_values(settings))
    outside = counts[~counts.index.isin(list(read))]
    return Scores(
        scores=mapped_numbers(values, {text: score for text, (score, _) in read.items()}),
        categories=mapped_texts(values, {text: category for text, (_, category) in read.items()}),
        scale=name, evidence=evidence, n_outside=int(outside.sum()), outside=tuple(outside.index[:_N_EXAMPLES]),
        n_no_answer=int(unanswered.sum()), no_answer=tuple(unanswered.index[:_N_EXAMPLES]),
    )  # fmt: skip


def check_scale(settings: LinkConfig) -> None:
    """Checks the scale's name and a custom scale's lists, which hold values and ranges of numbers ("0..6").

    Raises:
        ConfigError: the name is unknown, "custom" has no lists, lists have no "custom", a range runs backwards, or a
            value is listed twice.
    """
    names = [*SCALES, "custom"]
    if settings.scale and settings.scale not in names:
        hint = did_you_mean(settings.scale, names)
        raise ConfigError(f"unknown scale '{settings.scale}'{hint} (known: {', '.join(names)})")
    entries = _listed_values(settings)
    if (settings.scale == "custom") != bool(entries):
        raise ConfigError("scale = 'custom' and the lists promoter, passive and detractor need each other")
    _check_once(entries)


def is_score_text(text: str) -> bool:
    """Returns whether a cell looks like a score: a number, a labelled number, or a word of a preset.

    >>> is_score_text("9"), is_score_text("10 - Extremely likely"), is_score_text("Maybe"), is_score_text("Too slow")
    (True, True, True, False)
    """
    text = text.strip()
    return len(text) <= MAX_LENGTH and (is_number_text(text) or folded(text) in known_words())


def _without_missing(counts: pd.Series, codes: tuple[str, ...]) -> pd.Series:
    """Leaves out the declared codes; "6" declares "6.0" too."""
    declared = [code.strip() for code in codes]
    return counts[is_true(not any(_is_same(text, code) for code in declared) for text in counts.index)]


def _read_preset(texts: pd.Index, numbers: Mapping[str, Number], scale: Scale) -> dict[str, tuple[float, str]]:
    spelled = {text: scale.words[word] for text in texts if (word := folded(text)) in scale.words}
    known = {**plain_values(numbers), **spelled}
    categories = {text: scale.category(score) for text, score in known.items()}
    return {text: (known[text], category) for text, category in categories.items() if category}


def _read_custom(texts: pd.Index, settings: LinkConfig) -> dict[str, tuple[float, str]]:
    read = {}
    numbers = plain_values(read_numbers(texts))
    for category, own_score in zip(CATEGORIES, (1.0, 0.0, -1.0), strict=True):
        for entry in map(str.strip, getattr(settings, category)):
            span = _span(entry)
            for text in texts:
                is_in_span = span and text in numbers and span[0] <= numbers[text] <= span[1]
                if is_in_span or _is_same(text, entry):
                    read[text] = (numbers.get(text, own_score), category)
    return read


def _listed_values(settings: LinkConfig) -> list[str]:
    return [value.strip() for bucket in CATEGORIES for value in getattr(settings, bucket)]


def _span(entry: str) -> tuple[float, float] | None:
    found = _RANGE.fullmatch(entry)
    return (float(found[1]), float(found[2])) if found else None


def _check_once(entries: list[str]) -> None:
    """Raises a ConfigError unless the entries of a custom scale differ, and its numbers and ranges do not overlap."""
    texts = [entry.casefold() for entry in entries]
    for text in texts:
        if texts.count(text) > 1:
            raise ConfigError(f"custom scale: '{text}' is listed {texts.count(text)} times")
    spans = sorted((*span, entry) for entry in entries if (span := _span(entry) or _point(entry)))
    for low, high, entry in spans:
        if low > high:
            raise ConfigError(f"custom scale: the range '{entry}' runs backwards; the lower number comes first")
    for (_, high, entry), (low, _, other) in pairwise(spans):
        if low <= high:
            raise ConfigError(f"custom scale: '{entry}' and '{other}' overlap; a score has one bucket")


def _point(entry: str) -> tuple[float, float] | None:
    number = read_number(entry)
    return (number.value, number.value) if number and number.is_plain and not number.top else None


def _is_same(text: str, value: str) -> bool:
    return text.casefold() == value.casefold() or same_number(text, value)


def _check_read(counts: pd.Series, read: Iterable[str], scale: str, column: str, own: list[str]) -> None:
    """Raises an InputError if nothing could be read, or too much lies outside the scale. `own` are custom values."""
    inside, n_all = where_text(counts, read), int(counts.sum())
    if inside.empty:
        raise InputError(
            f"{column}: none of its values is a score of the scale {scale}{listed(counts)}; say --scale NAME, another "
            "--score COL, or --score none to find themes without drivers"
        )
    outside = counts.drop(inside.index)
    n_outside = int(outside.sum())
    if is_sizeable(n_outside, n_all):
        codes = " ".join(f"--missing {code!r}" if " " in code else f"--missing {code}" for code in outside.index[:3])
        unused = [value for value in own if not any(_is_same(text, value) for text in inside.index)]
        hint = did_you_mean(str(outside.index[0]), unused)
        raise InputError(
            f"{column}: {n_outside:,} of {n_all:,} scores lie outside the scale {scale}{listed(outside)}{hint}; "
            f"say --scale NAME if it is another scale, or {codes} if they mean 'no score'"
        )
