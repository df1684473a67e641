"""The words that a classifier looks at besides the meaning of a statement."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from feedback_nlp.themes.chances import word_counts
from feedback_nlp.themes.matcher import fold, words
from feedback_nlp.themes.model import Words

_LEAST = 3  # different statements that hold a term; what one person alone wrote does not reach the model
_SELDOM = 3
_RUN = re.compile(r"[^\W_]+")
_INSIDE = re.compile(r"[ ,'’&/-]{1,3}")  # between two words of one sentence; elsewhere a capital tells nothing


def learn_words(texts: Sequence[str]) -> Words:
    """Returns the words and pairs of words that at least three different texts hold, in order, with their rarity.

    What may be a name (see `proper_words`) is no term, nor is a pair with one: a model folder is handed on, and masking
    misses names. No label is looked at, and repeated texts count once. Weights are not learned here: the result has
    none.

    >>> learn_words(["a b", "a b!", "a c", "a b"]).terms
    ('a',)
    >>> learn_words(["Then Ann rang", "thanks to Ann", "Ann was kind"]).terms
    ()
    """
    distinct = sorted({fold(text).strip() for text in texts})
    names = proper_words(texts)
    held = Counter(term for text in distinct for term in word_counts(text))
    terms = sorted(term for term, count in held.items() if count >= _LEAST and names.isdisjoint(term.split()))
    rarity = np.log((1 + len(distinct)) / (1 + np.array([held[term] for term in terms], np.float64))) + 1
    return Words(tuple(terms), rarity)


def proper_words(texts: Sequence[str]) -> set[str]:
    """Returns the words, folded, that people write as they write names: with a capital, never or seldom small.

    Seldom: in at most a third as many texts as with a capital inside a sentence. A capital at the beginning of a
    statement or sentence, or in a text mostly of capitals, tells nothing; a word all in capitals is an abbreviation.
    Words of one letter and of scripts without capitals are never among them. Brands and weekdays are: they look the
    same. So are the nouns of languages that give each one a capital (German): better a word too few than a person in a
    model. A name that many write small is not recognised.

    >>> texts = ["I asked Ann for help", "the rose was nice", "Rose ann was late", "Ann and Ann Rose at the GP"]
    >>> sorted(proper_words([*texts, "we all love Ann", "then Ann rang"]))
    ['ann']
    """
    small, large, seen = Counter[str](), Counter[str](), set[str]()
    for text in set(texts):
        is_shouted = 2 * sum(map(str.isupper, text)) > sum(map(str.isalpha, text))
        told = set(_told(text, is_shouted))
        seen.update(word for word, _ in told)
        small.update(word for word, case in told if case == "small")
        large.update(word for word, case in told if case == "large")
    return {word for word in seen if len(word) > 1 and (not small[word] or large[word] >= _SELDOM * small[word])}


def _told(text: str, is_shouted: bool) -> Iterator[tuple[str, str]]:
    """Each word that the matcher sees in a text, and what its case tells: "small", "large" or "" for nothing."""
    end = -1
    for found in _RUN.finditer(text):
        written = found.group()
        is_inside = end >= 0 and _INSIDE.fullmatch(text, end, found.start()) is not None
        end = found.end()
        is_small = written == written.lower() or (len(written) > 1 and written.isupper() and not is_shouted)
        for word in words(written):
            yield word, "small" if is_small else "large" if is_inside and not is_shouted else ""
