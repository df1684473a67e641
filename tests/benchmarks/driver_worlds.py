"""The simulated worlds of driver_targets.py, and what is measured in each: a table of one row per theme or run.

Worlds: 20 random themes each (`random_themes`), every world another seed. A clean world has complaints only, one column
per theme. "With praise" has both polarities, 40 columns and twice as much to explain. A harmless theme has effect 0.
At 10,000 responses tau lies at its bound of .92 and the seeds decide: seeds 100–219 gave .924 and, with praise, .919.

Truth: `true_drag` of `simulate`, the potential outcomes' contrast, in a population of 200,000 other responses to the
same world. That is what the intervals promise to hold: they count the sampling error of the share, too. The truth of
the very responses in the sample ("own truth") shares that error with the estimate, so everything looks better by it.

Correlation .7: of the normal scores behind the complaints, between the four themes of a group; groups are independent.
It is not a correlation of .7 between the 0/1 complaints, which is lower. Correlation .49 is a loading of .7 on the
group's factor. A factor common to all 20 themes makes everything go wrong for the same few people, whose score no
single theme can change; no regression without interactions finds their causal drags (tau .66, slope 1.8). Even in
groups of four a straight line bends: a detractor cannot fall further, so its drags come out a tenth too large. The
ordinal second opinion with the theme taken away (`drag_given_rest`) does not: tau .92 where least squares has .91,
error .22 points against .51. Maximum likelihood by the simulator's own model, an ordered probit, does no better.

Coverage is that of the regression's own estimand: p b of the same columns (with the same themes pooled) fitted to a
population of 1,000,000. A line through curved effects differs from the causal drag, which is no matter of the interval;
the causal drag is beside it. Mentions are counted as expected, n times the true share, and as found. A theme found
fewer than 10 times has no column, so one that is found 10 to 14 times is often found too rarely by chance: intervals
chosen by what was found hold the truth less often than those chosen beforehand.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import multinomial

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import (
    Simulation,
    SimulationSettings,
    ThemeSettings,
    compare_periods,
    nps,
    random_themes,
    rank_drivers,
    simulate,
)
from feedback_nlp.drivers.design import POLARITIES, build_design, gram
from feedback_nlp.drivers.drag import fit_terms
from feedback_nlp.drivers.noise import audit_confusions, audit_rates, correct_drags
from feedback_nlp.drivers.ordinal import ordinal_drivers
from feedback_nlp.drivers.ranks import flag
from feedback_nlp.drivers.sample import Sample, any_of, read_sample
from feedback_nlp.drivers.simulation.audits import draw_audit

FEW_DRAWS = DriversConfig(n_draws=100)  # where ranks are not looked at
CHUNK = 200_000  # responses of a population drawn at once


@dataclass(frozen=True)
class Worlds:
    """A kind of world: how its themes correlate, whether they are praised too, whether one in four is harmless."""

    correlation: float = 0.2
    praise: bool = False
    harmless: bool = False

    def themes(self, seed: int) -> tuple[ThemeSettings, ...]:
        """Returns the 20 themes of the world with that seed; the harmless one is another of its group in each world."""
        themes = random_themes(seed=seed, correlation=self.correlation)
        if not self.praise:
            themes = tuple(replace(theme, positive_share=0.0) for theme in themes)
        if not self.harmless:
            return themes
        return tuple(replace(t, negative_effect=0.0) if at % 4 == seed % 4 else t for at, t in enumerate(themes))


def true_drags(truth: pd.DataFrame) -> "pd.Series[float]":
    """Returns the true drag of each theme's complaints."""
    return truth[truth["polarity"] == -1].set_index("theme_id")["true_drag"]


def measure_order(
    worlds: Worlds, sizes: tuple[int, ...], population: int, seed: int, second_opinion: bool = False
) -> pd.DataFrame:
    """Returns a row per theme and sample size: the figures of `rank_drivers` and true, own, sum_error.

    With praise also collapsed, the drag of columns without polarity; with a second opinion its drag_given_rest.
    """
    themes = worlds.themes(seed)
    true = true_drags(simulate(1, themes, seed, SimulationSettings(population=population)).truth)
    tables = []
    for n in sizes:
        world = simulate(n, themes, seed, SimulationSettings(population=0))
        drivers = rank_drivers(world.responses, world.mentions, world.themes, seed=seed)
        table = drivers.table.set_index("theme_id").reindex(true.index)
        table["true"], table["own"] = true, true_drags(world.truth)
        table["sum_error"] = abs(drivers.account["contribution"].sum() - drivers.nps.value)
        if worlds.praise:
            all_alike = world.mentions.assign(polarity=-1.0)
            collapsed = rank_drivers(world.responses, all_alike, world.themes, FEW_DRAWS).table
            table["collapsed"] = collapsed.set_index("theme_id")["drag"]
        if second_opinion:
            beside = ordinal_drivers(world.responses, world.mentions, world.themes).table
            table["drag_given_rest"] = beside.set_index("theme_id")["drag_given_rest"]
        tables.append(table.assign(n=n, seed=seed))
    return pd.concat(tables).reset_index()


def measure_noise(cases: tuple[tuple[int, int], ...], population: int, seed: int) -> pd.DataFrame:
    """Returns a row per theme and case (n, audited): raw and corrected drags where a quarter of labels is wrong."""
    themes = Worlds(praise=True).themes(seed)
    true = true_drags(simulate(1, themes, seed, SimulationSettings(population=population)).truth)
    tables = []
    for n, audited in cases:
        world = simulate(n, themes, seed, SimulationSettings(label_noise=0.25, population=0))
        tables_of = world.responses, world.mentions
        audit = draw_audit(world, audited, seed)
        rates = audit_rates(*tables_of, audit, world.themes)
        confusions = audit_confusions(*tables_of, audit, world.themes)
        corrected = correct_drags(rank_drivers(*tables_of, world.themes, FEW_DRAWS), rates, confusions)
        table = corrected.set_index("theme_id").reindex(true.index).assign(true=true)
        tables.append(table.assign(n=n, audited=audited, seed=seed))
    return pd.concat(tables).reset_index()


def measure_permuted(n: int, runs: int, seed: int) -> pd.DataFrame:
    """Returns a row per run: whether any theme is flagged though scores are shuffled, with the margin and without."""
    world = simulate(n, Worlds(praise=True).themes(seed), seed, SimulationSettings(population=0))
    draw, rows = np.random.default_rng([seed, 1]), []
    for _ in range(runs):
        shuffled = world.responses.assign(category=draw.permutation(world.responses["category"]))
        drivers = rank_drivers(shuffled, world.mentions, world.themes, FEW_DRAWS)
        account = drivers.account[
            (drivers.account["polarity"] == "negative") & (drivers.account["theme_id"] != "other")
        ]
        drags, errors = account["contribution"].to_numpy(), account["standard_error"].to_numpy()
        rows.append((bool(drivers.table["flagged"].any()), bool(flag(drags, errors, 0.0, 0.1).any())))
    return pd.DataFrame(rows, columns=["margin", "no_margin"])


def measure_coverage(cases: tuple[tuple[str, int, int], ...], chunks: int, seed: int) -> pd.DataFrame:
    """Returns a row per interval in samples of one world: true, causal and figures; cases are (kind, n, samples).

    Kinds: plain; weighted, by exponential weights; twice, where n people answer twice, with errors per person. `found`
    and `expected` are the people who complain.
    """
    themes, none = Worlds(praise=True).themes(seed), SimulationSettings(population=0)
    parts = [simulate(CHUNK, themes, seed * 1000 + 900 + at, none) for at in range(chunks)]
    causal = pd.concat([true_drags(part.truth) for part in parts]).groupby(level=0).mean()
    samples = [read_sample(part.responses, part.mentions, part.themes) for part in parts]
    shares = {theme.theme_id: theme.negative_share for theme in themes}
    known: dict[frozenset[tuple[str, str]], dict[str, float]] = {}
    tables = []
    for kind, n, repetitions in cases:
        for repetition in range(repetitions):
            world = simulate(n, themes, seed * 1000 + repetition, none)
            columns, table = intervals_of(world, kind, repetition)
            if columns not in known:
                known[columns] = population_drags(samples, columns)
            true, caused = (table["theme_id"].map(drags) for drags in (known[columns], causal))
            expected = table["theme_id"].map(shares) * n
            tables.append(table.assign(true=true, causal=caused, expected=expected, kind=kind, n=n))
    return pd.concat(tables, ignore_index=True)


def intervals_of(world: Simulation, kind: str, seed: int) -> tuple[frozenset[tuple[str, str]], pd.DataFrame]:
    """Returns the columns that are not pooled, and the drags with their intervals and those of naive methods."""
    responses, mentions = altered(world, kind, seed)
    drivers = rank_drivers(responses, mentions, world.themes, FEW_DRAWS)
    own = drivers.account[~drivers.account["theme_id"].isin(["base", "other"])]
    table = drivers.table[["theme_id", "n_negative", "drag", "drag_low", "drag_high"]].dropna()
    if kind == "plain":
        table["se_share_fixed"] = table["theme_id"].map(errors_with_fixed_shares(world))
    if kind == "twice":
        alone = rank_drivers(responses.drop(columns="respondent_id"), mentions, world.themes, FEW_DRAWS).table
        table[["alone_low", "alone_high"]] = alone.loc[table.index, ["drag_low", "drag_high"]]
    table["found"] = table.pop("n_negative") // (2 if kind == "twice" else 1)
    return frozenset(zip(own["theme_id"], own["polarity"], strict=True)), table


def altered(world: Simulation, kind: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns responses and mentions of a world, weighted or with everybody's answer there twice."""
    responses, mentions = world.responses, world.mentions
    if kind == "weighted":
        return responses.assign(weight=np.random.default_rng([seed, 2]).exponential(1.0, len(responses))), mentions
    if kind == "twice":
        both = [table.assign(response_id=table["response_id"] + end) for end in "ab" for table in (responses, mentions)]
        return pd.concat(both[0::2], ignore_index=True), pd.concat(both[1::2], ignore_index=True)
    return responses, mentions


def population_drags(samples: list[Sample], own: frozenset[tuple[str, str]]) -> dict[str, float]:
    """Returns p b of each complaint in the regression on the columns `own` and the others pooled, over all samples."""
    topics = [str(samples[0].theme_ids[at]) for at in samples[0].themes_of_kind("topic")]
    alone = {side: [at for at, theme in enumerate(topics) if (theme, side) in own] for side in POLARITIES}
    groups = {side: [[at] for at in alone[side]] for side in POLARITIES}
    for side in POLARITIES:
        rest = [at for at in range(len(topics)) if at not in alone[side]]
        groups[side] += [rest] if rest else []
    moments, products, n = 0.0, 0.0, 0
    for sample in samples:
        blocks = [any_of(getattr(sample, side), groups[side]) for side in POLARITIES]
        columns = sparse.csr_array(sparse.hstack([np.ones((sample.n, 1)), *blocks], format="csr"))
        moments, products = moments + gram(columns, columns), products + columns.T @ sample.points
        n += sample.n
    contributions = np.linalg.solve(moments, products) * moments[0] / n
    return {topics[at]: float(contributions[1 + place]) for place, at in enumerate(alone["negative"])}


def errors_with_fixed_shares(world: Simulation) -> dict[str, float]:
    """Returns the standard errors of the drags if the shares were known: what many regressions print."""
    sample = read_sample(world.responses, world.mentions, world.themes)
    design = build_design([sample], DriversConfig())
    fit = fit_terms(design.columns[0], sample)
    errors = np.sqrt(np.diag(fit.covariance_of(np.zeros(len(fit.shares)), fit.shares)))
    themes, places = design.own_places("negative")
    return {str(sample.theme_ids[theme]): float(errors[place]) for theme, place in zip(themes, places, strict=True)}


def measure_sums(n: int, seed: int) -> dict[str, float]:
    """Returns by how much the account misses NPS, and the bridge its change, plain and by channel, in n responses."""
    options = SimulationSettings(periods=("2025-Q1", "2025-Q2"), channels=("phone", "chat", "mail"), population=0)
    world = simulate(n, Worlds(praise=True).themes(seed), seed, options)
    drivers = rank_drivers(world.responses, world.mentions, world.themes, FEW_DRAWS)
    errors = {"levels": abs(drivers.account["contribution"].sum() - drivers.nps.value)}
    sides: list[pd.DataFrame] = []
    for _, responses in world.responses.groupby("period"):
        sides += [responses, world.mentions[world.mentions["response_id"].isin(responses["response_id"])]]
    for name, segment in (("change", ""), ("change by segment", "segment_channel")):
        total = compare_periods(*sides, world.themes, segment=segment).total
        parts = [part.value for part in (total.mix, total.rate, total.base, *([total.segments] if segment else []))]
        errors[name] = abs(total.change.value - sum(parts))
    return errors


def smallest_nps_coverage(n: int = 20) -> tuple[float, float]:
    """Returns the least coverage of NPS over true shares in steps of .1, of adjusted and of plain Wald: exact sums."""
    outcomes = np.array([(p, n - p - d, d) for p in range(n + 1) for d in range(n + 1 - p)])
    names = np.array(["promoter", "passive", "detractor"])
    adjusted = np.array([[(e := nps(np.repeat(names, counts))).low, e.high] for counts in outcomes])
    p, _, d = outcomes.T / n
    half = 196 * np.sqrt((p + d - (p - d) ** 2) / n)
    plain = np.column_stack([100 * (p - d) - half, 100 * (p - d) + half])
    truths = [(a / 10, (10 - a - b) / 10, b / 10) for a in range(1, 9) for b in range(1, 9) if a + b < 10]
    least = []
    for ends in (adjusted, plain):
        held = [np.abs(100 * (t[0] - t[2]) - ends.mean(axis=1)) <= np.diff(ends)[:, 0] / 2 + 1e-9 for t in truths]
        least.append(min(multinomial.pmf(outcomes, n, t)[h].sum() for t, h in zip(truths, held, strict=True)))
    return least[0], least[1]
