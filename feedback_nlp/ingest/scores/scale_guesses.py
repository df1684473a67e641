"""Which scale a column's values can only mean; what can mean several is an error that names the flag."""

import re
from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.scores.labels import by_family, known_words, ladders, tell_ladder
from feedback_nlp.ingest.scores.numbers import MAX_LENGTH, Number, read_number
from feedback_nlp.ingest.scores.presets import NUMBERED
from feedback_nlp.ingest.scores.values import folded, is_true, listed, usual_values, where_text

_CODE_SHARE = 0.05  # so few values above 10 are rather codes than the upper part of a 0-100 scale
_HALF = 50  # of 100: where nobody gave more it may as well be a scale of 12, 20 or 50
_HIGH_CODES = (77, 88, 97, 98, 99, 777, 888, 997, 998, 999, 7777, 8888, 9999)  # what survey tools write for "no answer"
_CODES = frozenset({0, 8, 9, *_HIGH_CODES, -1, -2, -7, -8, -9, *(-code for code in _HIGH_CODES)})
_SPANS = ((1, 5), (1, 7), (0, 10), (0, 100))
_NPS = re.compile(r"(?<![a-z])nps(?![a-z])|net promoter", re.IGNORECASE)
_MANY = 500  # scores without a single zero, from which on a column called NPS has none
_BY_TOP = {5: "1-5", 7: "1-7", 100: "0-100"}


def guess_scale(counts: pd.Series, numbers: Mapping[str, Number], column: str) -> tuple[str, str]:
    """Returns the only scale that the values can mean, and the evidence. `counts` is of distinct texts.

    Numbers tell a scale by their span (0 or 1 to 8-10, 0 to 51-100), by what they are written out of ("4/5",
    "★★★★☆", "80 %"), or by labels that name both ends ("1 - Very dissatisfied"). Words tell one as `tell_ladder` says.

    Raises:
        InputError: the values fit several scales (1 to 5: which end is best?) or none.
    """
    words = spelled(counts)
    n_words, n_numbers = int(words.sum()), int(where_text(counts, numbers).sum())
    if n_words > n_numbers and 2 * n_words >= int(counts.sum()):
        return _worded(words, column)
    if not numbers:
        raise InputError(
            f"{column}: none of its values is a score{listed(counts)}; say another --score COL, --scale NAME "
            f"({', '.join([*NUMBERED, *ladders()])}), or --score none to find themes without drivers"
        )
    return _numbered(where_text(counts, numbers), numbers, column)


def spelled(counts: pd.Series) -> pd.Series:
    """Returns the counts of the texts that a worded scale knows.

    >>> spelled(pd.Series({"Very satisfied": 3, "9": 2})).to_dict()
    {'Very satisfied': 3}
    """
    return counts[is_true(len(text) <= MAX_LENGTH and folded(text) in known_words() for text in counts.index)]


def likely_missing_codes(values: pd.Series) -> tuple[str, ...]:
    """Returns the values of a score column that may mean "no score", by number: what `--missing` could name.

    They are numbers that survey tools use as codes (0, -1, 9, 99, 999 …) and lie outside the span of 1-5, 1-7, 0-10 or
    0-100 that all others keep to; at least two others must occur. 0 is one only below 1-5 or 1-7; 8 and 9 only above
    them, if all of 1-5 or 1-7 occur and nothing between. It is a suggestion: 0-5 is a scale too.

    >>> likely_missing_codes(pd.Series(["1", "5", "3", "0", "99"])), likely_missing_codes(pd.Series(["0", "7", "10"]))
    (('0', '99'), ())
    """
    found = {text: number.value for text in usual_values(values).index if (number := read_number(text))}
    codes = set(missing_codes(found.values()))
    return tuple(sorted((text for text, value in found.items() if value in codes), key=lambda text: found[text]))


def missing_codes(values: Iterable[float]) -> list[float]:
    """Returns the numbers that may mean "no score", sorted; see likely_missing_codes.

    >>> missing_codes([1, 2, 3, 4, 5, -1, 9]), missing_codes([1, -1]), missing_codes([1, 5, 9])
    ([-1, 9], [], [])
    """
    distinct = set(values)
    for low, high in _SPANS:
        inside = {value for value in distinct if low <= value <= high}
        outside = distinct - inside
        is_full = inside == {float(value) for value in range(low, high + 1)}
        if len(inside) > 1 and outside <= _CODES and high + 1 not in outside and (is_full or not outside & {8, 9}):
            return sorted(outside)
    return []


def _worded(words: pd.Series, column: str) -> tuple[str, str]:
    told = tell_ladder(words)
    if told.is_sure:
        return told.names[0], f"its values are {', '.join(sorted(words.index)[:10])}"
    if told.names:
        names = " or ".join(told.names[:4])
        raise InputError(f"{column}: its words{listed(words)} fit several scales; say --scale {names}")
    families = by_family(words)
    if len(families) > 1:
        parts = [f"{name} x {int(own.sum()):,}{listed(own)}" for name, own in families.items()]
        raise InputError(
            f"{column}: words of {len(parts)} scales in one column: {', '.join(parts)}; read one with --where "
            "COL=VALUE, name another --score COL, or sort the words yourself with scale = 'custom'"
        )
    raise InputError(
        f"{column}: its words{listed(words)} fit no one scale; sort them "
        "yourself with scale = 'custom' and the lists promoter, passive and detractor"
    )


def _numbered(counts: pd.Series, numbers: Mapping[str, Number], column: str) -> tuple[str, str]:
    low, high = min(number.value for number in numbers.values()), max(number.value for number in numbers.values())
    is_whole = all(number.value.is_integer() for number in numbers.values())
    span, tops = f"values {low:g} to {high:g}", {number.top for number in numbers.values() if number.top}
    if len(tops) == 1 and high <= max(tops) and (name := _BY_TOP.get(int(max(tops)))):
        return name, f"{span}, written out of {max(tops):g}"
    if is_whole and low >= 0 and 7 < high <= 10 and not missing_codes_of(numbers):
        is_named = bool(_NPS.search(column)) and counts.sum() < _MANY
        return ("nps" if low == 0 or is_named else "1-10"), f"{span}, and its name" if low and is_named else span
    n_high = int(counts[is_true(numbers[text].value > 10 for text in counts.index)].sum())
    if low >= 0 and _HALF < high <= 100 and n_high > _CODE_SHARE * counts.sum():
        return "0-100", span
    if is_whole and low >= 1 and high <= 7 and (direction := _direction(numbers.values())):
        is_best_high, label = direction
        ends = ("1-5", "5-1") if high <= 5 else ("1-7", "7-1")
        return ends[0 if is_best_high else 1], f"{span}, {label}"
    raise InputError(f"{column}: {span}: {_choices(low, high, n_high, int(counts.sum()), missing_codes_of(numbers))}")


def missing_codes_of(numbers: Mapping[str, Number]) -> list[float]:
    """Returns the likely missing codes among numbers as written.

    >>> missing_codes_of({"1": Number(1), "4": Number(4), "99": Number(99)})
    [99]
    """
    return missing_codes(number.value for number in numbers.values())


def _direction(numbers: Collection[Number]) -> tuple[bool, str] | None:
    """Returns whether the labels beside the numbers make the highest the best, and the label that shows it."""
    for ladder in ladders().values():
        known = [number for number in numbers if folded(number.label) in ladder.words]
        ranked = sorted((number.value, ladder.words[folded(number.label)], number.label) for number in known)
        ranks = [rank for _, rank, _ in ranked]
        if len(set(ranks)) > 1 and ranks in (sorted(ranks), sorted(ranks, reverse=True)):
            value, _, label = max(ranked, key=lambda entry: entry[1])
            return ranks[0] < ranks[-1], f"where {value:g} is '{label}'"
    return None


def _choices(low: float, high: float, n_high: int, n_all: int, codes: list[float]) -> str:
    if codes:
        flags = " ".join(f"--missing {code:g}" for code in codes)
        return f"say {flags} if {'it means' if len(codes) == 1 else 'they mean'} 'no score', or --scale NAME if not"
    if low >= 1 and high <= 5:
        return "say --scale 1-5 (5 is best) or 5-1 (1 is best)"
    if low >= 1 and high <= 7:
        return "say --scale 1-7 (7 is best) or 7-1 (1 is best)"
    if low == 0 and high == 1:
        return "say --scale 0-1 (1 is best), or sort the values yourself with scale = 'custom'"
    if 0 < n_high <= _CODE_SHARE * n_all:
        return f"only {n_high:,} above 10: say --scale, and --missing CODE for codes that mean 'no score'"
    return f"say --scale NAME ({', '.join(NUMBERED)}), or sort the values yourself with scale = 'custom'"
