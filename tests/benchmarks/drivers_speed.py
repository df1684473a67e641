"""Prints seconds and memory of the drivers' fit for a million responses, beside statsmodels on the same data.

    python tests/benchmarks/drivers_speed.py [--rows 1000000] [--beside 100000] [--out FILE]

Required: 1,000,000 rows x 50 columns, fit + HC3 covariance + 10,000 draws of the ranks, in at most 2 s and 1 GB on two
cores. Making the rows is not timed. Reading the tables is another line, and so is all of `rank_drivers`, from tables to
tables. statsmodels needs the columns dense, so it gets fewer rows, and the same rows are fitted here for the ratio; the
effects and their HC3 errors must agree. Every line runs in a process of its own, for its peak memory, on one thread:
its CPU-seconds, which count here, are its seconds on an idle core. "before" is what the process held when the clock
started. Machines differ: compare lines of one run.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.drivers.design import build_design
from feedback_nlp.drivers.drag import fit_terms
from feedback_nlp.drivers.ranks import draw_ranks
from feedback_nlp.drivers.sample import Sample, read_sample

N_COLUMNS = 50  # complaints and praise of 25 themes
LIMIT_SECONDS, LIMIT_GB, AGREEMENT = 2, 1, 1e-7
THEMES = pd.DataFrame({"theme_id": [f"theme-{at:02d}" for at in range(N_COLUMNS // 2)], "kind": "topic"})
HEAD = "| what | rows | seconds | CPU-seconds | peak, GB | before, GB |\n|---|---|---|---|---|---|\n"


def marks(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns rows and columns of the marks, columns marked in .5 to 6 % of the rows, and the points (n,)."""
    draw = np.random.default_rng(seed)
    shares = np.linspace(0.005, 0.06, N_COLUMNS)
    rows = [np.sort(draw.choice(n, round(n * share), replace=False)) for share in shares]
    column = np.repeat(np.arange(N_COLUMNS), [len(of) for of in rows])
    hurt = np.bincount(np.concatenate(rows), np.where(column % 2, 0.3, -0.5), minlength=n)
    satisfaction = 0.4 + hurt + draw.standard_normal(n)
    return np.concatenate(rows), column, 100.0 * (satisfaction > 0.4) - 100.0 * (satisfaction < -0.4)


def sparse_case(n: int) -> tuple[Any, Sample]:
    """Returns the columns (n, 51), base first, and the sample they belong to."""
    row, column, points = marks(n)
    entries = np.concatenate([np.arange(n), row]), np.concatenate([np.zeros(n, int), column + 1])
    columns = sparse.csr_array((np.ones(len(entries[0])), entries), shape=(n, N_COLUMNS + 1))
    columns.sort_indices()
    empty = sparse.csr_array((n, 0))
    return columns, Sample(points, np.ones(n), None, empty, empty, empty, (), ())


def tables(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the same as responses and mentions."""
    row, column, points = marks(n)
    ids = np.array([f"R-{at:07d}" for at in range(n)], dtype=object)
    category = np.select([points > 0, points == 0], ["promoter", "passive"], "detractor")
    responses = pd.DataFrame({"response_id": ids, "category": category})
    mentions = {"response_id": ids[row], "theme_id": THEMES["theme_id"].to_numpy()[column // 2]}
    return responses, pd.DataFrame(mentions | {"polarity": np.where(column % 2, 1.0, -1.0)})


def fit_case(columns: Any, sample: Sample) -> list[np.ndarray]:
    """Returns effects and their HC3 errors, after fit, covariance of the contributions and 10,000 rank draws."""
    fit = fit_terms(columns, sample)
    covariance = fit.covariance
    draw_ranks(fit.contributions[1:], covariance[1:, 1:], 10_000, 0.95, 0)
    return [fit.effects, np.sqrt(np.diag(fit.of_effects))]


def statsmodels_case(columns: np.ndarray, points: np.ndarray) -> list[np.ndarray]:
    """Returns the same from statsmodels, without ranks and without the error of the shares."""
    from statsmodels.regression.linear_model import OLS

    fitted = OLS(points, columns).fit(cov_type="HC3")
    return [fitted.params, fitted.bse]


def measure(what: str, n: int) -> dict[str, Any]:
    """Returns seconds, CPU-seconds, peak and earlier memory in GB, and the figures to compare, of one line."""
    call = prepared(what, n)
    before, start, cpu = peak_gb(), time.perf_counter(), time.process_time()
    figures = call()
    return {
        "seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "peak": peak_gb(), "before": before,
        "figures": [values.tolist() for values in figures] if figures else [],
    }  # fmt: skip


def prepared(what: str, n: int) -> Callable[[], list[np.ndarray] | None]:
    """Returns what is timed, its data made."""
    if what == "fit":
        columns, sample = sparse_case(n)
        return lambda: fit_case(columns, sample)
    if what == "statsmodels":
        columns, sample = sparse_case(n)
        dense = columns.toarray()
        statsmodels_case(dense[:1000, :3], sample.points[:1000])  # imports
        return lambda: statsmodels_case(dense, sample.points)
    responses, mentions = tables(n)
    if what == "read":
        settings = DriversConfig()
        return lambda: build_design([read_sample(responses, mentions, THEMES)], settings) and None
    return lambda: rank_drivers(responses, mentions, THEMES) and None


def peak_gb() -> float:
    """Returns the most memory this process has held (Linux counts kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def in_own_process(what: str, n: int) -> dict[str, Any]:
    """Returns the figures of one line, measured in a process of its own on one thread."""
    command = [sys.executable, __file__, "--one", what, "--rows", str(n)]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | threads).stdout
    return dict(json.loads(shown.splitlines()[-1]))


def report(n: int, beside: int) -> str:
    """Returns the table and what it says of the limits."""
    names = {"fit": "fit + HC3 covariance + 10,000 rank draws", "statsmodels": "statsmodels OLS(HC3), dense"}
    names |= {"read": "`read_sample` and design", "rank": "`rank_drivers`, tables to tables"}
    lines = [("fit", n), ("read", n), ("rank", n), ("fit", beside), ("statsmodels", beside)]
    measured = [in_own_process(*line) for line in lines]
    rows = [
        f"| {names[what]} | {rows:,} | {m['seconds']:.2f} | {m['cpu']:.2f} | {m['peak']:.2f} | {m['before']:.2f} |"
        for (what, rows), m in zip(lines, measured, strict=True)
    ]
    fit, ours, theirs = measured[0], measured[-2], measured[-1]
    apart = np.abs(np.array(ours["figures"]) - np.array(theirs["figures"])).max()
    assert apart < AGREEMENT, f"effects or HC3 errors differ by {apart:.1e} points"
    ok = "yes" if fit["cpu"] <= LIMIT_SECONDS and fit["peak"] <= LIMIT_GB else "**no**"
    time_ratio = theirs["cpu"] / ours["cpu"]
    memory_ratio = (theirs["peak"] - theirs["before"]) / max(ours["peak"] - ours["before"], 0.001)
    return (
        f"{HEAD}{chr(10).join(rows)}\n\n"
        f"Required of 1,000,000 x {N_COLUMNS} (first line): {LIMIT_SECONDS} s, {LIMIT_GB} GB; "
        f"reached {fit['cpu']:.2f} CPU-seconds, {fit['peak']:.2f} GB: {ok}.\n"
        f"On {beside:,} rows statsmodels takes {time_ratio:.0f} times the CPU-seconds and {memory_ratio:.0f} times the "
        f"further memory; effects and HC3 errors agree to {apart:.0e} points.\n"
    )


def main() -> None:
    """Measures every line and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--beside", type=int, default=100_000, help="rows for statsmodels")
    parser.add_argument("--out", type=Path, help="a Markdown file for the table")
    parser.add_argument("--one", help="measure this one and print its figures as JSON")
    options = parser.parse_args()
    if options.one:
        with threadpool_limits(limits=1):
            print(json.dumps(measure(options.one, options.rows)))
        return
    text = report(options.rows, options.beside)
    print(text)
    if options.out:
        command = "python tests/benchmarks/drivers_speed.py --out tests/benchmarks/results/drivers_speed.md"
        head = (
            f"# The drivers' fit, {options.rows:,} responses\n\nMade by `{command}`, which says what each line is.\n\n"
        )
        options.out.write_text(head + text, encoding="utf-8")


if __name__ == "__main__":
    main()
