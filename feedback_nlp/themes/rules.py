"""What a codebook's keywords say about statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.themes.codebook import Codebook
from feedback_nlp.themes.matcher import Matcher, compile_keywords


class _Keywords(NamedTuple):
    matcher: Matcher
    owner: NDArray[np.intp]  # the number of the leaf that each keyword belongs to
    words: tuple[str, ...]


@dataclass(frozen=True)
class KeywordRules:
    """The keywords of a codebook's leaves, ready for search."""

    include: _Keywords
    exclude: _Keywords
    n_themes: int


@dataclass(frozen=True)
class Fired:
    """What fired in n statements for k themes."""

    strength: NDArray[np.float64]  # (n, k): the weight of the best include keyword; -inf where none fired
    n_keywords: NDArray[np.intp]  # (n, k): distinct include keywords
    is_excluded: NDArray[np.bool_]  # (n, k)

    @property
    def has_fired(self) -> NDArray[np.bool_]:
        """bool (n, k): an include keyword is there and no exclude keyword."""
        return (self.n_keywords > 0) & ~self.is_excluded


@lru_cache(maxsize=8)
def compile_rules(codebook: Codebook) -> KeywordRules:
    """Returns the codebook's keywords ready for search; kept, since every part of a large table asks for them."""
    include, exclude = (
        [(number, word) for number, theme in enumerate(codebook.leaves) for word in getattr(theme, role)]
        for role in ("include", "exclude")
    )
    return KeywordRules(_keywords(include), _keywords(exclude), len(codebook.leaves))


def fire(texts: Sequence[str], codebook: Codebook, weights: NDArray[np.float64]) -> Fired:
    """Returns which keywords the statements hold.

    Args:
        texts: n statements as written.
        codebook: whose leaves are the k themes.
        weights: one per include keyword, in the order of `include.words`.
    """
    rules = compile_rules(codebook)
    codes, distinct = pd.factorize(np.asarray(texts, dtype=object))
    shape = (len(distinct), rules.n_themes)
    strength, counts, excluded = np.full(shape, -np.inf), np.zeros(shape, np.intp), np.zeros(shape, bool)
    for row, text in enumerate(distinct):
        if found := rules.include.matcher.find(text):
            np.maximum.at(strength[row], rules.include.owner[found], weights[found])
            np.add.at(counts[row], rules.include.owner[found], 1)
        if found := rules.exclude.matcher.find(text):
            excluded[row, rules.exclude.owner[found]] = True
    return Fired(strength[codes], counts[codes], excluded[codes])


def fired_words(text: str, codebook: Codebook) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Returns (theme id, keyword) of the include keywords a statement holds, and of the exclude keywords."""
    rules, leaves = compile_rules(codebook), codebook.leaves
    include = [
        (leaves[rules.include.owner[i]].theme_id, rules.include.words[i]) for i in rules.include.matcher.find(text)
    ]
    exclude = [
        (leaves[rules.exclude.owner[i]].theme_id, rules.exclude.words[i]) for i in rules.exclude.matcher.find(text)
    ]
    return include, exclude


def _keywords(pairs: list[tuple[int, str]]) -> _Keywords:
    words = tuple(word for _, word in pairs)
    return _Keywords(compile_keywords(words), np.array([number for number, _ in pairs], np.intp), words)
