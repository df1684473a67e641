"""Reports as files: each format is written whole or not at all, and says the same as the page."""

import json
from pathlib import Path

import pytest

from feedback_nlp.errors import RunError
from feedback_nlp.report import render_report, summarise, write_report
from feedback_nlp.report.files import FORMATS
from feedback_nlp.track import Run


@pytest.mark.parametrize("format_name", FORMATS)
def test_each_format_is_a_file_and_leaves_nothing_beside_it(run: Run, tmp_path: Path, format_name: str) -> None:
    path = write_report(run, format_name, tmp_path / f"report.{format_name}")
    assert path.stat().st_size > 500
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("format_name", FORMATS)
def test_each_format_is_the_same_bytes_again(run: Run, tmp_path: Path, format_name: str) -> None:
    one, other = (write_report(run, format_name, tmp_path / f"{k}.x").read_bytes() for k in range(2))
    assert one == other


def test_a_file_of_a_finished_run_stays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match="part of a finished run"):
        write_report(run, "json", tmp_path / "manifest.json")
    assert (tmp_path / "manifest.json").read_text(encoding="utf-8") == "{}"
    assert write_report(run, "json", tmp_path / "again.json").exists()


def test_an_unknown_format_names_the_nearest(run: Run, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"did you mean 'xlsx'.*known: html, json, md, xlsx, pptx"):
        write_report(run, "xslx", tmp_path / "x")


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_place_that_is_not_there_is_one_line(run: Run, tmp_path: Path, format_name: str) -> None:
    with pytest.raises(RunError, match="can't be written") as caught:
        write_report(run, format_name, tmp_path / "nowhere" / "x")
    assert "\n" not in str(caught.value)


def test_json_keeps_the_headline_figures_and_adds_the_report(run: Run, tmp_path: Path) -> None:
    data = json.loads(write_report(run, "json", tmp_path / "x.json").read_text(encoding="utf-8"))
    assert {key: data[key] for key in run.summary} == json.loads(json.dumps(run.summary))
    report = data["report"]
    assert [theme["name"] for theme in report["themes"]] == [theme.name for theme in summarise(run).themes]
    assert report["nps"]["value"] == pytest.approx(run.drivers.nps.value)
    assert report["themes"][0]["quotes"][0]["date"] is None or report["themes"][0]["quotes"][0]["date"][4] == "-"


def test_html_is_the_page(run: Run, tmp_path: Path) -> None:
    assert write_report(run, "html", tmp_path / "x.html").read_text(encoding="utf-8") == render_report(run)
