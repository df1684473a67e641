"""Prints what the statistics of drag reach in simulated worlds, row by row beside what is required of them.

    python tests/benchmarks/driver_targets.py [--quick] [--jobs 2] [--out tests/benchmarks/results/driver_targets.md]

About 12 CPU-minutes; --quick takes two, with a tenth of the worlds and bounds that chance may then miss. What the
worlds are, and which truth the figures are held against, says driver_worlds.py. Rows without a requirement compare.
"""

import argparse
import functools
import resource
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from driver_worlds import (
    Worlds,
    measure_coverage,
    measure_noise,
    measure_order,
    measure_permuted,
    measure_sums,
    smallest_nps_coverage,
)
from scipy.stats import kendalltau
from threadpoolctl import threadpool_limits

BINS = (10, 15, 20, 50, 200, 10**9)  # of mentions


@dataclass(frozen=True)
class Row:
    """A line of the table; without a requirement it stands there for comparison."""

    check: str
    reached: str
    required: str = ""
    ok: bool | None = None


# --- what is said of many worlds


def taus(figures: pd.DataFrame, column: str = "drag", truth: str = "true") -> "pd.Series[float]":
    """Returns Kendall's tau with the truth in each world, over the themes that have a drag."""
    ranked = figures.dropna(subset=["drag"])
    return pd.Series({seed: kendalltau(world[column], world[truth])[0] for seed, world in ranked.groupby("seed")})


def top3_recall(figures: pd.DataFrame) -> float:
    """Returns the mean share of the three worst themes that are among the three worst found."""
    worlds = [world.set_index("theme_id") for _, world in figures.groupby("seed")]
    hits = [len(w["drag"].nsmallest(3).index.intersection(w["true"].nsmallest(3).index)) for w in worlds]
    return float(np.mean(hits)) / 3


def slope(figures: pd.DataFrame, column: str = "drag") -> float:
    """Returns the slope of the estimates of all worlds on the truth."""
    known = figures.dropna(subset=[column])
    return float(np.polyfit(known["true"], known[column], 1)[0])


def root_mean_square(figures: pd.DataFrame, column: str = "drag") -> float:
    """Returns the root mean squared error in points."""
    return float(np.sqrt(((figures[column] - figures["true"]) ** 2).mean()))


def covered(figures: pd.DataFrame, truth: str = "true", name: str = "drag") -> float:
    """Returns the share of intervals that hold the truth."""
    known = figures.dropna(subset=[f"{name}_low"])
    return float(((known[f"{name}_low"] <= known[truth]) & (known[truth] <= known[f"{name}_high"])).mean())


def rank_coverage(figures: pd.DataFrame) -> float:
    """Returns the share of rank intervals that hold the theme's true rank among those ranked."""
    ranked = figures.dropna(subset=["rank_low"])
    rank = ranked.groupby(["seed", "n"])["true"].rank(method="first")
    return float(((ranked["rank_low"] <= rank) & (rank <= ranked["rank_high"])).mean())


def top3_calibration(figures: pd.DataFrame) -> pd.DataFrame:
    """Returns per tenth of p_top3: how many themes, the mean promised, and the share that is truly in the top three."""
    known = figures.dropna(subset=["p_top3"])
    inside = figures.groupby(["seed", "n"])["true"].rank(method="first").loc[known.index] <= 3
    tenth = np.minimum((known["p_top3"] * 10).astype(int), 9)
    return (
        pd.DataFrame({"promised": known["p_top3"], "true": inside})
        .groupby(tenth)
        .agg(themes=("promised", "size"), promised=("promised", "mean"), true=("true", "mean"))
    )


def calibration_error(bins: pd.DataFrame) -> float:
    """Returns the mean distance of promised and true share, by the number of themes."""
    return float(np.average((bins["promised"] - bins["true"]).abs(), weights=bins["themes"]))


def false_discoveries(figures: pd.DataFrame) -> float:
    """Returns the share of flagged themes whose true drag is −.5 or more, a mean over worlds (0 if none is)."""
    flagged = figures["flagged"].fillna(False).astype(bool)
    wrong = flagged & (figures["true"] >= -0.5)
    by_world = [figures["seed"], figures["n"]]
    return float((wrong.groupby(by_world).sum() / flagged.groupby(by_world).sum().clip(lower=1)).mean())


# --- the table


def at_least(check: str, value: float, bound: float, spread: str = "") -> Row:
    """Returns a row that holds if the value reaches the bound."""
    return Row(check, f"{value:.4f}{spread}", f"≥ {bound:g}", value >= bound)


def at_most(check: str, value: float, bound: float, form: str = ".3f") -> Row:
    """Returns a row that holds if the value stays below the bound."""
    return Row(check, f"{value:{form}}", f"≤ {bound:g}", value <= bound)


def between(check: str, value: float, low: float, high: float) -> Row:
    """Returns a row that holds if the value lies between the bounds."""
    return Row(check, f"{value:.3f}", f"{low:g}–{high:g}", low <= value <= high)


def tau_row(check: str, figures: pd.DataFrame, bound: float | None) -> Row:
    """Returns the row of a mean tau, with its standard error, and beside it the tau with the sample's own truth."""
    each, own = taus(figures), taus(figures, truth="own").mean()
    spread = f" ± {each.std() / np.sqrt(len(each)):.3f} (own truth {own:.3f})"
    return Row(check, f"{each.mean():.3f}{spread}") if bound is None else at_least(check, each.mean(), bound, spread)


def order_rows(figures: dict[str, pd.DataFrame]) -> list[Row]:
    """Returns the rows about order and size."""
    rows = []
    for name, kind in (("clean", "clean"), ("with praise", "praise")):
        for n, tau, top3 in ((2000, 0.84, 0.86), (10_000, 0.92, 0.89)):
            at = figures[kind].query("n == @n")
            rows += [
                tau_row(f"{name}, {n // 1000}k: tau", at, tau),
                at_least(f"{name}, {n // 1000}k: top 3", top3_recall(at), top3),
            ]
    for name, kind in (("correlation .7", "correlated"), ("correlation .7 with praise", "correlated praise")):
        at = figures[kind]
        lead = float((taus(at) - taus(at, "leave_one_out")).mean())
        rows += [tau_row(f"{name}, 10k: tau", at, 0.91), at_least(f"{name}, 10k: lead over leave-one-out", lead, 0.15)]
        for column, what in (("drag", "least squares"), ("drag_given_rest", "ordinal model, theme taken away")):
            reached = f"{taus(at, column).mean():.3f}; {slope(at, column):.3f}; {root_mean_square(at, column):.3f}"
            rows.append(Row(f"{name}, 10k, {what}: tau; slope; RMSE", reached))
    rows.append(tau_row("correlation .49, 10k: tau", figures["loading"], None))
    for name, kind in (("clean", "clean"), ("with praise", "praise")):
        at = figures[kind].query("n == 10000")
        rows += [
            between(f"{name}, 10k: slope", slope(at), 0.97, 1.03),
            at_most(f"{name}, 10k: RMSE", root_mean_square(at), 0.28),
        ]
        rows.append(Row(f"{name}, 10k: tau of drag_shrunk", f"{taus(at, 'drag_shrunk').mean():.3f}"))
    at = figures["praise"].query("n == 10000")
    rows.append(at_least("polarity split, 10k: tau", taus(at).mean(), 0.80))
    return [*rows, Row("polarity collapsed, 10k: tau", f"{taus(at, 'collapsed').mean():.3f}")]


def certainty_rows(figures: dict[str, pd.DataFrame], permuted: pd.DataFrame) -> list[Row]:
    """Returns the rows about rank intervals, the top three and flags."""
    rows = []
    for name, kind in (("clean", "clean"), ("with praise", "praise")):
        bins = top3_calibration(figures[kind])
        filled = bins[bins["themes"] >= 50]
        worst = (filled["promised"] - filled["true"]).abs().max()
        rows.append(at_least(f"{name}: coverage of rank intervals", rank_coverage(figures[kind]), 0.93))
        rows.append(at_most(f"{name}: calibration error of P(top 3)", calibration_error(bins), 0.04))
        rows.append(Row(f"{name}: the worst of ten bins with 50 themes or more", f"{worst:.3f}"))
        rows.append(at_most(f"{name}: false discoveries, BH 10 %", false_discoveries(figures[kind]), 0.10))
    rows.append(at_most("one theme in four harmless: false discoveries", false_discoveries(figures["harmless"]), 0.10))
    runs = f"scores permuted, {len(permuted)} runs"
    rows.append(at_most(f"{runs}: any flag", permuted["margin"].mean(), 0.02))
    return [*rows, Row(f"{runs}, margin 0: any flag (design .095)", f"{permuted['no_margin'].mean():.3f}")]


def coverage_rows(intervals: pd.DataFrame) -> list[Row]:
    """Returns the rows about coverage: all intervals, and by number of mentions."""
    rows = []
    for (kind, n), at in intervals.groupby(["kind", "n"]):
        name = f"coverage, {kind}, n = {n}"
        rows.append(between(f"{name}, {len(at)} intervals", covered(at), 0.93, 0.97))
        rows.append(Row(f"{name}: of the causal drag", f"{covered(at, 'causal'):.3f}"))
        for counted in ("expected", "found"):
            groups = at.groupby(pd.cut(at[counted], BINS, right=False), observed=True)
            parts = [f"{span.left}+ {covered(group):.3f} ({len(group)})" for span, group in groups]
            rows.append(Row(f"{name}: by mentions {counted}", ", ".join(parts)))
        if kind == "twice":
            rows.append(Row(f"{name}: as if independent", f"{covered(at, name='alone'):.3f}"))
        if kind == "plain":
            held = ((at["drag"] - at["true"]).abs() <= 1.96 * at["se_share_fixed"]).mean()
            rows.append(Row(f"{name}: shares taken as fixed (design .80)", f"{held:.3f}"))
    return rows


def noise_rows(noise: pd.DataFrame) -> list[Row]:
    """Returns the rows about labels a quarter of which is wrong."""
    rows = []
    for (n, audited), at in noise.groupby(["n", "audited"]):
        name = f"label noise 25 %, n = {n}, {audited} audited"
        if n == 10_000:
            rows.append(between(f"{name}: slope, naive", slope(at), 0.66, 0.78))
            rows.append(between(f"{name}: slope, corrected", slope(at, "drag_corrected"), 0.93, 1.07))
        covers = f"{covered(at):.3f} → {covered(at, name='drag_corrected'):.3f}"
        rows.append(Row(f"{name}: coverage of the true drag, naive → corrected", covers))
    return rows


def sum_rows(figures: dict[str, pd.DataFrame], sums: dict[str, float], n: int) -> list[Row]:
    """Returns the rows about sums that must agree, and NPS itself."""
    largest = max(float(at["sum_error"].max()) for at in figures.values())
    adjusted, plain = smallest_nps_coverage()
    return [
        at_most("additivity: levels, all worlds above", largest, 1e-9, ".0e"),
        *(at_most(f"additivity: {name}, {n:,} responses", error, 1e-9, ".0e") for name, error in sums.items()),
        Row("NPS at n = 20: least coverage, adjusted, plain Wald", f"{adjusted:.3f}, {plain:.3f}"),
    ]  # fmt: skip


def run(jobs: int, share: float) -> list[Row]:
    """Returns all rows, from that share of the full number of worlds."""
    many, few = round(150 * share), round(60 * share)
    order: dict[str, tuple[Worlds, tuple[int, ...], int]] = {
        "clean": (Worlds(), (2000, 10_000), many),
        "praise": (Worlds(praise=True), (2000, 10_000), many),
        "correlated": (Worlds(0.7), (10_000,), many),
        "correlated praise": (Worlds(0.7, praise=True), (10_000,), few),
        "loading": (Worlds(0.49), (10_000,), few),
        "harmless": (Worlds(harmless=True), (2000, 10_000), few),
    }
    repetitions = round(40 * share)
    cases = (
        ("plain", 2000, repetitions),
        ("plain", 10_000, repetitions // 2),
        ("weighted", 2000, repetitions),
        ("twice", 2000, repetitions),
    )
    n_sums = 1_000_000 if share == 1 else 50_000
    with ProcessPoolExecutor(jobs, initializer=threadpool_limits, initargs=(1,)) as pool:
        coverage = over(pool, functools.partial(measure_coverage, cases, 5), range(6))
        figures = {
            name: over(
                pool,
                functools.partial(measure_order, worlds, sizes, 200_000, second_opinion=worlds.correlation == 0.7),
                range(count),
            )
            for name, (worlds, sizes, count) in order.items()
        }
        noise = over(
            pool, functools.partial(measure_noise, ((10_000, 500), (2000, 500), (2000, 200)), 200_000), range(few)
        )
        permuted = over(pool, functools.partial(measure_permuted, 2000, 10), range(many // 3))
        sums = pool.submit(measure_sums, n_sums, 0)
        rows = order_rows(tables := {name: table() for name, table in figures.items()})
        rows += certainty_rows(tables, permuted()) + coverage_rows(coverage()) + noise_rows(noise())
        return rows + sum_rows(tables, sums.result(), n_sums)


def over(pool: ProcessPoolExecutor, measure: Callable[[int], pd.DataFrame], seeds: Iterable[int]) -> Callable[[], Any]:
    """Returns what gives the measures of all seeds in one table, once they are there."""
    parts = pool.map(measure, seeds)
    return lambda: pd.concat(parts, ignore_index=True)


def markdown(rows: list[Row]) -> str:
    """Returns the table."""
    lines = ["| check | required | reached | ok |", "|---|---|---|---|"]
    words = {True: "yes", False: "**no**", None: ""}
    return "\n".join([*lines, *(f"| {r.check} | {r.required} | {r.reached} | {words[r.ok]} |" for r in rows)]) + "\n"


def main() -> None:
    """Measures everything and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the worlds")
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side")
    parser.add_argument("--out", type=Path, help="a Markdown file for the table")
    options = parser.parse_args()
    started = time.perf_counter()
    text = markdown(run(options.jobs, 0.1 if options.quick else 1.0))
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in used)
    minutes = (time.perf_counter() - started) / 60
    text += f"\n{cpu / 60:.1f} CPU-minutes, {minutes:.1f} minutes in {options.jobs} processes.\n"
    print(text)
    if options.out:
        head = (
            "# The statistics of drag in simulated worlds\n\nMade by `python tests/benchmarks/driver_targets.py --out "
        )
        head += "tests/benchmarks/results/driver_targets.md`, and driver_worlds.py says what worlds and truth are.\n\n"
        options.out.write_text(head + text, encoding="utf-8")


if __name__ == "__main__":
    main()
