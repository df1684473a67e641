"""Prints what is read from every real export, as a Markdown table: the flags, layout, rows and their fate, scale, time.

    python tests/benchmarks/real_exports.py [FOLDER] > tests/benchmarks/results/real_exports.md

FOLDER holds public survey exports (default: the folder `data` beside the benchmarks, see FEEDBACK_NLP_BENCH); they are
no part of this repository. The flags are those that `inspect` asks for, and what a person would add.
"""

import os
import shlex
import sys
import time
from pathlib import Path

import pandas as pd

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.errors import FeedbackError
from feedback_nlp.ingest import link_ratings, read_exports

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("FEEDBACK_NLP_BENCH", ROOT.parent / "shared" / "bench")).parent / "data"

NHS = (
    "--comment 'FFT answer' --score 'FFT categorical answer' --scale 5-1 --missing 6 --missing 7 "
    "--question 'FFT question' --respondent 'Respondent ID' --date Date --date-order dmy"
)
OSPO = (
    "Q29 00—How would you approach creating an open source program within your organization?"
    " - Recoded_or_edited-Open-Ended Multiple choice response"
)
# files, and the flags beside them
EXPORTS = (
    ("nhs-fft/*.csv", NHS),
    ("botanic-nps-fr/nps.csv", "--id id --comment explication --score nps --scale 1-10"),
    ("skytrax-british-airways/*.csv", "--comment ReviewBody --score OverallRating"),
    ("womens-clothing/*.csv", "--comment 'Review Text' --score Rating --scale stars"),
    ("trustpilot-pet-insurance", "--comment text --score rating --scale stars --file-segment company"),
    ("ucsb-carpentry-nps/all_workshops.csv",
     "--comment workshop_strengths.post --comment workshop_improved.post --comment suggestions.post"),
    ("mybinder-survey/*.csv", ""),
    ("ospo-surveymonkey/2019_results.csv",
     "--score none --comment 'How would you approach creating an open source program within your organization?'"),
    ("ospo-surveymonkey/2021_results.csv", f"--score none --comment '{OSPO}'"),
    ("ospo-surveymonkey/2024_raw_text.csv", "--score none --comment q17 --comment q18"),
    ("jupyter-surveys/2015_SurveyExport_raw.csv", "--score none"),
    ("jupyter-surveys/2016_education_google_form.csv",
     "--score none --comment 'What are the biggest pain points for you in running your class?'"),
    ("jupyter-surveys/2020_*.csv", "--score none"),
    ("qualtrics-samples/sample.csv", "--score none --comment Q2"),
    ("qualtrics-samples/sample_legacy.csv", "--score none --comment Q2"),
    ("us-airline-tweets/Tweets.csv", "--score none --comment text --id tweet_id"),
    ("sight-human-sample/sample_dataset.csv", "--score none"),
    ("tripadvisor-1000/*.csv", "--comment text --scale 1-5"),
)  # fmt: skip
ROOMS = {"ingest": IngestConfig, "link": LinkConfig}


def settings(flags: str) -> dict[str, IngestConfig | LinkConfig]:
    """Returns the settings that flags mean, as the command line reads them."""
    words = shlex.split(flags)
    given: dict[str, list[str]] = {}
    for flag, value in zip(words[::2], words[1::2], strict=True):
        given.setdefault(flag[2:].replace("-", "_"), []).append(value)
    return {
        room: config(**{
            name: tuple(values) if config.model_fields[name].annotation == tuple[str, ...] else values[0]
            for name, values in given.items() if name in config.model_fields
        })
        for room, config in ROOMS.items()
    }  # fmt: skip


def described(pattern: str, flags: str, folder: Path) -> list[str]:
    """Returns the cells of one line: what was asked, what was found, and how long it took."""
    paths = sorted(folder.glob(pattern))
    rooms = settings(flags)
    start = time.perf_counter()
    asked = f"`inspect {pattern} {flags}`".replace("|", "\\|")
    try:
        answers = read_exports(paths, rooms["ingest"])
        linked = link_ratings(answers, rooms["link"])
    except FeedbackError as error:
        return [asked, str(error).replace("|", "\\|"), *[""] * 5, f"{time.perf_counter() - start:.1f}"]
    seconds = time.perf_counter() - start
    layouts = sorted({source.layout for source in answers.sources})
    fates = linked.ledger[["rows", "responses", "merged", "rejected"]].sum()
    assert fates["rows"] == fates["responses"] + fates["merged"] + fates["rejected"]
    scale = f"{linked.facts['scale'] or 'none'}{' (guessed)' if linked.facts['scale_guessed'] else ''}"
    counts = [f"{fates[name]:,}" for name in ("rows", "responses", "merged")]
    return [asked, "; ".join(layouts), *counts, rejected(linked.rejected), scale, f"{seconds:.1f}"]


def rejected(rows: pd.DataFrame) -> str:
    """Returns the number of rejected rows by reason."""
    return "; ".join(f"{reason}: {count:,}" for reason, count in rows["reason"].value_counts().items()) or "0"


def main() -> None:
    """Prints the table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    print("| command | layout | rows | responses | merged | rejected | scale | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    for pattern, flags in EXPORTS:
        print(f"| {' | '.join(described(pattern, flags, folder))} |", flush=True)


if __name__ == "__main__":
    main()
