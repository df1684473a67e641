"""`inspect_export` shows on one screen how an export is understood."""

from dataclasses import FrozenInstanceError

import pytest

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest import inspect_export

ROWS = [
    ["id", "nps", "date", "why"],
    ["r1", "9", "2024-07-01", "They answered within minutes."],
    ["r2", "0", "2024-07-02", "I waited for an hour."],
    ["r3", "8", "2024-10-02", ""],
    ["r4", "", "", ""],
]


def test_everything_that_was_understood_is_there(write_export) -> None:
    seen = inspect_export([write_export(ROWS)])
    assert seen.roles == {"comment": ["why"], "date": ["date"], "id": ["id"], "score": ["nps"]}
    assert seen.scores == {"promoter": {"9": 1}, "passive": {"8": 1}, "detractor": {"0": 1}}
    assert seen.periods == {"2024-Q3": 2, "2024-Q4": 1}
    assert (seen.questions, seen.rejected) == ({"why": 2}, {"neither score nor comment": 1})
    assert seen.problem == ""


def test_the_text_names_file_columns_scale_periods_and_rows(write_export) -> None:
    text = inspect_export([write_export(ROWS)]).text()
    for words in [
        "export.csv: 4 rows (csv, utf-8, comma)", "guessed: column 'nps'", "scale nps   (guessed: values 0 to 9)",
        "2024-Q3: 2 responses", "4 = 3 + 0 + 1", "rejected: neither score nor comment: 1",
    ]:  # fmt: skip
        assert words in text


def test_what_stands_in_the_way_of_linking_is_shown_beside_the_columns(write_export) -> None:
    seen = inspect_export([write_export([["id", "rating", "why"], ["r1", "5", "So kind"], ["r2", "1", "So slow"]])])
    assert "say --scale 1-5 (5 is best) or 5-1" in seen.problem
    assert seen.problem in seen.text()
    assert "rating" in seen.text()


def test_settings_are_obeyed(write_export) -> None:
    seen = inspect_export([write_export(ROWS)], IngestConfig(score="none"), LinkConfig(period="spring"))
    assert "themes without drivers" in seen.text()
    assert seen.periods == {"spring": 2}


def test_scores_outside_the_scale_are_shown(write_export) -> None:
    seen = inspect_export([write_export([*ROWS, ["r5", "12", "", "Odd"]])], link=LinkConfig(scale="nps"))
    assert "1 outside the scale: 12" in seen.text()


def test_a_long_export_still_fits_one_screen(write_export) -> None:
    rows = [[f"r{i}", str(i % 11), f"{2000 + i}-01-01", f"Reason number {i}"] for i in range(100)]
    text = inspect_export([write_export([ROWS[0], *rows])]).text()
    assert "… and 92 more: 92 responses" in text
    assert len(text.splitlines()) < 40


def test_an_unreadable_file_is_an_error(tmp_path) -> None:
    with pytest.raises(InputError, match="no such file"):
        inspect_export([tmp_path / "none.csv"])


def test_an_inspection_can_not_be_changed(write_export) -> None:
    seen = inspect_export([write_export(ROWS)])
    with pytest.raises(FrozenInstanceError):
        seen.problem = "other"  # type: ignore[misc]
