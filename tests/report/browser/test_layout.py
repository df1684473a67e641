"""The page on a phone, on paper, and in a browser that runs no script."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
PAGES = ("history", "scoreless", "themeless", "comparison", "notebook")
OPEN_ALL = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
# the smallest letters that are shown, and in what; SVG scales its letters with its own matrix
SMALLEST = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = [99, ''];
  while (walker.nextNode()) {
    const inside = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !inside.checkVisibility() || inside.closest('script, style')) continue;
    const box = inside.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const matrix = inside.getScreenCTM && inside.getScreenCTM();
    const size = parseFloat(getComputedStyle(inside).fontSize) * (matrix ? Math.hypot(matrix.a, matrix.b) : 1);
    if (size < least[0]) least = [size, `${inside.closest('[id]')?.id} ${inside.outerHTML.slice(0, 120)}`];
  }
  return least;
}"""
# what is wider than the page; what stands in a box that scrolls by itself is not
WIDE = """() => [...document.body.querySelectorAll('*')].filter((one) => one.checkVisibility()
  && one.getBoundingClientRect().right > innerWidth + 1
  && getComputedStyle(one).position !== 'absolute').map((one) => one.outerHTML.slice(0, 100)).slice(0, 3)"""
# WCAG 2.2, 2.5.8: links within a sentence are exempt
SMALL_TARGETS = """() => [...document.querySelectorAll('button, select, input, summary')].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && box.width > 0 && Math.min(box.width, box.height) < 23.9;
}).map((one) => one.outerHTML.slice(0, 100))"""


def overflow(page: "Page") -> tuple[int, list[str]]:
    return page.evaluate("document.documentElement.scrollWidth"), page.evaluate(WIDE)


@pytest.mark.parametrize("name", PAGES)
def test_on_a_small_phone_nothing_is_wider_than_the_page(open_page: Callable, html: Callable, name: str) -> None:
    page = open_page(html(name), width=320)
    page.evaluate(OPEN_ALL)
    width, wide = overflow(page)
    assert width <= 320, wide


@pytest.mark.parametrize("width", [480, 700, 701, 900])
def test_between_phone_and_desk_nothing_is_wider_than_the_page(open_page: Callable, html: Callable, width: int) -> None:
    page = open_page(html("history"), width=width)
    page.evaluate(OPEN_ALL)
    assert overflow(page)[0] <= width, overflow(page)[1]


@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize("name", ["history", "scoreless", "comparison"])
def test_no_letter_is_smaller_than_12_pixels(open_page: Callable, html: Callable, name: str, width: int) -> None:
    page = open_page(html(name), width=width)
    page.evaluate(OPEN_ALL)
    size, where = page.evaluate(SMALLEST)
    assert size >= 11.99, where


@pytest.mark.parametrize("name", ["history", "scoreless", "comparison"])
def test_a_thumb_can_hit_every_control(open_page: Callable, html: Callable, name: str) -> None:
    page = open_page(html(name), width=320, touch=True)
    page.evaluate(OPEN_ALL)
    assert page.evaluate(SMALL_TARGETS) == []


def test_lines_of_prose_are_not_too_long(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"), width=1600)
    letters = page.locator("p.prose").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().width / parseFloat(getComputedStyle(one).fontSize))"
    )
    assert max(letters) <= 45  # em; a letter is about half of one, and a little less in system fonts


def test_words_can_be_twice_as_large(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"), width=640)
    page.evaluate("document.documentElement.style.fontSize = '200%'; document.body.style.fontSize = '2rem'")
    page.evaluate(OPEN_ALL)
    assert overflow(page)[0] <= 640, overflow(page)[1]


def test_the_page_prints(open_page: Callable, html: Callable) -> None:
    printed = open_page(html("history")).pdf(format="A4", print_background=True)
    assert printed.startswith(b"%PDF-")
    assert 3 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 60


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without"])
def test_on_paper_every_theme_is_open(open_page: Callable, html: Callable, javascript: bool) -> None:
    page = open_page(html("history"), javascript=javascript)
    page.emulate_media(media="print")
    if javascript:
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
    hidden = [theme for theme in page.locator("details.theme").all() if not _reads(theme.locator("p").first)]
    assert hidden == []
    shown = page.locator("figure.quote:not([hidden]) blockquote")
    assert shown.count() > 10
    assert all(_reads(quote) for quote in shown.all())


def test_on_paper_there_is_nothing_to_click(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert not any(button.is_visible() for button in page.locator("button.more").all())


def test_dark_paper_is_white(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"), dark=True)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in {
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    }
    assert page.evaluate("getComputedStyle(document.body).color.match(/\\d+/g).every((part) => part < 90)")


def test_without_script_a_theme_opens_and_all_its_quotes_can_be_read(
    open_page: Callable, html: Callable, heard: list[str]
) -> None:
    page = open_page(html("history"), javascript=False)
    theme = page.locator("details.theme").nth(1)
    theme.locator("summary").first.click()
    quotes = theme.locator("figure.quote blockquote")
    assert quotes.count() > 0
    assert all(quote.is_visible() for quote in quotes.all())
    without_script(heard)


def test_without_script_a_link_leads_to_its_theme(open_page: Callable, html: Callable, heard: list[str]) -> None:
    page = open_page(html("history"), javascript=False)
    link = page.locator("table.ranking tbody tr a").nth(3)
    target = link.get_attribute("href")
    link.click()
    assert page.url.endswith(target)
    top = page.locator(f"[id='{target[1:]}'] summary").bounding_box()["y"]
    assert 0 <= top < 900
    without_script(heard)


def test_without_script_no_control_promises_what_does_not_work(
    open_page: Callable, html: Callable, heard: list[str]
) -> None:
    page = open_page(html("history"), javascript=False)
    assert not page.locator("#filters input").is_visible()
    assert not any(button.is_visible() for button in page.locator("button.more").all())
    without_script(heard)


@pytest.mark.parametrize("chart", ["trend", "bridge", "map"])
def test_without_script_a_chart_says_the_same_otherwise(
    open_page: Callable, html: Callable, heard: list[str], chart: str
) -> None:
    page = open_page(html("history"), javascript=False)
    figure = page.locator(f"figure#chart-{chart}")
    assert figure.locator("svg, table, noscript").count() + figure.locator("xpath=following::table").count() > 0
    assert figure.locator("figcaption").is_visible()
    without_script(heard)


@pytest.mark.parametrize("chart", ["trend", "bridge", "map"])
def test_with_script_a_chart_is_drawn_and_fits(open_page: Callable, html: Callable, chart: str) -> None:
    page = open_page(html("history"), width=320)
    page.locator(f"#chart-{chart}").scroll_into_view_if_needed()
    drawn = page.locator(f"[data-chart={chart}][data-drawn=yes] svg")
    drawn.wait_for()
    box = drawn.bounding_box()
    assert box
    assert 200 <= box["width"] <= 320
    assert page.locator(f"[data-chart={chart}]").get_attribute("aria-label")


def without_script(heard: list[str]) -> None:
    """A browser that was told to run no script may say that it ran none."""
    heard[:] = [line for line in heard if "script" not in line.lower()]


def _reads(locator: object) -> bool:
    box = locator.bounding_box()  # type: ignore[attr-defined]
    return bool(box and box["height"] > 5 and box["width"] > 5)
