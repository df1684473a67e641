"""Worlds whose true drag is known: made-up responses, what happened to them, and what of it they mention.

A world in six steps, every one seeded::

    experiences   per response and theme a normal z with a factor common to a group of themes (Gaussian copula); the
                  low tail is a bad experience, the high tail a good one, so that no response has both
    satisfaction  mean + effects of all experiences + the person + noise, a latent normal
    score         the latent satisfaction cut at fixed thresholds into 0–10
    comment       who comments (unhappy people more often) and which experiences the comment mentions
    labels        the mentions as an imperfect coder would record them
    answering     who of those asked answers at all

The truth comes from potential outcomes: the same random numbers with one theme's effect set to zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from feedback_nlp.drivers.simulation.answers import (
    Bools,
    Frame,
    Ints,
    Outcome,
    draw_agent_quality,
    draw_answering,
    draw_frame,
    draw_outcome,
    scores,
    values,
)
from feedback_nlp.drivers.simulation.settings import (
    SimulationSettings,
    ThemeSettings,
    check_settings,
    negative_effects,
    random_themes,
)
from feedback_nlp.errors import ConfigError
from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE

__all__ = ["Simulation", "SimulationSettings", "ThemeSettings", "random_themes", "simulate"]

_FIGURES = ["effect", "share", "experienced", "true_drag", "total_drag"]

# one stream of random numbers per purpose: a switch changed in one step leaves the others' numbers alone
_FRAME, _AGENTS, _OUTCOME, _LABELS, _POPULATION = range(5)  # 5: random_themes, 100: compose_comments
_ANSWERING, _RECALL = 6, 7


@dataclass(frozen=True)
class Simulation:
    """A simulated world.

    `responses`: the RESPONSES table. `mentions`: response_id, theme_id, polarity −1 or 1, as recorded; `true_mentions`
    the same before label noise. Both hold the generic themes too. `themes`: theme_id, name, kind.
    `truth`: one row per theme and polarity: theme_id, polarity, share (of responses that mention it), experienced (of
    responses to whom it happened), effect, true_drag and total_drag, both in NPS points and ≤ 0 where the theme hurts:
    actual NPS minus the NPS had the effect been zero for those who mention it, and for all to whom it happened.
    `truth_by_period`: the same per period; effect is that of the period. `commented`: bool, who wrote anything, in the
    order of `responses`. `asked`: RESPONSES as if everybody had answered; the truth is of all asked, and where some do
    not answer, `responses`, `mentions` and `true_mentions` hold those who did.
    """

    responses: pd.DataFrame
    mentions: pd.DataFrame
    true_mentions: pd.DataFrame
    themes: pd.DataFrame
    truth: pd.DataFrame
    truth_by_period: pd.DataFrame
    commented: Bools
    asked: pd.DataFrame


def simulate(
    n: int = 2000,
    themes: Sequence[ThemeSettings] | None = None,
    seed: int = 0,
    settings: SimulationSettings | None = None,
) -> Simulation:
    """Returns a world of n responses whose true drag is known.

    Args:
        n: number of people asked, at least 1; all of them answer unless `response_rate` or `response_lean` is set.
        themes: what each theme does (`ThemeSettings`); without it, 20 random themes drawn from the seed.
        seed: the same seed gives the same world. Switches of one step leave the steps before it unchanged: noise in
            the labels changes nothing but `mentions`, and non-response takes rows away without changing one.
        settings: how people answer (`SimulationSettings`); without it, a clean world.

    Returns:
        The tables that `rank_drivers` takes (`responses`, `mentions`, `themes`), what was truly told
        (`true_mentions`), everybody who was asked (`asked`), and the true drags (`truth`, `truth_by_period`).

    Raises:
        ConfigError: a share outside 0–1, multipliers that do not fit the periods or channels, an unknown period, or
            nobody answers.

    The truth is the potential-outcomes contrast of Rubin (1974), Estimating causal effects of treatments, taken on a
    population of `settings.population` responses, so that intervals can be checked against it. It is not what NPS
    would gain in practice: people and products do not hold still.

    >>> world = simulate(500, seed=1)
    >>> len(world.responses), sorted(world.truth.polarity.unique().tolist())
    (500, [-1, 1])
    """
    settings = settings or SimulationSettings()
    themes = random_themes(seed=seed) if themes is None else tuple(themes)
    check_settings(n, themes, settings)
    frame = draw_frame(n, settings, _stream(seed, _FRAME))
    quality = draw_agent_quality(themes, settings, _stream(seed, _AGENTS))
    outcome = draw_outcome(frame, quality, themes, settings, _stream(seed, _OUTCOME))
    labels = _stream(seed, _LABELS)
    asked = _responses(frame, outcome, settings, labels)
    table = _themes_table(themes)
    true_mentions = _mentions(outcome, themes, settings, labels)
    read = _miscoded(true_mentions, len(themes), settings, labels)
    read = _recalled(read, len(themes), scores(outcome.satisfaction), settings, _stream(seed, _RECALL))
    answers = draw_answering(frame, outcome, settings, _stream(seed, _ANSWERING))
    if not answers.any():
        raise ConfigError(f"simulate: none of {n} people answers; raise response_rate or n")
    population = (frame, outcome)
    if settings.population:
        rng = _stream(seed, _POPULATION)
        many = draw_frame(settings.population, settings, rng)
        population = (many, draw_outcome(many, quality, themes, settings, rng))
    truth_by_period = _truth_by_period(*population, themes, settings)
    return Simulation(
        responses=asked[answers].reset_index(drop=True),
        mentions=_named(read, answers, asked, table),
        true_mentions=_named(true_mentions, answers, asked, table),
        themes=table,
        truth=_truth(truth_by_period),
        truth_by_period=truth_by_period.drop(columns="n"),
        commented=outcome.commented[answers],
        asked=asked,
    )


def _stream(seed: int, purpose: int) -> np.random.Generator:
    return np.random.default_rng([seed, purpose])


def _responses(frame: Frame, outcome: Outcome, settings: SimulationSettings, rng: np.random.Generator) -> pd.DataFrame:
    score = scores(outcome.satisfaction)
    category = np.select([score >= 9, score >= 7], ["promoter", "passive"], "detractor")
    missing = rng.random(len(score)) < settings.missing_scores
    people, _ = pd.factorize(frame.person)  # numbered by first appearance
    table = pd.DataFrame(
        {
            "response_id": [f"R-{i + 1:06d}" for i in range(len(score))],
            "respondent_id": [f"C-{i + 1:05d}" for i in people],
            "score": pd.Series(score, dtype=float).mask(missing),
            "category": pd.Series(category, dtype=str).mask(missing),
            "date": frame.date.astype("datetime64[us]"),
            "period": np.array(settings.periods)[frame.period],
            "weight": np.full(len(score), np.nan),
        }
    )
    if settings.channels:
        table["segment_channel"] = np.array(settings.channels)[frame.channel]
        if settings.agents_per_channel:
            table["segment_agent"] = [f"A{i + 1:02d}" for i in frame.agent]
    return table


def _themes_table(themes: Sequence[ThemeSettings]) -> pd.DataFrame:
    topics = [(theme.theme_id, theme.name, "topic") for theme in themes]
    generic = [(GENERIC_COMPLAINT, "Generic complaint", "generic"), (GENERIC_PRAISE, "Generic praise", "generic")]
    return pd.DataFrame([*topics, *generic], columns=["theme_id", "name", "kind"])


def _mentions(
    outcome: Outcome, themes: Sequence[ThemeSettings], settings: SimulationSettings, rng: np.random.Generator
) -> pd.DataFrame:
    """Returns response, theme (positions; k is generic complaint, k + 1 generic praise) and polarity −1 or 1."""
    response, theme = np.nonzero(outcome.mentioned)
    evaluating, pleased = _generic(outcome, settings, rng)
    return pd.DataFrame(
        {
            "response": np.concatenate([response, evaluating]),
            "theme": np.concatenate([theme, len(themes) + pleased]),
            "polarity": np.concatenate([np.where(outcome.bad[response, theme], -1, 1), np.where(pleased, 1, -1)]),
        }
    ).sort_values(["response", "theme"], ignore_index=True)


def _generic(outcome: Outcome, settings: SimulationSettings, rng: np.random.Generator) -> tuple[Ints, Bools]:
    """Returns who evaluates in general terms, and who of them is pleased: the score said again, never its cause."""
    score = scores(outcome.satisfaction)
    draw, mood = rng.random(len(score)), rng.random(len(score))
    silent = ~outcome.mentioned.any(axis=1)
    # whoever comments without a topic nearly always just evaluates
    rate = np.where(silent, np.minimum(1.0, 5 * settings.generic_rate), settings.generic_rate)
    evaluating = np.flatnonzero(outcome.commented & (draw < rate))
    pleased = mood < np.select([score >= 9, score >= 7], [0.97, 0.7], 0.05)
    return evaluating, pleased[evaluating]


def _miscoded(mentions: pd.DataFrame, k: int, settings: SimulationSettings, rng: np.random.Generator) -> pd.DataFrame:
    """Returns the mentions with the theme or the polarity of some topic mentions recorded wrongly."""
    topic = mentions["theme"].to_numpy() < k
    moved = topic & (rng.random(len(mentions)) < settings.label_noise) & (k > 1)
    flipped = topic & (rng.random(len(mentions)) < settings.polarity_noise)
    other = (mentions["theme"] + rng.integers(1, max(k, 2), len(mentions))) % k
    coded = mentions.assign(
        theme=mentions["theme"].where(~moved, other),
        polarity=mentions["polarity"].where(~flipped, -mentions["polarity"]),
    )
    return coded.drop_duplicates().sort_values(["response", "theme", "polarity"], ignore_index=True)


def _recalled(
    mentions: pd.DataFrame, k: int, score: Ints, settings: SimulationSettings, rng: np.random.Generator
) -> pd.DataFrame:
    """Returns the mentions without the topic mentions that the coder overlooked, by the score of the response."""
    if not settings.recall:
        return mentions
    band = np.searchsorted([7, 9], score, side="right")[mentions["response"]]  # as BANDS
    kept = rng.random(len(mentions)) < np.array(settings.recall)[band]
    return mentions[kept | (mentions["theme"] >= k)]


def _named(mentions: pd.DataFrame, answers: Bools, responses: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    mentions = mentions[answers[mentions["response"]]].reset_index(drop=True)
    return pd.DataFrame(
        {
            "response_id": responses["response_id"].to_numpy()[mentions["response"]],
            "theme_id": themes["theme_id"].to_numpy()[mentions["theme"]],
            "polarity": mentions["polarity"].astype(float),
        }
    )


def _truth_by_period(
    frame: Frame, outcome: Outcome, themes: Sequence[ThemeSettings], settings: SimulationSettings
) -> pd.DataFrame:
    actual = values(outcome.satisfaction)
    n_periods = len(settings.periods)
    n = np.bincount(frame.period, minlength=n_periods)
    rows = []
    for j, theme in enumerate(themes):
        praise = np.full(n_periods, theme.positive_effect)
        sides = ((-1, outcome.bad, negative_effects(theme, settings)), (1, outcome.good, praise))
        for polarity, happened, effects in sides:
            hit = np.flatnonzero(happened[:, j])
            mentioned = outcome.mentioned[hit, j]
            lost = actual[hit] - values(outcome.satisfaction[hit] - effects[frame.period[hit]])
            sums = [
                np.bincount(frame.period[hit], weights, n_periods) / np.maximum(n, 1)
                for weights in (mentioned, None, lost * mentioned, lost)
            ]
            rows += [
                (theme.theme_id, polarity, settings.periods[p], n[p], effects[p], *(column[p] for column in sums))
                for p in range(n_periods)
            ]
    return pd.DataFrame(rows, columns=["theme_id", "polarity", "period", "n", *_FIGURES])


def _truth(by_period: pd.DataFrame) -> pd.DataFrame:
    """Returns the periods' truth averaged by their number of responses."""
    weighted = by_period[_FIGURES].mul(by_period["n"], axis=0).assign(n=by_period["n"])
    total = weighted.groupby([by_period["theme_id"], by_period["polarity"]], sort=False).sum()
    return total[_FIGURES].div(total["n"], axis=0).reset_index()
