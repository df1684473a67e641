"""What a reader has set is in the address, and an address brings it back."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from feedback_nlp.report.summary.data import Summary

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SHOWN = "figure.quote:not([hidden])"


def state(page: "Page") -> dict[str, list[str]]:
    return parse_qs(page.url.partition("#")[2])


def is_open(page: "Page", anchor: str) -> bool:
    return bool(page.locator(f"details.theme[id='{anchor}']").evaluate("one => one.open"))


def in_view(page: "Page", selector: str) -> bool:
    top, height = page.locator(selector).evaluate("one => [one.getBoundingClientRect().top, innerHeight]")
    return -5 <= top < height * 0.6


def test_what_is_chosen_is_in_the_address(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    page.locator("#filters input[name=q]").fill("hold & wait")
    page.locator("#filters select[name=segment]").select_option("channel:phone")
    page.locator("#filters select[name=polarity]").select_option("complaint")
    page.wait_for_timeout(400)
    assert state(page) == {"q": ["hold & wait"], "segment": ["channel:phone"], "polarity": ["complaint"]}


def test_an_address_restores_what_was_chosen(open_page: Callable, html: Callable) -> None:
    fragment = "#q=hold&segment=channel%3Aphone&polarity=complaint&category=detractor&sort=lift"
    page = open_page(html("history"), fragment=fragment)
    chosen = {name: page.locator(f"#filters [name={name}]").input_value() for name in ("q", "segment", "polarity")}
    assert chosen == {"q": "hold", "segment": "channel:phone", "polarity": "complaint"}
    assert page.locator("th:has(button[data-sort=lift])").get_attribute("aria-sort") in {"ascending", "descending"}
    quotes = page.locator(f"{SHOWN} blockquote").all_inner_texts()
    assert quotes
    assert all("hold" in quote for quote in quotes)


def test_an_address_shows_the_same_quotes_as_the_choice(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    page.locator("#filters select[name=theme]").select_option(index=2)
    page.locator("#filters select[name=polarity]").select_option("complaint")
    page.wait_for_timeout(400)
    again = open_page(html("history"), fragment="#" + page.url.partition("#")[2])
    again.wait_for_timeout(400)
    assert again.locator(SHOWN).all_inner_texts() == page.locator(SHOWN).all_inner_texts() != []
    assert again.locator("#filters output").inner_text() == page.locator("#filters output").inner_text()


@pytest.mark.parametrize("anchor", ["theme-t03", "theme-t07"])
def test_a_link_to_a_theme_opens_it(open_page: Callable, html: Callable, anchor: str) -> None:
    page = open_page(html("history"), fragment=f"#{anchor}")
    assert is_open(page, anchor)
    assert in_view(page, f"[id='{anchor}']")


@pytest.mark.parametrize("anchor", ["themes", "account", "segments", "map", "said", "unknown", "methods"])
def test_a_link_to_a_section_leads_there(open_page: Callable, html: Callable, anchor: str) -> None:
    page = open_page(html("history"), fragment=f"#{anchor}")
    assert page.locator(f"h2#{anchor}").is_visible()
    below = page.evaluate("document.documentElement.scrollHeight - scrollY - innerHeight")
    assert in_view(page, f"h2#{anchor}") or below < 5


def test_back_leads_to_where_one_came_from(open_page: Callable, html: Callable, summary: Summary) -> None:
    page = open_page(html("history"))
    first, second = summary.themes[1].anchor, summary.themes[3].anchor
    for anchor in (first, second):
        page.locator(f"tr[data-theme='{anchor}'] a").first.click()
    page.go_back()
    assert page.url.endswith(f"#{first}")
    assert is_open(page, first)


def test_a_filter_makes_no_step_to_go_back_over(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    before = page.evaluate("history.length")
    page.locator("#filters input[name=q]").press_sequentially("hold")
    page.locator("#filters select[name=polarity]").select_option("praise")
    page.wait_for_timeout(400)
    assert page.evaluate("history.length") == before


@pytest.mark.parametrize("fragment", [
    "#no-such-place", "#theme=nobody&sort=nothing&polarity=", "#q=%E0%A4%A", "#&&==", "#segment=<script>",
    "#sort=__proto__&theme=constructor", "#'\"]", "#" + "x" * 3000,
])  # fmt: skip
def test_a_broken_address_shows_the_page(open_page: Callable, html: Callable, fragment: str) -> None:
    page = open_page(html("history"), fragment=fragment)
    assert page.locator("table.ranking tbody tr").count() == 8
    assert page.locator("h1").is_visible()


def test_an_address_typed_into_an_open_page_is_followed(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    page.evaluate("location.hash = '#q=rude'")
    page.wait_for_timeout(400)
    assert page.locator("#filters input[name=q]").input_value() == "rude"
    assert all("rude" in quote for quote in page.locator(f"{SHOWN} blockquote").all_inner_texts())


def test_a_theme_name_in_a_chart_or_sentence_leads_to_its_section(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    targets = page.locator("a[href^='#']").evaluate_all("all => all.map((one) => one.getAttribute('href').slice(1))")
    missing = [name for name in targets if not page.evaluate("name => !!document.getElementById(name)", name)]
    assert missing == []
