"""What may name a theme where no parser is: short runs of words that begin and end with a word of content."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from feedback_nlp.text.lexicons import Lexicon, lexicon_of, stop_words, without_accents
from feedback_nlp.text.words import FUNCTION_WORDS

_MOST_CONTENT = 3  # content words of a run
_MOST_WORDS = 5
_READ = 2000  # characters of a text
_NOUN = 0.2  # share of a word's places after a determiner from which it passes for a noun
_SHORTEST = 3  # letters of a word of content in an alphabet
_NO_SPACES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # Thai to Burmese, Khmer, Kana, Han
_UNSPACED = re.compile(f"[{_NO_SPACES}]")
_UNSPACED_RUN = re.compile(f"[{_NO_SPACES}]+")
_CHARACTERS = (2, 3, 4)  # lengths of a run in a script without spaces
_PART = re.compile(r"[^\s.,;:!?…()\[\]\"«»“”/|\u060c\u061b\u061f\u3001\u3002\uff0c\uff01\uff1f]+|[^\s]")
_ELIDED = re.compile(r"(?i)(?:qu|[cdjlmnst]|jusqu|lorsqu|puisqu|quelqu|dell|all|dall|nell|sull|quest|un)'(?=\w)")
_WITH_CAPITALS = {"de"}  # nouns are written with a capital


def word_runs(texts: Sequence[str], language: str | None) -> list[list[str]]:
    """Returns, for each text, the runs of up to three words of content that may name what it is about, lower case.

    Words of content are none of the language's function words; only linking words ("de", "of the") stand between them.
    In the six languages with settled determiners one word of a run must often follow a determiner in these texts, so
    that it passes for a noun; a German run ends in a word with a capital, which it keeps. A script without spaces gives
    its pieces of two to four characters between function characters.

    Args:
        texts: statements, best of one theme.
        language: ISO 639-1 code, None for an unknown one.

    >>> word_runs(["le temps d'attente est trop long"], "fr")
    [["temps d'attente", 'temps', 'attente']]
    >>> word_runs(["👍👍", ""], "vi")
    [[], []]
    """
    lexicon = lexicon_of(language)
    tokens = [list(_tokens(text[:_READ])) for text in texts]
    functions = _no_content(lexicon)
    written = _as_written(tokens) if lexicon.code in _WITH_CAPITALS else {}
    nouns = frozenset(word for word, form in written.items() if form[:1].isupper()) or _nouns(tokens, lexicon)
    return [
        list(dict.fromkeys([*_runs(words, lexicon, functions, nouns, written), *_unspaced(text[:_READ], functions)]))
        for text, words in zip(texts, tokens, strict=True)
    ]


def _tokens(text: str) -> Iterator[str]:
    """The words of a text, elided ones with their apostrophe, and its marks."""
    for part in _PART.findall(text.replace("’", "'")):
        word = part
        while elided := _ELIDED.match(word):
            yield elided.group()
            word = word[elided.end() :]
        yield word.strip("'") or "'"


def _no_content(lexicon: Lexicon) -> frozenset[str]:
    english = FUNCTION_WORDS if not lexicon.code else frozenset[str]()
    return (stop_words(lexicon.code) - lexicon.nouns) | lexicon.no_nouns | lexicon.praise | lexicon.blame | english


def _nouns(tokens: list[list[str]], lexicon: Lexicon) -> frozenset[str] | None:
    """The words that pass for nouns in these texts; None where the language has no settled determiners."""
    if not lexicon.determiners:
        return None
    every: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for words in tokens:
        lower = [word.lower() for word in words]
        every.update(lower)
        after.update(word for before, word in pairwise(lower) if before in lexicon.determiners)
    return frozenset(word for word, n in after.items() if n >= _NOUN * every[word])


def _runs(
    words: list[str],
    lexicon: Lexicon,
    functions: frozenset[str],
    nouns: frozenset[str] | None,
    written: dict[str, str],
) -> Iterator[str]:
    lower = [word.lower() for word in words]
    is_content = [_is_content(word, functions) for word in lower]
    for first in (place for place, content in enumerate(is_content) if content):
        for last in reversed(range(first, min(first + _MOST_WORDS, len(words)))):
            inside = range(first, last + 1)
            heads = (last,) if written else inside
            if (
                is_content[last]
                and all(is_content[i] or _links(lower, i, lexicon) for i in inside)
                and sum(is_content[i] for i in inside) <= _MOST_CONTENT
                and (nouns is None or any(lower[i] in nouns for i in heads))
            ):
                yield " ".join(written.get(lower[i], lower[i]) for i in inside).replace("' ", "'")


def _links(words: list[str], place: int, lexicon: Lexicon) -> bool:
    word, before = words[place], words[place - 1]
    return word in lexicon.linkers and (word not in lexicon.articles or before in lexicon.linkers)


def _is_content(word: str, functions: frozenset[str]) -> bool:
    if not word.replace("-", "").isalpha() or _UNSPACED.search(word):
        return False
    is_long = len(word) >= _SHORTEST or not word.isascii()
    return is_long and word not in functions and without_accents(word) not in functions


def _as_written(tokens: list[list[str]]) -> dict[str, str]:
    """Lower case -> the word as it is mostly written inside sentences, not shouted."""
    seen = Counter(word for words in tokens for word in words[1:] if not (word.isupper() and len(word) > 1))
    best: dict[str, str] = {}
    for word, _ in sorted(seen.items(), key=lambda item: (-item[1], item[0])):
        best.setdefault(word.lower(), word)
    return best


def _unspaced(text: str, functions: frozenset[str]) -> Iterator[str]:
    for run in _UNSPACED_RUN.findall(text):
        for length in _CHARACTERS:
            for start in range(len(run) - length + 1):
                piece = run[start : start + length]
                if piece not in functions and not {piece[0], piece[-1]} & functions:
                    yield piece
