"""The page loads under its own policy without a word in the console and without asking anybody for anything."""

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser
PAGES = ("plain", "history", "scoreless", "themeless", "comparison", "notebook")
EVALUATE = """() => new Promise((done) => setTimeout(() => {
  try { done(String(eval('40 + 2'))); } catch (error) { done(error.name); }
}, 0))"""  # Playwright's own calls may evaluate text; what runs after them may not


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_heard_of_a_page(open_page: Callable, html: Callable, name: str, dark: bool) -> None:
    page = open_page(html(name), dark=dark)
    assert page.locator("h1").count() == 1
    assert page.title() != ""


@pytest.mark.parametrize("name", ["history", "comparison"])
def test_the_policy_stops_a_foreign_script(open_page: Callable, html: Callable, heard: list[str], name: str) -> None:
    page = open_page(html(name).replace("</main>", "<script>document.title = 'taken'</script></main>"))
    assert page.title() != "taken"
    assert any("Content Security Policy" in line for line in heard)
    heard.clear()


def test_the_policy_stops_an_attribute_that_is_a_script(open_page: Callable, html: Callable, heard: list[str]) -> None:
    page = open_page(html("history").replace("<h1>", "<h1 onclick=\"document.title = 'taken'\">", 1))
    page.locator("h1").click()
    assert page.title() != "taken"
    assert any("inline event handler" in line for line in heard)
    heard.clear()


def test_the_policy_stops_an_image_of_elsewhere(open_page: Callable, html: Callable, heard: list[str]) -> None:
    open_page(html("history").replace("</main>", "<img src='https://example.org/pixel' alt=''></main>"))
    assert any("Content Security Policy" in line for line in heard)
    heard.clear()


def test_text_is_never_run_as_script(open_page: Callable, html: Callable, heard: list[str]) -> None:
    assert open_page(html("history")).evaluate(EVALUATE) == "EvalError"
    assert all("unsafe-eval" in line or "evaluate a string" in line.lower() for line in heard)
    heard.clear()


def test_without_a_policy_text_would_be_run(open_page: Callable) -> None:
    assert open_page("<!DOCTYPE html><title>free</title>").evaluate(EVALUATE) == "42"


def test_a_request_to_elsewhere_is_heard_of(open_page: Callable, heard: list[str]) -> None:
    open_page("<!DOCTYPE html><title>free</title><img src='https://example.org/pixel'>")
    assert "request: https://example.org/pixel" in heard
    heard.clear()


@pytest.mark.parametrize("forbidden", ["<script", "<style", "<link", "<iframe", " onload=", "javascript:"])
def test_the_notebook_gets_neither_script_nor_style_sheet(html: Callable, forbidden: str) -> None:
    assert forbidden not in html("notebook")
