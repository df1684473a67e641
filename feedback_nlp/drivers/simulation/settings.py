"""What can be set in a simulated world: the themes, the people, and how they answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from feedback_nlp.errors import ConfigError

_SHARES = (
    "repeat_share", "person_spread", "comment_rate", "mention_rate", "generic_rate", "label_noise", "polarity_noise",
    "missing_scores",
)  # fmt: skip

BANDS = ("detractor", "passive", "promoter")  # the order of `SimulationSettings.recall`

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class ThemeSettings:
    """What one theme does in a simulated world; effects are in standard deviations of satisfaction without themes."""

    name: str
    negative_share: float = 0.08  # of responses with a bad experience
    positive_share: float = 0.08  # of responses with a good experience
    negative_effect: float = -0.6
    positive_effect: float = 0.3
    correlation: float = 0.2  # share of z common to the themes of a group; two correlate by the root of the product
    group: int = 0  # themes of different groups are independent
    by_period: tuple[float, ...] = ()  # multiplies negative_share: happening more or less often
    effect_by_period: tuple[float, ...] = ()  # multiplies negative_effect: starting to hurt more or less
    by_channel: tuple[float, ...] = ()  # multiplies both shares: how much the theme matters there
    agent_spread: float = 0.0  # standard deviation between agents, on the scale of z

    @property
    def theme_id(self) -> str:
        """The name as an id: lower case, words joined by hyphens."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


@dataclass(frozen=True)
class SimulationSettings:
    """How the people of a simulated world answer; by default all that happened to them is told and coded rightly.

    Each switch breaks one thing that estimates rely on: comment_lean and mention_lean what is told, confounding the
    causal reading, label_noise, polarity_noise and recall the labels, response_rate and response_lean the sample.
    """

    mean: float = 0.4  # of latent satisfaction without any theme
    repeat_share: float = 0.0  # of responses by somebody who answered in an earlier period
    person_spread: float = 0.3  # standard deviation of what one person's answers share
    comment_rate: float = 1.0  # of responses
    comment_lean: float = 0.0  # how much more readily the unhappy comment (probit slope on standardised satisfaction)
    mention_rate: float = 1.0  # of a commenter's experiences
    mention_lean: float = 0.0  # how much more readily a grave one is told (probit slope on its effect's size)
    max_mentions: int = 0  # per response; 0 = no limit
    generic_rate: float = 0.15  # of commenters who also praise or complain in general
    confounding: float = 0.0  # effect of an unseen factor on every experience and on satisfaction
    label_noise: float = 0.0  # of mentions recorded under another theme
    polarity_noise: float = 0.0  # of mentions recorded with the opposite polarity
    recall: tuple[float, ...] = ()  # of topic mentions, the share recorded: of detractors', passives' and promoters'
    missing_scores: float = 0.0
    periods: tuple[str, ...] = ("2025-Q1",)  # quarters "2025-Q1" or months "2025-01"
    channels: tuple[str, ...] = ()  # become segment_channel, equally likely
    agents_per_channel: int = 0  # become segment_agent
    response_rate: tuple[float, ...] = ()  # of those asked, per channel (one number without channels); () = all answer
    response_lean: float = 0.0  # how much more readily the unhappy answer (probit slope on standardised satisfaction)
    population: int = 100_000  # responses from which the truth is taken; 0 = those of the people asked


def random_themes(k: int = 20, seed: int = 0, correlation: float = 0.2) -> tuple[ThemeSettings, ...]:
    """Returns k themes with random shares (.5–25 %, evenly on the log scale) and effects (−1.5 to 0, 0 to .7).

    Four themes in a row form a correlated group. One factor common to all themes would, at a high correlation, make
    everything go wrong for the same few people, whose score no single theme can change any more.

    >>> [theme.name for theme in random_themes(3)]
    ['Theme 01', 'Theme 02', 'Theme 03']
    >>> random_themes(4, seed=2) == random_themes(4, seed=2)
    True
    """
    rng = np.random.default_rng([seed, 5])  # apart from the streams of `simulate`
    shares = np.exp(rng.uniform(np.log(0.005), np.log(0.25), (k, 2))).tolist()
    effects = rng.uniform([-1.5, 0.0], [0.0, 0.7], (k, 2)).tolist()
    return tuple(
        ThemeSettings(f"Theme {i + 1:02d}", bad, good, hurts, lifts, correlation=correlation, group=i // 4)
        for i, ((bad, good), (hurts, lifts)) in enumerate(zip(shares, effects, strict=True))
    )


def check_settings(n: int, themes: Sequence[ThemeSettings], settings: SimulationSettings) -> None:
    """Returns nothing if a world can be made of the settings.

    Raises:
        ConfigError: no response or theme, two themes of one name, a share outside 0–1, or multipliers that do not fit.

    >>> check_settings(10, [ThemeSettings("Price")], SimulationSettings())
    """
    if n < 1 or not themes:
        raise ConfigError(f"simulate: needs at least 1 response and 1 theme, found {n} and {len(themes)}")
    if len({theme.theme_id for theme in themes}) < len(themes):
        raise ConfigError("simulate: two themes have the same name; give each its own")
    for name in _SHARES:
        if not 0 <= getattr(settings, name) <= 1:
            raise ConfigError(f"simulate: {name} is {getattr(settings, name)}, must lie in 0–1")
    for name, needed in (("recall", len(BANDS)), ("response_rate", max(len(settings.channels), 1))):
        rates = getattr(settings, name)
        if rates and (len(rates) != needed or not all(0 <= rate <= 1 for rate in rates)):
            raise ConfigError(f"simulate: {name} is {rates}, needs {needed} numbers in 0–1")
    for theme in themes:
        _check_theme(theme, settings)


def _check_theme(theme: ThemeSettings, settings: SimulationSettings) -> None:
    for what, factors, names in (
        ("by_period", theme.by_period, settings.periods),
        ("effect_by_period", theme.effect_by_period, settings.periods),
        ("by_channel", theme.by_channel, settings.channels),
    ):
        if factors and len(factors) != len(names):
            raise ConfigError(f"simulate: {what} of '{theme.name}' has {len(factors)} factors, needs {len(names)}")
    negative, positive = shares(theme, settings)
    if negative.min() < 0 or positive.min() < 0 or (negative + positive).max() > 1:
        raise ConfigError(f"simulate: shares of '{theme.name}' must lie in 0–1 and add to at most 1 in every cell")
    if not 0 <= theme.correlation <= 1:
        raise ConfigError(f"simulate: correlation of '{theme.name}' is {theme.correlation}, must lie in 0–1")


def shares(theme: ThemeSettings, settings: SimulationSettings) -> tuple[Floats, Floats]:
    """Returns the shares of bad and of good experiences, (n_periods, n_channels or 1) each."""
    by_period = np.array(theme.by_period or (1.0,) * len(settings.periods))[:, None]
    by_channel = np.array(theme.by_channel or (1.0,) * max(len(settings.channels), 1))[None, :]
    return theme.negative_share * by_period * by_channel, theme.positive_share * by_channel * np.ones_like(by_period)


def negative_effects(theme: ThemeSettings, settings: SimulationSettings) -> Floats:
    """Returns the effect of a bad experience in each period, (n_periods,).

    >>> negative_effects(ThemeSettings("Price", effect_by_period=(1.0, 1.5)), SimulationSettings(periods=("a", "b")))
    array([-0.6, -0.9])
    """
    return theme.negative_effect * np.array(theme.effect_by_period or (1.0,) * len(settings.periods))
