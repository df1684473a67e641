"""The Markdown summary: a screenful that says the score first, and in which nothing of a comment is markup."""

import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.drivers import rank_drivers
from feedback_nlp.report import summarise
from feedback_nlp.report.formats.markdown import _safe, as_markdown
from feedback_nlp.track import Run


@pytest.fixture(scope="module")
def text(run: Run) -> str:
    return as_markdown(summarise(run))


def test_it_begins_with_the_title_and_the_score(run: Run, text: str) -> None:
    lines = text.splitlines()
    assert lines[0] == "# Customer support survey"
    assert "300 responses, 243 with a comment" in lines[2]
    assert lines[4].startswith("**NPS −7.7 (")


def test_it_is_a_screenful(text: str) -> None:
    assert len(text.splitlines()) < 60
    assert text.endswith("\n")


def test_a_row_per_theme_has_as_many_cells_as_the_header(text: str) -> None:
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 8
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}


def test_the_worst_themes_speak(text: str) -> None:
    assert "**Waiting time**: " in text
    assert len(re.findall(r"^> (?!—)", text, flags=re.M)) == len(re.findall(r"^> —", text, flags=re.M)) > 0


def test_what_is_not_known_is_said(text: str) -> None:
    assert "Association is not cause" in text
    assert "3 rows were rejected" in text


def test_more_than_ten_themes_are_counted(run: Run) -> None:
    summary = summarise(run)
    many = replace(summary, themes=summary.themes * 2)
    assert "and 6 more themes in the report" in as_markdown(many)


@pytest.mark.parametrize(("written", "shown"), [
    ("**free** `code` _x_", r"\*\*free\*\* \`code\` \_x\_"),
    ("[pay](http://x)", "\\[pay\\](http\N{WORD JOINER}://x)"),
    ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
    ("a | b", r"a \| b"),
    ("@everyone look", "\N{WORD JOINER}@everyone look"),
    ("# heading\n- list\n> quote", r"\# heading - list \> quote"),
    ("1. first", r"1\. first"),
    ("- first", r"\- first"),
    ("\u202eevil", "evil"),
    ("well-known, 4.2 (of 5)!", "well-known, 4.2 (of 5)!"),
])  # fmt: skip
def test_marks_are_shown_and_do_nothing(written: str, shown: str) -> None:
    assert _safe(written) == shown


@given(st.text(max_size=200))
def test_a_text_stays_on_one_line_and_keeps_its_letters(written: str) -> None:
    shown = _safe(written)
    assert "\n" not in shown
    assert [one for one in shown if one.isalnum()] == [one for one in written if one.isalnum() and one.isprintable()]


def test_a_hostile_comment_is_words(with_comment: Callable[[str], Run]) -> None:
    text = as_markdown(summarise(with_comment("<img src=x> | **all** [free](http://x) @here")))
    assert "<img" not in text.replace("\\<img", "")
    assert "\\[free\\]" in text


def test_a_run_without_scores_counts(run: Run) -> None:
    responses = run.responses.assign(score=np.nan, category=None)
    drivers = rank_drivers(responses, run.mentions, run.model.themes)
    text = as_markdown(summarise(replace(run, responses=responses, drivers=drivers)))
    assert "no score was given" in text
    assert "| Theme | Responses | Complain | Praise |" in text
    assert "Association" not in text


def test_a_run_without_themes_says_so(run: Run) -> None:
    none, mentions = run.model.themes.iloc[:0], run.mentions.assign(theme_id=None).drop_duplicates("segment_id")
    bare = replace(run, mentions=mentions, drivers=rank_drivers(run.responses, mentions, none),
                   model=SimpleNamespace(themes=none, fingerprint="none"))  # type: ignore[arg-type]  # fmt: skip
    assert "No theme was found" in as_markdown(summarise(bare))
