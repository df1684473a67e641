"""Five slides: native charts of the summary's figures, texts that fit and can be read, the same bytes each time."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation

from feedback_nlp.drivers import rank_drivers
from feedback_nlp.report import summarise, write_report
from feedback_nlp.report.formats.slide_charts import pooled, span
from feedback_nlp.report.formats.slide_texts import cut
from feedback_nlp.report.formats.slides import write_slides
from feedback_nlp.report.summary.sections import Step
from feedback_nlp.track import Run


def opened(run: Run, folder: Path) -> Any:
    return Presentation(str(write_report(run, "pptx", folder / "run.pptx")))


@pytest.fixture(scope="module")
def deck(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return opened(run, tmp_path_factory.mktemp("pptx"))


def texts(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def charts(deck: Any) -> list[Any]:
    return [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def test_there_are_five_slides_of_16_to_9_each_with_a_title(deck: Any) -> None:
    assert len(deck.slides) == 5
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=0.01)
    assert all(slide.shapes.title.text_frame.text for slide in deck.slides)


def test_the_first_slide_says_the_headline(run: Run, deck: Any) -> None:
    shown = texts(deck.slides[0])
    assert all(" ".join(sentence.text.split()) in shown for sentence in summarise(run).headline)


def test_the_drags_are_those_of_the_summary_and_can_be_edited(run: Run, deck: Any) -> None:
    drag, lift = charts(deck)[0].plots[0].series
    themes = summarise(run).themes[:8]
    assert list(drag.values) == pytest.approx([theme.drag.value if theme.drag else 0.0 for theme in themes])
    assert list(lift.values) == pytest.approx([theme.lift.value if theme.lift else 0.0 for theme in themes])
    assert charts(deck)[0].part.chart_workbook.xlsx_part is not None


def test_many_periods_are_counted(run: Run, tmp_path: Path) -> None:
    quarters = tuple(f"{year}-Q{quarter}" for year in (2023, 2024) for quarter in (1, 2, 3, 4))
    path = tmp_path / "run.pptx"
    write_slides(replace(summarise(run), periods=quarters), path)
    texts = [shape.text_frame.text for shape in Presentation(str(path)).slides[0].shapes if shape.has_text_frame]
    assert any("2023-Q1, 2023-Q2, 2023-Q3, 2023-Q4 and 4 more · 300 responses" in text for text in texts)


def test_the_walk_ends_at_the_score(run: Run, deck: Any) -> None:
    hidden, above, below = (series.values for series in charts(deck)[1].plots[0].series)
    assert hidden[-1] + above[-1] + below[-1] == pytest.approx(run.drivers.nps.value)


def test_charts_have_words_for_who_does_not_see_them(deck: Any) -> None:
    frames = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    words = [frame._element.nvGraphicFramePr.cNvPr.get("descr") for frame in frames]
    assert len(words) == 2
    assert all("Waiting time" in one for one in words)


def test_letters_can_be_read_from_the_last_row(deck: Any) -> None:
    sizes = [run.font.size.pt for slide in deck.slides for shape in slide.shapes if shape.has_text_frame
             for paragraph in shape.text_frame.paragraphs for run in paragraph.runs]  # fmt: skip
    assert min(sizes) >= 16


def test_nothing_stands_outside_its_slide(deck: Any) -> None:
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 <= shape.top
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


def test_quotes_and_next_steps_are_on_the_last_slides(run: Run, deck: Any) -> None:
    assert "Waiting time" in texts(deck.slides[3])
    assert "“" in texts(deck.slides[3])
    assert "Association is not cause" in texts(deck.slides[4])
    advised = [theme.name for theme in summarise(run).themes if theme.recommendation]
    assert advised[0] in texts(deck.slides[4])


def heights(deck: Any) -> list[tuple[float, float]]:
    """Returns what the texts of each box need, letters half as wide as high, and what it has, in points."""
    found = []
    for slide in deck.slides:
        for shape in slide.shapes:
            if not shape.has_text_frame or not shape.text_frame.text:
                continue
            need = 0.0
            for paragraph in shape.text_frame.paragraphs:
                size = paragraph.runs[0].font.size.pt if paragraph.runs else 16
                need += -(-len(paragraph.text) * 0.5 * size // shape.width.pt) * 1.2 * size
            found.append((need, shape.height.pt))
    return found


@pytest.mark.parametrize("name", ["W" * 200, "a very long name " * 12, "<b>&\"'"])
def test_long_names_run_over_nothing(run: Run, tmp_path: Path, name: str) -> None:
    themes = run.model.themes.assign(name=[f"{k} {name}" for k in range(len(run.model.themes))])
    deck = opened(replace(run, model=SimpleNamespace(themes=themes, fingerprint="made")), tmp_path)  # type: ignore[arg-type]
    assert all(need <= room for need, room in heights(deck))
    assert len(deck.slides) == 5


@pytest.mark.parametrize("text", ["w" * 5000, "bell \x07 and \ufffe", "<a:t>&lt;", "مرحبا، انتظرت ساعة", "👩‍👩‍👧‍👦"])
def test_any_comment_can_be_quoted(with_comment: Callable[[str], Run], tmp_path: Path, text: str) -> None:
    assert len(opened(with_comment(text), tmp_path).slides) == 5


def test_the_order_of_rows_does_not_change_a_byte(run: Run, tmp_path: Path) -> None:
    shuffled = replace(run, responses=run.responses.iloc[::-1], mentions=run.mentions.sample(frac=1, random_state=3))
    paths = [write_report(own, "pptx", tmp_path / f"{k}.pptx") for k, own in enumerate((run, shuffled))]
    one, other = (path.read_bytes() for path in paths)

    assert one == other


def test_no_clock_is_in_the_file(run: Run, tmp_path: Path) -> None:
    deck = opened(run, tmp_path)
    assert deck.core_properties.created.year == deck.core_properties.modified.year == 2000


def test_a_run_without_scores_has_five_slides(run: Run, tmp_path: Path) -> None:
    responses = run.responses.assign(score=np.nan, category=None)
    drivers = rank_drivers(responses, run.mentions, run.model.themes)
    deck = opened(replace(run, responses=responses, drivers=drivers), tmp_path)
    assert len(deck.slides) == 5
    assert "no score was given" in texts(deck.slides[0])
    assert len(charts(deck)) == 1


def test_a_run_without_themes_has_five_slides(run: Run, tmp_path: Path) -> None:
    none, mentions = run.model.themes.iloc[:0], run.mentions.assign(theme_id=None).drop_duplicates("segment_id")
    bare = replace(run, mentions=mentions, drivers=rank_drivers(run.responses, mentions, none),
                   model=SimpleNamespace(themes=none, fingerprint="none"))  # type: ignore[arg-type]  # fmt: skip
    deck = opened(bare, tmp_path)
    assert len(deck.slides) == 5
    assert "No theme was found" in texts(deck.slides[1])


POINTS = st.floats(-100, 100)


@given(POINTS, POINTS)
def test_a_bar_lies_between_its_ends(start: float, end: float) -> None:
    hidden, above, below = span(Step("x", "drag", end - start, start, end))
    ends = sorted([hidden + above, hidden + below]) if above == 0 or below == 0 else [below, above]
    drawn = (min(ends), max(ends)) if hidden == 0 else tuple(sorted([hidden, hidden + above + below]))
    assert drawn == pytest.approx((min(start, end), max(start, end)), abs=1e-9)


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=40), POINTS)
def test_a_long_account_is_pooled_and_keeps_its_sum(values: list[float], base: float) -> None:
    at, steps = base, [Step("Base", "base", base, 0.0, base)]
    for place, value in enumerate(values):
        steps.append(Step(f"term {place}", "drag", value, at, at + value))
        at += value
    shown = pooled([*steps, Step("NPS", "total", at, 0.0, at)])
    assert len(shown) <= 12
    assert shown[-2].end == pytest.approx(at, abs=1e-6)


@given(st.text(max_size=300), st.integers(2, 80))
def test_a_cut_text_has_room(text: str, most: int) -> None:
    assert len(cut(text, most)) <= most
    assert "\n" not in cut(text, most)
