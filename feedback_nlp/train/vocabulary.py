"""The words that a classifier looks at besides the meaning of a statement."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from feedback_nlp.themes.chances import word_counts
from feedback_nlp.themes.matcher import fold
from feedback_nlp.themes.model import Words

_LEAST = 3  # different statements that hold a term; what one person alone wrote does not reach the model


def learn_words(texts: Sequence[str]) -> Words:
    """Returns the words and pairs of words that at least three different texts hold, in order, with their rarity.

    No label is looked at, and repeated texts count once. Weights are not learned here: the result has none.

    >>> learn_words(["a b", "a b!", "a c", "a b"]).terms
    ('a',)
    """
    distinct = sorted({fold(text).strip() for text in texts})
    held = Counter(term for text in distinct for term in word_counts(text))
    terms = sorted(term for term, count in held.items() if count >= _LEAST)
    rarity = np.log((1 + len(distinct)) / (1 + np.array([held[term] for term in terms], np.float64))) + 1
    return Words(tuple(terms), rarity)
