"""The settled words of languages beside English (languages.toml), with spaCy's stop words, loaded when first needed."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from feedback_nlp.text.language import language_of
from feedback_nlp.text.words import BLAMING, FUNCTION_WORDS, PRAISING, VAGUE_NOUNS, words_of

_PIECE, _MOST_PIECES = 80, 40  # characters that the language model reads at once, and how often it is asked
_PATTERNS = ("wishes", "faults", "strengths", "neither")
_KEEP_ACCENTS = {"de"}  # "schön" is "nice", "schon" is "already"


@dataclass(frozen=True)
class Lexicon:
    """What is settled of one language; see languages.toml."""

    code: str  # ISO 639-1
    praise: frozenset[str]
    blame: frozenset[str]
    vague: frozenset[str]
    negations: frozenset[str]
    nouns: frozenset[str]
    no_nouns: frozenset[str]
    linkers: frozenset[str]
    articles: frozenset[str]
    determiners: frozenset[str]
    praise_phrases: re.Pattern[str] | None
    blame_phrases: re.Pattern[str] | None
    triggers: frozenset[str]  # one of these is in every verdict of this language
    joints: frozenset[str]
    subjects: frozenset[str]
    wishes: re.Pattern[str] | None
    faults: re.Pattern[str] | None
    strengths: re.Pattern[str] | None
    neither: re.Pattern[str] | None

    @property
    def function_words(self) -> frozenset[str]:
        """The words that carry no content."""
        return stop_words(self.code) - self.nouns


@cache
def lexicons() -> dict[str, Lexicon]:
    """Returns ISO 639-1 code -> lexicon, of the six languages beside English that have one.

    >>> list(lexicons()), "impeccable" in lexicons()["fr"].praise
    (['de', 'es', 'fr', 'it', 'nl', 'pt'], True)
    """
    data = tomllib.loads(files(__package__).joinpath("languages.toml").read_text(encoding="utf-8"))
    return {code: _lexicon(code, entry) for code, entry in sorted(data.items())}


def lexicon_of(code: str | None) -> Lexicon:
    """Returns the lexicon of a language; one without words where there is none.

    >>> lexicon_of("sv").praise
    frozenset()
    """
    return lexicons().get(code or "") or _lexicon(code or "", {})


@cache
def stop_words(code: str) -> frozenset[str]:
    """Returns spaCy's stop words of a language in lower case, with and without accents; none for one it doesn't know.

    >>> "très" in stop_words("fr"), stop_words("xx-unknown")
    (True, frozenset())
    """
    if not re.fullmatch(r"[a-z]{2,3}", code):
        return frozenset()
    try:
        module = import_module(f"spacy.lang.{code}.stop_words")
    except ImportError:
        return frozenset()
    return _both_ways(code, (word.replace("’", "'").lower() for word in module.STOP_WORDS))


def language_of_many(texts: Sequence[str]) -> str | None:
    """Returns the ISO 639-1 code of the language most of the texts are in together, or None where none can be told.

    The texts are read one after the other in pieces of 80 characters, at most 40: one short text tells little.

    >>> language_of_many(["prix trop élevés", "les vendeurs sont aimables", "attente aux caisses trop longue"])
    'fr'
    >>> language_of_many([]) is None
    True
    """
    pieces, piece = [], ""
    for text in texts:
        piece = f"{piece} {text}".strip()
        if len(piece) >= _PIECE:
            pieces.append(piece)
            piece = ""
        if len(pieces) == _MOST_PIECES:
            break
    told = Counter(code for text in pieces or [piece] if (code := language_of(text)))
    return min(told, key=lambda code: (-told[code], code)) if told else None


def told_language(text: str) -> str | None:
    """Returns the ISO 639-1 code of a text's language, by its letters as a whole or else by the words it is made of.

    A text is English if half of its words are English function words or evaluating ones, whatever its letters look
    like. None where neither tells, or where most words are known to no language more than to another.

    >>> told_language("prix trop chers"), told_language("way too dear"), told_language("Zalando"), told_language("很好")
    ('fr', 'en', None, 'zh')
    """
    told = language_of(text)
    if told == "en":
        return told
    words = words_of(text)
    known = {code: _n_known(words, code) for code in ("en", *lexicons())}
    if told is not None:
        return "en" if 2 * known["en"] >= len(words) > 0 and known["en"] > known.get(told, 0) else told
    best = max(known.values())
    first, *others = [code for code, number in known.items() if number == best]
    return first if best and not others else None


def _n_known(words: Sequence[str], code: str) -> int:
    return sum(word in _known(code) for word in words)


@cache
def _known(code: str) -> frozenset[str]:
    """The function words of a language, and those that only evaluate."""
    if code == "en":
        return FUNCTION_WORDS | PRAISING | BLAMING | VAGUE_NOUNS
    lexicon = lexicon_of(code)
    return lexicon.function_words | lexicon.praise | lexicon.blame | lexicon.vague | lexicon.negations


def without_accents(text: str) -> str:
    """Returns a text without accents.

    >>> without_accents("très élevé")
    'tres eleve'
    """
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(part for part in parts if not "\u0300" <= part <= "\u036f"))


def _lexicon(code: str, entry: dict[str, Any]) -> Lexicon:
    def words(name: str) -> frozenset[str]:
        """The words of an entry."""
        return _both_ways(code, entry.get(name, "").split())

    def phrases(name: str) -> frozenset[str]:
        """The phrases of an entry."""
        return _both_ways(code, entry.get(name, ()))

    good, bad = phrases("praise_phrases"), phrases("blame_phrases")
    longest = {max(phrase.split(), key=len) for phrase in good | bad}
    return Lexicon(
        code, words("praise"), words("blame"), words("vague"), words("negations"), words("nouns"), words("no_nouns"),
        words("linkers"), words("articles"), words("determiners"), _any_of(good), _any_of(bad),
        frozenset(longest | words("praise") | words("blame")), words("joints"), words("subjects"),
        *(re.compile(entry[name], re.IGNORECASE) if name in entry else None for name in _PATTERNS),
    )  # fmt: skip


def _both_ways(code: str, words: Iterable[str]) -> frozenset[str]:
    """The words, and the same without accents where that is how people type and no other word."""
    given = list(words)
    return frozenset(given if code in _KEEP_ACCENTS else (*given, *map(without_accents, given)))


def _any_of(phrases: frozenset[str]) -> re.Pattern[str] | None:
    if not phrases:
        return None
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
