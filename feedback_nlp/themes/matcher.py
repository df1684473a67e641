"""Finds keywords in text: whole words, phrases and stems, in one pass whose time grows with the text alone.

A trie over words, walked once, without going back. Not Aho-Corasick over characters, nor a regular expression: "word",
"phrase" and "stem" are said of words, so a match over characters would need its borders checked afterwards and every
spelling of the space between two words listed; and nothing a user writes as a keyword can be read as a pattern.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

# scripts that write no spaces: each character is a word, so that a keyword of several is a phrase of them
_UNSPACED = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SYMBOLS = "\u2600-\u27bf\U0001f1e6-\U0001faff"  # pictures and stars: "👍" may be a keyword
_LIGHT_MARKS = (range(10, 36), range(200, 256))  # combining classes: Hebrew and Arabic points; accents above and below


class Keyword(NamedTuple):
    """One word of a keyword: as folded, and whether it is a stem that any ending may follow."""

    text: str
    is_stem: bool


@dataclass
class _Node:
    words: dict[str, "_Node"] = field(default_factory=dict)
    stems: dict[str, "_Node"] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()  # of the stems, ascending
    ends: tuple[int, ...] = ()  # the keywords that end here


@dataclass(frozen=True)
class Matcher:
    """Keywords made ready for search; see `compile_keywords`."""

    root: _Node = field(repr=False)

    def find(self, text: str) -> list[int]:
        """Returns the numbers of the keywords that the text holds, ascending.

        Every word is looked at once for each phrase that has begun before it, at most one per node of the trie.
        """
        found: set[int] = set()
        begun: list[_Node] = []
        for word in words(text):
            begun = [after for node in (self.root, *begun) for after in _follow(node, word)]
            for node in begun:
                found.update(node.ends)
        return sorted(found)


def compile_keywords(keywords: Sequence[str]) -> Matcher:
    """Returns the matcher of the keywords, which are numbered as given.

    A keyword is a word or a phrase; a word that ends in "*" is a stem. Case, accents and all marks between words are
    not seen: "E-Mail" finds "e mail" and "Café" finds "cafe".

    Raises:
        ValueError: a keyword without a letter, digit or picture, or with a star that ends no word.

    >>> compile_keywords(["wait*", "on hold", "hold"]).find("Waited 40 minutes, ON HOLD!")
    [0, 1, 2]
    >>> compile_keywords(["wait*", "on hold"]).find("awaiting; hold on")
    []
    """
    root = _Node()
    for number, keyword in enumerate(keywords):
        node = root
        for part in keyword_words(keyword):
            children = node.stems if part.is_stem else node.words
            node.lengths = tuple(sorted({*node.lengths, len(part.text)})) if part.is_stem else node.lengths
            node = children.setdefault(part.text, _Node())
        node.ends = (*node.ends, number)
    return Matcher(root)


def keyword_words(keyword: str) -> list[Keyword]:
    """Returns the words of a keyword, folded, each with whether it is a stem.

    Raises:
        ValueError: see `compile_keywords`.

    >>> keyword_words("Waiting time*")
    [Keyword(text='waiting', is_stem=False), Keyword(text='time', is_stem=True)]
    """
    folded = fold(keyword)
    spots = [(match.group(), match.end()) for match in _pattern().finditer(folded)]
    parts = [Keyword(word, folded.startswith("*", end)) for word, end in spots]
    if not parts:
        raise ValueError("holds no word")
    if folded.count("*") != sum(part.is_stem for part in parts) or re.search(r"\*\w", folded):
        raise ValueError("'*' may only end a word")
    return parts


def words(text: str) -> list[str]:
    """Returns the words of a text, folded: runs of letters, digits and their marks; pictures; ideographs one by one.

    >>> words("L'ÉTÉ was a 5★ e-mail")
    ['l', 'ete', 'was', 'a', '5', '★', 'e', 'mail']
    >>> words("退款 慢")
    ['退', '款', '慢']
    """
    return _pattern().findall(fold(text))


def fold(text: str) -> str:
    """Returns a text without case and accents; marks that make another letter (Thai, Hindi vowels) stay.

    >>> fold("Straße, CAFÉ"), fold("Ａ１")
    ('strasse, cafe', 'a1')
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in apart if not any(unicodedata.combining(c) in classes for classes in _LIGHT_MARKS))
    return unicodedata.normalize("NFC", plain)


def _follow(node: _Node, word: str) -> list[_Node]:
    after = [node.words[word]] if word in node.words else []
    for length in node.lengths:
        if length > len(word):
            break
        if stem := node.stems.get(word[:length]):
            after.append(stem)
    return after


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """A letter with its marks, again and again; re's own "word" would break Hindi and Thai at their vowel signs."""
    marks = [number for number in range(0x300, 0x10000) if unicodedata.category(chr(number)).startswith("M")]
    runs = [[n for _, n in run] for _, run in groupby(enumerate(marks), lambda pair: pair[1] - pair[0])]
    ranges = "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)
    return re.compile(rf"[{_UNSPACED}{_SYMBOLS}]|[^\W_{_UNSPACED}{_SYMBOLS}{ranges}](?:[^\W_{_UNSPACED}]|[{ranges}])*+")
