"""Two scales in one score column: told by how the values are written, or by one group's far smaller range; refused."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.scores.numbers import Number
from feedback_nlp.ingest.scores.scale_guesses import spelled
from feedback_nlp.ingest.scores.values import is_sizeable, listed, where_text

_WAYS_OUT = (
    "read one by itself (one run for each scale: --where COL=VALUE, or only its files), or recode it; the lists "
    "promoter, passive and detractor of scale = 'custom' read any mixture as you say"
)
_TOPS = (5, 7, 10)  # the best scores of scales that lie within a longer one
_MIN_AT_TOP = 0.05
_SLACK, _MAX_P = 4, 1e-6
_MIN_TENS = 0.05
_N_SHOWN = 3


def check_kinds(counts: pd.Series, numbers: Mapping[str, Number], column: str) -> None:
    """Checks that the values of a score column are of one kind: at least 5 and more than 1 % of another are refused.

    Kinds are words of a worded scale, numbers, and numbers written out of different best ones ("4/5", "8/10", "80 %");
    a plain number above the best one of the others is a kind of its own. So are 1-9 beside 20-100 in fives and tens: at
    least 5 % of the values on either side, those below not only fives, and no other number above 10.

    Raises:
        InputError: there are two kinds; it tells their counts.
    """
    n_all = int(counts.sum())
    parts = {name: own for name, own in _kinds(counts, numbers).items() if is_sizeable(int(own.sum()), n_all)}
    if len(parts) > 1:
        told = " beside ".join(f"{name} x {int(own.sum()):,}{listed(own)}" for name, own in parts.items())
        raise InputError(f"{column}: two scales in one column: {told}; {_WAYS_OUT}")


def check_groups(scores: pd.Series, groups: Mapping[str, pd.Series], column: str) -> None:
    """Checks that no group of rows (a file, a quarter) is rated on a shorter scale than the others; see shorter_groups.

    `scores` holds the numbers, null where there is none; each of `groups` has its index and names the group of a row.

    Raises:
        InputError: a group's scores lie on a shorter scale; it names the groups with their counts.
    """
    known = scores.dropna()
    for name, labels in groups.items():
        table = _counted(known, labels[scores.notna().to_numpy()])
        top, is_short = shorter_groups(table.to_numpy(), table.columns.to_numpy(dtype=float))
        if is_short.any():
            raise InputError(f"{column}: {_told(name, table, top, is_short)}; {_WAYS_OUT}")


def shorter_groups(counts: NDArray[np.int64], values: NDArray[np.float64]) -> tuple[int, NDArray[np.bool_]]:
    """Returns the best score of the shorter scale (0 if there is none), and which groups are rated on it.

    `counts` (n_groups, n_values) says how often each of `values` (n_values,) occurs in each group. For a best score of
    5, 7 and 10, the longer groups are those with scores above it, q their share. A group is shorter
    if none is above, at least 5 % are the best score itself, and that is all but impossible even were the group
    so bad that only a quarter as many of its scores lay above: (1 - q/4)^n < 10⁻⁶. So small groups, and quarters
    that are merely very bad, are never refused: of 1-5 beside an ordinary 0-10 it takes some 60 to 100 scores. Two
    scales within one group, or the same numbers with the other end best, can't be told here.

    >>> shorter_groups(np.array([[5, 10, 40, 90, 0, 0], [5, 10, 10, 20, 60, 70]]), np.array([1.0, 3, 4, 5, 9, 10]))
    (5, array([ True, False]))
    """
    n = counts.sum(axis=1)
    for top in _TOPS:
        n_above = counts[:, values > top].sum(axis=1)
        is_longer = n_above > 0
        if not is_longer.any() or not (values == top).any():
            continue
        share_above = n_above.sum() / n[is_longer].sum()
        n_at_top = counts[:, values == top].sum(axis=1)
        is_short = ~is_longer & (n_at_top >= _MIN_AT_TOP * n)
        is_short &= n * np.log1p(-share_above / _SLACK) < np.log(_MAX_P)
        if is_short.any():
            return top, is_short
    return 0, np.zeros(len(n), dtype=bool)


def _kinds(counts: pd.Series, numbers: Mapping[str, Number]) -> dict[str, pd.Series]:
    """Returns the values of each kind; plain numbers join those written out of a best one that reaches as high."""
    parts = {"words": spelled(counts)}
    tops = sorted({number.top for number in numbers.values() if number.top})
    written = {top: where_text(counts, [text for text, number in numbers.items() if number.top == top]) for top in tops}
    parts |= {("percent" if top == 100 else f"numbers out of {top:g}"): own for top, own in written.items()}
    plain = {text: number.value for text, number in numbers.items() if not number.top}
    if tops:
        is_low = max(tops) == 100 and _is_below_tens(counts, numbers)
        plain = {text: value for text, value in plain.items() if value > max(tops) or is_low}
        return parts | {f"other numbers than out of {max(tops):g}": where_text(counts, plain)}
    if _is_below_tens(counts, numbers):
        high = where_text(counts, [text for text, value in plain.items() if value > 10])
        low = where_text(counts, [text for text, value in plain.items() if value <= 10])
        return parts | {"numbers up to 10": low, "tens up to 100": high}
    return parts | {"numbers": where_text(counts, plain)}


def _is_below_tens(counts: pd.Series, numbers: Mapping[str, Number]) -> bool:
    """Returns whether some values are 1-9 while all above 10 are fives and tens up to 100."""
    values = np.array([numbers[text].value for text in counts.index if text in numbers])
    n = counts[counts.index.isin(list(numbers))].to_numpy()
    is_high = values > 10
    if not is_high.any() or values.max() > 100 or (values[is_high] % 5 != 0).any():
        return False
    n_low, least = n[(values > 0) & (values < 10) & (values != 5)].sum(), _MIN_TENS * n.sum()
    return bool(n_low > least and n[is_high].sum() > least)


def _counted(scores: pd.Series, labels: pd.Series) -> pd.DataFrame:
    """Returns how often each score (columns) occurs in each group (rows)."""
    is_known = labels.notna().to_numpy()
    rows, names = pd.factorize(labels[is_known].astype("str"), sort=True)
    columns, values = pd.factorize(scores.to_numpy()[is_known], sort=True)
    cells = np.bincount(rows * len(values) + columns, minlength=len(names) * len(values))
    return pd.DataFrame(cells.reshape(len(names), len(values)), index=pd.Index(names), columns=values)


def _told(name: str, table: pd.DataFrame, top: int, is_short: NDArray[np.bool_]) -> str:
    values = table.columns.to_numpy(dtype=float)
    n_above = table.to_numpy()[:, values > top].sum(axis=1)
    highest = values[table.to_numpy().sum(axis=0) > 0].max()
    short, longer = table[is_short].sum(axis=1), table[n_above > 0].sum(axis=1)
    more = f" and {len(short) - _N_SHOWN} more" if len(short) > _N_SHOWN else ""
    shown = ", ".join(f"'{group}' ({n:,} scores)" for group, n in short.head(_N_SHOWN).items())
    others = ", ".join(f"'{group}'" for group in longer.index[:_N_SHOWN]) + (" …" if len(longer) > _N_SHOWN else "")
    return (
        f"two scales in one column: no score above {top} in {name} {shown}{more}, but {int(n_above.sum()):,} of "
        f"{int(longer.sum()):,} up to {highest:g} in {others}; say --missing CODE if those mean 'no score'"
    )
