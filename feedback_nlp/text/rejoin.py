"""Statements that can't stand alone go back to the one before them: "very helpful", "they were quick"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CONTRAST = re.compile(
    r"\W*+(?:but|however|although|though|yet|whereas|unfortunately|except|mais|cependant|aber|jedoch|pero|però|ma|porém|mas|maar|ale|men)\b",
    re.IGNORECASE,
)
# opens a sentence about what was named before it
_REFERS_BACK = re.compile(
    r"\W*+(?:(?:and|so|also|then|because)\W++)?(?:he|she|they|it|this|that|which|who|it's|they're|he's|she's)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…。！？｡؟۔।॥\r\n\u2028]")
_LONGEST = 400  # characters of what is joined; more is a story, and joining it piece by piece would take quadratic time
_SHORT = 8  # words up to which a sentence that refers back says one thing more about the same


@dataclass(frozen=True)
class Statement:
    """A span of a comment, the part of it that names its topic, and its generic theme where it names none."""

    start: int
    end: int
    topical: str
    generic: str | None


def rejoined(comment: str, statements: Iterable[Statement]) -> list[Statement]:
    """Returns the statements with those that can't stand alone joined to the one before them.

    Joined are a verdict that names nothing and a topic in the same sentence ("clean car, very helpful": the topic is
    what is embedded), and a short sentence that begins with "it", "they" or such. A contrast ("but …") stays apart,
    since what stands on its two sides has two polarities.

    >>> comment = "Clean car, very helpful. But dear"
    >>> parts = [Statement(0, 9, "Clean car", None), Statement(11, 24, "very helpful.", "generic-praise"),
    ...          Statement(25, 33, "But dear", None)]
    >>> [(comment[part.start : part.end], part.topical) for part in rejoined(comment, parts)]
    [('Clean car, very helpful.', 'Clean car'), ('But dear', 'But dear')]
    """
    joined: list[Statement] = []
    for statement in statements:
        if joined and _belong_together(comment, joined[-1], statement):
            joined[-1] = _join(comment, joined[-1], statement)
        else:
            joined.append(statement)
    return joined


def _belong_together(comment: str, first: Statement, second: Statement) -> bool:
    text = comment[second.start : second.end]
    if second.end - first.start > _LONGEST or _CONTRAST.match(text):
        return False
    if (first.generic is None) != (second.generic is None):
        return not _SENTENCE_END.search(comment, first.end - 1, second.start)
    is_continued = bool(_REFERS_BACK.match(text)) and len(text.split()) <= _SHORT
    return first.generic is None and is_continued


def _join(comment: str, first: Statement, second: Statement) -> Statement:
    if second.generic is not None:
        topical = first.topical
    elif first.generic is not None:
        topical = second.topical
    else:
        topical = comment[first.start : second.end]
    return Statement(first.start, second.end, topical, None)
