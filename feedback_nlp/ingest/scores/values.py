"""What a column of a chosen answer holds: its distinct values with their counts, and texts made comparable."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

NULL_WORDS = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-"})  # in any case; they mean "missing"
MIN_COUNT, MIN_SHARE = 5, 0.01  # fewer values of a sort are slips, not a second sort
_N_EXAMPLES = 5
_JOINTS = re.compile(r"[\s\-–—‑/,]+")
_SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))


def usual_values(values: pd.Series) -> pd.Series:
    """Returns how often each value occurs, most frequent first, then by text; nulls and NULL_WORDS are left out.

    >>> usual_values(pd.Series(["9", " 9", "N/A", None, "10"], dtype="str")).to_dict()
    {'9': 2, '10': 1}
    """
    counts = values.dropna().str.strip().value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return counts[~counts.index.str.casefold().isin(NULL_WORDS)] if len(counts) else counts


def mapped_numbers(values: pd.Series, numbers: Mapping[str, float]) -> pd.Series:
    """Returns the number of each stripped text, null where it has none; each distinct text is looked up once.

    >>> mapped_numbers(pd.Series([" 9", "x", None], dtype="str"), {"9": 9.0}).tolist()
    [9.0, nan, nan]
    """
    codes, texts = pd.factorize(values)
    table = np.array([*(numbers.get(str(text).strip(), np.nan) for text in texts), np.nan], dtype=float)
    return pd.Series(table[codes], index=values.index)  # the code of a null is -1: the last one


def mapped_texts(values: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Returns the name of each stripped text, null where it has none; each distinct text is looked up once.

    >>> mapped_texts(pd.Series([" 9", "x", "9"], dtype="str"), {"9": "promoter"}).tolist()
    ['promoter', nan, 'promoter']
    """
    codes, texts = pd.factorize(values)
    table = pd.array([*(names.get(str(text).strip()) for text in texts), None], dtype="str")
    return pd.Series(table.take(codes), index=values.index)


def folded(text: str) -> str:
    """Returns a text so that spellings of one answer are equal: no case, accents, doubled blanks, - / , or end mark.

    >>> folded(" Teils/teils "), folded("Peut-être."), folded("👍🏽") == folded("👍")
    ('teils teils', 'peut etre', True)
    """
    if text.isascii():  # the usual case, ten times as fast
        return _JOINTS.sub(" ", text.casefold()).strip(" .!")
    spread = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold().translate(_SKIN_TONES)
    letters = unicodedata.normalize("NFKD", spread)  # case folding may have joined some again
    bare = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    return _JOINTS.sub(" ", bare).strip(" .!")


def where_text(counts: pd.Series, texts: Iterable[str]) -> pd.Series:
    """Returns the part of the counts whose text is among `texts`, in the order of the counts.

    >>> where_text(pd.Series({"a": 2, "b": 1}), {"b"}).to_dict()
    {'b': 1}
    """
    return counts[counts.index.isin(list(texts))]


def listed(counts: pd.Series) -> str:
    """Returns the first 5 values with their counts for an error.

    >>> listed(pd.Series({"good": 1200, "bad": 3}))
    " ('good' x 1,200, 'bad' x 3)"
    """
    shown = ", ".join(f"'{str(text)[:40]}' x {count:,}" for text, count in counts.head(_N_EXAMPLES).items())
    return f" ({shown})" if shown else " (it is empty)"


def is_sizeable(n: int, n_all: int) -> bool:
    """Returns whether n of n_all values are more than slips: at least 5, and more than 1 %.

    >>> is_sizeable(4, 10), is_sizeable(10, 1000), is_sizeable(11, 1000)
    (False, False, True)
    """
    return n >= MIN_COUNT and n > MIN_SHARE * n_all


def is_true(flags: Iterable[bool]) -> np.ndarray:
    """Returns flags as a mask that can select from an empty table too.

    >>> is_true(text == "9" for text in ["9", "8"]).tolist()
    [True, False]
    """
    return np.array(list(flags), dtype=bool)
