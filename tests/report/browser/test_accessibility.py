"""The page by axe-core, by keyboard alone and by its landmarks and names."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const kind = one.matches('#filters input') ? 'search' : one.matches('button[data-sort]') ? 'sort'
    : one.matches('#filters select') ? 'filter' : one.matches('details.theme > summary') ? 'theme' : one.tagName;
  return [kind, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none'];
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize("name", ["history", "comparison"])
def test_axe_finds_nothing_serious(
    open_page: Callable, html: Callable, audit: Callable, name: str, width: int, dark: bool
) -> None:
    assert audit(open_page(html(name), width=width, dark=dark)) == []


@pytest.mark.parametrize("name", ["plain", "scoreless", "themeless", "hostile", "notebook"])
def test_axe_finds_nothing_serious_in_other_pages(
    open_page: Callable, html: Callable, audit: Callable, name: str
) -> None:
    assert audit(open_page(html(name))) == []


def test_axe_finds_nothing_serious_while_a_reader_searches(
    open_page: Callable, html: Callable, audit: Callable
) -> None:
    page = open_page(html("history"), fragment="#q=the&polarity=complaint&sort=name")
    page.wait_for_timeout(300)
    assert audit(page) == []


def test_axe_would_find_what_is_wrong(open_page: Callable, audit: Callable) -> None:
    faint = "<p style='color:#bbb;background:#fff'>You can hardly read this.</p><img src='data:,'>"
    found = audit(open_page(f"<!DOCTYPE html><html lang=en><title>faint</title><main>{faint}</main>"))
    assert any("color-contrast" in line for line in found)
    assert any("image-alt" in line for line in found)


def walk(page: "Page", most: int = 120) -> list[tuple[str, bool]]:
    """Returns what Tab reaches one after the other until it leaves the page, and whether its focus can be seen."""
    reached: list[tuple[str, bool]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        kind, visible = page.evaluate(FOCUSED)
        if kind == "BODY":
            break
        reached.append((kind, visible))
    return reached


def test_tab_reaches_every_control_in_the_order_of_the_page(open_page: Callable, html: Callable) -> None:
    kinds = [kind for kind, _ in walk(open_page(html("history")))]
    assert kinds.count("sort") >= 5
    assert kinds.count("search") == 1
    assert kinds.count("filter") >= 4
    assert kinds.count("theme") == 8
    assert kinds.index("sort") < kinds.index("theme")
    assert kinds.index("search") < kinds.index("filter") < kinds.index("theme")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_focus_can_be_seen_wherever_it_is(open_page: Callable, html: Callable, dark: bool) -> None:
    assert [kind for kind, visible in walk(open_page(html("history"), dark=dark)) if not visible] == []


def test_enter_opens_a_theme_and_sorts(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    theme = page.locator("details.theme").nth(2)
    theme.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert theme.evaluate("one => one.open")
    page.locator("button[data-sort=name]").focus()
    page.keyboard.press("Enter")
    assert page.locator("th:has(button[data-sort=name])").get_attribute("aria-sort") in {"ascending", "descending"}
    assert page.evaluate("document.activeElement.dataset.sort") == "name"


def test_nothing_takes_the_focus_out_of_order(open_page: Callable, html: Callable) -> None:
    assert open_page(html("history")).locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0


@pytest.mark.parametrize("name", ["history", "scoreless", "themeless", "hostile", "comparison"])
def test_every_section_is_a_landmark_with_its_heading(open_page: Callable, html: Callable, name: str) -> None:
    page = open_page(html(name))
    sections = page.locator("main > section")
    named = sections.evaluate_all(
        "all => all.filter((one) => document.getElementById(one.getAttribute('aria-labelledby'))?.tagName === 'H2')"
        ".length"
    )
    assert named == sections.count() > 1


def test_the_sections_come_in_the_order_agreed(open_page: Callable, html: Callable) -> None:
    agreed = [
        "themes", "account", "changed", "segments", "map", "recommended", "said", "uncovered", "contradictions",
        "unknown", "methods", "figures",
    ]  # fmt: skip
    ids = open_page(html("history")).locator("main > section > h2").evaluate_all("all => all.map((one) => one.id)")
    assert ids == [name for name in agreed if name in ids]
    assert {"themes", "account", "changed", "segments", "map", "said", "unknown", "methods", "figures"} <= set(ids)


def test_every_picture_and_control_has_a_name(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    nameless = page.locator("[role=img], button, select, input:not([type=hidden])").evaluate_all(
        "all => all.filter((one) => !(one.ariaLabel || one.textContent.trim() || (one.labels || []).length"
        " || one.getAttribute('aria-labelledby') || one.querySelector('title'))).map((one) => one.outerHTML)"
    )
    assert nameless == []
