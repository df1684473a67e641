"""What happens to simulated people: who answers when, what they experience, how satisfied they are, what they tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from feedback_nlp.drivers.simulation.settings import SimulationSettings, ThemeSettings, negative_effects, shares
from feedback_nlp.errors import ConfigError

Bools = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Dates = np.ndarray[Any, np.dtype[np.datetime64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]

# P(score <= 0), ..., P(score <= 9) at latent satisfaction ~ N(0, 1): the long lower tail and the peaks at 8 and 10 that
# 0–10 recommendation scores usually have
CUMULATIVE = (0.02, 0.03, 0.045, 0.065, 0.09, 0.14, 0.20, 0.31, 0.52, 0.72)
CUTS = ndtri(np.array(CUMULATIVE))


@dataclass(frozen=True)
class Frame:
    """Who answers, when and where: one entry per response, in the order of dates."""

    date: Dates
    period: Ints
    channel: Ints  # −1 without channels
    agent: Ints  # −1 without agents
    person: Ints


@dataclass(frozen=True)
class Outcome:
    """What happened: bad, good and mentioned are (n, k); satisfaction and commented (n,)."""

    bad: Bools
    good: Bools
    mentioned: Bools
    satisfaction: Floats
    commented: Bools


def draw_frame(n: int, settings: SimulationSettings, rng: np.random.Generator) -> Frame:
    """Returns who answers, when and where, for n responses; every day of the periods is equally likely.

    Raises:
        ConfigError: a period is neither a quarter nor a month.
    """
    days = [_days(period) for period in settings.periods]
    of_day = np.repeat(np.arange(len(days)), [len(d) for d in days])
    chosen = np.sort(rng.integers(0, len(of_day), n))
    period = of_day[chosen]
    n_channels, per_channel = len(settings.channels), settings.agents_per_channel
    channel = rng.integers(0, max(n_channels, 1), n)
    agent = channel * per_channel + rng.integers(0, max(per_channel, 1), n)
    return Frame(
        date=np.concatenate(days)[chosen],
        period=period,
        channel=channel if n_channels else np.full(n, -1),
        agent=agent if n_channels and per_channel else np.full(n, -1),
        person=_people(period, settings.repeat_share, rng),
    )


def _days(period: str) -> Dates:
    try:
        span = pd.Period(period)
    except ValueError:
        raise ConfigError(f"simulate: '{period}' is no period; write it as 2025-Q1 or 2025-01") from None
    days: Dates = pd.date_range(span.start_time, span.end_time, freq="D").to_numpy().astype("datetime64[D]")
    return days


def _people(period: Ints, repeat_share: float, rng: np.random.Generator) -> Ints:
    """Returns each response's person (n,): some responses go to people of earlier periods, at most one each."""
    n = len(period)
    person = np.arange(n)
    later = np.flatnonzero(period > period.min())
    wanted = min(round(repeat_share * n), len(later))
    again = np.sort(rng.permutation(later)[:wanted])
    for current in np.unique(period[again]):
        rows = again[period[again] == current]
        pool = np.unique(person[period < current])
        rows = rows[: len(pool)]
        person[rows] = rng.permutation(pool)[: len(rows)]
    return person


def draw_agent_quality(
    themes: Sequence[ThemeSettings], settings: SimulationSettings, rng: np.random.Generator
) -> Floats:
    """Returns how far each agent shifts z, (n_agents + 1, k); the last row, index −1, is "no agent": zero."""
    n_agents = len(settings.channels) * settings.agents_per_channel
    quality = rng.standard_normal((n_agents, len(themes))) * [theme.agent_spread for theme in themes]
    return np.vstack([quality, np.zeros((1, len(themes)))])


def draw_outcome(
    frame: Frame,
    quality: Floats,
    themes: Sequence[ThemeSettings],
    settings: SimulationSettings,
    rng: np.random.Generator,
) -> Outcome:
    """Returns what happens to the n people of the frame: experiences, satisfaction, and what they tell.

    `quality` is the shift of each agent, (n_agents + 1, k), from `draw_agent_quality`. The numbers drawn do not depend
    on the settings, so that two worlds of one seed differ only by what was set.
    """
    n, k = len(frame.period), len(themes)
    unseen = rng.standard_normal(n)
    person = rng.standard_normal(n)[frame.person]
    noise, eagerness = rng.standard_normal(n), rng.standard_normal(n)
    bad, good = _experiences(frame, quality, unseen, themes, settings, rng)
    own = settings.person_spread * person + np.sqrt(1 - settings.person_spread**2) * noise
    effects = bad @ [t.negative_effect for t in themes] + good @ [t.positive_effect for t in themes]
    effects += _changed_effects(bad, frame, themes, settings)
    satisfaction = settings.mean + settings.confounding * unseen + own + effects
    standardised = (satisfaction - satisfaction.mean()) / max(satisfaction.std(), 1e-12)
    lean = settings.comment_lean
    commented = eagerness + lean * standardised < ndtri(settings.comment_rate) * np.sqrt(1 + lean**2)
    draws = rng.random((n, k))
    mentioned = (bad | good) & commented[:, None] & (draws < _mention_rates(bad, themes, settings))
    return Outcome(bad, good, _limited(mentioned, draws, settings.max_mentions), satisfaction, commented)


def _experiences(
    frame: Frame,
    quality: Floats,
    unseen: Floats,
    themes: Sequence[ThemeSettings],
    settings: SimulationSettings,
    rng: np.random.Generator,
) -> tuple[Bools, Bools]:
    correlation = np.array([theme.correlation for theme in themes])
    spread = np.array([theme.agent_spread for theme in themes]) * (len(quality) > 1)
    _, group = np.unique([theme.group for theme in themes], return_inverse=True)
    z = np.sqrt(correlation) * rng.standard_normal((len(unseen), group.max() + 1))[:, group]
    z += np.sqrt(1 - correlation) * rng.standard_normal((len(unseen), len(themes)))
    z += settings.confounding * unseen[:, None] + quality[frame.agent]
    z /= np.sqrt(1 + settings.confounding**2 + spread**2)  # back to variance 1, so that the shares hold
    negative, positive = (np.stack(s, axis=-1) for s in zip(*(shares(t, settings) for t in themes), strict=True))
    cell = frame.period, np.maximum(frame.channel, 0)
    return z < ndtri(negative)[cell], z > ndtri(1 - positive)[cell]


def _changed_effects(bad: Bools, frame: Frame, themes: Sequence[ThemeSettings], settings: SimulationSettings) -> Floats:
    """Returns how much more than usual the bad experiences of each response weigh in its period, (n,)."""
    changing = [j for j, theme in enumerate(themes) if theme.effect_by_period]
    changed = np.zeros(len(bad))
    for j in changing:
        usual = themes[j].negative_effect
        changed += bad[:, j] * (negative_effects(themes[j], settings) - usual)[frame.period]
    return changed


def _mention_rates(bad: Bools, themes: Sequence[ThemeSettings], settings: SimulationSettings) -> Any:
    """Returns how likely each experience is told, (n, k), or one number for all."""
    if not settings.mention_lean:
        return settings.mention_rate
    grave, fine = (np.abs([getattr(t, f"{side}_effect") for t in themes]) for side in ("negative", "positive"))
    return ndtr(ndtri(settings.mention_rate) + settings.mention_lean * np.where(bad, grave, fine))


def draw_answering(frame: Frame, outcome: Outcome, settings: SimulationSettings, rng: np.random.Generator) -> Bools:
    """Returns who of the n people asked answers the survey at all, (n,)."""
    n = len(outcome.satisfaction)
    if not settings.response_rate and not settings.response_lean:
        return np.ones(n, dtype=bool)
    rates = np.array(settings.response_rate or (1.0,))[np.maximum(frame.channel, 0) * bool(settings.response_rate)]
    satisfaction = outcome.satisfaction
    standardised = (satisfaction - satisfaction.mean()) / max(satisfaction.std(), 1e-12)
    lean = settings.response_lean
    answers: Bools = rng.standard_normal(n) + lean * standardised < ndtri(rates) * np.sqrt(1 + lean**2)
    return answers


def _limited(mentioned: Bools, draws: Floats, limit: int) -> Bools:
    """Returns at most `limit` mentions per row: those with the smallest draws."""
    if not limit:
        return mentioned
    order = np.argsort(np.where(mentioned, draws, 2.0), axis=1)
    kept = np.zeros_like(mentioned)
    np.put_along_axis(kept, order[:, :limit], values=True, axis=1)
    return mentioned & kept


def scores(satisfaction: Floats) -> Ints:
    """Returns the 0–10 scores (n,) of latent satisfaction (n,).

    >>> scores(np.array([-9.0, 0.0, 9.0])).tolist()
    [0, 8, 10]
    """
    return np.searchsorted(CUTS, satisfaction, side="right")


def values(satisfaction: Floats) -> Floats:
    """Returns 100 for a promoter (9–10), 0 for a passive, −100 for a detractor (0–6); their mean is NPS.

    >>> values(np.array([-9.0, 0.0, 9.0])).tolist()
    [-100.0, 0.0, 100.0]
    """
    value: Floats = 100.0 * (satisfaction >= CUTS[8]) - 100.0 * (satisfaction < CUTS[6])
    return value
