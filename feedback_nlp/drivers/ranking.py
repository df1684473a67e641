"""Which themes drag NPS down, by how much, and how sure that is."""

from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import Design, build_design
from feedback_nlp.drivers.drag import Fit, fit_terms
from feedback_nlp.drivers.figures import theme_figures
from feedback_nlp.drivers.parents import with_parents
from feedback_nlp.drivers.sample import read_sample
from feedback_nlp.drivers.scores import NOTHING, nps_of_points
from feedback_nlp.schema import Drivers

_ACCOUNT = ("theme_id", "polarity", "share", "effect", "contribution", "standard_error")


def rank_drivers(
    responses: pd.DataFrame,
    mentions: pd.DataFrame,
    themes: pd.DataFrame,
    settings: DriversConfig | None = None,
    seed: int = 0,
) -> Drivers:
    """Returns what each theme's complaints take from NPS and its praise adds, with intervals, ranks and the account.

    One regression of the points (+100, 0, −100) on a column per theme and polarity (`build_design`, `fit_terms`):

        NPS = b_0 + Σ_c p_c b_c,    drag = p b of complaints, lift = p b of praise, exactly.

    The drag is associated with the complaints of those who mention the theme. It does not say that NPS rises by as much
    once the theme is mended: people choose what to mention, and the interval covers sampling error only.

    The same rows in another order give the same bits.

    Args:
        responses: response_id, category; optional respondent_id (clusters the errors) and weight. All responses with a
            category count, commented or not; without any category there are counts and shares only.
        mentions: response_id, theme_id, polarity (< 0 complaint, > 0 praise, 0 or null neither); several rows per
            response and theme count once, rows without a theme not at all.
        themes: theme_id, kind (topic, generic or other), optional parent_id; their order is the order of the figures.
        settings: of the estimate; the defaults if not given.
        seed: of the draws of the ranks.

    Returns:
        `table`: one row per theme (see `theme_figures`). `account` and `covariance`: base, complaints and praise of
        each theme, generic, other; the contributions sum to `nps.value`. Without categories the NPS is NaN, the figures
        that need a score are null, and account and covariance are empty. `n`: responses in the design. `notes`: what
        was pooled or dropped, and which complaints come together.

    Raises:
        InputError: a column is missing, an id is missing, repeated or unknown, or a value is impossible.

    >>> responses = pd.DataFrame({"response_id": list("abcd"), "category": ["promoter"] * 2 + ["detractor", "passive"]})
    >>> mentions = pd.DataFrame({"response_id": ["c", "d"], "theme_id": "wait", "polarity": -1.0})
    >>> themes = pd.DataFrame({"theme_id": ["wait"], "kind": "topic"})
    >>> drivers = rank_drivers(responses, mentions, themes, DriversConfig(min_mentions=1))
    >>> drivers.nps.value, drivers.table["drag"].tolist(), drivers.account["contribution"].tolist()
    (25.0, [-75.0], [100.0, -75.0])
    """
    settings = settings or DriversConfig()
    with threadpool_limits(limits=1):  # more threads sum in another order
        sample = read_sample(responses, mentions, themes)
        if not sample.is_scored:
            table = with_parents(theme_figures(sample, None, settings, seed), themes, sample, None, settings.level)
            return Drivers(table, _account([], [], {}), np.zeros((0, 0)), NOTHING, sample.n, ("no scores: no drivers",))
        design = build_design([sample], settings)
        fit = fit_terms(design.columns[0], sample)
        headline = nps_of_points(sample.points, sample.weights, sample.clusters, settings.level)
        table = theme_figures(sample, (design, fit), settings, seed)
        table = with_parents(table, themes, sample, (design, fit), settings.level)
        notes = design.notes + _unsure(design, fit)
        return Drivers(table, account_of(design, fit), fit.covariance, headline, sample.n, notes)


def account_of(design: Design, fit: Fit) -> pd.DataFrame:
    """Returns one row per term, base first: theme_id, polarity, share, effect, contribution, standard_error."""
    figures = {
        "share": fit.shares,
        "effect": fit.effects,
        "contribution": fit.contributions,
        "standard_error": np.sqrt(np.diag(fit.covariance)),
    }
    return _account(
        ["base", *(term.theme_id for term in design.terms)], [None, *(term.polarity for term in design.terms)], figures
    )


def _account(theme_ids: list[str], polarities: list[str | None], figures: dict[str, Any]) -> pd.DataFrame:
    texts = {"theme_id": pd.Series(theme_ids, dtype="str"), "polarity": pd.Series(polarities, dtype="str")}
    empty = {name: np.zeros(0) for name in _ACCOUNT[2:]}
    return pd.DataFrame({**texts, **(figures or empty)}, columns=list(_ACCOUNT))


def _unsure(design: Design, fit: Fit) -> tuple[str, ...]:
    unsure = np.isnan(np.diag(fit.of_effects))
    names = [f"'{term.theme_id}' {term.polarity}" for term in design.terms]
    return tuple(
        f"no interval for {name}: it rests on a single response or person"
        for name, is_unsure in zip(["base", *names], unsure, strict=True)
        if is_unsure
    )
