"""Real exports read as their README says; skipped where they are absent."""

import os
import time
from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.ingest.exports import read_files
from feedback_nlp.schema import Linked

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("FEEDBACK_NLP_BENCH", ROOT / "../shared/bench")).parent / "data"
BENCH = Path(os.environ.get("FEEDBACK_NLP_BENCH", ROOT / "../shared/bench"))

pytestmark = [pytest.mark.bench, pytest.mark.skipif(not BENCH.is_dir(), reason="the benchmarks are absent")]


def linked(name: str, ingest: IngestConfig, link: LinkConfig) -> Linked:
    return link_ratings(read_exports([BENCH / name / "input.csv"], ingest), link)


def test_an_inverted_scale_with_codes_reads_as_declared() -> None:
    ingest = IngestConfig(id="response_id", respondent="respondent_id", date="date", question="question")
    start = time.process_time()
    result = linked("nhs-fft", ingest, LinkConfig(scale="5-1", missing=("6", "7"), date_order="dmy"))
    assert time.process_time() - start < 3  # 0.5 s on an idle machine
    assert result.ledger["rows"].tolist() == [7908]
    raw = pd.read_csv(BENCH / "nhs-fft" / "input.csv", usecols=["score"])["score"]
    assert (result.responses["category"] == "promoter").sum() == (raw == 1).sum()
    assert result.responses["score"].max() == 5


def test_an_inverted_scale_is_never_guessed() -> None:
    with pytest.raises(InputError, match="--scale"):
        linked("nhs-fft", IngestConfig(), LinkConfig(date_order="dmy"))


def test_a_scale_from_one_and_written_out_dates_need_no_settings() -> None:
    result = linked("british-airways", IngestConfig(), LinkConfig())
    assert (len(result.responses), result.facts["scale"], result.facts["n_dates_unread"]) == (3701, "1-10", 0)
    assert result.responses["date"].notna().all()


@pytest.mark.parametrize(("name", "n"), [("mams-acsa", 3949), ("us-airline-tweets", 9082)])
def test_exports_without_scores_say_so_or_read_without(name: str, n: int) -> None:
    with pytest.raises(InputError, match="--score none"):
        linked(name, IngestConfig(), LinkConfig())
    assert len(linked(name, IngestConfig(score="none"), LinkConfig()).responses) == n


@pytest.mark.skipif(not DATA.is_dir(), reason="the real exports are absent")
@pytest.mark.parametrize(
    ("name", "n_rows", "n_columns", "layout", "first", "last"),
    [
        ("ospo-surveymonkey/2019_results.csv", 2681, 222, "SurveyMonkey header, 1 title row", "Respondent ID", ""),
        ("ospo-surveymonkey/2021_results.csv", 1146, 246, "SurveyMonkey header", "Serial #", ""),
        ("ospo-surveymonkey/2024_raw_text.csv", 910, 1071, "SurveyMonkey header", "Respondent ID", ""),
        ("qualtrics-samples/sample.csv", 1, 20, "Qualtrics header", "StartDate", "Q2 - Topics"),
        ("qualtrics-samples/sample_legacy.csv", 1, 15, "old Qualtrics header", "ResponseID", "LocationAccuracy"),
        ("jupyter-surveys/2015_SurveyExport_raw.csv", 1706, 37, "SurveyGizmo header", "Time Started", ""),
        ("mybinder-survey/mybinder_feb2020.csv", 346, 4, "Google Forms header", "Timestamp", ""),
    ],
)  # fmt: skip
def test_header_rows_of_real_exports_are_no_data(
    name: str, n_rows: int, n_columns: int, layout: str, first: str, last: str
) -> None:
    export = read_files([DATA / name])[0]
    assert (export.source.rows, export.cells.shape[1]) == (n_rows, n_columns)
    assert export.source.layout.endswith(f", {layout}")
    assert export.cells.columns[0] == first
    assert last in ("", export.cells.columns[-1])


@pytest.mark.skipif(not DATA.is_dir(), reason="the real exports are absent")
def test_answers_and_texts_in_two_real_files_are_joined() -> None:
    files = sorted((DATA / "jupyter-surveys").glob("2020_*.csv"))
    answers = read_exports(files, IngestConfig(score="none"))
    assert answers.guessed["id"].startswith("joined by 'Respondent ID': 1,135 of 1,135 ids are in both")
    assert len(link_ratings(answers, LinkConfig()).responses) <= 1135
