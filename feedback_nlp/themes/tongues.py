"""What naming needs of languages beside English: common names, the word for "and", words that say nothing."""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_ENGLISH = frozenset(
    """
    the and to was is of i it my a in for not with very they have that on are be but no we me this at so you had
    were from good as there
    """.split()
)
_WORD = re.compile(r"[^\W\d_]+")
_CLEAR = 0.1  # share of a language's function words that tells it ...
_AHEAD = 1.2  # ... if English has so many times fewer
_MANY, _HARDLY_ENGLISH = 100, 0.02  # from so many words on, fewer function words than that are no English
_READ = 200  # characters of a text


@dataclass(frozen=True)
class Tongue:
    """A language as naming sees it."""

    code: str  # ISO 639-1; "" = unknown, not English
    joint: str  # "and"
    names: tuple[str, ...]
    vague: frozenset[str]
    function: frozenset[str]


UNKNOWN = Tongue("", "/", (), frozenset(), frozenset())


def tongue_of(texts: Sequence[str]) -> Tongue | None:
    """Returns the language most of the texts are in together, None for English or what can't be told.

    One of six languages is told by its function words; UNKNOWN is returned for texts that are plainly in none of the
    seven: mostly of letters beyond Latin, or a hundred words and more with hardly an English function word.

    >>> tongue_of(["les prix sont trop élevés dans le magasin"]).code
    'fr'
    >>> tongue_of(["the prices are too high"]) is None, tongue_of(["цены слишком высокие"]) is UNKNOWN
    (True, True)
    """
    words = _words(texts)
    total = words.total()
    if not total:
        return None
    share = {tongue: _share(words, tongue.function) for tongue in tongues()}
    english = _share(words, _ENGLISH)
    best = max(share, key=lambda tongue: share[tongue])
    if share[best] >= max(_CLEAR, _AHEAD * english):
        return best
    foreign = sum(n for word, n in words.items() if _is_foreign(word))
    is_elsewhere = foreign > total / 2 or (total >= _MANY and english < _HARDLY_ENGLISH)
    return UNKNOWN if is_elsewhere else None


def is_english(texts: Sequence[str]) -> bool:
    """Returns whether a tenth of the words, or more, are frequent English function words.

    >>> is_english(["the price is too high"]), is_english(["prix élevés"])
    (True, False)
    """
    words = _words(texts)
    return bool(words) and _share(words, _ENGLISH) >= _CLEAR


def _words(texts: Sequence[str]) -> Counter[str]:
    return Counter(word for text in texts for word in _WORD.findall(text[:_READ].lower().replace("’", "'")))


def _is_foreign(word: str) -> bool:
    """Whether a word has a letter beyond the Latin ones."""
    return any(char > "\u036f" and not "\u1e00" <= char <= "\u1eff" for char in word)


def _share(words: Counter[str], function: frozenset[str]) -> float:
    return sum(words[word] for word in function) / words.total()


@cache
def tongues() -> tuple[Tongue, ...]:
    """Returns the six languages with common names of their own.

    >>> [tongue.code for tongue in tongues()]
    ['de', 'es', 'fr', 'it', 'nl', 'pt']
    """
    data = tomllib.loads(files(__package__).joinpath("common_names.toml").read_text(encoding="utf-8"))
    return tuple(
        Tongue(
            code,
            entry["and"],
            tuple(" ".join(name.split()) for name in entry["names"].split(",")),
            frozenset(entry["vague"].split()),
            frozenset(entry["function"].split()),
        )
        for code, entry in sorted(data.items())
    )
