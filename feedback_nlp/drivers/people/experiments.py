"""The effect of something that only some people got: treated against control, with a baseline where there is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.people.contrasts import (
    AGAINST,
    Rows,
    Test,
    correlation_of,
    count_people,
    flags_of,
    nps_contrast,
    share_contrast,
    share_difference,
    share_within,
    spread,
)
from feedback_nlp.drivers.people.segments import NO_MENTIONS, NO_THEMES, known_values, segment_column, theme_marks
from feedback_nlp.drivers.sample import Sample, read_sample
from feedback_nlp.drivers.scores import NOTHING, Floats
from feedback_nlp.errors import InputError
from feedback_nlp.schema import Estimate

_SHARES = (
    "share_treated", "share_control", "difference", "difference_low", "difference_high",
    "effect", "effect_low", "effect_high", "p",
)  # fmt: skip
_CELLS = ("treated", "control", "treated_before", "control_before")
_SIGNS = np.array([1.0, -1.0, -1.0, 1.0])  # difference in differences
_AT_RANDOM = "shows what the treatment caused only if people were assigned to it at random"
_ALIKE = "taking the baseline away also supposes that both groups would have changed alike without the treatment"


@dataclass(frozen=True)
class Experiment:
    """What `effect_of` returns; NPS in points, null where a group it needs is too small.

    `treated`, `control`: NPS of the two groups (after, where there is a baseline). `difference` = treated − control.
    `baseline_difference`: the same before; null without a baseline. `effect`: difference − baseline_difference, the
    difference in differences; the difference itself without a baseline. `p`: two-sided, of the effect. `n`: responses
    per cell (treated, control, treated_before, control_before). `themes`: one row per topic with the share (0–1) that
    complains of it: theme_id, share_treated, share_control, difference, effect, both with _low and _high, p, flagged;
    empty without mentions. `notes`: what the figures suppose, and which cells are too small.
    """

    treated: Estimate
    control: Estimate
    difference: Estimate
    baseline_difference: Estimate
    effect: Estimate
    p: float
    n: Mapping[str, int]
    themes: pd.DataFrame
    notes: tuple[str, ...]


def effect_of(
    responses: pd.DataFrame,
    group: str,
    treated: str,
    control: str,
    period: str = "",
    before: str | None = None,
    after: str | None = None,
    mentions: pd.DataFrame | None = None,
    themes: pd.DataFrame | None = None,
    settings: DriversConfig | None = None,
) -> Experiment:
    """Returns how the NPS of those who got something differs from those who did not, with intervals.

    With a baseline the effect is the difference in differences, (treated − control) after − (treated − control) before.
    Intervals are adjusted Wald (`nps_contrast`); those of the complaints' shares are score intervals
    (`share_contrast`), whose p-values are exact without a baseline (`exact_p`), flagged by Benjamini–Hochberg over the
    topics. One who answered in several cells is one person in all of them.

    It is an effect, in the sense of a cause, only where chance decided who was treated; the notes always say so.

    Args:
        responses: response_id, category; optional respondent_id and weight; the two columns below.
        group: column of the groups, "arm" or "segment_arm". treated, control: its two values; others are left out.
        period: column of the periods, "period" if not given. before, after: its values; without any, all responses
            count and there is no baseline; with `after` alone, those of that period.
        mentions: response_id, theme_id, polarity, with `themes` (theme_id, kind), for the shares of complaints.
        settings: level, min_group (people; a cell of fewer has no figures) and false_discovery_rate.

    Raises:
        InputError: as `rank_drivers`; a column or value is not there, or both groups or periods are the same.

    >>> arms = pd.DataFrame({"arm": ["new", "old"] * 4, "category": ["promoter", "passive"] * 3 + ["passive"] * 2})
    >>> responses = arms.assign(response_id=range(8))
    >>> effect_of(responses, "arm", "new", "old", settings=DriversConfig(min_group=4)).effect.value
    75.0
    """
    settings = settings or DriversConfig()
    if (mentions is None) != (themes is None):
        raise InputError("effect_of: mentions and themes come together; found one without the other")
    labels = _cells_of(responses, group, (treated, control), period or "period", (before, after))
    mentions, themes = (NO_MENTIONS, NO_THEMES) if mentions is None or themes is None else (mentions, themes)
    sample = read_sample(responses.assign(_cell=labels), mentions, themes, "_cell")
    names = _CELLS if before is not None else _CELLS[:2]
    cells = {name: np.flatnonzero(sample.labels == name) for name in names}
    small = {name for name, rows in cells.items() if count_people(sample, rows) < settings.min_group}
    if not sample.is_scored:
        small = set(names)

    def compare(chosen: Sequence[str], signs: Floats) -> Test:
        """Returns the contrast of some cells, nothing where one of them is too small."""
        usable = len(chosen) > 0 and not small & set(chosen)
        rows = [cells[name] for name in chosen]
        return nps_contrast(sample, rows, signs, settings.level) if usable else (NOTHING, float("nan"))

    effect, p = compare(names, _SIGNS[: len(names)])
    return Experiment(
        treated=compare(["treated"], np.ones(1))[0],
        control=compare(["control"], np.ones(1))[0],
        difference=compare(names[:2], AGAINST)[0],
        baseline_difference=compare(names[2:], AGAINST)[0],
        effect=effect,
        p=p,
        n={name: len(rows) for name, rows in cells.items()},
        themes=_theme_shares(sample, themes, cells, small, settings),
        notes=_notes(sample, cells, small, settings.min_group),
    )


def _cells_of(
    responses: pd.DataFrame, group: str, arms: tuple[str, str], period: str, times: tuple[str | None, str | None]
) -> "pd.Series[Any]":
    """Returns the cell of each response, null for one in none."""
    if str(arms[0]) == str(arms[1]):
        raise InputError(f"effect_of: treated and control are both '{arms[0]}'; give two values of '{group}'")
    arm = known_values(responses[segment_column(responses, group)], arms)
    cells = arm.map({str(arms[0]): "treated", str(arms[1]): "control"})
    before, after = times
    if after is None:
        if before is not None:
            raise InputError(f"effect_of: before is '{before}' but after is not given; give both periods")
        return cells
    if str(before) == str(after):
        raise InputError(f"effect_of: before and after are both '{after}'; give two values of '{period}'")
    time = known_values(responses[segment_column(responses, period)], [t for t in times if t is not None])
    suffix = time.map({str(after): "", str(before): "_before"} if before is not None else {str(after): ""})
    return cells + suffix


def _theme_shares(
    sample: Sample, themes: pd.DataFrame, cells: dict[str, Rows], small: set[str], settings: DriversConfig
) -> pd.DataFrame:
    rows = list[dict[str, Any]]()
    for topic, marks in theme_marks(sample, themes, "negative"):
        figures = {} if small & {"treated", "control"} else _difference(marks, sample, cells, settings.level)
        if len(cells) > 2 and figures:
            figures |= {} if small else _change(marks, sample, cells, settings.level)
        rows.append({"theme_id": str(sample.theme_ids[topic])} | figures)
    table = pd.DataFrame(rows, columns=["theme_id", *_SHARES])
    table = table.astype({"theme_id": "str"} | dict.fromkeys(_SHARES, "float64"))
    return table.assign(flagged=flags_of(table["p"], settings.false_discovery_rate))


def _difference(marks: Floats, sample: Sample, cells: dict[str, Rows], level: float) -> dict[str, float]:
    treated, control, difference, p = share_difference(marks, sample, cells["treated"], cells["control"], level)
    found = {"share_treated": treated.value, "share_control": control.value} | spread("difference", difference)
    return found if len(cells) > 2 else found | spread("effect", difference) | {"p": p}


def _change(marks: Floats, sample: Sample, cells: dict[str, Rows], level: float) -> dict[str, float]:
    rows = list(cells.values())
    shares = [share_within(marks, sample, cell, level)[0] for cell in rows]
    correlation = correlation_of(marks, sample.weights, sample.clusters, rows)
    effect, p = share_contrast(shares, _SIGNS, correlation, level)
    return spread("effect", effect) | {"p": p if any(share.value > 0 for share in shares) else float("nan")}


def _notes(sample: Sample, cells: dict[str, Rows], small: set[str], least: int) -> tuple[str, ...]:
    notes = [_AT_RANDOM, *([_ALIKE] if len(cells) > 2 else [])]
    if not sample.is_scored:
        return (*notes, "no scores: no figures")
    for name, rows in cells.items():
        if name in small:
            notes.append(f"too few: {name} has {count_people(sample, rows)} people with a score, {least} needed")
    if sample.clusters is not None:
        arms = [[cells[name] for name in cells if name.startswith(arm)] for arm in ("treated", "control")]
        people = [set(sample.clusters[np.concatenate(rows)].tolist()) for rows in arms]
        both = len(people[0] & people[1])
        notes += [f"{both} people answered both as treated and as control"] if both else []
    return tuple(notes)
