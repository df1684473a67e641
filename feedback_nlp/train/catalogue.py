"""The themes of a classifier as people see them: ids from names, phrases and statements from the labelled comments."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE, THEMES
from feedback_nlp.themes.model import generic_themes
from feedback_nlp.train.labels import folded

_RESERVED = ("base", "generic", "other", GENERIC_PRAISE, GENERIC_COMPLAINT)  # ids with a meaning of their own
_N_EXEMPLARS, _N_KEYPHRASES = 6, 6
_N_CANDIDATES = 30
_WORD = r"(?u)\b[^\W\d_][\w'’-]+\b"


def theme_ids(names: Sequence[str]) -> list[str]:
    """Returns one id per name: its words in lower case with hyphens, told apart by a number where two are equal.

    >>> theme_ids(["Response time", "C", "C++", "Other", "!"])
    ['response-time', 'c', 'c-2', 'other-2', 'theme']
    """
    taken, ids = set(_RESERVED), []
    for name in names:
        slug = _slug(name)
        numbered = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(taken) + 2))
        ids.append(next(candidate for candidate in numbered if candidate not in taken))
        taken.add(ids[-1])
    return ids


def generic_id(name: str) -> str | None:
    """Returns the id of the generic theme that a label means, or None; generic themes go by rule and learn nothing.

    >>> generic_id("Generic praise"), generic_id("general complaint"), generic_id("Price")
    ('generic-praise', 'generic-complaint', None)
    """
    known = generic_themes()
    by_name = dict(zip(map(folded, known["name"]), known["theme_id"], strict=True))
    by_name.update({folded(theme.replace("-", " ")): theme for theme in known["theme_id"]})
    return by_name.get(folded(name)) or by_name.get(folded(name.replace("-", " ")))


def describe_themes(
    names: Sequence[str], texts: Sequence[str], chances: NDArray[np.float64], is_positive: NDArray[np.bool_]
) -> pd.DataFrame:
    """Returns THEMES: one topic per name in the order given, then the generic themes.

    Args:
        names: of the themes.
        texts: (n,) the labelled statements, masked.
        chances: (n, k) the classifier's chance of each theme.
        is_positive: bool (n, k), the statements that stand for the theme.
    """
    phrases = _phrases(texts, is_positive)
    rows = {
        "theme_id": theme_ids(names),
        "name": list(names),
        "kind": "topic",
        "parent_id": None,
        "keyphrases": phrases,
        "exemplars": [_exemplars(texts, chances[:, j], is_positive[:, j]) for j in range(len(names))],
    }
    topics = THEMES.validate(pd.DataFrame(rows).astype({"parent_id": "str"}))
    return pd.concat([topics, generic_themes()], ignore_index=True)


def _slug(name: str) -> str:
    return "-".join(re.findall(r"\w+", name.lower().replace("_", " "))) or "theme"


def _exemplars(texts: Sequence[str], chance: NDArray[np.float64], is_positive: NDArray[np.bool_]) -> list[str]:
    rows = np.flatnonzero(is_positive).tolist()
    ranked = sorted(rows, key=lambda row: (-round(float(chance[row]), 9), texts[row]))
    distinct: dict[str, str] = {}
    for row in ranked:
        distinct.setdefault(_slug(texts[row]), texts[row])
    return list(distinct.values())[:_N_EXEMPLARS]


def _phrases(texts: Sequence[str], is_positive: NDArray[np.bool_]) -> list[list[str]]:
    """Best phrases of each theme by c-TF-IDF (Grootendorst 2022): frequent in its statements, rare in the others'."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(ngram_range=(1, 2), stop_words="english", token_pattern=_WORD, binary=True)
    analyze = vectorizer.build_analyzer()
    plain = [re.sub(r"▮[^▮]{0,20}▮", " ", text) for text in texts]
    if not any(analyze(text) for text in plain):
        return [[] for _ in range(is_positive.shape[1])]
    counts = vectorizer.fit_transform(plain)
    per_theme = np.asarray((counts.T @ is_positive.astype(np.float64)).T)
    total = np.asarray(counts.sum(axis=0), np.float64).ravel()
    weight = np.log1p(total.mean() / total)
    words = vectorizer.get_feature_names_out()
    return [_best_phrases(words, row, row * weight) for row in per_theme]


def _best_phrases(words: NDArray[np.object_], counts: NDArray[np.float64], values: NDArray[np.float64]) -> list[str]:
    """Phrases by value; those said only once stay out where another is said twice: they are chance."""
    ranked = np.lexsort((words, -values.round(9)))
    said = ranked[counts[ranked] >= max(1, min(2, counts.max()))]
    return _unrepeated([str(words[i]) for i in said[:_N_CANDIDATES]])


def _unrepeated(phrases: Sequence[str]) -> list[str]:
    """The best phrases without those whose words a better one already has, or the other way round."""
    chosen: list[str] = []
    for phrase in phrases:
        words = set(phrase.split())
        if not any(words <= set(other.split()) or set(other.split()) <= words for other in chosen):
            chosen.append(phrase)
    return chosen[:_N_KEYPHRASES]
