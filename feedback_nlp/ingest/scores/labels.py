"""Worded scales: which preset a column's words belong to, by the lists of labels.toml."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import pandas as pd

from feedback_nlp.ingest.scores.values import folded, is_sizeable, is_true

_OPTIONAL = re.compile(r"\((\w{1,3})\)")  # satisfait(e)
_FEMININE = re.compile(r"o/a\b")  # satisfecho/a
_NO_ANSWER = "no-answer"
_MIN_TOLD = 30  # values from which the boxes that do not occur say something
_OWN_SCORES: dict[str, tuple[float, ...]] = {
    "good-bad": (1, -1), "thumbs": (1, -1), "yes-maybe-no": (2, 1, 0), "nps-groups": (1, 0, -1)
}  # fmt: skip


@dataclass(frozen=True)
class Ladder:
    """A worded scale: the boxes' scores, best first, and for each language folded text -> score."""

    name: str
    scores: tuple[float, ...]
    languages: Mapping[str, Mapping[str, float]]

    @property
    def family(self) -> str:
        """What it measures: "satisfaction" for "satisfaction-7"."""
        return self.name.split("-")[0] if self.name.split("-")[0] in _tables() else self.name

    @cached_property
    def words(self) -> dict[str, float]:
        """Folded text -> score, of all languages."""
        return {text: score for words in self.languages.values() for text, score in words.items()}


@dataclass(frozen=True)
class Told:
    """The worded scales that hold a column's words and sort them differently, the best fit first."""

    names: tuple[str, ...]
    is_sure: bool  # enough values, or words that leave no choice


@cache
def ladders() -> dict[str, Ladder]:
    """Returns the worded scales by name, as labels.toml lists them; k boxes score k … 1 unless a preset has its own.

    >>> ladders()["satisfaction"].words["sehr zufrieden"], ladders()["thumbs"].scores
    (5.0, (1, -1))
    """
    return {name: _ladder(name, table) for name, table in _tables().items() if name != _NO_ANSWER}


@cache
def no_answers() -> frozenset[str]:
    """Returns the folded texts that mean "asked, but no score": "don't know", "prefer not to say" …

    >>> folded("Weiß nicht") in no_answers(), "very satisfied" in no_answers()
    (True, False)
    """
    return frozenset(form for texts in _tables()[_NO_ANSWER].values() for text in texts for form in _forms(text))


@cache
def known_words() -> frozenset[str]:
    """Returns the folded texts of all worded scales.

    >>> "strongly agree" in known_words()
    True
    """
    return frozenset(word for ladder in ladders().values() for word in ladder.words)


def tell_ladder(counts: pd.Series) -> Told:
    """Returns the worded scales that hold the texts; no name if none does. Slips (at most 1 %) are left out.

    A scale that reads two different words of one language as its best box, or as its second, does not hold them.
    Among those that hold all, the one of whose boxes the greatest share occurs is best, then the one of whose best and
    worst box more occur. Scales that sort every word alike count as one. With fewer than 30 values the best is only
    sure if no other scale holds them, or all its boxes occur and the others' best and worst box do not.

    >>> tell_ladder(pd.Series({"Extremely likely": 60, "Very likely": 20, "Somewhat likely": 9})).names[0]
    'likelihood-extremely'
    >>> tell_ladder(pd.Series({"Good": 3, "Bad": 1}))
    Told(names=('good-bad', 'quality'), is_sure=True)
    """
    counts = _without_slips(counts)
    words = frozenset(map(folded, counts.index))
    fits = {name: _fit(ladder, words) for name, ladder in ladders().items() if _holds(ladder, words)}
    names = _different(sorted(fits, key=lambda name: fits[name], reverse=True), words)
    if len(names) < 2:
        return Told(names, bool(names))
    best, *rivals = (fits[name] for name in names)
    is_alone = best[0] == 1 and all(n_ends == 0 for _, n_ends in rivals)
    return Told(names, is_alone or (rivals[0] < best and int(counts.sum()) >= _MIN_TOLD))


def by_family(counts: pd.Series) -> dict[str, pd.Series]:
    """Returns the texts of each family of worded scales, for those that only one family knows; most values first.

    >>> by_family(pd.Series({"Very likely": 2, "Satisfied": 3, "Neutral": 9})).keys()
    dict_keys(['satisfaction', 'likelihood'])
    """
    own = {text: family for text in counts.index if (family := _only_family(folded(text)))}
    names = sorted(set(own.values()))
    parts = {name: counts[is_true(own.get(text) == name for text in counts.index)] for name in names}
    return dict(sorted(parts.items(), key=lambda part: (-int(part[1].sum()), part[0])))


def _only_family(word: str) -> str | None:
    families = {ladder.family for ladder in ladders().values() if word in ladder.words}
    return families.pop() if len(families) == 1 else None


def _without_slips(counts: pd.Series) -> pd.Series:
    """Returns the counts without the few texts that the scale with the most values does not know."""
    texts = {text: folded(text) for text in counts.index}
    known = {name: is_true(texts[text] in ladder.words for text in counts.index) for name, ladder in ladders().items()}
    best = max(known.values(), key=lambda is_known: int(counts[is_known].sum()))
    return counts if is_sizeable(int(counts[~best].sum()), int(counts.sum())) else counts[best]


def _holds(ladder: Ladder, words: frozenset[str]) -> bool:
    if not words <= ladder.words.keys():
        return False
    return not any(
        sum(own.get(word) == score for word in words) > 1
        for own in ladder.languages.values()
        for score in ladder.scores[:2]
        if len(ladder.scores) > 2
    )


def _fit(ladder: Ladder, words: frozenset[str]) -> tuple[float, int]:
    """Returns the share of the boxes that occur, and how many of the best and the worst do."""
    found = {ladder.words[word] for word in words}
    return len(found) / len(ladder.scores), len(found & {ladder.scores[0], ladder.scores[-1]})


def _different(names: list[str], words: Iterable[str]) -> tuple[str, ...]:
    """Leaves out the scales that sort every word as an earlier one does."""
    boxes = {name: tuple(_box(ladders()[name], word) for word in sorted(words)) for name in names}
    first: dict[tuple[int, ...], str] = {}
    for name in names:
        first.setdefault(boxes[name], name)
    return tuple(first.values())


def _box(ladder: Ladder, word: str) -> int:
    """Returns 0, 1 or 2: the best box, the second of at least three, or the rest."""
    position = ladder.scores.index(ladder.words[word])
    return 2 if len(ladder.scores) == 2 and position else min(position, 2)


@cache
def _tables() -> dict[str, dict[str, list[Any]]]:
    return tomllib.loads(files("feedback_nlp.ingest.scores").joinpath("labels.toml").read_text(encoding="utf-8"))


def _ladder(name: str, table: Mapping[str, list[list[str]]]) -> Ladder:
    n_boxes = len(next(iter(table.values())))
    scores = _OWN_SCORES.get(name) or tuple(float(n_boxes - box) for box in range(n_boxes))
    return Ladder(name, scores, {language: _scored(boxes, scores) for language, boxes in table.items()})


def _scored(boxes: list[list[str]], scores: tuple[float, ...]) -> dict[str, float]:
    entries = [(text, score) for texts, score in zip(boxes, scores, strict=True) for text in texts]
    return {form: score for text, score in entries for form in _forms(text)}


def _forms(text: str) -> set[str]:
    """Returns the folded forms that an entry stands for."""
    optional = {text, _OPTIONAL.sub("", text), _OPTIONAL.sub(r"\1", text)}
    feminine = {_FEMININE.sub(ending, text) for ending in ("o", "a", "o(a)")}
    return {folded(form) for form in optional | feminine}
