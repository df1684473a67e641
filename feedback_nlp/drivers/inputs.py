"""What users hand to the metrics, checked and made into numbers: answers, weights, and who answered.

Everything here takes a Series, a list or an array, names the first bad value with its row, and writes nowhere.
"""

from collections.abc import Collection
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.errors import ConfigError, InputError, did_you_mean
from feedback_nlp.schema import CATEGORIES

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

POINTS = {"promoter": 100.0, "passive": 0.0, "detractor": -100.0}
_TRUTHS = {"true": 1.0, "yes": 1.0, "1": 1.0, "1.0": 1.0, "false": 0.0, "no": 0.0, "0": 0.0, "0.0": 0.0}
_SHOWN = 60  # characters of a bad value in its error


def points_of(categories: Collection[Any], where: str = "categories") -> Floats:
    """Returns +100, 0 or −100 per category, NaN where it is null.

    Raises:
        InputError: a category is none of the three.

    >>> points_of(["promoter", None, "detractor"])
    array([ 100.,   nan, -100.])
    """
    given = column_of(categories, where)
    points = np.asarray(given.map(POINTS), dtype=np.float64)
    wrong = np.flatnonzero(np.isnan(points) & given.notna().to_numpy())
    if len(wrong):
        found = shown(given.iloc[wrong[0]])
        hint = did_you_mean(str(given.iloc[wrong[0]])[:_SHOWN], CATEGORIES)
        raise InputError(f"{where}: row {wrong[0] + 1}: {found} is none of {', '.join(CATEGORIES)}{hint}")
    return points


def categories_of(scores: Collection[Any], where: str = "scores") -> "pd.Series[str]":
    """Returns the category of each score from 0 to 10: promoter 9–10, passive 7–8, detractor 0–6 (Reichheld 2003).

    The index is that of a Series given; null stays null. Scores of other scales have their own buckets, which the
    import of an export applies; this is for plain 0–10 columns.

    Raises:
        InputError: a score is no whole number from 0 to 10.

    >>> categories_of([10, 8, None, 6]).tolist()
    ['promoter', 'passive', nan, 'detractor']
    """
    numbers = numbers_of(scores, where)
    wrong = np.flatnonzero(~np.isnan(numbers) & ~np.isin(numbers, np.arange(11)))
    if len(wrong):
        raise InputError(f"{where}: row {wrong[0] + 1}: {numbers[wrong[0]]:g} is no whole number from 0 to 10")
    names = np.select([numbers >= 9, numbers >= 7, numbers >= 0], CATEGORIES, default="")
    index = scores.index if isinstance(scores, pd.Series) else None
    return pd.Series(names, index=index, dtype="str").where(~np.isnan(numbers))


def numbers_of(answers: Collection[Any], where: str = "scores") -> Floats:
    """Returns each answer as a number, NaN where it is null; texts that are a number ("5") count as one.

    Raises:
        InputError: an answer is no number, or infinite.

    >>> numbers_of([5, "4", None])
    array([ 5.,  4., nan])
    """
    given = column_of(answers, where)
    numbers = _as_floats(given)
    wrong = np.flatnonzero(~np.isfinite(numbers) & given.notna().to_numpy())
    if len(wrong):
        found = shown(given.iloc[wrong[0]])
        raise InputError(f"{where}: row {wrong[0] + 1}: {found} is no number; null is a missing answer")
    return numbers


def marks_of(answers: Collection[Any], good: Collection[Any], where: str = "scores") -> Floats:
    """Returns 1 for an answer that is among the numbers `good`, 0 for another one, NaN where it is null.

    Raises:
        InputError: an answer is no number, or infinite; `good` is empty or holds something else than numbers.

    >>> marks_of([5, 2, None], (4, 5))
    array([ 1.,  0., nan])
    """
    numbers, wanted = numbers_of(answers, where), numbers_of(good, "the answers that count as good")
    if not len(wanted):
        raise InputError("the answers that count as good: none is given; give at least one, such as 5")
    return np.where(np.isnan(numbers), np.nan, np.isin(numbers, wanted))


def truths_of(answers: Collection[Any], where: str = "answers") -> Floats:
    """Returns 1 for true, "yes" or 1, 0 for false, "no" or 0 (in any case), NaN where it is null.

    Raises:
        InputError: an answer is anything else.

    >>> truths_of([True, "no", None, 1])
    array([ 1.,  0., nan,  1.])
    """
    given = column_of(answers, where)
    truths = np.asarray(given.map(_truth, na_action="ignore"), dtype=np.float64)
    wrong = np.flatnonzero(np.isnan(truths) & given.notna().to_numpy())
    if len(wrong):
        found = shown(given.iloc[wrong[0]])
        raise InputError(f"{where}: row {wrong[0] + 1}: {found} is none of true, false, yes, no, 1, 0")
    return truths


def weights_of(weights: Collection[Any] | None, points: Floats, where: str = "weights") -> Floats:
    """Returns a weight per answer: as given, 0 for one without points, ones if none is given (or nulls only).

    Where no answer has points, all of them count.

    Raises:
        InputError: not one weight per answer, or that of an answer is missing, negative, infinite or no number.

    >>> weights_of([2, 1], np.array([100.0, np.nan])), weights_of(None, np.array([100.0, 0.0]))
    (array([2., 0.]), array([1., 1.]))
    """
    needed = ~np.isnan(points) | np.isnan(points).all()
    check_length(where, len(points) if weights is None else len(weights), len(points))
    given = column_of([None] * len(points) if weights is None else weights, where)
    if given.isna().to_numpy()[needed].all():
        return needed.astype(np.float64)
    numbers = _as_floats(given)
    wrong = np.flatnonzero(needed & ~(np.isfinite(numbers) & (numbers >= 0)))
    if len(wrong):
        found = shown(given.iloc[wrong[0]])
        raise InputError(f"{where}: row {wrong[0] + 1}: {found} is no weight; give every answer a number >= 0")
    used = np.where(needed, numbers, 0.0)
    if not used.any():
        raise InputError(f"{where}: all of them are 0; at least one answer must count")
    return used


def clusters_of(respondents: Any) -> Codes | None:
    """Returns one code per answer, equal for the answers of one person; a null is a person of its own.

    None where nobody answered twice, so that the figures are those of a sample without respondents, to the last bit.

    >>> clusters_of(np.array(["ann", None, "ann", None], dtype=object))
    array([0, 1, 0, 2])
    """
    codes, people = pd.factorize(respondents)
    codes = codes.astype(np.int64)
    alone = codes < 0
    codes[alone] = len(people) + np.arange(alone.sum())
    return codes if len(people) < (~alone).sum() else None


def counted(
    values: Floats, weights: Collection[Any] | None, respondents: Collection[Any] | None
) -> tuple[Floats, Floats, Codes | None]:
    """Returns values, weights and clusters of the answers that count: with a value and a weight above 0.

    They are sorted, so that no figure depends on the order of the rows, down to the last bit.

    >>> counted(np.array([2.0, np.nan, 1.0]), [1, 1, 3], None)
    (array([1., 2.]), array([3., 1.]), None)
    """
    weight = weights_of(weights, values)
    people = person_codes(respondents, len(values))
    order = np.lexsort((people, weight, values))
    order = order[~np.isnan(values[order]) & (weight[order] > 0)]
    return values[order], weight[order], clusters_of_codes(people[order])


def person_codes(respondents: Collection[Any] | None, n: int, where: str = "respondents") -> Codes:
    """Returns one code per answer in the order of the respondents' names, −1 where none is given.

    >>> person_codes(["bob", None, "ann", "bob"], 4)
    array([ 1, -1,  0,  1])
    """
    if respondents is None:
        return np.full(n, -1, dtype=np.int64)
    check_length(where, len(respondents), n)
    return sorted_codes(column_of(respondents, where))


def clusters_of_codes(people: Codes) -> Codes | None:
    """Returns `clusters_of` for the codes of `person_codes`.

    >>> clusters_of_codes(np.array([4, -1, 4]))
    array([0, 1, 0])
    """
    return clusters_of(np.where(people < 0, np.nan, people))


def sorted_codes(values: "pd.Series[Any]") -> Codes:
    """Returns the place of each value among the distinct ones: numbers before texts, each in order; −1 for a null.

    >>> sorted_codes(pd.Series(["b", 10, None, 9, "a"], dtype=object))
    array([ 3,  1, -1,  0,  2])
    """
    codes, distinct = pd.factorize(values)
    keys = [_sorting_key(value) for value in distinct]
    place = np.empty(len(keys) + 1, dtype=np.int64)
    place[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    place[-1] = -1  # where the code −1 of a null points to
    return place[codes]


def open_table(path: Path, columns: Collection[str]) -> tuple[str, str]:
    """Returns the text of a small CSV from its header on, and what parts its cells: comma, semicolon or tab.

    Raises:
        InputError: no such file, not UTF-8, or empty; `columns` is what its header should have.
    """
    if not path.is_file():
        nearby = sorted(p.name for p in path.parent.iterdir() if p.is_file()) if path.parent.is_dir() else []
        raise InputError(f"{path}: no such file{did_you_mean(path.name, nearby)}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: byte {error.start} is not UTF-8; save it as CSV in UTF-8") from None
    head = next((line for line in text.splitlines() if line.strip()), "")
    if not head:
        raise InputError(f"{path.name}: empty; expected a header with {', '.join(columns)}")
    return text[text.index(head) :], max(",;\t", key=head.count)


def column_of(values: Collection[Any], where: str) -> "pd.Series[Any]":
    """Returns the values as a Series of objects with rows 0, 1, …

    Raises:
        InputError: a single value, or a table.
    """
    if isinstance(values, str | bytes) or not hasattr(values, "__len__") or getattr(values, "ndim", 1) != 1:
        raise InputError(f"{where}: found {type(values).__name__}; give a list, an array or a column with one row each")
    given = values if isinstance(values, pd.Series | np.ndarray) else list(values)
    return pd.Series(given, dtype=object).reset_index(drop=True)


def check_length(name: str, found: int, expected: int) -> None:
    """Raises an InputError where two columns that belong together differ in length."""
    if found != expected:
        raise InputError(f"{name}: {found} values for {expected} answers; give one per answer")


def check_share(name: str, value: float, example: float) -> None:
    """Raises a ConfigError unless a setting lies between 0 and 1, both excluded."""
    if not (isinstance(value, Real) and 0 < value < 1):
        raise ConfigError(f"{name} = {value!r}: give a number between 0 and 1, such as {example:g}")


def check_same_kind(start: "pd.Series[Any]", end: "pd.Series[Any]") -> None:
    """Raises an InputError where ids can't meet, being texts on one side and none on the other: "17" is not 17."""
    texts = [{isinstance(value, str) for value in ids.dropna()} for ids in (start, end)]
    if {True} in texts and {False} in texts:
        kinds = ["texts" if kind == {True} else "numbers" for kind in texts]
        raise InputError(f"at_start holds {kinds[0]} and at_end {kinds[1]}: no id can match; make both the same")


def check_one_each(ids: "pd.Series[Any]", name: str, column: Collection[Any] | None) -> None:
    """Raises an InputError where the entries of one id differ: which counted would hang on the order of the rows."""
    if column is None:
        return
    check_length(name, len(column), len(ids))
    pairs = pd.DataFrame({"id": ids, "own": column_of(column, name)}).dropna(subset="id").drop_duplicates()
    twice = pairs.index[pairs["id"].duplicated()]
    if len(twice):
        row = int(twice[0])
        raise InputError(f"{name}: row {row + 1}: {shown(ids.iloc[row])} has another one before; give one per id")


def shown(value: Any) -> str:
    """Returns a bad value as an error shows it: quoted if a text, and not the whole of a long one.

    >>> shown("maybe"), shown(3)
    ("'maybe'", '3')
    """
    return repr(value[:_SHOWN]) if isinstance(value, str) else str(value)[:_SHOWN]


def _as_floats(given: "pd.Series[Any]") -> Floats:
    """Returns numbers and texts of numbers as floats, NaN for anything else, infinity for what is too large."""
    try:
        return pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    except OverflowError:  # a whole number beyond 1e308
        large = given.map(lambda value: isinstance(value, int) and abs(value) > 10**300)
        return _as_floats(given.mask(large, float("inf")))


def _truth(answer: Any) -> float:
    return _TRUTHS.get(str(answer).strip().lower(), float("nan"))


def _sorting_key(value: Any) -> tuple[bool, float, str]:
    is_number = isinstance(value, Real)
    return (not is_number, float(value) if is_number else 0.0, "" if is_number else str(value))
