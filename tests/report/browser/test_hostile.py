"""Comments, names, values and titles that attack: nothing runs, all is shown as text, and the layout holds."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
OPEN_ALL = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
QUOTES = "() => [...document.querySelectorAll('figure.quote mark')].map((one) => one.textContent)"


def taken(page: "Page") -> object:
    """Returns what smuggled scripts left behind, after everything was opened, hovered and searched for."""
    page.evaluate(OPEN_ALL)
    box = page.locator("#filters input[name=q]")
    if box.count():
        box.fill("<script>")
        page.wait_for_timeout(300)
        box.fill("")
    page.wait_for_timeout(200)
    return page.evaluate("window.taken")


@pytest.mark.parametrize("bypass_csp", [False, True], ids=["with its policy", "even without"])
def test_nothing_runs(open_page: Callable, html: Callable, bypass_csp: bool) -> None:
    assert taken(open_page(html("hostile"), bypass_csp=bypass_csp)) is None


def test_a_script_in_the_page_would_run_without_the_policy(open_page: Callable, html: Callable) -> None:
    smuggled = html("plain").replace("</main>", "<script>window.taken = 1</script></main>")
    assert taken(open_page(smuggled, bypass_csp=True)) == 1


def test_no_element_comes_out_of_a_text(open_page: Callable, html: Callable) -> None:
    count = "() => ['script', 'img', 'h1', 'style', 'title', 'iframe', '[onerror], [onload], a[href^=javascript]']"
    count += ".map((one) => document.querySelectorAll(one).length)"
    assert open_page(html("hostile")).evaluate(count) == open_page(html("history")).evaluate(count)


@pytest.mark.parametrize("start", [
    "<script>window.taken", "\"><img src=x onerror=", "</script><script>", "</title></style>", "<a href='javascript:",
    "She said \"never\", 'no' & `maybe` \\\" &quot;later&quot;", "مرحبا، انتظرت ساعة <b>كاملة</b>", "\u202egnitiaw",
    "👩‍👩‍👧‍👦 👨🏿‍🦽", "a\N{REPLACEMENT CHARACTER}b", "w" * 300, "{{7*7}} ${7*7}",
    "one\u2028two\u2029three\nfour </mark>",
    "__proto__",
])  # fmt: skip
def test_a_comment_is_shown_as_it_was_written(open_page: Callable, html: Callable, start: str) -> None:
    quotes = open_page(html("hostile"), javascript=False).evaluate(QUOTES)
    assert any(quote.startswith(start) for quote in quotes), quotes


@pytest.mark.parametrize("place", ["h1", "details.theme summary h3", "table.ranking tbody th", "#filters option"])
def test_a_name_is_shown_as_it_was_written(open_page: Callable, html: Callable, place: str) -> None:
    texts = open_page(html("hostile")).locator(place).all_text_contents()
    assert any("</script><script>window.taken" in text for text in texts)
    assert not any("49" in text.partition("}}")[0] for text in texts)


@pytest.mark.parametrize("width", [320, 1200])
def test_the_layout_holds(open_page: Callable, html: Callable, width: int) -> None:
    page = open_page(html("hostile"), width=width)
    page.evaluate(OPEN_ALL)
    for more in page.locator("button.more").all():
        if more.is_visible():
            more.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_right_to_left_text_turns_only_its_own_quote(open_page: Callable, html: Callable) -> None:
    page = open_page(html("hostile"))
    arabic = page.locator("blockquote", has_text="مرحبا").first
    assert arabic.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert page.locator("figure.quote figcaption").first.evaluate("one => getComputedStyle(one).direction") == "ltr"


def test_an_override_ends_with_its_quote(open_page: Callable, html: Callable) -> None:
    isolated = open_page(html("hostile")).locator("blockquote", has_text="\u202e").first
    assert isolated.evaluate("one => getComputedStyle(one).unicodeBidi") in {"isolate", "plaintext", "isolate-override"}


@pytest.mark.parametrize("chart", ["trend", "bridge", "map"])
def test_charts_show_hostile_names_as_text(open_page: Callable, html: Callable, chart: str) -> None:
    page = open_page(html("hostile"))
    drawn = page.locator(f"[data-chart={chart}]")
    drawn.scroll_into_view_if_needed()
    drawn.locator("svg, canvas").first.hover()
    page.wait_for_timeout(200)
    assert page.evaluate("window.taken") is None
    assert page.locator(".vega img, .vega script, #vg-tooltip-element img").count() == 0


def test_a_filter_by_a_hostile_value_works(open_page: Callable, html: Callable) -> None:
    page = open_page(html("hostile"))
    options = page.locator("#filters select[name=segment] option").evaluate_all("all => all.map((one) => one.value)")
    evil = next(value for value in options if "onerror" in value)
    page.locator("#filters select[name=segment]").select_option(evil)
    page.wait_for_timeout(300)
    again = open_page(html("hostile"), fragment="#" + page.url.partition("#")[2])
    assert again.locator("#filters select[name=segment]").input_value() == evil
