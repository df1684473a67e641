"""Prints how long reading, linking and preparing an export takes, stage by stage, and the memory it needs at most.

    python tests/benchmarks/ingest_speed.py [--rows 1000000] [--without-id]

Required: 1,000,000 rows x 12 columns in at most 60 s and 3 GB on two cores. The rows are made here from a seed; making
them is not timed. Machines differ: compare runs of one machine.
"""

import argparse
import csv
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from feedback_nlp.config import IngestConfig, LinkConfig, TextConfig
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.text import mask_linked, prepare

WORDS = (
    "the agent was very helpful and solved my problem quickly but waiting on hold took far too long the app keeps "
    "crashing price went up again billing mistake never fixed delivery late friendly staff great service overall no "
    "answer to email support slow confusing website easy to use love it"
).split()
COLUMNS = (
    "Response ID", "Customer ID", "Submitted", "Score", "Comment", "Channel", "Agent", "Region", "Product", "CSAT",
    "Plan", "Source URL",
)  # fmt: skip
LIMIT_SECONDS, LIMIT_GB = 60, 3


def write_export(path: Path, n_rows: int, seed: int = 7) -> None:
    """Writes a survey export of 12 columns; a quarter of the comments are empty, 1 % hold personal data."""
    draw = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(row(i, n_rows, draw) for i in range(n_rows))


def row(number: int, n_rows: int, draw: random.Random) -> list[Any]:
    """Returns one response."""
    month, day, hour, minute = draw.randint(1, 12), draw.randint(1, 28), draw.randint(0, 23), draw.randint(0, 59)
    return [
        number, draw.randrange(n_rows), f"2024-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:00",
        draw.choice([0, 2, 5, 6, 7, 8, 8, 9, 9, 10, 10]), comment(number, draw),
        draw.choice(["phone", "chat", "email", "app"]), f"agent {draw.randrange(200)}",
        draw.choice(["North", "South", "East", "West"]), f"P{draw.randrange(12)}", draw.randint(1, 5),
        draw.choice(["basic", "pro"]), f"https://example.com/s/{number}",
    ]  # fmt: skip


def comment(number: int, draw: random.Random) -> str:
    """Returns 3 to 24 words, "n/a" or nothing."""
    kind = draw.random()
    if kind < 0.28:
        return "" if kind < 0.25 else "n/a"
    text = " ".join(draw.choices(WORDS, k=draw.randint(3, 24))).capitalize() + "."
    return f"{text} Call me on 020 7946 0018 or mail jo{number}@example.com" if kind > 0.99 else text


def timed(name: str, stage: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """Returns what the stage returns and its seconds, and prints a line."""
    start = time.perf_counter()
    result = stage(*arguments)
    seconds = time.perf_counter() - start
    print(f"{name:<8} {seconds:7.1f} s   peak so far {peak_gb():.2f} GB", flush=True)
    return result, seconds


def peak_gb() -> float:
    """Returns the most memory this process has held (Linux counts kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    """Times the four stages over one export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--without-id", action="store_true", help="responses are known by their content")
    given = parser.parse_args()
    ingest = IngestConfig(
        comment=("Comment",), score="Score", id="none" if given.without_id else "Response ID", respondent="Customer ID",
        date="Submitted", segment=("Channel", "Agent", "Region"), rating=("CSAT",),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "export.csv"
        write_export(export, given.rows)
        answers, reading = timed("read", read_exports, [export], ingest)
    linked, linking = timed("link", link_ratings, answers, LinkConfig(scale="nps"))
    del answers
    masked, masking = timed("mask", mask_linked, linked, TextConfig())
    comments, preparing = timed("prepare", prepare, masked.comments, TextConfig())
    total = reading + linking + masking + preparing
    print(f"all      {total:7.1f} s   peak {peak_gb():.2f} GB   {given.rows / total:,.0f} rows a second")
    print(f"required {LIMIT_SECONDS:7.1f} s   peak {LIMIT_GB:.2f} GB   for 1,000,000 rows")
    assert int(linked.ledger.loc[0, "rows"]) == given.rows == len(linked.responses)
    print(", ".join(f"{status}: {count:,}" for status, count in comments["status"].value_counts().items()))


if __name__ == "__main__":
    main()
