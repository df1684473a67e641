"""Pages of made-up runs, opened in the system's Chromium by Playwright; what a page says or asks for fails its test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.drivers import compare_periods, rank_drivers
from feedback_nlp.report import render_comparison, summarise
from feedback_nlp.report.page.render import render_summary
from feedback_nlp.report.summary.data import Summary
from feedback_nlp.schema import MAP, RESPONSES
from feedback_nlp.track import Comparison, Run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = "--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update".split()

RUN = "window.taken = (window.taken || 0) + 1"  # what every smuggled script would do
HOSTILE = {
    "script": f"<script>{RUN}</script> I waited.",
    "image": f"\"><img src=x onerror='{RUN}'> nobody answered",
    "end of script": f"</script><script>{RUN}</script>",
    "end of title": f"</title></style></head><body onload='{RUN}'><h1>Free money</h1>",
    "link": f"<a href='javascript:{RUN}'>my complaint</a>",
    "quotes": 'She said "never", \'no\' & `maybe` \\" &quot;later&quot; &#34;',
    "right to left": "مرحبا، انتظرت ساعة <b>كاملة</b> ولم يجب أحد.",
    "override": "\u202egnitiaw rof sruoh\u202c and \u2067back\u2069 again",
    "emoji": "👩‍👩‍👧‍👦 👨🏿‍🦽 🏳️‍🌈 waited 🫠",
    "controls": "a\x00b\x07c\x1bd\x7fe\x85f",
    "long": "w" * 5000,
    "template": "{{7*7}} ${7*7} #{7*7} {% include 'secrets' %}",
    "lines": "one\u2028two\u2029three\nfour </mark></blockquote></details>",
    "prototype": "__proto__ constructor toString",
}


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A browser per module: while Playwright's loop runs, other tests (of notebooks) could not run one of theirs."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def heard() -> list[str]:
    """What pages wrote to the console, threw, or asked a network or a disk for; a test that expects it clears it."""
    return []


@pytest.fixture
def open_page(browser: "Browser", heard: list[str], tmp_path: Path) -> "Iterator[Callable[..., Page]]":
    """Gives a page of HTML text as its reader has it; at the end nothing may have been heard of any."""
    with ExitStack() as at_the_end:

        def open_it(
            html: str, *, width: int = 1200, dark: bool = False, fragment: str = "", javascript: bool = True,
            bypass_csp: bool = False, touch: bool = False,
        ) -> "Page":  # fmt: skip
            path = tmp_path / "report.html"
            path.write_text(html, encoding="utf-8", newline="\n")
            context = at_the_end.enter_context(
                browser.new_context(
                    viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light",
                    java_script_enabled=javascript, bypass_csp=bypass_csp, reduced_motion="reduce", has_touch=touch,
                )
            )  # fmt: skip
            context.set_default_timeout(5000)
            page = context.new_page()
            _listen(page, heard, path.as_uri())
            page.goto(path.as_uri() + fragment)
            return page

        yield open_it
    assert heard == []


def _listen(page: "Page", heard: list[str], own: str) -> None:
    def asked(request: Any) -> None:
        if request.url.partition("#")[0] != own:
            heard.append(f"request: {request.url}")

    page.on("console", lambda message: heard.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.on("request", asked)
    page.route(lambda url: url.partition("#")[0] != own, lambda route: route.abort())


@pytest.fixture(scope="session")
def mapped(run: Run) -> Run:
    """The run with a place on the map for every statement."""
    ids = run.mentions["segment_id"].drop_duplicates().sort_values()
    places = np.random.default_rng(3).uniform(-1, 1, (len(ids), 2))
    return replace(run, map=MAP.validate(pd.DataFrame({"segment_id": ids, "x": places[:, 0], "y": places[:, 1]})))


@pytest.fixture(scope="session")
def quarter_before(earlier: Run) -> Run:
    responses = earlier.responses.assign(period="2024 Q3", date=earlier.responses["date"] - pd.Timedelta(days=92))
    return replace(earlier, responses=RESPONSES.validate(responses))


@pytest.fixture(scope="session")
def hostile(mapped: Run) -> Run:
    """A run in which every text that an export, an editor or a config brings is an attack."""
    evil = f"\"'></title></script><script>{RUN}</script><img src=x onerror='{RUN}'>{{{{7*7}}}}\u2028"
    run, texts = mapped, list(HOSTILE.values())
    waiting = (run.mentions["theme_id"] == "t01").to_numpy()
    spoken = run.mentions["text"].astype(object).to_numpy(copy=True)
    spoken[waiting] = [texts[k % len(texts)] for k in range(waiting.sum())]
    mentions = run.mentions.assign(text=pd.Series(spoken, index=run.mentions.index, dtype="str"))
    mentions["start"] = mentions["start"].mask(waiting, 0)
    mentions["end"] = mentions["end"].mask(waiting, mentions["text"].str.len())
    said = mentions[waiting].drop_duplicates("response_id").set_index("response_id")["text"]
    comments = run.comments.assign(comment=run.comments["response_id"].map(said).fillna(run.comments["comment"]))
    themes = run.model.themes.assign(name=[f"{k}{evil}" for k in range(len(run.model.themes))])
    themes["keyphrases"] = [[evil, phrases[0]] if phrases else [] for phrases in themes["keyphrases"]]
    channel = run.responses["segment_channel"].mask(run.responses["segment_channel"] == "phone", evil)
    responses = run.responses.assign(segment_channel=channel).rename(columns={"segment_region": f"segment_{evil}"})
    config = {**run.manifest["config"], "report": {"title": evil, "owners": {"t01": evil}}}
    return replace(
        run, mentions=mentions, comments=comments, responses=responses, manifest=run.manifest | {"config": config},
        model=SimpleNamespace(**(vars(run.model) | {"themes": themes})),
    )  # fmt: skip


@pytest.fixture(scope="session")
def summary(mapped: Run, quarter_before: Run) -> Summary:
    """What the page "history" shows: every section there is."""
    return summarise(mapped, [quarter_before])


@pytest.fixture(scope="session")
def html(mapped: Run, earlier: Run, quarter_before: Run, hostile: Run, summary: Summary) -> Callable[[str], str]:
    """Gives a page by its name, made once: plain, history, scoreless, themeless, hostile, comparison, notebook."""
    makers: dict[str, Callable[[], str]] = {
        "plain": lambda: render_summary(summarise(mapped)),
        "history": lambda: render_summary(summary),
        "scoreless": lambda: render_summary(summarise(_without_scores(mapped))),
        "themeless": lambda: render_summary(summarise(_without_themes(mapped))),
        "hostile": lambda: render_summary(summarise(hostile, [quarter_before])),
        "comparison": lambda: render_comparison(_compared(earlier, mapped)),
        "notebook": lambda: _in_a_notebook(mapped._repr_html_()),
    }
    return cache(lambda name: makers[name]())


def _without_scores(run: Run) -> Run:
    responses = run.responses.assign(score=float("nan"), category=None)
    return replace(run, responses=responses, drivers=rank_drivers(responses, run.mentions, run.model.themes))


def _without_themes(run: Run) -> Run:
    none, mentions = run.model.themes.iloc[:0], run.mentions.assign(theme_id=None).drop_duplicates("segment_id")
    drivers = rank_drivers(run.responses, mentions, none)
    return replace(
        run, model=SimpleNamespace(**(vars(run.model) | {"themes": none})), mentions=mentions, drivers=drivers
    )


def _compared(a: Run, b: Run) -> Comparison:
    themes = b.model.themes[["theme_id", "name", "kind"]]
    return Comparison(
        "2024 Q3", "2024 Q4", compare_periods(a.responses, a.mentions, b.responses, b.mentions, themes), themes
    )


def _in_a_notebook(cell: str) -> str:
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Notebook</title>'
    return f'<!DOCTYPE html><html lang="en"><head>{head}</head><body><main><h1>Notebook</h1>{cell}</main></body></html>'


@pytest.fixture(scope="session")
def audit() -> "Callable[[Page], list[str]]":
    """Gives axe-core's serious and critical findings of a page with everything in it open.

    A page's own policy lets no script in; what Playwright evaluates is not bound by it.
    """
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

    def findings(page: "Page") -> list[str]:
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [
            f"{one['impact']} {one['id']}: {node['target']} {node.get('failureSummary', '')}"
            for one in found
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"][:3]
        ]

    return findings
