"""The ranking sorts by each of its headers, says so to a screen reader, and never loses a row."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from feedback_nlp.report.summary.data import Summary, ThemeSummary

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
KEYS: dict[str, Callable[[ThemeSummary], object]] = {
    "name": lambda theme: theme.name.casefold(),
    "drag": lambda theme: theme.drag and theme.drag.value,
    "lift": lambda theme: theme.lift and theme.lift.value,
    "share": lambda theme: theme.share and theme.share.value,
    "nps": lambda theme: theme.nps and theme.nps.value,
    "rank": lambda theme: theme.rank,
}


def rows(page: "Page") -> list[str]:
    return page.locator("table.ranking tbody tr[data-theme]").evaluate_all("all => all.map((row) => row.dataset.theme)")


def order(page: "Page", key: str) -> str | None:
    return page.locator(f"th:has(> button[data-sort={key}]), th:has(button[data-sort={key}])").first.get_attribute(
        "aria-sort"
    )


@pytest.mark.parametrize("key", KEYS)
def test_a_header_sorts_both_ways_with_what_is_missing_last(
    open_page: Callable, html: Callable, summary: Summary, key: str
) -> None:
    page, values = open_page(html("history")), {theme.anchor: KEYS[key](theme) for theme in summary.themes}
    directions = set()
    for _ in range(2):
        page.locator(f"button[data-sort={key}]").click()
        direction, shown = order(page, key), [values[anchor] for anchor in rows(page)]
        known = [value for value in shown if value is not None]
        assert len(shown) == len(summary.themes)
        assert shown[: len(known)] == known
        assert known == sorted(known, reverse=direction == "descending")
        directions.add(direction)
    assert directions == {"ascending", "descending"}


def test_only_the_sorted_column_says_how_it_is_sorted(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    page.locator("button[data-sort=name]").click()
    page.locator("button[data-sort=share]").click()
    sorted_by = page.locator("table.ranking th[aria-sort=ascending], table.ranking th[aria-sort=descending]")
    assert sorted_by.locator("button").evaluate_all("all => all.map((one) => one.dataset.sort)") == ["share"]


def test_at_first_the_worst_drag_stands_on_top(open_page: Callable, html: Callable, summary: Summary) -> None:
    assert rows(open_page(html("history"))) == [theme.anchor for theme in summary.themes]


def test_the_order_is_in_the_link(open_page: Callable, html: Callable, summary: Summary) -> None:
    page = open_page(html("history"))
    page.locator("button[data-sort=name]").click()
    sorted_rows = rows(page)
    assert "sort=name" in page.url
    again = open_page(html("history"), fragment="#" + page.url.partition("#")[2])
    assert rows(again) == sorted_rows != [theme.anchor for theme in summary.themes]


def test_a_page_without_scores_sorts_too(open_page: Callable, html: Callable) -> None:
    page = open_page(html("scoreless"))
    before = rows(page)
    page.locator("button[data-sort=name]").click()
    assert sorted(before) == sorted(rows(page))
    assert order(page, "name") in {"ascending", "descending"}


def test_a_row_leads_to_its_theme(open_page: Callable, html: Callable, summary: Summary) -> None:
    page, theme = open_page(html("history")), summary.themes[4]
    page.locator(f"tr[data-theme='{theme.anchor}'] a").first.click()
    assert page.locator(f"details.theme[id='{theme.anchor}']").evaluate("one => one.open")
    assert page.url.endswith("#" + theme.anchor)
