"""Search and filters find the right quotes, together, and say how many; the figures stay those of all responses."""

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from feedback_nlp.report.summary.data import Quote, Summary
from feedback_nlp.track import Run

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SHOWN = "figure.quote:not([hidden])"


def plain(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def words(quote: Quote) -> str:
    return plain(quote.before + quote.marked + quote.after)


def side(quote: Quote) -> str:
    return "neutral" if not quote.polarity else "complaint" if quote.polarity < 0 else "praise"


def expected(summary: Summary, keep: Callable[[Quote], bool], anchor: str = "") -> int:
    return sum(keep(quote) for theme in summary.themes if anchor in ("", theme.anchor) for quote in theme.quotes)


def found(page: "Page", n: int) -> "Page":
    """Waits until `n` quotes are counted and shown."""
    from playwright.sync_api import expect

    expect(page.locator("#filters output")).to_contain_text(f"{n:,}" if n else "0")
    expect(page.locator(SHOWN)).to_have_count(n)
    return page


def search(page: "Page", text: str) -> None:
    page.locator("#filters input[name=q]").fill(text)


def choose(page: "Page", **values: str) -> None:
    for name, value in values.items():
        page.locator(f"#filters select[name={name}]").select_option(value)


def value_of(page: "Page", name: str, place: int = 1) -> str:
    return page.locator(f"#filters select[name={name}] option").nth(place).get_attribute("value") or ""


@pytest.mark.parametrize("text", ["hold", "HOLD", "hóld", "queue never", "rude"])
def test_search_finds_words_whatever_their_case_and_accents(
    open_page: Callable, html: Callable, summary: Summary, text: str
) -> None:
    page = open_page(html("history"))
    search(page, text)
    n = expected(summary, lambda quote: plain(text) in words(quote))
    found(page, n)
    assert n > 0
    assert all(plain(text) in plain(quote) for quote in page.locator(f"{SHOWN} blockquote").all_inner_texts())


def test_search_finds_accented_words_by_plain_ones(open_page: Callable, with_comment: Callable[[str], Run]) -> None:
    from feedback_nlp.report import render_report

    page = open_page(render_report(with_comment("Das Café öffnete zu spät, très déçu.")))
    for text in ("cafe offnete", "Tres DECU", "spät"):
        search(page, text)
        assert "Café" in found(page, 1).locator(f"{SHOWN} mark").inner_text()


def test_what_search_finds_can_be_seen(open_page: Callable, html: Callable, summary: Summary) -> None:
    page = open_page(html("history"))
    search(page, "rude")
    found(page, expected(summary, lambda quote: "rude" in words(quote)))
    assert all(quote.is_visible() for quote in page.locator(SHOWN).all())


def test_search_that_finds_nothing_says_so(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    search(page, "zebra crossing")
    found(page, 0)


@pytest.mark.parametrize("text", [".*", "(", "\\", "[a-", "<b>", "'\"", "%", "#a=b&c"])
def test_search_takes_marks_as_they_are(open_page: Callable, html: Callable, summary: Summary, text: str) -> None:
    page = open_page(html("history"))
    search(page, text)
    found(page, expected(summary, lambda quote: text in words(quote)))


def test_a_theme_is_filtered(open_page: Callable, html: Callable, summary: Summary) -> None:
    page = open_page(html("history"))
    choose(page, theme=value_of(page, "theme", 2))
    shown = page.locator(SHOWN).first.locator("xpath=ancestor::details[contains(@class, 'theme')]").get_attribute("id")
    found(page, expected(summary, lambda _: True, shown or "?"))


@pytest.mark.parametrize("polarity", ["complaint", "praise"])
def test_a_polarity_is_filtered(open_page: Callable, html: Callable, summary: Summary, polarity: str) -> None:
    page = open_page(html("history"))
    choose(page, polarity=polarity)
    found(page, expected(summary, lambda quote: side(quote) == polarity))


@pytest.mark.parametrize("category", ["detractor", "passive", "promoter"])
def test_a_category_is_filtered(open_page: Callable, html: Callable, summary: Summary, category: str) -> None:
    page = open_page(html("history"))
    choose(page, category=category)
    found(page, expected(summary, lambda quote: quote.category == category))


@pytest.mark.parametrize("segment", ["channel:phone", "region:west"])
def test_a_segment_is_filtered(open_page: Callable, html: Callable, summary: Summary, segment: str) -> None:
    page = open_page(html("history"))
    choose(page, segment=segment)
    found(page, expected(summary, lambda quote: tuple(segment.split(":")) in quote.segments))


def test_a_period_is_filtered(open_page: Callable, html: Callable, summary: Summary) -> None:
    page = open_page(html("history"))
    if page.locator("#filters select[name=period]").count():
        choose(page, period="2024 Q4")
        found(page, expected(summary, lambda quote: quote.period == "2024 Q4"))
    else:  # every quote is of one period: there is nothing to choose
        assert len({quote.period for theme in summary.themes for quote in theme.quotes}) == 1


def test_filters_and_search_combine(open_page: Callable, html: Callable, summary: Summary) -> None:
    page = open_page(html("history"))
    choose(page, polarity="complaint", segment="channel:phone", category="detractor")
    search(page, "the")
    both = expected(
        summary,
        lambda quote: (
            side(quote) == "complaint" and quote.category == "detractor"
            and ("channel", "phone") in quote.segments and "the" in words(quote)
        ),
    )  # fmt: skip
    found(page, both)
    assert both > 0


def test_reset_brings_the_page_back(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    before = page.locator(SHOWN).count()
    choose(page, polarity="praise")
    search(page, "kind")
    page.locator("#filters button[type=reset], #filters input[type=reset]").click()
    page.wait_for_timeout(400)
    assert page.locator(SHOWN).count() == before
    assert page.locator("#filters input[name=q]").input_value() == ""
    assert "q=" not in page.url


def test_a_few_quotes_are_shown_and_the_rest_on_demand(open_page: Callable, html: Callable, summary: Summary) -> None:
    theme = max(summary.themes, key=lambda one: len(one.quotes))
    page = open_page(html("history"), fragment=f"#{theme.anchor}")
    section = page.locator(f"details.theme[id='{theme.anchor}']")
    assert section.locator(SHOWN).count() == min(summary.n_quotes, len(theme.quotes))
    if len(theme.quotes) > summary.n_quotes:
        section.locator("button.more").click()
        assert section.locator(SHOWN).count() == len(theme.quotes)
        assert section.locator(SHOWN).last.is_visible()


def test_filters_leave_the_figures_alone(open_page: Callable, html: Callable) -> None:
    page = open_page(html("history"))
    before = page.locator("table.ranking").inner_text()
    choose(page, polarity="praise")
    search(page, "kind")
    page.wait_for_timeout(400)
    assert page.locator("table.ranking").inner_text() == before
    assert "Figures are for all responses" in page.locator("#filters").inner_text()


def test_the_count_is_read_out(open_page: Callable, html: Callable) -> None:
    output = open_page(html("history")).locator("#filters output")
    assert output.get_attribute("aria-live") in {None, "polite"}  # an output element is a polite live region
    assert output.evaluate("one => one.getAttribute('role') || 'status'") == "status"


def test_enter_in_the_search_leaves_the_page_where_it_is(open_page: Callable, html: Callable, summary: Summary) -> None:
    page = open_page(html("history"))
    search(page, "refund")
    page.keyboard.press("Enter")
    found(page, expected(summary, lambda quote: "refund" in words(quote)))
    assert page.url.partition("#")[0].endswith("report.html")
