"""`feedback-nlp followup` and `report` with earlier runs: files that are whole, the same each time, and harmless."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from feedback_nlp.errors import RunError
from feedback_nlp.report import write_follow_up
from feedback_nlp.track import Run, follow_up, load_run
from feedback_nlp.track.followup import FOLLOW_UP_COLUMNS

FILES = {"followup.csv", "followup.xlsx", "context.jsonl"}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def run(quarters: dict[str, Path]) -> Run:
    return load_run(quarters["q3"])


def test_it_writes_three_files_and_prints_where(call, quarters, tmp_path) -> None:
    outcome = call("followup", quarters["q3"], "--out", tmp_path / "list", "--earlier", quarters["q1"])
    assert outcome.status == 0, outcome.err
    assert {path.name for path in (tmp_path / "list").iterdir()} == FILES
    assert outcome.out.strip() == str(tmp_path / "list")
    assert "to contact" in outcome.err


def test_without_a_place_the_list_stands_where_one_is(call, quarters, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = call("followup", quarters["q3"])
    assert outcome.out.strip() == "followup.csv"
    assert read(tmp_path / "followup.csv")[0]["rank"] == "1"
    assert "exists already" in call("followup", quarters["q3"]).err


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "list.jsonl"])
def test_a_file_is_what_its_end_says(call, quarters, tmp_path, name: str) -> None:
    outcome = call("followup", quarters["q3"], "--out", tmp_path / name, "-q")
    assert (outcome.status, outcome.out.strip(), outcome.err) == (0, str(tmp_path / name), "")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    folder, _ = write_follow_up(load_run(quarters["q3"]), tmp_path / "all")
    kinds = {"list.csv": "followup.csv", "list.xlsx": "followup.xlsx", "list.jsonl": "context.jsonl"}
    assert (tmp_path / name).read_bytes() == (folder / kinds[name]).read_bytes()


@pytest.mark.parametrize(("name", "says"), [("list.pdf", "ends in .csv"), ("nowhere/list.csv", "there is no folder")])
def test_a_place_that_cannot_be_is_one_line(call, quarters, tmp_path, name: str, says: str) -> None:
    outcome = call("followup", quarters["q3"], "--out", tmp_path / name)
    assert outcome.status == 1
    assert says in outcome.err
    assert "\n" not in outcome.err


def test_a_folder_may_have_a_dot_in_its_name(run: Run, tmp_path: Path) -> None:
    folder, _ = write_follow_up(run, tmp_path / "2024.q4")
    assert {path.name for path in folder.iterdir()} == FILES


@pytest.mark.parametrize("name", ["list.csv", "list.jsonl", "list"])
def test_an_earlier_run_of_other_themes_is_refused_whatever_is_written(run: Run, tmp_path: Path, name: str) -> None:
    renamed = run.model.themes.assign(name=run.model.themes["name"] + "!")
    other = replace(run, model=replace(run.model, themes=renamed))
    with pytest.raises(RunError, match="other themes"):
        write_follow_up(run, tmp_path / name, earlier=[other])
    assert not list(tmp_path.iterdir())


def test_the_list_is_that_of_the_library(run: Run, tmp_path: Path) -> None:
    folder, n = write_follow_up(run, tmp_path / "list")
    rows = read(folder / "followup.csv")
    assert n == len(rows) == len(follow_up(run)) > 0
    assert [row["contact_id"] for row in rows] == follow_up(run)["contact_id"].tolist()
    assert rows[0]["rank"] == "1"


def test_the_workbook_holds_the_same_rows_and_can_be_filtered(run: Run, tmp_path: Path) -> None:
    folder, n = write_follow_up(run, tmp_path / "list")
    sheet = openpyxl.load_workbook(folder / "followup.xlsx").active
    assert sheet.max_row == n + 1
    assert sheet.auto_filter.ref
    assert [cell.value for cell in sheet["B"][1:]] == [row["contact_id"] for row in read(folder / "followup.csv")]


def test_each_line_of_the_context_is_one_person(run: Run, quarters, tmp_path: Path) -> None:
    folder, _ = write_follow_up(run, tmp_path / "list", earlier=[load_run(quarters["q1"])])
    records = [json.loads(line) for line in (folder / "context.jsonl").read_text(encoding="utf-8").splitlines()]
    ids = [record["contact_id"] for record in records]
    assert ids == sorted(set(ids))
    assert {"contact_id", "n_responses", "last", "themes", "open_points"} == set(records[0])
    assert any(record["last"]["period"] == "2025-Q1" for record in records)


def test_the_same_run_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    one, other = (write_follow_up(run, tmp_path / name)[0] for name in ("one", "other"))
    assert all((one / name).read_bytes() == (other / name).read_bytes() for name in FILES)


def test_line_ends_within_a_statement_do_not_part_a_record(run: Run, tmp_path: Path) -> None:
    text = "one\u2028two\u2029three\x85four\nfive"
    folder, _ = write_follow_up(replace(run, mentions=run.mentions.assign(text=text)), tmp_path / "list")
    lines = (folder / "context.jsonl").read_text(encoding="utf-8").splitlines()
    assert text in {point["statement"] for line in lines for point in json.loads(line)["open_points"]}


def test_where_nobody_complains_the_files_have_headers_only(run: Run, tmp_path: Path) -> None:
    folder, n = write_follow_up(replace(run, mentions=run.mentions.assign(polarity=0.5)), tmp_path / "list")
    assert n == 0
    assert (folder / "followup.csv").read_text(encoding="utf-8").strip() == ",".join(FOLLOW_UP_COLUMNS)
    assert openpyxl.load_workbook(folder / "followup.xlsx").active.max_row == 1


def test_without_scores_there_is_one_line_and_no_folder(call, run: Run, tmp_path: Path) -> None:
    unscored = replace(run, responses=run.responses.assign(score=np.nan, category=None))
    unscored.save(tmp_path / "run")
    outcome = call("followup", tmp_path / "run", "--out", tmp_path / "list")
    assert outcome.status == 1
    assert "no score was given" in outcome.err
    assert not (tmp_path / "list").exists()


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@A1", "\t=1", "\n=1", "＝1", "  =1"])
def test_no_statement_is_a_formula_whatever_it_begins_with(run: Run, tmp_path: Path, start: str) -> None:
    folder, _ = write_follow_up(replace(run, mentions=run.mentions.assign(text=start)), tmp_path / "list")
    assert {row["statement"] for row in read(folder / "followup.csv")} == {f"'{start}"}


def test_a_carriage_return_ends_no_row(run: Run, tmp_path: Path) -> None:
    broken = replace(run, mentions=run.mentions.assign(text="one\r=two\r\nthree"))
    folder, n = write_follow_up(broken, tmp_path / "list")
    assert [row["statement"] for row in read(folder / "followup.csv")] == ["one\n=two\nthree"] * n


def test_no_statement_is_a_formula(run: Run, tmp_path: Path) -> None:
    evil = replace(run, mentions=run.mentions.assign(text='=HYPERLINK("http://x")'))
    folder, _ = write_follow_up(evil, tmp_path / "list")
    assert {row["statement"][:2] for row in read(folder / "followup.csv")} == {"'="}
    cells = [cell for row in openpyxl.load_workbook(folder / "followup.xlsx").active.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)


def test_an_earlier_list_is_not_written_over(call, quarters, tmp_path) -> None:
    assert call("followup", quarters["q3"], "--out", tmp_path / "list").status == 0
    again = call("followup", quarters["q3"], "--out", tmp_path / "list")
    assert again.status == 1
    assert "--overwrite" in again.err
    assert call("followup", quarters["q3"], "--out", tmp_path / "list", "--overwrite").status == 0


def test_a_folder_of_something_else_is_left(run: Run, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("x", encoding="utf-8")
    with pytest.raises(RunError, match="holds something else"):
        write_follow_up(run, tmp_path / "photos", overwrite=True)


def test_a_report_with_an_earlier_run_says_what_changed(call, quarters, tmp_path) -> None:
    path = tmp_path / "q3.html"
    outcome = call("report", quarters["q3"], "--earlier", quarters["q1"], "--out", path, "-q")
    assert outcome.status == 0, outcome.err
    page = path.read_text(encoding="utf-8")
    assert "points against <bdi>2025-Q1</bdi>" in page
    assert 'id="chart-bridge"' in page


@pytest.mark.parametrize("format_name", ["md", "xlsx", "pptx", "json"])
def test_every_format_can_be_asked_for(call, quarters, tmp_path, format_name: str) -> None:
    path = tmp_path / f"q3.{format_name}"
    assert call("report", quarters["q3"], "--format", format_name, "--out", path, "-q").status == 0
    assert path.stat().st_size > 500


def test_the_end_of_the_file_says_the_format(call, quarters, tmp_path) -> None:
    assert call("report", quarters["q3"], "--out", tmp_path / "q3.PPTX", "-q").status == 0
    assert (tmp_path / "q3.PPTX").read_bytes()[:2] == b"PK"
    assert call("report", quarters["q3"], "--out", tmp_path / "q3", "-q").status == 0
    assert (tmp_path / "q3").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    refused = call("report", quarters["q3"], "--out", tmp_path / "q3.docx")
    assert (refused.status, "no such report format" in refused.err) == (1, True)
    assert not (tmp_path / "q3.docx").exists()


def test_the_same_period_twice_is_one_line(call, quarters, tmp_path) -> None:
    outcome = call("report", quarters["q3"], "--earlier", quarters["q3"], "--out", tmp_path / "x.html")
    assert outcome.status == 1
    assert "two runs hold the period '2025-Q3'" in outcome.err
    assert "Traceback" not in outcome.err
