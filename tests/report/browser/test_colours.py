"""Drag and lift can be told apart by every eye and in grey, and stand out from what is behind them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SCHEMES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
TEXT, GRAPHIC = 4.5, 3.0  # least contrast of WCAG 2.2, 1.4.3 and 1.4.11
# linear RGB as people without one kind of cone see it; Machado, Oliveira & Fernandes 2009, severity 1.0
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
# the colour of every element, and the first one behind it that is not transparent
COLOURS = """(all) => all.filter((one) => one.checkVisibility()).map((one) => {
  let behind = one.parentElement;
  while (behind && /, 0\\)$|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
  const style = getComputedStyle(one), under = getComputedStyle(behind || document.documentElement).backgroundColor;
  return [PROPERTY, behind ? under : getComputedStyle(document.body).backgroundColor];
})"""

Colour = NDArray[np.float64]


def linear(css: str) -> Colour:
    """Returns linear RGB, 0 to 1, of "rgb(178, 58, 14)"; a transparent page is the browser's white."""
    parts = [float(part) for part in css[css.index("(") + 1 : css.index(")")].replace("/", ",").split(",")]
    rgb = np.array(parts[:3] if len(parts) < 4 or parts[3] else [255.0] * 3) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def luminance(colour: Colour) -> float:
    return float(TO_XYZ[1] @ colour)


def contrast(one: Colour, other: Colour) -> float:
    """Returns WCAG's contrast ratio, 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def lab(colour: Colour) -> Colour:
    """Returns CIE L*a*b* under D65."""
    x, y, z = TO_XYZ @ np.clip(colour, 0, 1) / TO_XYZ.sum(axis=1)
    f_x, f_y, f_z = (np.cbrt(part) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in (x, y, z))
    return np.array([116 * f_y - 16, 500 * (f_x - f_y), 200 * (f_y - f_z)])


def difference(one: Colour, other: Colour) -> float:
    """Returns CIE76's ΔE: about 2 can just be seen, 20 are two colours."""
    return float(np.linalg.norm(lab(one) - lab(other)))


def pairs(page: "Page", selector: str, property_: str) -> list[tuple[Colour, Colour]]:
    """Returns the colours of what a selector finds, each with the colour behind it; every pair once."""
    found = page.locator(selector).evaluate_all(COLOURS.replace("PROPERTY", f"style.{property_}"))
    assert found, selector
    return [(linear(front), linear(back)) for front, back in sorted({tuple(pair) for pair in found})]


def bars(page: "Page") -> tuple[Colour, Colour]:
    return tuple(pairs(page, f"table.ranking rect.{kind}", "fill")[0][0] for kind in ("drag", "lift"))


def test_the_measures_agree_with_known_values() -> None:
    black, white, red = (linear(f"rgb({rgb})") for rgb in ("0, 0, 0", "255, 255, 255", "255, 0, 0"))
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(linear("rgb(119, 119, 119)"), white) == pytest.approx(4.48, abs=0.01)
    assert lab(red) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert difference(white, black) == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize("matrix", BLINDNESS.values(), ids=BLINDNESS)
def test_greys_stay_grey_for_every_eye(matrix: list[list[float]]) -> None:
    assert np.array(matrix) @ np.ones(3) == pytest.approx(np.ones(3), abs=1e-5)


def test_red_and_green_are_alike_without_green_cones() -> None:
    seen = np.array(BLINDNESS["deuteranopia"])
    red, green = linear("rgb(180, 90, 60)"), linear("rgb(90, 130, 60)")
    assert difference(seen @ red, seen @ green) < 20 < difference(red, green)


@SCHEMES
@pytest.mark.parametrize("kind", ["drag", "lift"])
def test_words_of_drag_and_lift_stand_out(open_page: Callable, html: Callable, kind: str, dark: bool) -> None:
    page = open_page(html("history"), dark=dark)
    found = pairs(page, f"b.{kind}, span.{kind}, .words .{kind}", "color")
    assert min(contrast(front, back) for front, back in found) >= TEXT


@SCHEMES
@pytest.mark.parametrize("kind", ["rect.drag", "rect.lift", "line.whisker"])
def test_bars_and_whiskers_stand_out(open_page: Callable, html: Callable, kind: str, dark: bool) -> None:
    page = open_page(html("history"), dark=dark)
    property_ = "stroke" if kind.startswith("line") else "fill"
    assert min(contrast(*pair) for pair in pairs(page, f"table.ranking {kind}", property_)) >= GRAPHIC


@SCHEMES
@pytest.mark.parametrize("kind", ["drag", "lift"])
def test_marked_words_of_a_quote_stand_out(open_page: Callable, html: Callable, kind: str, dark: bool) -> None:
    page = open_page(html("history"), dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    marks = page.locator(f"figure.quote.{kind} mark, figure.quote[data-polarity={kind}] mark").evaluate_all(
        "all => all.map((one) => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor])"
    )
    assert marks
    assert min(contrast(linear(front), linear(back)) for front, back in {tuple(pair) for pair in marks}) >= TEXT


@SCHEMES
@pytest.mark.parametrize("matrix", BLINDNESS.values(), ids=BLINDNESS)
def test_drag_and_lift_differ_for_every_eye(
    open_page: Callable, html: Callable, matrix: list[list[float]], dark: bool
) -> None:
    drag, lift = bars(open_page(html("history"), dark=dark))
    assert difference(np.array(matrix) @ drag, np.array(matrix) @ lift) >= 20


def test_in_grey_the_side_of_zero_tells_drag_from_lift(open_page: Callable, html: Callable) -> None:
    sides = "row => [...row.querySelectorAll('.drag, .lift, line.zero')].map((one) => one.getBoundingClientRect())"
    page = open_page(html("history"))
    for row in page.locator("table.ranking tbody tr:has(svg rect.drag):has(svg rect.lift)").all():
        zero, drag, lift = (
            row.locator(f"svg {part}").first.bounding_box() for part in ("line.zero", "rect.drag", "rect.lift")
        )
        assert drag["x"] + drag["width"] <= zero["x"] + 2
        assert lift["x"] >= zero["x"] - 2
    assert sides


@SCHEMES
def test_a_figure_never_means_something_by_its_colour_alone(open_page: Callable, html: Callable, dark: bool) -> None:
    texts = open_page(html("history"), dark=dark).locator("b.drag, b.lift").all_inner_texts()
    assert texts
    assert all(text.strip()[:1] in "−+0" for text in texts)


@SCHEMES
def test_the_scheme_is_the_readers(open_page: Callable, html: Callable, dark: bool) -> None:
    page = open_page(html("history"), dark=dark)
    body = linear(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert (luminance(body) < 0.2) is dark
