"""Rating scales: which values are promoters, passives and detractors, and how a score column is read with them.

The buckets of the 0-10 scale are Reichheld's (2003): 9-10 promoters, 7-8 passives, 0-6 detractors. The others follow
the product's own, recorded rules; none is a conversion of one scale into another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from feedback_nlp.config import LinkConfig
from feedback_nlp.errors import ConfigError, InputError, did_you_mean
from feedback_nlp.schema import CATEGORIES

NULL_WORDS = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-"})  # in any case; they mean "missing"
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")
_LABELLED = re.compile(r"(\d{1,3})(?:\s|[-–—:.=(])[^\d]*")  # "10 - Extremely likely", "5 stars"
_MAX_OUTSIDE_SHARE, _MIN_OUTSIDE, _N_EXAMPLES = 0.01, 5, 5
_MAX_LENGTH = 60  # of a labelled score
_CODE_SHARE = 0.05  # so few values above 10 are rather codes than the upper part of a 0-100 scale


@dataclass(frozen=True)
class Scale:
    """The buckets of a scale, as (lowest, highest) score, both included, tried in the order of the fields.

    A score in no bucket is outside the scale; so is a fraction if `is_whole`. `words` gives the score of a spelled-out
    value, lower-case, and then numbers are read as well only if they are scores of a word.
    """

    promoter: tuple[float, float] | None
    passive: tuple[float, float] | None
    detractor: tuple[float, float] | None
    is_whole: bool = True
    words: Mapping[str, float] = field(default_factory=dict)

    def category(self, score: float) -> str | None:
        """Returns "promoter", "passive" or "detractor", or None for a score outside the scale.

        >>> SCALES["nps"].category(9), SCALES["5-1"].category(1), SCALES["nps"].category(11)
        ('promoter', 'promoter', None)
        """
        if self.is_whole and score != int(score):
            return None
        for name, bucket in zip(CATEGORIES, (self.promoter, self.passive, self.detractor), strict=True):
            if bucket and bucket[0] <= score <= bucket[1]:
                return name
        return None


SCALES: dict[str, Scale] = {
    "nps": Scale((9, 10), (7, 8), (0, 6)),
    "1-10": Scale((9, 10), (7, 8), (1, 6)),
    "0-100": Scale((90, 100), (70, 90), (0, 70), is_whole=False),  # the first bucket wins: 90 promotes
    "1-5": Scale((5, 5), (4, 4), (1, 3)),
    "stars": Scale((5, 5), (4, 4), (1, 3)),
    "5-1": Scale((1, 1), (2, 2), (3, 5)),  # one is best
    "1-7": Scale((7, 7), (6, 6), (1, 5)),
    "7-1": Scale((1, 1), (2, 2), (3, 7)),  # one is best
    "thumbs": Scale(
        (1, 1), None, (-1, -1), words={"up": 1, "thumbs up": 1, "👍": 1, "down": -1, "thumbs down": -1, "👎": -1}
    ),
    "yes-maybe-no": Scale((2, 2), (1, 1), (0, 0), words={"yes": 2, "maybe": 1, "no": 0}),
}
_WORDS = frozenset(word for scale in SCALES.values() for word in scale.words)


@dataclass(frozen=True)
class Scores:
    """A score column as read. `scores` and `categories` have the index of the column; both null where there is none.

    `n_outside` counts the values outside the scale that were not declared missing; `outside` holds up to 5 of them.
    """

    scores: pd.Series
    categories: pd.Series
    scale: str
    evidence: str  # how the scale is known
    n_outside: int = 0
    outside: tuple[str, ...] = ()


def read_scores(values: pd.Series, settings: LinkConfig, column: str) -> Scores:
    """Returns the scores of a text column in their own scale, and their categories.

    Numbers may carry a label ("10 - Extremely likely") if every value is so. Thumbs count 1 and -1; yes, maybe and no
    count 2, 1 and 0; words of a custom scale count 1, 0 and -1 by their bucket. NULL_WORDS and `settings.missing` are
    missing. `column` names the column in errors.

    Raises:
        ConfigError: the scale's name is unknown, or a custom scale contradicts itself.
        InputError: no value is a score; the scale is not given and can't be told; or more than 1 % of the scores (at
            least 5) lie outside the scale.
    """
    check_scale(settings)
    counts = _without_missing(usual_values(values), settings.missing)
    numbers = _numbers(counts.index)
    name, evidence = (settings.scale, "given") if settings.scale else _guess_scale(counts, numbers, column)
    is_custom = name == "custom"
    read = _read_custom(counts.index, settings) if is_custom else _read_preset(counts.index, numbers, SCALES[name])
    if not read:
        raise InputError(
            f"{column}: none of its values is a score of the scale {name}{_listed(counts)}; say --scale NAME, another "
            "--score COL, or --score none to find themes without drivers"
        )
    outside = counts[~counts.index.isin(list(read))]
    _check_outside(outside, int(counts.sum()), name, column)
    stripped = values.str.strip()
    return Scores(
        scores=stripped.map({text: score for text, (score, _) in read.items()}).astype(float),
        categories=stripped.map({text: category for text, (_, category) in read.items()}).astype("str"),
        scale=name, evidence=evidence, n_outside=int(outside.sum()), outside=tuple(outside.index[:_N_EXAMPLES]),
    )  # fmt: skip


def check_scale(settings: LinkConfig) -> None:
    """Checks the scale's name and a custom scale's lists.

    Raises:
        ConfigError: the name is unknown, "custom" has no lists, lists have no "custom", or a value is in two lists.
    """
    names = [*SCALES, "custom"]
    if settings.scale and settings.scale not in names:
        hint = did_you_mean(settings.scale, names)
        raise ConfigError(f"unknown scale '{settings.scale}'{hint} (known: {', '.join(names)})")
    listed = [value.strip().casefold() for bucket in CATEGORIES for value in getattr(settings, bucket)]
    if (settings.scale == "custom") != bool(listed):
        raise ConfigError("scale = 'custom' and the lists promoter, passive and detractor need each other")
    for value in listed:
        if listed.count(value) > 1:
            raise ConfigError(f"custom scale: '{value}' is listed {listed.count(value)} times")


def is_score_text(text: str) -> bool:
    """Returns whether a cell looks like a score: a number, a labelled number, or a word of a preset.

    >>> is_score_text("9"), is_score_text("10 - Extremely likely"), is_score_text("Maybe"), is_score_text("Too slow")
    (True, True, True, False)
    """
    text = text.strip()
    if len(text) > _MAX_LENGTH:
        return False
    return text.casefold() in _WORDS or bool(_NUMBER.fullmatch(text) or _LABELLED.fullmatch(text))


def usual_values(values: pd.Series) -> pd.Series:
    """Returns how often each value occurs, most frequent first, then by text; nulls and NULL_WORDS are left out.

    >>> usual_values(pd.Series(["9", " 9", "N/A", None, "10"], dtype="str")).to_dict()
    {'9': 2, '10': 1}
    """
    counts = values.dropna().str.strip().value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return counts[~counts.index.str.casefold().isin(NULL_WORDS)] if len(counts) else counts


def _without_missing(counts: pd.Series, codes: tuple[str, ...]) -> pd.Series:
    """Leaves out the declared codes; "6" declares "6.0" too."""
    declared = {code.strip().casefold() for code in codes}
    numbers = {float(code) for code in declared if _NUMBER.fullmatch(code)}
    is_code = [t.casefold() in declared or bool(_NUMBER.fullmatch(t) and float(t) in numbers) for t in counts.index]
    return counts[~np.array(is_code, dtype=bool)]


def _numbers(texts: pd.Index) -> dict[str, float]:
    """Returns the numbers among the texts; labelled ones only if every text is a number, labelled or not."""
    plain = {text: float(text) for text in texts if _NUMBER.fullmatch(text)}
    labelled = {text: float(found.group(1)) for text in texts if (found := _LABELLED.fullmatch(text))}
    return plain | labelled if len(plain | labelled) == len(texts) else plain


def _read_preset(texts: pd.Index, numbers: Mapping[str, float], scale: Scale) -> dict[str, tuple[float, str]]:
    spelled = {text: scale.words[text.casefold()] for text in texts if text.casefold() in scale.words}
    known = {**numbers, **spelled}
    categories = {text: scale.category(score) for text, score in known.items()}
    return {text: (known[text], category) for text, category in categories.items() if category}


def _read_custom(texts: pd.Index, settings: LinkConfig) -> dict[str, tuple[float, str]]:
    read = {}
    for category, own_score in zip(CATEGORIES, (1.0, 0.0, -1.0), strict=True):
        for value in getattr(settings, category):
            for text in texts[[_is_same(text, value.strip()) for text in texts]]:
                read[text] = (float(text) if _NUMBER.fullmatch(text) else own_score, category)
    return read


def _is_same(text: str, value: str) -> bool:
    both_numbers = _NUMBER.fullmatch(text) and _NUMBER.fullmatch(value)
    return float(text) == float(value) if both_numbers else text.casefold() == value.casefold()


def _guess_scale(counts: pd.Series, numbers: Mapping[str, float], column: str) -> tuple[str, str]:
    """Returns the only scale that the values can mean, and the evidence.

    Raises:
        InputError: the values fit several scales (1 to 5: which end is best?) or none.
    """
    for name, scale in SCALES.items():
        if len(counts) and set(counts.index.str.casefold()) <= set(scale.words):
            return name, f"its values are {', '.join(sorted(counts.index))}"
    if not numbers:
        raise InputError(
            f"{column}: none of its values is a score{_listed(counts)}; say another --score COL, --scale NAME "
            f"({', '.join(SCALES)}), or --score none to find themes without drivers"
        )
    low, high = min(numbers.values()), max(numbers.values())
    span = f"values {low:g} to {high:g}"
    is_whole = all(number.is_integer() for number in numbers.values())
    if is_whole and low >= 0 and 7 < high <= 10:
        return ("nps" if low == 0 else "1-10"), span
    n_high = int(counts[[text for text, number in numbers.items() if number > 10]].sum())
    if low >= 0 and 10 < high <= 100 and n_high > _CODE_SHARE * counts.sum():
        return "0-100", span
    raise InputError(f"{column}: {span}: {_choices(low, high, n_high)}")


def _choices(low: float, high: float, n_high: int) -> str:
    if low >= 1 and high <= 5:
        return "say --scale 1-5 (5 is best) or 5-1 (1 is best)"
    if low >= 1 and high <= 7:
        return "say --scale 1-7 (7 is best) or 7-1 (1 is best)"
    if n_high:
        return f"only {n_high:,} above 10: say --scale, and --missing CODE for codes that mean 'no score'"
    return f"say --scale NAME ({', '.join(SCALES)})"


def _check_outside(outside: pd.Series, n_scores: int, scale: str, column: str) -> None:
    n_outside = int(outside.sum())
    if n_outside >= _MIN_OUTSIDE and n_outside > _MAX_OUTSIDE_SHARE * n_scores:
        codes = " ".join(f"--missing {code!r}" if " " in code else f"--missing {code}" for code in outside.index[:3])
        raise InputError(
            f"{column}: {n_outside:,} of {n_scores:,} scores lie outside the scale {scale}{_listed(outside)}; "
            f"say --scale NAME if it is another scale, or {codes} if they mean 'no score'"
        )


def _listed(counts: pd.Series) -> str:
    shown = ", ".join(f"'{str(text)[:40]}' x {count:,}" for text, count in counts.head(_N_EXAMPLES).items())
    return f" ({shown})" if shown else " (it is empty)"
