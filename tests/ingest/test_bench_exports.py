"""Real exports read as their README says; skipped where they are absent."""

import os
import time
from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.schema import Linked

ROOT = Path(__file__).parents[2]
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
