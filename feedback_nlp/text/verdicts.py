"""Evaluating words of any language with settled ones, and verdicts made of nothing else: "très bien"."""

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.lexicons import Lexicon, lexicon_of, lexicons
from feedback_nlp.text.words import BLAMING, FUNCTION_WORDS, PRAISING, is_negation, words_of

_LONGEST = 120  # characters; a longer statement names something
_ELISION = re.compile(r"\b(qu|[cdjlmnst]|jusqu|dell|all|dall|nell|sull|un)'(?=\w)")
# evaluating words here that English has as well, once the accents are gone; they tell no language
_ENGLISH_TOO = frozenset(
    """
    male toll gut mal fine sale show legal ramp regular pena deception bravo ok okay content extra correct
    genial optimal fatal lamentable deplorable felicitations nickel chapeau dank boa boas prima adore horrible
    terrible service services experience general total global pain fort mediocre absolute non no ma miserable
    """.split()
)
_ENGLISH_VERDICTS = FUNCTION_WORDS | PRAISING | BLAMING | frozenset({"ma", "miserable"})
_ANSWER = re.compile(r"\s*(?:non?|nein|nee|n[ãa]o)\s*[,.;:!–-]+\s")  # "non, très bien" negates nothing
_REACH = 3  # words before a verdict in which a negation turns it around


def verdict_elsewhere(text: str) -> str | None:
    """Returns the generic theme of a statement made only of evaluation and empty words of one language, or None.

    The language is told by the words themselves: every one must be known to it. `text` is in lower case.

    >>> verdict_elsewhere("tout est parfait"), verdict_elsewhere("nicht gut"), verdict_elsewhere("nada que mejorar")
    ('generic-praise', 'generic-complaint', 'generic-praise')
    >>> verdict_elsewhere("bon accueil"), verdict_elsewhere("toll")
    (None, None)
    """
    if len(text) > _LONGEST:
        return None
    if answer := _ANSWER.match(text):
        text = text[answer.end() :]
    words = set(words_of(_ELISION.sub(r"\1 ", text)))
    if words <= _ENGLISH_TOO | _ENGLISH_VERDICTS:
        return None
    for code in sorted({code for word in words - _ENGLISH_VERDICTS for code in _languages_of(word)}):
        if balance := _balance_in(lexicons()[code], text):
            return GENERIC_PRAISE if balance > 0 else GENERIC_COMPLAINT
    return None


def evaluation(text: str, language: str | None) -> int:
    """Returns the number of praising words in a text minus that of blaming ones, each turned around by a negation.

    A negation turns what follows within three words. 0 for a language without settled words; None is read as English.

    >>> evaluation("Pas très bien", "fr"), evaluation("never disappointed", "en"), evaluation("很好", "zh")
    (-1, 1, 0)
    """
    text = text.lower().replace("’", "'")
    if language in (None, "en"):
        return _net(words_of(text), PRAISING, BLAMING, is_negation)
    lexicon = lexicon_of(language)
    if not lexicon.praise:
        return 0
    words = words_of(_ELISION.sub(r"\1 ", _with_phrases_as_words(lexicon, text)))
    return _net(words, lexicon.praise, lexicon.blame, lexicon.negations.__contains__)


def _languages_of(word: str) -> tuple[str, ...]:
    return _triggers().get(word, ())


@cache
def _triggers() -> dict[str, tuple[str, ...]]:
    every = sorted({word for lexicon in lexicons().values() for word in lexicon.triggers})
    return {word: tuple(code for code, lexicon in lexicons().items() if word in lexicon.triggers) for word in every}


def _balance_in(lexicon: Lexicon, text: str) -> int:
    """Praising minus blaming words, each turned around by a negation before it; 0 where a word is not known."""
    words = words_of(_ELISION.sub(r"\1 ", _with_phrases_as_words(lexicon, text)))
    evaluating = lexicon.praise | lexicon.blame
    names_nothing = evaluating | lexicon.vague | lexicon.negations
    if not all(word in names_nothing or word in lexicon.function_words for word in words):
        return 0
    return _net(words, lexicon.praise, lexicon.blame, lexicon.negations.__contains__)


def _with_phrases_as_words(lexicon: Lexicon, text: str) -> str:
    """Each set phrase replaced by one evaluating word of its kind."""
    good, bad = min(lexicon.praise), min(lexicon.blame)
    for phrases, word in ((lexicon.blame_phrases, bad), (lexicon.praise_phrases, good)):
        text = phrases.sub(f" {word} ", text) if phrases else text
    return text


def _net(
    words: Sequence[str], praise: Collection[str], blame: Collection[str], is_turning: Callable[[str], bool]
) -> int:
    balance = 0
    for place, word in enumerate(words):
        value = (word in praise) - (word in blame)
        if value and any(map(is_turning, words[max(0, place - _REACH) : place])):
            value = -value
        balance += value
    return balance
