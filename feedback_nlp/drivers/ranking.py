"""Which themes drag NPS down, by how much, and how sure that is."""

from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import Design, build_design
from feedback_nlp.drivers.drag import Fit, fit_terms
from feedback_nlp.drivers.figures import theme_figures
from feedback_nlp.drivers.groups import overlap_groups
from feedback_nlp.drivers.parents import with_parents
from feedback_nlp.drivers.result import Drivers, no_groups
from feedback_nlp.drivers.sample import Sample, read_sample
from feedback_nlp.drivers.scores import NOTHING, POINTS, nps_of_points
from feedback_nlp.schema import CATEGORIES

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
        was pooled or dropped, which complaints come together, and whether the responses are too few (fewer than
        `settings.min_group`). Where all responses are of one category there is nothing to explain: the account is the
        base alone, and figures that need a regression are null.

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
        fitted = _fit(sample, settings)
        table = theme_figures(sample, fitted, settings, seed)
        table = with_parents(table, themes, sample, fitted, settings.level)
        headline = NOTHING
        if sample.is_scored:
            headline = nps_of_points(sample.points, sample.weights, sample.clusters, settings.level)
        worst = table.set_index("theme_id").pop("p_worst").dropna()
        return Drivers(
            table=table.drop(columns="p_worst"),
            account=account_of(*fitted) if fitted else _account_without_fit(sample),
            covariance=fitted[1].covariance if fitted else np.full([int(sample.is_scored)] * 2, np.nan),
            nps=headline,
            n=sample.n,
            notes=_doubts(sample, settings) + (fitted[0].notes + _unsure(*fitted) if fitted else ()),
            level=settings.level,
            p_worst={str(theme_id): float(p) for theme_id, p in worst.items()},
            groups=overlap_groups(sample, *fitted, settings.level) if fitted else no_groups(),
            names=_texts(themes, "name"),
            kinds=_texts(themes, "kind"),
        )


def _fit(sample: Sample, settings: DriversConfig) -> tuple[Design, Fit] | None:
    """Returns the design and its fit; None where there is nothing to explain: no scores, or all in one category."""
    if not sample.is_scored or np.ptp(sample.points) == 0:
        return None
    design = build_design([sample], settings)
    return design, fit_terms(design.columns[0], sample)


def _doubts(sample: Sample, settings: DriversConfig) -> tuple[str, ...]:
    if not sample.is_scored:
        return ("no scores: no drivers",)
    doubts = []
    if sample.n < settings.min_group:
        doubts.append(f"too few scored responses: {sample.n}, figures can be relied on from {settings.min_group} on")
    if np.ptp(sample.points) == 0:
        (category,) = (name for name in CATEGORIES if POINTS[name] == sample.points[0])
        doubts.append(f"everybody is a {category}: scores that do not differ have no drivers")
    return tuple(doubts)


def _texts(themes: pd.DataFrame, column: str) -> dict[str, str]:
    """Returns theme -> its text in that column, where the table has one."""
    if column not in themes:
        return {}
    known = themes[themes[column].notna()]
    return dict(zip(known["theme_id"].astype(str), known[column].astype(str), strict=True))


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


def _account_without_fit(sample: Sample) -> pd.DataFrame:
    """Returns the base alone, which is then the NPS, without an error; nothing without scores."""
    if not sample.is_scored:
        return _account([], [], {})
    nps = sample.points[:1]
    figures = {"share": np.ones(1), "effect": nps, "contribution": nps, "standard_error": np.full(1, np.nan)}
    return _account(["base"], [None], figures)


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
