"""What naming needs of a language: common names and what is said of them, "and", words that say nothing."""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_FUNCTION = frozenset(
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
    mixed: str  # what a theme without a subject is called
    company: str  # what a theme is called that is told by a brand
    generic: tuple[str, str]  # what the themes of generic praise and of generic complaint are called
    names: tuple[str, ...]
    said: tuple[str, ...]  # of each name: what people say of it, "" where the name says it all
    vague: frozenset[str]
    function: frozenset[str]


UNKNOWN = Tongue("", "/", "…", "…", ("General praise", "General complaint"), (), (), frozenset(), frozenset())


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
    english_share = _share(words, _FUNCTION)
    best = max(share, key=lambda tongue: share[tongue])
    if share[best] >= max(_CLEAR, _AHEAD * english_share):
        return best
    foreign = sum(n for word, n in words.items() if _is_foreign(word))
    is_elsewhere = foreign > total / 2 or (total >= _MANY and english_share < _HARDLY_ENGLISH)
    return UNKNOWN if is_elsewhere else None


def generic_names(texts: Sequence[str]) -> tuple[str, str]:
    """Returns what generic praise and generic complaint are called in the language most of the texts are in.

    >>> generic_names(["les prix sont trop élevés dans le magasin"])
    ('Satisfaction générale', 'Insatisfaction générale')
    """
    return (tongue_of(texts) or english()).generic


def is_english(texts: Sequence[str]) -> bool:
    """Returns whether a tenth of the words, or more, are frequent English function words.

    >>> is_english(["the price is too high"]), is_english(["prix élevés"])
    (True, False)
    """
    words = _words(texts)
    return bool(words) and _share(words, _FUNCTION) >= _CLEAR


def _words(texts: Sequence[str]) -> Counter[str]:
    return Counter(word for text in texts for word in _WORD.findall(text[:_READ].lower().replace("’", "'")))


def _is_foreign(word: str) -> bool:
    """Whether a word has a letter beyond the Latin ones."""
    return any(char > "\u036f" and not "\u1e00" <= char <= "\u1eff" for char in word)


def _share(words: Counter[str], function: frozenset[str]) -> float:
    return sum(words[word] for word in function) / words.total()


@cache
def english() -> Tongue:
    """Returns English, which is also what names a theme whose language can't be told.

    >>> english().code, "Waiting time" in english().names
    ('en', True)
    """
    return _read("common_names_en.toml")[0]


@cache
def tongues() -> tuple[Tongue, ...]:
    """Returns the six languages beside English with common names of their own.

    >>> [tongue.code for tongue in tongues()]
    ['de', 'es', 'fr', 'it', 'nl', 'pt']
    """
    return _read("common_names.toml")


def _read(file: str) -> tuple[Tongue, ...]:
    data = tomllib.loads(files(__package__).joinpath(file).read_text(encoding="utf-8"))
    return tuple(_tongue(code, entry) for code, entry in sorted(data.items()))


def _tongue(code: str, entry: dict[str, str]) -> Tongue:
    lines = [line.partition(":") for line in entry["names"].strip().splitlines()]
    return Tongue(
        code,
        entry["and"],
        entry["mixed"],
        entry["company"],
        (entry["praise"], entry["complaint"]),
        tuple(name.strip() for name, _, _ in lines),
        tuple(said.strip() for _, _, said in lines),
        frozenset(entry["vague"].split()),
        frozenset(entry["function"].split()),
    )
