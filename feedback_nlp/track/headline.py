"""The headline of a run in sentences, for its page, its files and notebooks alike."""

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from feedback_nlp.numbers import change, interval, percent, plural, points, probability, share_change
from feedback_nlp.sentences import Phrase, Sentence, sentence
from feedback_nlp.track.compare import Comparison
from feedback_nlp.track.history import History

if TYPE_CHECKING:
    from feedback_nlp.track.runs import Run

Row = Mapping[Hashable, Any]
_THEN = 2  # themes after the worst


def headline(run: "Run", history: History) -> tuple[Sentence, ...]:
    """Returns the headline: NPS and what changed, the worst theme, those after it, what is praised most, what moved.

    The first sentence is always there; the others where there is something to say. A drag is told as points taken
    ("takes 6.1 points"), its interval turned accordingly. What could be chance is said to be.
    """
    if not math.isfinite(run.drivers.nps.value):
        return (_counts_only(run),)
    themes = _topics(run)
    order = "drag_shrunk" if run.drivers_settings.rank_by == "shrunk" else "drag"
    dragging = [row for row in sorted(themes, key=lambda row: (row[order], row["theme_id"])) if row["drag"] < 0]
    told = [_score(run, history), *_worst(run, dragging, len(themes)), *_then(dragging[1 : 1 + _THEN])]
    return (*told, *_praised(run), *_moved(run, history))


def _counts_only(run: "Run") -> Sentence:
    return sentence(f"{plural(len(run.responses), 'response')}; no score was given: themes without drivers.")


def _score(run: "Run", history: History) -> Sentence:
    nps, n = run.drivers.nps, run.drivers.n
    told: list[Phrase | str] = [Phrase(f"NPS {points(nps.value)}", kind="nps"), " ", _ends(nps.low, nps.high)]
    if n < run.drivers_settings.min_group:
        told.append(f", from too few scores to rely on ({n})")
    if history.bridge is not None:
        told += _against(history.bridge, is_whole=run.responses["period"].nunique() == 1)
    return sentence(*told, ".")


def _against(comparison: Comparison, *, is_whole: bool) -> list[Phrase | str]:
    """Returns how the last period compares with the one before; it is named where the run has more than that one."""
    moved = comparison.bridge.total.change
    if pd.isna(moved.value):
        return []
    told = ", " if is_whole else f"; {comparison.name_b} is "
    if points(moved.value) == "0.0":
        told += f"level with {comparison.name_a} "
    else:
        told += f"{points(abs(moved.value))} points {'below' if moved.value < 0 else 'above'} {comparison.name_a} "
    chance = ": could be chance" if moved.low <= 0 <= moved.high else ""
    return [told, Phrase(f"({change(moved.low)} to {change(moved.high)}{chance})", whole=not chance)]


def _worst(run: "Run", dragging: list[Row], n_themes: int) -> list[Sentence]:
    if not dragging:
        words = "No theme drags: none has enough complaints that go with lower scores."
        return [sentence(words)] if n_themes or len(run.model.themes) else []
    worst = dragging[0]
    told: list[Phrase | str] = [_name(worst), " takes ", *_taken(worst, " points")]
    p_worst = run.drivers.p_worst.get(worst["theme_id"])
    if n_themes > 1 and p_worst is not None and not pd.isna(p_worst):
        told.append(f"; worst of all with {probability(float(p_worst))} probability")
    return [sentence(*told, ".")]


def _then(others: list[Row]) -> list[Sentence]:
    told: list[Phrase | str] = []
    for row in others:
        told += [" · " if told else "Then: ", _name(row), " ", *_taken(row)]
    return [sentence(*told, ".")] if told else []


def _praised(run: "Run") -> list[Sentence]:
    lifted = [row for row in _topics(run, "lift") if row["lift"] > 0]
    if not lifted:
        return []
    best = max(lifted, key=lambda row: (row["lift"], row["theme_id"]))
    lift, ends = Phrase(change(best["lift"]), kind="lift"), _ends(best["lift_low"], best["lift_high"])
    return [sentence("What people praise most: ", _name(best), " ", lift, " ", ends, ".")]


def _moved(run: "Run", history: History) -> list[Sentence]:
    """Returns the theme whose complaints changed most between the last two periods, where it is beyond chance.

    The largest of many changes is often chance: the interval is widened for all of them (Bonferroni 1936).
    """
    if history.bridge is None:
        return []
    names = {row["theme_id"]: row for row in _topics(run, None)}
    table = history.bridge.bridge.table
    known = table[(table["polarity"] == "negative") & table["theme_id"].isin(set(names))]
    to_zero = known["share_change_low"].where(known["share_change"] > 0, known["share_change_high"])
    reach = (known["share_change"] - to_zero).abs()  # of the interval, from the change towards 0
    known = known[known["share_change"].abs() > reach * _wider(len(known), run.drivers_settings.level)]
    if known.empty:
        return []
    moved = max(known.to_dict("records"), key=lambda row: (abs(row["share_change"]), row["theme_id"]))
    verb = "rose" if moved["share_change"] > 0 else "fell"
    ends = share_change(moved["share_change_low"], moved["share_change_high"])
    shares = f"from {percent(moved['share_a'])} to {percent(moved['share_b'])} of responses "
    return [sentence("Complaints about ", _name(names[moved["theme_id"]]), f" {verb} {shares}",
                     Phrase(f"({ends})", whole=True), f" since {history.bridge.name_a}.")]  # fmt: skip


def _wider(n_tests: int, level: float) -> float:
    """Returns by how much an interval must grow to hold for `n_tests` at once."""
    from scipy.special import ndtri

    chance = (1 - level) / 2
    return float(ndtri(1 - chance / max(1, n_tests)) / ndtri(1 - chance))


def _topics(run: "Run", known: str | None = "drag") -> list[Row]:
    """Returns the figures of each topic that is no parent of others; `known` names a figure that must be there."""
    themes = run.model.themes
    parents = set(themes["parent_id"].dropna())
    topics = themes[(themes["kind"] == "topic") & ~themes["theme_id"].isin(parents)]
    figures = {str(row["theme_id"]): row for row in run.drivers.table.to_dict("records")}
    rows = [
        {**figures.get(theme_id, {}), "theme_id": theme_id, "name": name}
        for theme_id, name in zip(topics["theme_id"], topics["name"], strict=True)
    ]
    return [row for row in rows if known is None or not pd.isna(row.get(known))]


def _name(row: Row) -> Phrase:
    return Phrase(str(row["name"]), theme_id=str(row["theme_id"]))


def _taken(row: Row, unit: str = "") -> list[Phrase | str]:
    """Returns a drag as points taken where a unit follows, as a change where not, with its interval."""
    low, high = row["drag_low"], row["drag_high"]
    chance = ": could be chance" if low <= 0 <= high else ""
    if unit:
        return [Phrase(points(-row["drag"]), kind="drag"), f"{unit} ",
                Phrase(f"({interval(-high, -low)}{chance})", whole=not chance)]  # fmt: skip
    return [Phrase(change(row["drag"]), kind="drag"), " ", Phrase(f"({interval(low, high)}{chance})", whole=not chance)]


def _ends(low: float, high: float) -> Phrase:
    known = [None if pd.isna(end) else float(end) for end in (low, high)]
    return Phrase(f"({interval(*known)})", whole=True)
