"""What the ranking of drivers returns, and what its figures mean in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.schema import Estimate

GROUP_COLUMNS = ("group", "theme_ids", "share", "drag", "drag_low", "drag_high")
_CAVEAT = (
    "It is an association among those who chose to mention it: the interval covers sampling error only, and what NPS "
    "would be if the theme were mended it does not say."
)


def no_groups() -> pd.DataFrame:
    """Returns the table of groups without a row."""
    return pd.DataFrame({name: pd.Series(dtype="object") for name in GROUP_COLUMNS})


@dataclass(frozen=True)
class Drivers:
    """What `rank_drivers` returns.

    `table`: one row per theme in the order of `themes`: theme_id and FIGURES.
    `account`: one row per term: theme_id ("base", "other", "generic" or a theme's), polarity ("negative", "positive" or
    null), share, effect, contribution, standard_error; the contributions sum to `nps.value`.
    `covariance`: float64 (n_terms, n_terms) of the contributions, in the order of `account`.
    `p_worst`: theme -> the probability that its drag is the worst of all, where it has an interval.
    `groups`: one row per group of themes whose complaints come nearly always together: group (1, 2, …), theme_ids,
    share of responses with any of them (0–1), drag of all of them with its interval.
    """

    table: pd.DataFrame
    account: pd.DataFrame
    covariance: NDArray[np.float64]
    nps: Estimate
    n: int  # responses in the design
    notes: tuple[str, ...] = ()  # pooled, dropped and overlapping columns, for the manifest and the report
    level: float = 0.95  # of every interval
    p_worst: Mapping[str, float] = field(default_factory=dict)
    groups: pd.DataFrame = field(default_factory=no_groups)
    names: Mapping[str, str] = field(default_factory=dict)  # theme -> its name, for `explain`
    kinds: Mapping[str, str] = field(default_factory=dict)  # theme -> topic, generic or other

    def explain(self, theme_id: str) -> str:
        """Returns two plain sentences: what the theme's figures say, and what they do not say.

        Raises:
            InputError: there is no such theme.
        """
        rows = self.table[self.table["theme_id"] == theme_id].to_dict("records")
        if not rows:
            known = [str(known) for known in self.table["theme_id"]]
            raise InputError(f"drivers: no theme '{theme_id}'{did_you_mean(theme_id, known)}")
        row = rows[0]
        name = self.names.get(theme_id, theme_id)
        if pd.isna(row["drag"]):
            return f"{_why_no_drag(name, row, self)} {_counted(name, row)}"
        return f"{_drag_in_words(name, row, self)} {self._caveat(theme_id)}"

    def _caveat(self, theme_id: str) -> str:
        for group in self.groups.to_dict("records"):
            if theme_id in group["theme_ids"]:
                others = _joined([f"“{self.names.get(o, o)}”" for o in group["theme_ids"] if o != theme_id])
                return f"{_CAVEAT[:-1]}; its complaints nearly always come with those of {others}, so read them as one."
        return _CAVEAT


def _drag_in_words(name: str, row: Mapping[Any, Any], drivers: Drivers) -> str:
    complain = f"{row['n_negative']:,} of {drivers.n:,} responses complain of “{name}”"
    amount = f"{abs(row['drag']):.1f} points {'lower' if row['drag'] <= 0 else 'higher'}"
    said = f"{complain}; NPS is {amount} than if they scored as like responses without that complaint do"
    if pd.isna(row["drag_low"]):
        return f"{said}, a figure that rests on a single response or person and has no interval."
    level = f"{100 * drivers.level:g} % interval"
    ends = f"{level} {_signed(row['drag_low'])} to {_signed(row['drag_high'])}"
    chance = ", so it could be chance" if row["drag_low"] <= 0 <= row["drag_high"] else ""
    return f"{said} ({ends}{chance}); {_rank_in_words(row, drivers)}."


def _rank_in_words(row: Mapping[Any, Any], drivers: Drivers) -> str:
    if pd.isna(row["rank"]):
        return "that is the sum over the themes it holds, which are ranked themselves"
    ranked = int(drivers.table["rank"].notna().sum())
    low, high = int(row["rank_low"]), int(row["rank_high"])
    between = f"rank {low}" if low == high else f"rank {low} to {high}"
    worst = drivers.p_worst.get(row["theme_id"])
    likely = "" if worst is None else f", the worst of all with {_probability(worst)} probability"
    place = f"number {int(row['rank'])} of {ranked} themes by drag"
    return f"that makes it {place} ({between} once chance is allowed for{likely})"


def _why_no_drag(name: str, row: Mapping[Any, Any], drivers: Drivers) -> str:
    theme_id = row["theme_id"]
    own = [note for note in drivers.notes if f"'{theme_id}'" in note]
    if not len(drivers.account):
        reason = "no response has a score"
    elif drivers.kinds.get(theme_id) == "generic":
        reason = "it says the score again in words, so it is counted and not ranked"
    elif drivers.kinds.get(theme_id) == "other":
        reason = "it is set apart, and what it says is in the line of other themes"
    elif not row["n_negative"]:
        reason = "nobody complains of it"
    else:
        reason = own[0].replace(f" '{theme_id}'", "") if own else "scores that do not differ have no drivers"
    return f"“{name}” has no drag of its own: {reason}."


def _counted(name: str, row: Mapping[Any, Any]) -> str:
    mention, complain, praise = (f"{row[count]:,}" for count in ("n_responses", "n_negative", "n_positive"))
    counts = f"{mention} responses mention it, {complain} complain, {praise} praise"
    return f"{counts}; that says how often “{name}” comes up, not how much it moves NPS."


def _signed(value: float) -> str:
    text = f"{abs(value):.1f}"
    return text if text == "0.0" else ("−" if value < 0 else "+") + text


def _probability(value: float) -> str:
    if value >= 0.995:
        return "over 99 %"
    return "under 1 %" if value <= 0.005 else f"{100 * value:.0f} %"


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
