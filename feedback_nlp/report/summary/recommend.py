"""What to do about each flagged theme, in sentences derived from the run."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from feedback_nlp.drivers.scores import wilson
from feedback_nlp.numbers import count, percent, plural
from feedback_nlp.report.summary.data import Recommendation, ThemeSummary
from feedback_nlp.report.summary.pairs import Pairs
from feedback_nlp.report.summary.segments import value_name
from feedback_nlp.track import Run
from feedback_nlp.track.followup import theme_owners, unknown_owned

_MOST_GROUPS = 3
_POWER = 0.8
_LONGEST = 200  # characters of a quoted statement


def recommend(run: Run, themes: Sequence[ThemeSummary], pairs: Pairs) -> dict[str, Recommendation]:
    """Returns theme_id -> what to do, for the flagged themes.

    Every sentence states something that this run shows: who complains, in which words, how many detractors and passives
    that is, the list of them and its owner, and what a later survey has to show before it is a change.
    """
    flagged = [theme for theme in themes if theme.flagged and theme.n_negative]
    if not flagged:
        return {}
    complaining = _by_category(pairs)
    settings = run.report_settings.owners
    unknown = unknown_owned(run, settings)  # the page names them elsewhere
    owners = theme_owners(run, {name: who for name, who in settings.items() if name not in unknown})
    return {
        theme.theme_id: Recommendation(
            who=_who(run, theme, complaining[theme.theme_id]),
            what=_what(theme),
            touched=_touched(run, complaining[theme.theme_id], len(pairs.responses)),
            follow_up=_follow_up(owners, theme, complaining[theme.theme_id]),
            measure=_measure(run, theme, len(pairs.responses)),
        )
        for theme in flagged
        if theme.theme_id in complaining
    }


def beyond_chance(share: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Returns the shares (0–1) below and above which a second sample of `n` differs from `share` of a first, as large.

    The ends of the two-sample z test with unpooled variances (Fleiss, Levin & Paik 2003, Statistical Methods for Rates
    and Proportions, 3.2), |q − p| = z √((p(1−p) + q(1−q)) / n), solved for q; cut at 0 and 1.

    >>> [round(end, 3) for end in beyond_chance(0.2, 500)]
    [0.153, 0.252]
    """
    from scipy.special import ndtri

    spread = float(ndtri(1 - (1 - level) / 2)) ** 2 / n
    middle, square = 2 * share + spread, 1 + spread
    root = math.sqrt(max(0.0, middle**2 - 4 * square * (share**2 - spread * share * (1 - share))))
    return max(0.0, (middle - root) / (2 * square)), min(1.0, (middle + root) / (2 * square))


def n_to_see_half(share: float, level: float = 0.95, power: float = _POWER) -> int:
    """Returns how many responses each of two surveys needs to tell a fall from `share` to its half from chance.

    n = (z_level + z_power)² (p(1−p) + q(1−q)) / (p − q)² with q = p / 2 (Fleiss, Levin & Paik 2003, 4.2).

    >>> n_to_see_half(0.2)
    197
    """
    from scipy.special import ndtri

    half = share / 2
    reach = float(ndtri(1 - (1 - level) / 2) + ndtri(power)) ** 2
    return math.ceil(reach * (share * (1 - share) + half * (1 - half)) / half**2)


def _by_category(pairs: Pairs) -> dict[str, dict[str, int]]:
    """Returns theme_id -> category -> responses of it that complain of the theme."""
    category = pairs.responses["category"].astype(object).to_numpy()[pairs.row]
    counts = {
        name: pairs.per_theme(pairs.is_negative & np.asarray(category == name))
        for name in ("detractor", "passive", "promoter")
    }
    return {
        theme_id: {name: int(column[place]) for name, column in counts.items()}
        for place, theme_id in enumerate(pairs.theme_ids)
    }


def _who(run: Run, theme: ThemeSummary, complaining: Mapping[str, int]) -> tuple[str, ...]:
    parts = ", ".join(plural(n, name) for name, n in complaining.items() if n)
    told = [f"{plural(sum(complaining.values()), 'response complains', 'responses complain')} of it: {parts}."]
    table = run.beside.segment_themes
    if not len(table):
        return tuple(told)
    own = table[(table["theme_id"] == theme.theme_id) & ~table["too_few"]]
    more = own[own["flagged"].fillna(False).astype(bool) & (own["difference"] > 0)]
    ordered = more.sort_values(["difference", "segment", "value"], ascending=[False, True, True]).head(_MOST_GROUPS)
    told += [_group(row) for row in ordered.to_dict("records")]
    if more.empty and len(own):
        told.append("No segment complains of it more than all others beyond chance.")
    return tuple(told)


def _group(row: Mapping[Hashable, Any]) -> str:
    others = float(row["share"]) - float(row["difference"])
    share, low, high = (percent(float(row[name])) for name in ("share", "share_low", "share_high"))
    who = f"{row['segment']} “{value_name(row['value'])}”"
    n = plural(int(row["n"]), "response")
    return f"{who}: {share} ({low} to {high}) of {n} complain of it, {percent(others)} of all others."


def _what(theme: ThemeSummary) -> tuple[str, ...]:
    told = []
    if theme.keyphrases:
        told.append(f"Its words: {', '.join(f'“{phrase}”' for phrase in theme.keyphrases[:5])}.")
    complaint = next((quote for quote in theme.quotes if quote.polarity and quote.polarity < 0), None)
    if complaint:
        words = " ".join(complaint.marked.split())
        if len(words) > _LONGEST:
            words = words[:_LONGEST].rsplit(" ", 1)[0] + "…"
        told.append(f"A typical complaint: “{words}”")
    for other in theme.co_mentions[:1]:
        share = f"{percent(other.share.value)} of its people, {percent(other.share_all)} of all who say something"
        told.append(f"With it comes “{other.name}”: {share}.")
    return tuple(told)


def _touched(run: Run, complaining: Mapping[str, int], n: int) -> tuple[str, ...]:
    reached = complaining["detractor"] + complaining["passive"]
    share = wilson(reached / n, n, run.drivers_settings.level)
    who = f"{plural(complaining['detractor'], 'detractor')} and {plural(complaining['passive'], 'passive')}"
    ends = f"({percent(share.low)} to {percent(share.high)})"
    return (f"{who} complain of it: {percent(share.value)} {ends} of {plural(n, 'scored response')}.",)


def _follow_up(owners: Mapping[str, str], theme: ThemeSummary, complaining: Mapping[str, int]) -> tuple[str, ...]:
    reached = complaining["detractor"] + complaining["passive"]
    owner = owners.get(theme.theme_id)
    told = []
    if reached:
        asked = f"{plural(reached, 'response')} to ask back"
        told.append(f"{asked}; the follow-up list (feedback-nlp followup) names their people, surest first.")
    return (*told, f"Suggested owner: {owner} (from the configuration).") if owner else tuple(told)


def _measure(run: Run, theme: ThemeSummary, n: int) -> tuple[str, ...]:
    level = run.drivers_settings.level
    now = wilson(theme.n_negative / n, n, level)
    low, high = beyond_chance(now.value, n, level)
    told = [
        f"The share that complains: {percent(now.value)} ({percent(now.low)} to {percent(now.high)}) now.",
        f"With as many responses again, below {percent(low)} or above {percent(high)} would be beyond chance.",
    ]
    if (needed := n_to_see_half(now.value, level)) > n:
        told.append(
            f"To tell a fall by half from chance, each survey needs {plural(needed, 'response')}; this has {count(n)}."
        )
    return tuple(told)
