"""The ledger: every row is a response, merged or rejected, per file and per reason, whatever the settings."""

import csv
import io
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.ingest.linking.ledger import count_rows
from feedback_nlp.schema import Linked, Source

HEADER = ["id", "who", "nps", "date", "csat", "question", "why"]
PLEA = "Please bring back the dark mode"
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "r1", "r2"]),
        st.sampled_from(["", "p1", "p2"]),
        st.sampled_from(["7", "NA", ""]),
        st.sampled_from(["", "2024-07-01", "2024-07-01 10:00", "2024-07-01 10:04", "2024-08-02 11:00"]),
        st.sampled_from(["", "1", "5", "blue"]),
        st.sampled_from(["What?", "Else?"]),
        st.sampled_from(["", " ", "slow", PLEA, PLEA + "!"]),
    ).map(list),
    min_size=1, max_size=14,
)  # fmt: skip
FILES = st.lists(ROWS, min_size=1, max_size=3)
OPTIONS = st.fixed_dictionaries({
    "identical_rows": st.sampled_from(["merge", "keep", "reject"]),
    "bursts": st.sampled_from(["keep", "reject"]),
    "burst_size": st.integers(2, 3),
    "burst_minutes": st.sampled_from([1, 5]),
})  # fmt: skip
ROLES = st.fixed_dictionaries({
    "id": st.sampled_from(["id", "none"]),
    "respondent": st.sampled_from(["who", "none"]),
    "question": st.sampled_from(["question", "Why that score?"]),
    "where": st.sampled_from([(), ("question=What?",)]),
})  # fmt: skip
SOUND = ["r9", "p9", "7", "2024-07-01 09:00", "5", "What?", "never rejected, and so there is a response"]


def link(files: list[list[list[str]]], options: dict[str, object], roles: dict[str, object]) -> Linked:
    fixed = {"comment": ("why",), "score": "nps", "date": "date", "segment": ("none",), "rating": ("csat",)}
    with tempfile.TemporaryDirectory() as folder:
        for number, rows in enumerate(files):
            text = io.StringIO(newline="")
            csv.writer(text).writerows([HEADER, SOUND, *rows])
            (Path(folder) / f"{number}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
        answers = read_exports([Path(folder)], IngestConfig.model_validate({**fixed, **roles}))
        return link_ratings(answers, LinkConfig.model_validate({"scale": "nps", **options}))


@settings(max_examples=25, deadline=None)
@given(FILES, OPTIONS, ROLES)
def test_every_row_has_one_fate_and_every_fate_a_reason(
    files: list[list[list[str]]], options: dict[str, object], roles: dict[str, object]
) -> None:
    result = link(files, options, roles)
    ledger = result.ledger.set_index("source")
    assert ledger["rows"].tolist() == [len(rows) + 1 for rows in files]
    assert (ledger["rows"] == ledger["responses"] + ledger["merged"] + ledger["rejected"]).all()
    assert ledger["responses"].sum() == len(result.responses)
    assert ledger["rejected"].sum() == len(result.rejected) == len(result.rejected.drop_duplicates(["source", "row"]))
    for fate in ("merged", "rejected"):
        counted = result.reasons[result.reasons["fate"] == fate].groupby("source")["rows"].sum()
        assert ledger[fate].to_dict() == counted.reindex(ledger.index, fill_value=0).to_dict()


@settings(max_examples=12, deadline=None)
@given(FILES, OPTIONS, ROLES, st.integers(0, 999))
def test_no_setting_makes_the_order_of_the_rows_matter(
    files: list[list[list[str]]], options: dict[str, object], roles: dict[str, object], seed: int
) -> None:
    shuffled = [[rows[i] for i in np.random.default_rng(seed).permutation(len(rows))] for rows in files]
    one, other = link(files, options, roles), link(shuffled, options, roles)
    pd.testing.assert_frame_equal(one.responses, other.responses)
    pd.testing.assert_frame_equal(one.comments, other.comments)
    pd.testing.assert_frame_equal(one.ledger[["source", "rows"]], other.ledger[["source", "rows"]])
    assert one.reasons.groupby(["fate", "reason"])["rows"].sum().to_dict() == (
        other.reasons.groupby(["fate", "reason"])["rows"].sum().to_dict()
    )
    assert one.facts == other.facts


def test_the_reasons_of_the_reader_are_in_the_account(write_export) -> None:
    path = write_export([["nps", "team", "why"], ["9", "a", "Kind"], ["", "a", ""], ["8", "b", "Low"], ["", "", ""]])
    result = link_ratings(
        read_exports([path], IngestConfig(comment=("why",), score="nps", where=("team=a",))), LinkConfig(scale="nps")
    )
    assert result.reasons.to_numpy().tolist() == [
        ["export.csv", "rejected", "empty row", 1],
        ["export.csv", "rejected", "neither score nor comment", 1],
        ["export.csv", "rejected", "not selected by --where team=a", 1],
    ]


def test_a_ledger_without_duplicates_has_no_reasons(write_export) -> None:
    result = link_ratings(read_exports([write_export([["nps", "why"], ["9", "Kind"]])]), LinkConfig(scale="nps"))
    assert result.reasons.columns.tolist() == ["source", "fate", "reason", "rows"]
    assert len(result.reasons) == 0


def test_all_rows_rejected_is_an_error(write_export) -> None:
    path = write_export([["nps", "team", "why"], ["", "a", ""], ["", "b", ""]])
    with pytest.raises(InputError, match="no response is left"):
        link_ratings(read_exports([path], IngestConfig(comment=("why",), score="none")))


def test_reasons_come_in_the_order_of_the_files() -> None:
    sources = [Source(name, "", 1, "csv") for name in ("b.csv", "a.csv")]
    rejected = pd.DataFrame({"source": ["a.csv", "b.csv"], "reason": "empty row"})
    nothing = pd.DataFrame({"source": [], "reason": []}, dtype="str")
    ledger, reasons = count_rows(sources, nothing, nothing, rejected)
    assert ledger["source"].tolist() == reasons["source"].tolist() == ["b.csv", "a.csv"]
