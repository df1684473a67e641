"""Answers that say nothing, and the two bare words that say something only under the right question."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.folding import folded
from feedback_nlp.text.masking import MASK
from feedback_nlp.text.questions import Sense, sense_of_question

KINDS_OF_NON_ANSWER = ("no text", "phrase", "number", "emoji", "mask", "noise")

_TRIM = " \t\r\n\u00a0.,;:!?…-–—*_/\\'\"()[]<>#=+~|"
_LONGEST = 100  # characters of a bare answer; keeps the patterns away from long hostile text
_MOST_BLANKS = 12  # in one
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_PIECE = re.compile(r"[.,;!?…\n。，、！？]+")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")

_OPENING = (
    r"(?:(?:absolutely|really|honestly|currently|i (?:can )?think(?: of)?|couldn't|could not|there (?:is|was|were)|there's|"
    r"i (?:have|had)|(?:i )?(?:can't|cannot|can not|couldn't) think of) )*"
)
_CLOSING = (
    r"(?: (?:at all|really|much|else|whatsoever|in particular|specific|special|significant|needed|required|"
    r"i can think of|comes to mind|springs to mind|at the moment|that i can think of|so far|as yet))*"
)
_NOTHING = re.compile(
    rf"{_OPENING}(?:nothing|none|no|nope|nil|nowt|nada|rien|zero|not a thing|not much|not a lot|not anything|anything|"
    rf"couldn't){_CLOSING}"
)
# praise under every question, also under one that asks for strengths
_NO_FAULT = re.compile(
    rf"{_OPENING}(?:no (?:complaint|problem|issue|improvement)s?|nothing (?:at all )?to (?:improve|complain about)){_CLOSING}"
)
_EVERYTHING = re.compile(
    r"(?:absolutely |just |nearly |almost )*(?:everything|all|all of it|the lot|every thing|alles|tout|todo)"
)

_EMOJI = re.compile(
    "[\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u2bff\U0001f000-\U0001faff]"
)
_EMOTICONS = re.compile(r"\s*(?:(?:[:;=]['o^-]?[()\[\]DPpOo/\\|*3]+|[xX]D+|<3+|\^_*\^)\s*)+")
_SCORES = frozenset(map(str, range(11))) | {"100"}  # that a comment may repeat in words

# letters beside each other on the rows of a keyboard, English, German, French and Russian
_KEYS = (
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
)
_KEY_TRIPLES = frozenset(row[i : i + 3][::way] for row in _KEYS for i in range(len(row) - 2) for way in (1, -1))
_WORDS_OF_NEIGHBOURS = frozenset({"wert", "ytre"})  # German "worth", Norwegian "outer"


@dataclass(frozen=True)
class _Phrases:
    silent: frozenset[str]
    nothing: frozenset[str]
    numbers: frozenset[str]
    rating: frozenset[str]


def kind_of_non_answer(text: str, question: str = "") -> str | None:
    """Returns how an answer says nothing (one of KINDS_OF_NON_ANSWER), or None where it says something.

    "no text": punctuation or blanks only; "phrase": "n/a", "don't know", in some thirty languages (nonanswers.toml);
    "number": the score repeated; "emoji": emoji or emoticons only, though a strong one is a feeling; "mask": personal
    data only; "noise": keyboard mash. A bare "nothing" says something under a question for faults or strengths. Works
    on the whole answer: "no answer from the hotline" says something.

    >>> [kind_of_non_answer(text) for text in ("...", "k. A.", "I gave 9", "👍👍", "▮phone▮", "asdfasdf", "No seat")]
    ['no text', 'phrase', 'number', 'emoji', 'mask', 'noise', None]
    >>> kind_of_non_answer("nichts", "why?"), kind_of_non_answer("nichts", "What could we do better?")
    ('phrase', None)
    """
    kind = _kind(text)
    if kind != "nothing":
        return kind
    return "phrase" if sense_of_question(question) == "neutral" else None


def is_silent(text: str) -> bool:
    """Returns whether an answer says nothing under any question: no letter in it, masks only, or such as "n/a".

    >>> [is_silent(text) for text in ("n/a", " - ", "10", "👍", "Did not answer", "No answer from the hotline")]
    [True, True, True, True, True, False]
    """
    return _kind(text) not in {None, "nothing"}


def is_nothing(text: str) -> bool:
    """Returns whether an answer is a bare "nothing": silence under an open question, a verdict under the others.

    >>> [is_nothing(text) for text in ("Nothing.", "none at all", "Absolutely nothing!", "ничего", "Nothing works")]
    [True, True, True, True, False]
    """
    return _kind(text) == "nothing"


def verdict_of_bare_answer(text: str, sense: Sense) -> str | None:
    """Returns the generic theme that a bare "nothing" or "everything" means under a question, or None.

    >>> verdict_of_bare_answer("Nothing.", "faults"), verdict_of_bare_answer("Nothing.", "strengths")
    ('generic-praise', 'generic-complaint')

    Under an open question a whole answer of "nothing" is a non-answer and never comes here; beside other statements
    ("Nothing. All fine.") it says that there is nothing to complain about.

    >>> verdict_of_bare_answer("Everything!", "faults"), verdict_of_bare_answer("Nothing.", "neutral")
    ('generic-complaint', 'generic-praise')
    """
    if len(text) <= _LONGEST and _NO_FAULT.fullmatch(_bare(text)):
        return GENERIC_PRAISE
    if is_nothing(text):
        return GENERIC_COMPLAINT if sense == "strengths" else GENERIC_PRAISE
    if sense == "neutral":
        return None
    if len(text) <= _LONGEST and _EVERYTHING.fullmatch(_bare(text)):
        return GENERIC_COMPLAINT if sense == "faults" else GENERIC_PRAISE
    return None


def _kind(text: str) -> str | None:
    """A kind of non-answer, "nothing" where the question decides, or None."""
    words = MASK.sub("", text) if "▮" in text else text
    if not _LETTER.search(words):
        return _kind_without_letters(words, text)
    if len(text) > _LONGEST or text.count(" ") > _MOST_BLANKS:
        return None
    if _EMOTICONS.fullmatch(text):
        return "emoji"
    return _kind_of_words(text)


def _kind_of_words(text: str) -> str | None:
    phrases, whole = _phrases(), folded(text)
    if whole in phrases.silent:
        return "phrase"
    if whole in phrases.nothing or _NOTHING.fullmatch(_bare(text)):
        return "nothing"
    if kind := _kind_of_pieces(text):
        return kind
    if _is_score(whole):
        return "number"
    return "noise" if whole and all(map(_is_mash, whole.split())) else None


def _kind_of_pieces(text: str) -> str | None:
    """The kind of an answer that is made of settled phrases alone: "None. No comment"."""
    phrases, kind = _phrases(), None
    for part in _PIECE.split(text):
        piece = folded(part)
        if piece in phrases.nothing:
            kind = "nothing"
        elif piece in phrases.silent:
            kind = kind or "phrase"
        elif piece:
            return None
    return kind


def _kind_without_letters(words: str, text: str) -> str:
    """The kind of an answer without a letter; `words` is the text without its masks."""
    if words != text and not _DIGIT.search(words):
        return "mask"
    if _EMOTICONS.fullmatch(text):
        return "emoji"
    if _DIGIT.search(words):
        return "number"
    return "emoji" if _EMOJI.search(words) else "no text"


def _is_score(words: str) -> bool:
    phrases, has_number = _phrases(), False
    for token in _TOKEN.finditer(words):
        if (word := token.group()) in _SCORES or word in phrases.numbers:
            has_number = True
        elif word not in phrases.rating:
            return False
    return has_number


def _is_mash(word: str) -> bool:
    """One letter over and over, neighbours on the keyboard, or many different consonants and no vowel."""
    distinct = set(word)
    if len(distinct) == 1:
        return len(word) > 2 and (word.isascii() or "а" <= word[0] <= "я")
    if not word.isascii():
        return len(word) > 3 and _is_key_run(word)
    if len(word) > 3 and _is_key_run(word):
        return word not in _WORDS_OF_NEIGHBOURS
    return len(word) > 5 and len(distinct) > 3 and distinct.isdisjoint("aeiouyw") and word.isalpha()


def _is_key_run(word: str) -> bool:
    """Whether a word is made of runs of three or more neighbouring keys."""
    place, run = 0, 0
    while place < len(word):
        if word[place : place + 3] in _KEY_TRIPLES:
            place, run = place + (1 if word[place + 1 : place + 4] in _KEY_TRIPLES else 3), run + 1
        else:
            return False
    return run > 0


@cache
def _phrases() -> _Phrases:
    languages = tomllib.loads(files(__package__).joinpath("nonanswers.toml").read_text(encoding="utf-8"))
    merged = {
        name: frozenset(folded(phrase) for language in languages.values() for phrase in language.get(name, ()))
        for name in ("silent", "nothing", "numbers", "rating")
    }
    return _Phrases(**merged)


def _bare(text: str) -> str:
    return " ".join(text.strip(_TRIM).lower().replace("’", "'").split())
