"""One score as people and survey tools write it: "9", "8,0", "9/10", "4 von 5", "80 %", "★★★★☆", "10 - Very likely"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

MAX_LENGTH = 60  # characters of a written score
_DECIMAL = r"\d{1,15}(?:\.\d{1,15}|,\d{1,2})?"  # a comma parts decimals, not thousands: "8,0", but not "1,000"
_NUMBER = re.compile(rf"[+-]?{_DECIMAL}")
_PERCENT = re.compile(rf"({_DECIMAL})\s?%")
_STAR_WORDS = r"(?:stars?|sterne?|sternen|sterren|étoiles?|etoiles?|estrellas?|estrelas?|stelle?|★|⭐)"
_POINT_WORDS = rf"(?:{_STAR_WORDS}|points?|punkten?|punten|puntos?|punti|pontos?)"
_OUT_OF = re.compile(
    rf"(\d{{1,3}}(?:[.,]\d{{1,2}})?)\s?(?:/|(?:{_POINT_WORDS}\s)?(?:out of|of|von|auf|sur|de|su|van de|van|uit))\s?"
    rf"(3|4|5|6|7|10|100)(?:\s{_POINT_WORDS})?",
    re.IGNORECASE,
)
_N_STARS = re.compile(rf"(\d(?:[.,]\d{{1,2}})?)\s?{_STAR_WORDS}", re.IGNORECASE)
_FULL, _HOLLOW = "★⭐🌟", "☆✩"
_STARS = re.compile(rf"([{_FULL}]{{1,10}})([{_HOLLOW}]{{0,10}})")
_SIGN = re.compile(rf"[\d{_FULL}]")  # no score is written without
_LABELLED = re.compile(r"\(?(\d{1,3})(?:\)|\s|[-–—:.=(])([^\d%]*)")  # "10 - Extremely likely", "(2) Minor", "5 points"
_LABEL_FIRST = re.compile(r"([^\d]{1,50})\s?\((\d{1,3})\)")  # "Very satisfied (5)"


@dataclass(frozen=True)
class Number:
    """A score as written: its value, the best one if it says so (the 5 of "4 of 5"), and the label beside it."""

    value: float
    top: float | None = None
    label: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is sure to be a number even if other values of its column are none."""
        return not self.label


def read_number(text: str) -> Number | None:
    """Returns the score that a stripped text writes, or None.

    A decimal comma has one or two places ("1,000" is no score). Stars count the full ones; their best is 5 unless
    hollow ones or a sixth say otherwise. A label is any text without a digit.

    >>> read_number("8,0").value, read_number("4 von 5").top, read_number("★★★★☆").value, read_number("80 %").top
    (8.0, 5.0, 4.0, 100.0)
    >>> read_number("10 - Very likely"), read_number("1,000"), read_number("12/10")
    (Number(value=10.0, top=None, label='Very likely'), None, None)
    """
    if len(text) > MAX_LENGTH or not _SIGN.search(text):
        return None
    if _NUMBER.fullmatch(text):
        return Number(_value(text))
    return _of_a_best(text.replace("\ufe0f", "")) or _labelled(text)


def is_number_text(text: str) -> bool:
    """Returns whether a text writes a number with or without a label.

    >>> is_number_text("9/10"), is_number_text("Too slow")
    (True, False)
    """
    return read_number(text.strip()) is not None


def same_number(text: str, other: str) -> bool:
    """Returns whether two texts are the same plain number.

    >>> same_number("6", "6.0"), same_number("6", "six")
    (True, False)
    """
    return bool(_NUMBER.fullmatch(text) and _NUMBER.fullmatch(other)) and _value(text) == _value(other)


def read_numbers(texts: pd.Index) -> dict[str, Number]:
    """Returns the numbers among the texts; labelled ones only if every text is a number, labelled or not.

    >>> sorted(read_numbers(pd.Index(["9", "10 - Very likely"]))), sorted(read_numbers(pd.Index(["5 - a", "maybe"])))
    (['10 - Very likely', '9'], [])
    """
    found = {text: number for text in texts if (number := read_number(text))}
    return found if len(found) == len(texts) else {text: number for text, number in found.items() if number.is_plain}


def plain_values(numbers: Mapping[str, Number]) -> dict[str, float]:
    """Returns the value of each text.

    >>> plain_values({"4/5": Number(4, 5)})
    {'4/5': 4}
    """
    return {text: number.value for text, number in numbers.items()}


def _of_a_best(text: str) -> Number | None:
    """Returns the score of a text that says what the best one is."""
    if found := _OUT_OF.fullmatch(text):
        number = Number(_value(found[1]), float(found[2]))
    elif found := _PERCENT.fullmatch(text):
        number = Number(_value(found[1]), 100.0)
    elif found := _STARS.fullmatch(text):
        n_full, n_hollow = len(found[1]), len(found[2])
        number = Number(float(n_full), float(n_full + n_hollow) if n_hollow else (5.0 if n_full <= 5 else 10.0))
    elif found := _N_STARS.fullmatch(text):
        number = Number(_value(found[1]), 5.0)
    else:
        return None
    return number if number.top and number.value <= number.top else None


def _labelled(text: str) -> Number | None:
    if found := _LABELLED.fullmatch(text):
        return Number(float(found[1]), label=_bare(found[2]))
    if found := _LABEL_FIRST.fullmatch(text):
        return Number(float(found[2]), label=_bare(found[1]))
    return None


def _bare(label: str) -> str:
    return label.strip(" \t\xa0-–—:.=()") or "-"


def _value(text: str) -> float:
    return float(text.replace(",", "."))
