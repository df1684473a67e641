"""Prints the seconds, memory and bytes of a report over 10,000 and over 1,000,000 comments.

    python tests/benchmarks/report_speed.py [--comments 10000 1000000] [--base RUN] [--out FILE] [--profile FILE]

Required: a report of 10,000 comments in at most 5 s and 3 MB, one of 1,000,000 in at most 30 s and 10 MB. "report" is
all of `render_report(run)`: what stands beside the ranking, the history, the summary, the page. The runs are the
committed sample's (or --base, a run folder), its responses with a comment drawn again and again until there are enough,
and a tenth as many silent ones: new ids, every statement made distinct by a number, dates over eight quarters, one
response in four by somebody who answered before, the sample's channel, and 300 agents of very different size. Every
size runs in a process of its own, for its peak memory. Making the runs is not timed. CPU-seconds count: they are the
seconds on an idle core. Machines differ: compare lines of one run.
"""

import argparse
import cProfile
import json
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.config import Config
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.report import write_report
from feedback_nlp.report.files import FORMATS
from feedback_nlp.report.page.render import render_summary
from feedback_nlp.report.summary.summarise import summarise
from feedback_nlp.schema import COMMENTS, MAP, MENTIONS, RESPONSES
from feedback_nlp.track import Run, load_run

LIMITS = {10_000: (5, 3), 1_000_000: (30, 10)}  # comments -> seconds, MB
N_AGENTS, N_QUARTERS, N_ON_MAP = 300, 8, 4000
SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
LETTERS = "R-", "C-"


def sample_run() -> Run:
    """Returns the run of the committed sample."""
    from feedback_nlp import analyze

    return analyze([SAMPLE], Config())


def grown(base: Run, n_comments: int, seed: int = 0) -> Run:
    """Returns a run over so many comments, its responses drawn from those of `base`, ranked anew."""
    draw = np.random.default_rng(seed)
    rows = _drawn(base, n_comments, draw)
    responses = _responses(base.responses.iloc[rows], draw)
    ids = responses["response_id"].to_numpy(dtype=object)
    mentions = _mentions(base, rows, ids)
    comments = _comments(base, rows, ids, mentions)
    ledger = {"input": {"rows": len(rows), "responses": len(rows), "merged": 0, "rejected": 0}}
    ledger["statements"] = {"all": len(mentions), "without_theme": int(mentions["theme_id"].isna().sum())}
    drivers = rank_drivers(responses, mentions, base.model.themes, base.drivers_settings)
    manifest = base.manifest | {"ledger": base.manifest["ledger"] | ledger}
    run = replace(base, responses=responses, comments=comments, mentions=mentions, drivers=drivers, manifest=manifest)
    return replace(run, report="", map=_places(mentions, draw))


def _drawn(base: Run, n_comments: int, draw: np.random.Generator) -> np.ndarray:
    """Returns rows of the base's responses: as many with a comment as wanted, and a tenth as many silent ones."""
    spoken = base.responses["response_id"].isin(base.mentions["response_id"]).to_numpy()
    of_each = (np.flatnonzero(spoken), n_comments), (np.flatnonzero(~spoken), n_comments // 10)
    return np.concatenate([draw.choice(rows, n) for rows, n in of_each])


def _responses(drawn: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    n = len(drawn)
    score = np.clip(drawn["score"].to_numpy() + draw.integers(-1, 2, n), 0, 10)
    category = np.select([np.isnan(score), score >= 9, score >= 7], [None, "promoter", "passive"], "detractor")
    date = pd.Timestamp("2023-01-01") + pd.to_timedelta(draw.integers(0, 91 * N_QUARTERS, n), unit="D")
    agent = np.minimum(draw.zipf(1.3, n), N_AGENTS)  # from a few responses each to a quarter of them
    named = {"segment_agent": [f"A{number:03d}" for number in agent]}
    table = drawn.assign(
        response_id=_ids(LETTERS[0], np.arange(n)),
        respondent_id=_ids(LETTERS[1], draw.integers(0, 3.5 * n, n)),
        score=score, category=category, date=date, **named,
        period=[f"{when.year}-Q{when.quarter}" for when in date],
    )  # fmt: skip
    return RESPONSES.validate(table.reset_index(drop=True))


def _mentions(base: Run, rows: np.ndarray, ids: np.ndarray) -> pd.DataFrame:
    """Returns the mentions of the drawn responses; a number behind each statement makes it distinct."""
    place = pd.Index(base.responses["response_id"]).get_indexer(base.mentions["response_id"])
    order = np.argsort(place, kind="stable")
    first, end = (np.searchsorted(place[order], rows, side) for side in ("left", "right"))
    said = np.repeat(np.arange(len(rows)), end - first)
    within = np.arange(len(said)) - np.repeat(np.cumsum(end - first) - (end - first), end - first)
    old = base.mentions.iloc[order[np.repeat(first, end - first) + within]]
    text = np.array([f"{words} {number}" for words, number in zip(old["text"], said, strict=True)], dtype=object)
    length = np.array([len(words) + 1 for words in text])
    total = np.cumsum(length) - length
    start = total - np.repeat(total[np.flatnonzero(within == 0)], (end - first)[end > first])
    return MENTIONS.validate(old.assign(
        segment_id=_ids("S-", np.arange(len(said))), response_id=ids[said], text=text, start=start,
        end=start + length - 1,
    ).reset_index(drop=True))  # fmt: skip


def _comments(base: Run, rows: np.ndarray, ids: np.ndarray, mentions: pd.DataFrame) -> pd.DataFrame:
    """Returns a comment per response: its statements, or what the silent one left."""
    said: dict[str, list[str]] = {}
    for response_id, text in zip(mentions["response_id"], mentions["text"], strict=True):
        said.setdefault(response_id, []).append(text)
    comment = [" ".join(said[response_id]) if response_id in said else None for response_id in ids]
    status = base.comments.drop_duplicates("response_id").set_index("response_id")["status"]
    drawn = status.reindex(base.responses["response_id"]).fillna("empty").to_numpy()[rows]
    table = {"response_id": ids, "question": base.comments["question"].iloc[0], "comment": comment, "status": drawn}
    return COMMENTS.validate(pd.DataFrame(table).assign(language="en"))


def _places(mentions: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    n = min(N_ON_MAP, len(mentions))
    shown = mentions["segment_id"].iloc[np.sort(draw.choice(len(mentions), n, replace=False))]
    x, y = draw.uniform(-1, 1, (2, n)).round(3)
    return MAP.validate(pd.DataFrame({"segment_id": shown.to_numpy(), "x": x, "y": y}))


def _ids(letters: str, numbers: np.ndarray) -> list[str]:
    return [f"{letters}{number:08d}" for number in numbers]


def measure(folder: Path, profile: Path | None) -> dict[str, Any]:
    """Returns what -> seconds and CPU-seconds of each part for the run in a folder, its counts, bytes and memory."""
    times: dict[str, tuple[float, float]] = {}

    def timed(what: str, call: Callable[[], Any]) -> Any:
        """Returns what the call returns, its seconds noted."""
        start, cpu = time.perf_counter(), time.process_time()
        result = call()
        times[what] = time.perf_counter() - start, time.process_time() - cpu
        return result

    run = timed("load_run", lambda: load_run(folder))
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    timed("beside", lambda: run.beside)
    timed("history", lambda: run.history)
    summary = timed("summarise", lambda: summarise(run))
    page = timed("render", lambda: render_summary(summary))
    if profile:
        profiler.disable()
        pstats.Stats(profiler).dump_stats(profile)
    written = {"html": len(page.encode())}
    for name in FORMATS:
        if name != "html":
            path = timed(f"write {name}", lambda name=name: write_report(run, name, folder / f"report.{name}"))
            written[name] = path.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    n = {"responses": len(run.responses), "statements": len(run.mentions)}
    return {"times": times, "bytes": written, "peak": peak, "n": n}


def in_own_process(base: Run, n_comments: int, profile: Path | None) -> dict[str, Any]:
    """Returns the figures of one size, measured in a process of its own on one thread."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory() as beside:
        folder = grown(base, n_comments).save(Path(beside) / "run")
        command = [sys.executable, __file__, "--one", str(folder), *(["--profile", str(profile)] if profile else [])]
        shown = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | threads).stdout
    return dict(json.loads(shown.splitlines()[-1]))


def report(measured: dict[int, dict[str, Any]]) -> str:
    """Returns the table, one column per size, and what it says of the limits."""
    sizes = list(measured)
    parts = list(next(iter(measured.values()))["times"])
    head = "| CPU-seconds | " + " | ".join(f"{n:,} comments" for n in sizes) + " |\n|---|" + "---|" * len(sizes)
    lines = [_line(part, [measured[n]["times"][part][1] for n in sizes]) for part in parts]
    lines.insert(parts.index("render") + 1, _line("**report** (beside … render)", [_whole(measured[n]) for n in sizes]))
    lines.append(_line("peak memory, GB", [measured[n]["peak"] for n in sizes]))
    lines += [
        _line(f"{name}, MB", [measured[n]["bytes"][name] / 1e6 for n in sizes])
        for name in next(iter(measured.values()))["bytes"]
    ]
    return "\n".join([head, *lines, "", *(_verdict(n, measured[n]) for n in sizes if n in LIMITS), ""])


def _line(what: str, values: list[float]) -> str:
    return f"| {what} | " + " | ".join(f"{value:.2f}" for value in values) + " |"


def _whole(one: dict[str, Any]) -> float:
    return sum(one["times"][part][1] for part in ("beside", "history", "summarise", "render"))


def _verdict(n_comments: int, one: dict[str, Any]) -> str:
    seconds, megabytes = LIMITS[n_comments]
    reached, size = _whole(one), one["bytes"]["html"] / 1e6
    ok = "yes" if reached <= seconds and size <= megabytes else "**no**"
    counts = f"{one['n']['responses']:,} responses, {one['n']['statements']:,} statements"
    return (
        f"- {n_comments:,} comments ({counts}): required {seconds} s and {megabytes} MB; "
        f"reached {reached:.1f} CPU-seconds and {size:.2f} MB: {ok}."
    )


def main() -> None:
    """Measures every size and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--comments", type=int, nargs="+", default=sorted(LIMITS))
    parser.add_argument("--base", type=Path, help="a run folder to draw from; the committed sample is analysed without")
    parser.add_argument("--out", type=Path, help="a Markdown file for the table")
    parser.add_argument("--profile", type=Path, help="where the profile of the last size is written (slows it down)")
    parser.add_argument("--one", type=Path, help="measure the run of this folder and print its figures as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.profile)))
        return
    base = load_run(options.base) if options.base else sample_run()
    text = report({n: in_own_process(base, n, options.profile) for n in options.comments})
    print(text)
    if options.out:
        command = "python tests/benchmarks/report_speed.py --out tests/benchmarks/results/report_speed.md"
        head = f"# The report's speed\n\nMade by `{command}`, which says what each line is.\n\n"
        options.out.write_text(head + text, encoding="utf-8")


if __name__ == "__main__":
    main()
