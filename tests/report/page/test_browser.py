"""The page in a real browser: it runs under its own policy without a complaint, and links open their theme."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_nlp.report import render_report
from feedback_nlp.track import Run

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --enable-logging=stderr --v=0""".split()

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]


def visit(page: str, folder: Path, fragment: str = "") -> tuple[str, list[str]]:
    """Returns the page as the browser holds it after loading, and what it wrote to the console."""
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    place = path.as_uri() + fragment
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", place]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def opened(dom: str) -> list[str]:
    return re.findall(r'<details class="theme" id="([^"]+)" open', dom)


def test_the_page_loads_without_a_word_in_the_console(run: Run, tmp_path: Path) -> None:
    dom, console = visit(render_report(run), tmp_path)
    assert console == []
    assert dom.count('<details class="theme"') == 8
    assert opened(dom) == ["theme-t01"]


def test_a_link_to_a_theme_opens_it(run: Run, tmp_path: Path) -> None:
    dom, _ = visit(render_report(run), tmp_path, "#theme-t03")
    assert opened(dom) == ["theme-t01", "theme-t03"]


def test_the_policy_stops_a_foreign_script(run: Run, tmp_path: Path) -> None:
    smuggled = render_report(run).replace("</main>", "<script>document.title = 'taken'</script></main>")
    dom, console = visit(smuggled, tmp_path)
    assert "<title>taken</title>" not in dom
    assert any("Content Security Policy" in line for line in console)


def test_a_hostile_comment_runs_nothing(with_comment: Callable[[str], Run], tmp_path: Path) -> None:
    dom, console = visit(render_report(with_comment("<img src=x onerror=\"document.title='taken'\">")), tmp_path)
    assert console == []
    assert "<title>taken</title>" not in dom
