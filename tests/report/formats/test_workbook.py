"""The workbook: what it holds is what the summary says, its cells are numbers and texts, and no text is a formula."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from feedback_nlp.drivers import rank_drivers
from feedback_nlp.report import summarise, write_report
from feedback_nlp.report.formats import sheets
from feedback_nlp.report.formats.sheets import Column, add_table, workbook
from feedback_nlp.schema import RESPONSES
from feedback_nlp.track import Run


@pytest.fixture(scope="module")
def book(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return openpyxl.load_workbook(write_report(run, "xlsx", tmp_path_factory.mktemp("xlsx") / "run.xlsx"))


def column(sheet: Any, name: str) -> list[Any]:
    place = [cell.value for cell in sheet[1]].index(name)
    return [row[place].value for row in sheet.iter_rows(min_row=2)]


def test_it_has_a_sheet_for_each_part(book: Any) -> None:
    assert book.sheetnames == ["Summary", "Themes", "Mentions", "Segments", "Ledger"]


def test_a_history_adds_periods_and_changes(run: Run, earlier: Run, tmp_path: Path) -> None:
    before = replace(earlier, responses=RESPONSES.validate(earlier.responses.assign(period="2024 Q3")))
    path = write_report(run, "xlsx", tmp_path / "run.xlsx", earlier=[before])
    names = openpyxl.load_workbook(path).sheetnames
    assert {"Periods", "Changes"} <= set(names)


def test_the_summary_says_the_headline(run: Run, book: Any) -> None:
    cells = [row[0].value for row in book["Summary"].iter_rows()]
    assert [one.text for one in summarise(run).headline] == [cell for cell in cells if cell][1:5]
    assert "Association is not cause." in cells


def test_the_themes_are_those_of_the_summary(run: Run, book: Any) -> None:
    themes = summarise(run).themes
    assert column(book["Themes"], "Theme") == [theme.name for theme in themes]
    assert column(book["Themes"], "Drag") == [theme.drag and pytest.approx(theme.drag.value) for theme in themes]
    assert column(book["Themes"], "Drag low") == [theme.drag and pytest.approx(theme.drag.low) for theme in themes]


def test_shares_are_per_cents_and_points_have_one_decimal(book: Any) -> None:
    sheet = book["Themes"]
    formats = {head.value: cell.number_format for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert formats["Share"] == "0%"
    assert formats["Drag"].startswith("+0.0;")
    assert formats["Responses"] == "#,##0"


@pytest.mark.parametrize("name", ["Themes", "Mentions", "Segments", "Ledger"])
def test_headers_stay_in_sight_and_filter(book: Any, name: str) -> None:
    sheet = book[name]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet["A1"].font.bold


def test_the_drags_are_a_chart(run: Run, tmp_path: Path) -> None:
    from zipfile import ZipFile

    with ZipFile(write_report(run, "xlsx", tmp_path / "run.xlsx")) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "Themes!$F$2:$F$9" in chart
    assert "<c:errBars>" in chart


def test_every_mention_is_there_once(run: Run, book: Any) -> None:
    assert len(column(book["Mentions"], "Response")) == len(run.mentions)
    assert sorted(column(book["Mentions"], "Response")) == sorted(run.mentions["response_id"])


def test_the_words_of_few_people_are_not_there(run: Run, tmp_path: Path) -> None:
    config = {**run.manifest["config"], "report": {"min_people": 10_000}}
    quiet = replace(run, manifest=run.manifest | {"config": config})
    book = openpyxl.load_workbook(write_report(quiet, "xlsx", tmp_path / "run.xlsx"))
    themed = [words for words, theme in zip(column(book["Mentions"], "Statement"), column(book["Mentions"], "Theme"),
                                            strict=True) if theme]  # fmt: skip
    assert themed
    assert set(themed) == {None}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1+1", "＝1+1", '=HYPERLINK("http://x")'])
def test_no_comment_is_a_formula(with_comment: Callable[[str], Run], tmp_path: Path, text: str) -> None:
    book = openpyxl.load_workbook(write_report(with_comment(text), "xlsx", tmp_path / "run.xlsx"))
    cells = [cell for row in book["Mentions"].iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert "'" + text in [cell.value for cell in cells]


def test_control_characters_and_very_long_texts_are_no_damage(tmp_path: Path) -> None:
    with workbook(tmp_path / "table.xlsx") as book:
        add_table(book, "Table", [Column("text")], [["a\x00b\x1f"], ["w" * 40_000], ["half \ud83d"], [None]])
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx")["Table"]
    assert sheet["A2"].value == "a�b�"
    assert len(sheet["A3"].value) == 32_767
    assert sheet["A4"].value == "half �"
    assert sheet["A5"].value is None


def test_rows_that_no_sheet_holds_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    with workbook(tmp_path / "table.xlsx") as book:
        add_table(book, "Table", [Column("n", "0")], [[n] for n in range(25)])
    values = [row[0].value for row in openpyxl.load_workbook(tmp_path / "table.xlsx")["Table"].iter_rows()]
    assert values == ["n", *range(9), "and 16 more rows, which no sheet holds"]


def test_the_order_of_rows_does_not_change_a_byte(run: Run, tmp_path: Path) -> None:
    shuffled = replace(run, responses=run.responses.iloc[::-1], mentions=run.mentions.sample(frac=1, random_state=3))
    paths = [write_report(own, "xlsx", tmp_path / f"{k}.xlsx") for k, own in enumerate((run, shuffled))]
    one, other = (path.read_bytes() for path in paths)

    assert one == other


def test_a_run_without_scores_is_a_workbook_too(run: Run, tmp_path: Path) -> None:
    responses = run.responses.assign(score=np.nan, category=None)
    changed = replace(run, responses=responses, drivers=rank_drivers(responses, run.mentions, run.model.themes))
    book = openpyxl.load_workbook(write_report(changed, "xlsx", tmp_path / "run.xlsx"))
    assert set(column(book["Themes"], "Drag")) == {None}


def test_a_run_without_comments_is_a_workbook_too(run: Run, tmp_path: Path) -> None:
    silent = replace(run, mentions=run.mentions.iloc[:0], comments=run.comments.iloc[:0])
    drivers = rank_drivers(silent.responses, silent.mentions, run.model.themes)
    book = openpyxl.load_workbook(write_report(replace(silent, drivers=drivers), "xlsx", tmp_path / "run.xlsx"))
    assert book["Mentions"].max_row == 1
    assert isinstance(pd.DataFrame(book["Ledger"].values), pd.DataFrame)


def test_a_header_has_room_for_its_lines(run: Run, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write_report(run, "xlsx", tmp_path / "run.xlsx"))["Themes"]
    names = {cell.value: cell for cell in sheet[1]}
    assert sheet.row_dimensions[1].height >= 30  # "Rank high" takes two lines in its column
    assert names["Drag"].alignment.horizontal == "right"
    assert names["Theme"].alignment.horizontal is None
