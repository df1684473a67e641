"""Bytes that make no sense in a file's encoding, each read in the encoding in which it fits its neighbours.

A byte between letters is a letter, a dash stands between blanks, a currency sign beside digits, and so on. How well a
character fits is a number, and another encoding reads a byte where it fits better by a margin than the file's own.
"""

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias
from unicodedata import category

import numpy as np

ONE_BYTE = ("cp1252", "cp850", "mac-roman", "latin-1")  # the usual one first; each is tried for every stray byte
_STRONG = 3.0  # by which another encoding fits a byte better where the base can't be meant: "tr‚s" is "trés"
_WEAK = 1.5  # ... where it may: "d–" is "dû" only in a file with more bytes of the strong kind than of this
_CONVINCING = 2.0  # by which an older base than cp1252 fits better, a byte: dashes and quotes beside words reach 1.5
_LETTERS = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽ")
_TYPOGRAPHIC = "–—…“”‘"  # what word processors write; beside words, too, where a blank was forgotten
_OPENING, _CLOSING = "„«‹¿¡", "»›™®°²³"
Context: TypeAlias = tuple[int, int, int]  # kind of the left neighbour, byte, kind of the right one
_LOWER, _UPPER, _DIGIT, BLANK, _MARK, _OTHER = range(6)  # kinds of neighbours; _OTHER is a byte beyond ASCII


def context(number: int) -> Context:
    """Returns the kind of the left neighbour, the byte, and the kind of the right one, which the number stands for.

    >>> context((0 * 256 + 0x82) * N_KINDS + 3) == (_LOWER, 0x82, BLANK)
    True
    """
    return (number // (256 * N_KINDS), number // N_KINDS % 256, number % N_KINDS)


def one_byte_base(strays: Mapping[Context, int]) -> str:
    """Returns the one-byte encoding of most strays (context -> count): cp1252 unless an older one fits far better.

    >>> one_byte_base({(_LOWER, 0x82, _LOWER): 9}), one_byte_base({(_LOWER, 0xE9, _LOWER): 9})
    ('cp850', 'cp1252')
    """
    usual, *older = ONE_BYTE
    totals = {
        encoding: sum(n * _fit(byte, encoding, left, right) for (left, byte, right), n in strays.items())
        for encoding in ONE_BYTE
    }
    best = max(older, key=lambda encoding: totals[encoding])  # of equals the first
    return best if totals[best] > totals[usual] + _CONVINCING * sum(strays.values()) else usual


def stray_readings(strays: Mapping[Context, int], first: str) -> dict[Context, tuple[str, str]]:
    """Returns for every stray byte in its context the encoding that reads it, and its character.

    That is the first unless another fits better by far; of several others the one that explains most. What may be
    meant in the first ("word–word") is only read otherwise where more bytes can't be meant in it ("tr‚s").

    >>> stray_readings({(_LOWER, 0x82, _LOWER): 2, (_LOWER, 0xE9, _LOWER): 9}, "cp1252")
    {(0, 130, 0): ('cp850', 'é'), (0, 233, 0): ('cp1252', 'é')}
    """
    others = [encoding for encoding in ONE_BYTE if encoding != first]
    strong, weak = Counter[str](), Counter[str]()
    for (left, byte, right), n in strays.items():
        for encoding in others:
            better = _fit(byte, encoding, left, right) - _fit(byte, first, left, right)
            strong[encoding] += n * (better > _STRONG)
            weak[encoding] += n * (_WEAK < better <= _STRONG)
    others.sort(key=lambda encoding: -strong[encoding])
    margins = {encoding: _WEAK if strong[encoding] > weak[encoding] else _STRONG for encoding in others}
    readings = {}
    for left, byte, right in strays:
        fits = {encoding: _fit(byte, encoding, left, right) for encoding in ONE_BYTE}
        possible = [encoding for encoding in others if fits[encoding] > fits[first] + margins[encoding]]
        highest = max((fits[encoding] for encoding in possible), default=0.0)
        chosen = next((encoding for encoding in possible if fits[encoding] >= highest - _WEAK), first)
        readings[left, byte, right] = (chosen, _character(byte, chosen) or chr(byte))
    return readings


def _character(byte: int, encoding: str) -> str:
    """Returns the character of a byte, "" where the encoding has none or only a control character."""
    character = bytes([byte]).decode(encoding, "ignore")
    return "" if category(character or "\0") == "Cc" else character


def _fit(byte: int, encoding: str, left: int, right: int) -> float:
    """Returns how well a byte stands between its neighbours: -5 (no character) .. 4 (a usual letter in a word)."""
    character = _character(byte, encoding)
    if not character:
        return -5
    return _fit_of_letter(character, left, right) if character.isalpha() else _fit_of_sign(character, left, right)


def _fit_of_sign(character: str, left: int, right: int) -> float:
    n_words = (left in _WORD) + (right in _WORD)
    if character in "’\xa0":
        return 3
    if character in _TYPOGRAPHIC:
        is_beside = n_words == 1 if character not in "–—" else n_words == 0
        return 3 if is_beside else 1.5
    if character in _OPENING + _CLOSING:
        outer, inner = (left, right) if character in _OPENING else (right, left)
        return -2 if n_words == 2 else 3 if outer not in _WORD and inner != BLANK else 0.5
    if character in "•·€£¥§©":
        return -2 if n_words == 2 else 0.5 if right in _WORD else 2.5
    return -3 if n_words == 2 or category(character) in ("So", "Sk") else -1  # frames, lone accents; fractions, signs


def _fit_of_letter(character: str, left: int, right: int) -> float:
    usual = 1.0 if character in _LETTERS else -2.5
    if left not in _WORD and right not in _WORD:
        return usual + (0.5 if character in "àÀéó" else -1)  # alone: few letters are words
    if character.islower():
        return usual + (3 if left != _UPPER else -0.5 if right == _UPPER else 1.5)
    is_shouted = _UPPER in (left, right) and _LOWER not in (left, right)
    begins = left not in _WORD and right in (_LOWER, _OTHER)
    return usual + (3 if is_shouted else 2 if begins else -3)


def _kind(byte: int) -> int:
    character = chr(byte)
    if byte >= 128:
        return _OTHER
    if character.isalpha():
        return _LOWER if character.islower() else _UPPER
    return _DIGIT if character.isdigit() else BLANK if byte <= 32 or character in ',;|"' else _MARK


_WORD = (_LOWER, _UPPER, _OTHER)
KINDS = np.array([_kind(byte) for byte in range(256)])
N_KINDS = 6
N_CONTEXTS = N_KINDS * 256 * N_KINDS
