"""Two periods on one page, and reports as files."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp.drivers import compare_periods
from feedback_nlp.errors import RunError
from feedback_nlp.report import render_comparison, summarise_comparison, write_comparison, write_report
from feedback_nlp.report.page.chart_tables import bridge_of
from feedback_nlp.track import Comparison, Run


@pytest.fixture(scope="module")
def comparison(run: Run, earlier: Run) -> Comparison:
    themes = run.model.themes[["theme_id", "name", "kind"]]
    bridge = compare_periods(earlier.responses, earlier.mentions, run.responses, run.mentions, themes)
    return Comparison("2024 Q3", "2024 Q4", bridge, themes)


def test_terms_come_by_the_size_of_their_change(comparison: Comparison) -> None:
    changes = [abs(move.change) for move in summarise_comparison(comparison).moves if move.change is not None]
    assert changes == sorted(changes, reverse=True)


def test_pooled_terms_come_last_with_their_shares(comparison: Comparison) -> None:
    moves = summarise_comparison(comparison).moves
    pooled = [move.change is None for move in moves]
    assert pooled == sorted(pooled)
    assert {move.mix for move in moves if move.name == "Gift wrapping"} == {None}


def test_the_walk_ends_at_the_later_nps(comparison: Comparison) -> None:
    walk = bridge_of(summarise_comparison(comparison))
    assert walk["end"].iloc[-1] == pytest.approx(comparison.bridge.total.nps_b.value, abs=1e-9)
    assert walk["start"].iloc[1:-1].tolist() == pytest.approx(walk["end"].iloc[:-2].tolist())


def test_the_picture_is_the_bridge_over_themes(comparison: Comparison) -> None:
    page = render_comparison(comparison)
    picture = page[page.index('<table class="account">') : page.index('<table class="groups">')]
    labels = re.findall(r'class="name"><bdi>([^<]+)</bdi>', picture)
    assert labels[0] == "NPS 2024 Q3"
    assert labels[-1] == "NPS 2024 Q4"
    assert any(label.startswith("Waiting time: ") for label in labels)


def test_the_largest_moves_are_named_with_how_sure_they_are(comparison: Comparison) -> None:
    page, largest = render_comparison(comparison), summarise_comparison(comparison).moves[0]
    sentence = page[page.index("The largest moves:") :].partition("</p>")[0]
    assert largest.name in sentence
    assert ("could be chance" in sentence.partition("·")[0]) == largest.could_be_chance


def test_the_parts_of_the_terms_add_up_to_the_totals(comparison: Comparison) -> None:
    summary = summarise_comparison(comparison)
    of_terms = sum(move.change for move in summary.moves if move.change is not None)
    assert of_terms == pytest.approx(sum(part.value for _, part in summary.parts[:2]), abs=1e-9)


def test_a_change_whose_interval_holds_zero_could_be_chance(comparison: Comparison) -> None:
    still = replace(comparison.bridge.total, change=replace(comparison.bridge.total.change, low=-3.0, high=2.0))
    page = render_comparison(replace(comparison, bridge=replace(comparison.bridge, total=still)))
    assert "this could be chance" in page


def test_a_sure_change_is_not_called_chance(comparison: Comparison) -> None:
    moved = replace(comparison.bridge.total, change=replace(comparison.bridge.total.change, low=1.0, high=9.0))
    page = render_comparison(replace(comparison, bridge=replace(comparison.bridge, total=moved)))
    assert "this could be chance" not in page


def test_both_periods_are_named(comparison: Comparison) -> None:
    assert "<bdi>2024 Q3</bdi> to <bdi>2024 Q4</bdi>" in render_comparison(comparison)


def test_a_hostile_name_stays_text(comparison: Comparison) -> None:
    themes = comparison.themes.assign(name="<script>alert(1)</script>")
    page = render_comparison(replace(comparison, themes=themes, name_a="<b onclick=x>"))
    assert page.count("<script") == 1
    assert "<b onclick" not in page


def test_without_scores_only_shares_are_compared(comparison: Comparison, run: Run) -> None:
    silent = run.responses.assign(category=None)
    bridge = compare_periods(silent, run.mentions, silent, run.mentions, comparison.themes)
    page = render_comparison(replace(comparison, bridge=bridge))
    assert "No score was given in one of the periods" in page
    assert "What the change is made of" not in page


def test_the_comparison_is_written_as_a_folder(comparison: Comparison, tmp_path: Path) -> None:
    folder = write_comparison(comparison, tmp_path / "q3-q4")
    assert sorted(path.name for path in folder.iterdir()) == ["bridge.csv", "bridge.json", "compare.html"]
    assert len(pd.read_csv(folder / "bridge.csv")) == len(comparison.table)
    assert json.loads((folder / "bridge.json").read_text(encoding="utf-8"))["b"] == "2024 Q4"


def test_an_existing_folder_is_left_alone(comparison: Comparison, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="exists already"):
        write_comparison(comparison, tmp_path)


def test_a_report_is_written_as_a_page_with_unix_line_ends(run: Run, tmp_path: Path) -> None:
    path = write_report(run, "html", tmp_path / "q4.html")
    assert path.read_bytes().startswith(b"<!DOCTYPE html>\n")
    assert b"\r" not in path.read_bytes()


def test_an_unknown_format_names_the_known_ones(run: Run, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"did you mean 'html'.*known: html, json"):
        write_report(run, "htm", tmp_path / "q4.htm")


def test_a_place_that_does_not_exist_is_one_line(run: Run, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="can't be written"):
        write_report(run, "html", tmp_path / "nowhere" / "q4.html")
