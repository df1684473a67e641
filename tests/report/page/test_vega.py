"""The page's interactive charts: their specifications, their pictures, and the script in a real browser."""

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from feedback_nlp.charts.palette import DARK, LIGHT, css_variables
from feedback_nlp.drivers.bridge import compare_periods
from feedback_nlp.report.page.render import render_report
from feedback_nlp.report.page.vega import as_script_json, chart_pictures, chart_specs, runtime
from feedback_nlp.report.page.vega_bundle import RUNTIME, bundle
from feedback_nlp.report.summary.compare import summarise_comparison
from feedback_nlp.report.summary.data import Summary, TrendPoint
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.sections import MapPoint, PeriodPoint, StatementMap
from feedback_nlp.report.summary.summarise import summarise
from feedback_nlp.track import Comparison, Run

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = "</script><script>document.title = 'taken'</script><img src=x onerror=alert(1)> \u202eمرحبا 👩🏽‍💻"
IDS = ["trend", "complaints", "bridge", "map"]


@pytest.fixture(scope="module")
def summary(run: Run, earlier: Run) -> Summary:
    """What the report of a run with a history and a map says; its first theme's name and statements are hostile."""
    bare = replace(summarise(run), trend=(), bridge=None, map=None)
    sizes = (("2024 Q2", 400), ("2024 Q3", 8), ("2024 Q4", 300))
    trend = tuple(PeriodPoint(name, n, Figure(9.0, 1.0, 17.0) if n > 30 else None) for name, n in sizes)
    shares = tuple(TrendPoint(name, n, None, Figure(0.2, 0.1, 0.3) if n > 30 else None, None) for name, n in sizes)
    themes = [replace(theme, trend=shares) for theme in bare.themes]
    themes[0] = replace(themes[0], name=f"Waiting {HOSTILE}")
    names = run.model.themes[["theme_id", "name", "kind"]]
    bridge = compare_periods(earlier.responses, earlier.mentions, run.responses, run.mentions, names)
    comparison = summarise_comparison(Comparison("2024 Q3", "2024 Q4", bridge, names))
    return replace(bare, trend=trend, themes=tuple(themes), bridge=comparison, map=_map(themes))


def _map(themes: list[Any]) -> StatementMap:
    generator = np.random.default_rng(3)
    middles = {theme.theme_id: generator.uniform(-0.7, 0.7, 2).round(3) for theme in themes}
    points = []
    for theme_id, middle in middles.items():
        places = (middle + generator.normal(0, 0.08, (40, 2))).clip(-1, 1).round(3)
        points += [MapPoint(float(x), float(y), theme_id, 1, HOSTILE, -0.6) for x, y in places]
    points += [MapPoint(0.0, 0.0, "", 7)]
    labels = tuple((theme_id, float(x), float(y)) for theme_id, (x, y) in middles.items())
    return StatementMap(tuple(points), labels, len(points), len(points))


@pytest.fixture(scope="module")
def specs(summary: Summary) -> dict[str, dict[str, Any]]:
    return chart_specs(summary)


@pytest.fixture(scope="module")
def pictures(summary: Summary) -> dict[str, Any]:
    return chart_pictures(summary)


def test_charts_stand_in_the_order_of_the_page(specs) -> None:
    assert list(specs) == IDS


def test_a_run_without_history_or_map_has_no_chart(run: Run) -> None:
    bare = replace(summarise(run), trend=(), bridge=None, map=None)
    assert chart_specs(bare) == {}
    assert chart_pictures(bare) == {}


def test_a_bridge_without_scores_is_no_chart(summary: Summary) -> None:
    bare = replace(summary, bridge=replace(summary.bridge, nps_a=None))
    assert "bridge" not in chart_specs(bare)


def test_periods_that_are_all_too_small_have_no_lines(summary: Summary) -> None:
    points = tuple(replace(point, complain=None) for point in summary.themes[0].trend)
    bare = replace(summary, themes=tuple(replace(theme, trend=points) for theme in summary.themes))
    assert "complaints" not in chart_specs(bare)


def test_the_same_summary_gives_the_same_bytes(summary: Summary, specs, pictures) -> None:
    again = chart_specs(summary)
    assert [as_script_json(spec) for spec in again.values()] == [as_script_json(spec) for spec in specs.values()]
    assert chart_pictures(summary) == pictures


def test_a_specification_asks_for_nothing_from_anywhere(specs) -> None:
    for spec in specs.values():
        text = as_script_json(spec)
        assert "http" not in text
        assert '"url"' not in text
        assert '"format"' not in text or '"parse"' not in text


def test_every_row_of_the_map_is_in_its_specification(specs, summary: Summary) -> None:
    tables = {data["name"]: data.get("values") for data in specs["map"]["data"]}
    assert len(tables["points"]) == len(summary.map.points)
    assert {row["anchor"] for row in tables["names"]} == {theme.anchor for theme in summary.themes}


def test_charts_have_the_pages_colours_and_no_other(specs) -> None:
    for spec in specs.values():
        drawn = {key: value for key, value in spec.items() if key != "data"}
        assert set(re.findall(r"#[0-9a-f]{3,8}\b", json.dumps(drawn))) == set()
        named = set(re.findall(r"var\((--[a-z0-9-]+)\)", json.dumps(drawn)))
        assert named <= set(css_variables(LIGHT))


def test_json_in_a_script_element_can_not_end_it(specs) -> None:
    text = as_script_json(specs["map"])
    assert "<" not in text
    assert text.isascii()
    points = next(data for data in json.loads(text)["data"] if data["name"] == "points")
    assert HOSTILE in {row["text"] for row in points["values"]}


def test_pictures_are_well_formed_and_hold_no_markup_of_a_name(pictures) -> None:
    assert list(pictures) == IDS
    for picture in pictures.values():
        tags = {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(picture).iter()}  # noqa: S314 - our own
        assert tags <= {"svg", "g", "path", "text", "tspan", "rect", "line", "clipPath", "defs"}
        assert "<script" not in picture


def test_a_picture_of_the_map_is_small(summary: Summary, pictures) -> None:
    assert len(pictures["map"]) < 14 * len(summary.map.points) + 6000


def test_the_runtime_is_small_plain_and_carries_its_licences() -> None:
    script = runtime()
    assert script.isascii()
    assert len(script) < 480_000
    assert not re.search(r"</script|<script|<!--", script, re.IGNORECASE)
    assert "University of Washington Interactive Data Lab" in script
    assert "Mike Bostock" in script


def test_the_runtime_in_the_package_is_the_one_that_is_made_afresh() -> None:
    vl_convert = pytest.importorskip("vl_convert")
    if vl_convert.get_vega_version() != "6.2.0":
        pytest.skip("another release of Vega: `python -m feedback_nlp.report.page.vega_bundle` renews the file")
    assert RUNTIME.read_text(encoding="ascii") == bundle()


def defined(page_source: str, start: str) -> dict[str, str]:
    """The variables of the first block of rules after `start`."""
    block = page_source.partition(start)[2].partition(":root")[2].partition("}")[0]
    return dict(re.findall(r"(--[a-z0-9-]+)\s*:\s*([^;{}]+?)\s*(?=;|$)", block))


def test_the_report_defines_the_colours_that_charts_are_drawn_with(run: Run) -> None:
    source = render_report(run)
    for start, colours in (("<style>", LIGHT), ("prefers-color-scheme: dark", DARK)):
        found, wanted = defined(source, start), css_variables(colours)
        assert found.items() >= {name: value for name, value in wanted.items() if name in found}.items()
        assert set(found) >= set(wanted) or "window.vegaPage" not in source


def test_periods_that_are_all_too_small_are_drawn_too(summary: Summary) -> None:
    small = tuple(replace(point, nps=None) for point in summary.trend)
    assert "too few (400)" in chart_pictures(replace(summary, trend=small))["trend"]


def page(summary: Summary, specs: dict[str, dict[str, Any]], pictures: dict[str, Any]) -> str:
    """A page as the report builds it: strict policy, hash of the one script, no eval."""
    script = runtime()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    rules = [";".join(f"{name}:{value}" for name, value in css_variables(colours).items()) for colours in (LIGHT, DARK)]
    figures = "".join(
        f'<figure><div class="vega" data-chart="{name}" role="img" aria-label="{name}">{pictures[name]}</div></figure>'
        f'<script type="application/json" id="spec-{name}">{as_script_json(spec)}</script>'
        for name, spec in specs.items()
    )
    sections = "".join(f'<p id="{theme.anchor}">…</p>' for theme in summary.themes)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Report</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>:root{{{rules[0]}}} @media (prefers-color-scheme: dark){{:root{{{rules[1]}}}}}"
        f"figure{{margin:0}}</style>"
        f"</head><body>{figures}{sections}<script>{script}</script></body></html>"
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def visit(browser: Any, folder: Path, html: str, width: int = 1200, scheme: str = "light") -> tuple[Any, list[str]]:
    """The page with all its charts scrolled past, and what it complained of or asked for."""
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    place = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said: list[str] = []
    place.on("console", lambda message: said.append(message.text))
    place.on("pageerror", lambda error: said.append(str(error)))
    place.on("request", lambda request: None if request.url == path.as_uri() else said.append(request.url))
    place.goto(path.as_uri())
    for figure in place.query_selector_all("div.vega"):
        figure.scroll_into_view_if_needed()
        place.wait_for_selector(f'[data-chart="{figure.get_attribute("data-chart")}"][data-drawn]')
    return place, said


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1200, "dark")])
def test_charts_are_drawn_without_eval_a_request_or_a_word(
    browser, summary: Summary, specs, pictures, tmp_path: Path, width: int, scheme: str
) -> None:
    place, said = visit(browser, tmp_path, page(summary, specs, pictures), width, scheme)
    assert said == []
    assert place.eval_on_selector_all("div.vega", "all => all.map(one => one.dataset.drawn)") == ["yes"] * 4
    assert place.evaluate("document.documentElement.scrollWidth") <= width
    assert place.title() == "Report"
    place.close()


@pytest.mark.browser
def test_a_dark_page_has_dark_charts(browser, summary: Summary, specs, pictures, tmp_path: Path) -> None:
    place, _ = visit(browser, tmp_path, page(summary, {"trend": specs["trend"]}, pictures), scheme="dark")
    label = "getComputedStyle([...document.querySelectorAll('.vega text')].find(t => t.textContent === '9.0')).fill"
    assert place.evaluate(label) == "rgb(232, 234, 238)"
    place.emulate_media(color_scheme="light")
    assert place.evaluate(label) == "rgb(27, 29, 33)"
    place.close()


@pytest.mark.browser
def test_hovering_shows_the_statement_as_text_and_a_click_goes_to_its_theme(
    browser, summary: Summary, specs, pictures, tmp_path: Path
) -> None:
    place, said = visit(browser, tmp_path, page(summary, {"map": specs["map"]}, pictures))
    dots = place.query_selector_all(".vega .mark-symbol path")
    dots[-1].hover(force=True)
    assert place.inner_text(".vega-tip").startswith("</script><script>")
    assert place.query_selector(".vega-tip script") is None
    dots[-1].click(force=True)
    assert place.evaluate("location.hash").startswith("#theme-t")
    assert said == []
    place.close()


@pytest.mark.browser
def test_a_chart_that_can_not_be_drawn_leaves_its_picture(
    browser, summary: Summary, specs, pictures, tmp_path: Path
) -> None:
    broken = page(summary, {"trend": specs["trend"]}, pictures)
    broken = re.sub(r'(id="spec-trend">).*?(</script>)', r"\1{\2", broken)
    place, said = visit(browser, tmp_path, broken)
    assert place.eval_on_selector("div.vega", "one => one.dataset.drawn") == "no"
    assert place.is_visible("div.vega > svg")
    assert said == []
    place.close()


@pytest.mark.browser
def test_a_chart_follows_the_width_of_its_place(browser, summary: Summary, specs, pictures, tmp_path: Path) -> None:
    place, _ = visit(browser, tmp_path, page(summary, {"bridge": specs["bridge"]}, pictures))
    place.set_viewport_size({"width": 400, "height": 800})
    place.wait_for_selector(".vega svg[width='384']")  # 400 without the body's margins
    assert place.evaluate("document.documentElement.scrollWidth") <= 400
    place.close()
