"""A further rating beside the score (CSAT, effort, stars …), read in its own scale without buckets."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pandas as pd

from feedback_nlp.ingest.scores.labels import ladders, no_answers, tell_ladder
from feedback_nlp.ingest.scores.numbers import Number, read_numbers
from feedback_nlp.ingest.scores.scale_guesses import missing_codes, spelled
from feedback_nlp.ingest.scores.values import folded, is_true, mapped_numbers, usual_values, where_text

Kind: TypeAlias = Literal["csat", "ces", "nps-like", "other"]

_EFFORT = re.compile(
    r"\b(ces|effort|ease|easy|easiness|difficult\w*|aufwand|einfach\w*|leicht\w*|facil\w*|esfuerzo|esforco|sforzo|moeite|"
    r"gemak\w*|makkelijk\w*)\b"
)
_SATISFACTION = re.compile(r"\b(csat|satisf\w*|zufrieden\w*|soddisf\w*|tevreden\w*)\b")
_FAMILIES: dict[str, Kind] = {"satisfaction": "csat", "ease": "ces", "effort": "ces"}
_SPANS = ((1, 5), (1, 7), (1, 10), (0, 1), (0, 5), (0, 10), (0, 100))


@dataclass(frozen=True)
class Rating:
    """A rating column as read. `scores` has the index of the column, null where nothing could be read."""

    scores: pd.Series
    low: float  # the ends of its scale
    high: float
    n: int  # values read
    n_unread: int  # values that are neither missing nor a score
    kind: Kind

    @property
    def mean(self) -> float | None:
        """The unweighted mean of the scores in their own scale; None without one."""
        return float(self.scores.mean()) if self.n else None


def read_rating(values: pd.Series, column: str) -> Rating:
    """Returns a text column's ratings as numbers in their own scale; whatever can't be read is null and counted.

    Numbers are read as in a score column; so are words, whose boxes count from 1, the best one highest (see `labels`;
    of several scales that fit the best). The more frequent of the two is the column's, the other is unread; so are
    numbers that look like codes for "no answer" (-1, 99; see `scale_guesses.missing_codes`), except 0, for 0-5 is a
    scale too. NULL_WORDS, "don't know" and the like are missing and not counted. `low` and `high` are the ends of the
    first of 1-5, 1-7, 1-10, 0-1, 0-5, 0-10 and 0-100 that holds all, or the smallest and greatest value; numbers
    written out of a best one ("4/5") have that as `high`. Which end is best is not known of numbers.

    Words of satisfaction are "csat", of ease and effort "ces"; so is a column named for satisfaction or effort in one
    of seven languages. Else numbers of 1-5 and 1-7 are "csat", of 0-10 and 1-10 "nps-like", and the rest is "other".

    >>> rating = read_rating(pd.Series(["Very satisfied", "Satisfied", None, "Blue"]), "csat")
    >>> rating.scores.tolist()[:2], rating.high, rating.n, rating.n_unread, rating.kind, rating.mean
    ([5.0, 4.0], 5.0, 2, 1, 'csat', 4.5)
    """
    counts = usual_values(values)
    counts = counts[is_true(folded(text) not in no_answers() for text in counts.index)]
    numbers, words = read_numbers(counts.index), spelled(counts)
    if words.sum() > where_text(counts, numbers).sum():
        read, ends, kind = _worded(words)
        kind = kind or _named(column) or "other"
    else:
        read, ends = _numbered(numbers)
        kind = _named(column) or _by_span(ends)
    scores = mapped_numbers(values, read)
    n = int(scores.notna().sum())
    return Rating(scores, *ends, n=n, n_unread=int(counts.sum()) - n, kind=kind)


def _worded(words: pd.Series) -> tuple[dict[str, float], tuple[float, float], Kind | None]:
    """Returns text -> score of the best fitting scale, else of the one that knows most values."""
    told = tell_ladder(words)
    candidates = [ladders()[name] for name in told.names[:1]] or [*ladders().values()]
    reads = [{t: float(own.words[word]) for t in words.index if (word := folded(t)) in own.words} for own in candidates]
    read = max(reads, key=lambda texts: int(where_text(words, texts).sum()))
    ladder = candidates[reads.index(read)]
    return read, (float(min(ladder.scores)), float(max(ladder.scores))), _FAMILIES.get(ladder.family)


def _numbered(numbers: Mapping[str, Number]) -> tuple[dict[str, float], tuple[float, float]]:
    codes = [code for code in missing_codes(number.value for number in numbers.values()) if code != 0]
    read = {text: number.value for text, number in numbers.items() if number.value not in codes}
    tops = {number.top for number in numbers.values() if number.top}
    return read, _ends(read.values(), tops)


def _ends(values: Iterable[float], tops: Iterable[float]) -> tuple[float, float]:
    known = [*values]
    if not known:
        return float("nan"), float("nan")
    low, high = min(known), max([*known, *tops])
    for first, last in _SPANS:
        if first <= low and high <= last:
            return float(first), float(last)
    return low, high


def _named(column: str) -> Kind | None:
    words = folded(re.sub(r"[_.:?()']|(?<=[a-z])(?=[A-Z])", " ", column))
    if _EFFORT.search(words):
        return "ces"
    return "csat" if _SATISFACTION.search(words) else None


def _by_span(ends: tuple[float, float]) -> Kind:
    if ends in ((1, 5), (1, 7)):
        return "csat"
    return "nps-like" if ends in ((0, 10), (1, 10)) else "other"
