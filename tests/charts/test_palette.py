"""Colours are told apart with any colour vision, on both grounds, and the page has the same ones."""

import itertools
import re

import numpy as np
import pytest

from feedback_nlp.charts.palette import DARK, LIGHT, PAGE, SHAPES, THEMES, css_variables

# simulation of what people without one kind of cone see, in linear RGB: Machado, Oliveira & Fernandes 2009, severity 1
MACHADO = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "normal": np.eye(3).tolist(),
}
RGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    ratio = RGB_TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one: np.ndarray, two: np.ndarray) -> float:
    """CIE 142-2001, written after Sharma, Wu & Dalal 2005."""
    (l1, a1, b1), (l2, a2, b2) = one, two
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * stretch)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2 if c1 * c2 == 0 else (h1 + h2) / 2
    if c1 * c2 and abs(h1 - h2) > 180:
        hue += 180 if h1 + h2 < 360 else -180
    cos = [np.cos(np.radians(k * hue + shift)) for k, shift in ((1, -30), (2, 0), (3, 6), (4, -63))]
    t = 1 - 0.17 * cos[0] + 0.24 * cos[1] + 0.32 * cos[2] - 0.20 * cos[3]
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    s_l = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    spin = 30 * np.exp(-(((hue - 275) / 25) ** 2))
    turned = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(2 * spin))
    d_l, d_c, d_h = (l2 - l1) / s_l, (c2 - c1) / s_c, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / s_h
    return float(np.sqrt(d_l**2 + d_c**2 + d_h**2 + turned * d_c * d_h))


def seen_apart(one: str, two: str) -> float:
    """The difference of two colours for those who see least of it."""
    seen = [[lab(np.array(kind) @ linear(colour)) for colour in (one, two)] for kind in MACHADO.values()]
    return min(ciede2000(*pair) for pair in seen)


def contrast(one: str, two: str) -> float:
    """WCAG 2.2."""
    lights = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ linear(colour)) for colour in (one, two))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize(
    ("one", "two", "difference"),
    [  # of the test data of Sharma, Wu & Dalal 2005
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1, 2), (50, 0, 0), 2.3669),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_agrees_with_the_published_differences(one, two, difference) -> None:
    assert ciede2000(np.array(one), np.array(two)) == pytest.approx(difference, abs=1e-4)


@pytest.mark.parametrize(("n", "least"), [(2, 47.0), (3, 15.6), (4, 13.0), (6, 10.5), (10, 9.8)])
def test_the_first_themes_are_told_apart_with_any_colour_vision(n: int, least: float) -> None:
    assert min(seen_apart(*pair) for pair in itertools.combinations(THEMES[:n], 2)) >= least - 0.05


@pytest.mark.parametrize("taken", [LIGHT.rest, LIGHT.drag, LIGHT.lift])
def test_no_theme_looks_like_a_colour_with_another_meaning(taken: str) -> None:
    assert min(seen_apart(theme, taken) for theme in THEMES) >= 9.8


def test_themes_of_like_colours_have_other_shapes() -> None:
    near = [(a, b) for a, b in itertools.combinations(range(len(THEMES)), 2) if seen_apart(THEMES[a], THEMES[b]) < 11.5]
    assert near
    assert all(LIGHT.shape(a) != LIGHT.shape(b) for a, b in near)
    assert len(set(SHAPES)) == 4


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_stand_out_from_the_ground(colours) -> None:
    assert min(contrast(mark, colours.ground) for mark in (*colours.themes, colours.rest)) >= 3
    assert min(contrast(mark, colours.ground) for mark in (colours.drag, colours.lift)) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_the_ground_and_on_every_wash(colours) -> None:
    for wash in (colours.ground, colours.wash, colours.drag_wash, colours.lift_wash):
        assert contrast(colours.ink, wash) >= 7
        assert contrast(colours.soft, wash) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_drag_and_lift_are_told_apart_with_any_colour_vision(colours) -> None:
    assert seen_apart(colours.drag, colours.lift) >= 40


def test_a_page_draws_with_the_variables_that_its_style_sheet_defines() -> None:
    named = set(re.findall(r"var\((--[a-z0-9-]+)\)", repr(PAGE)))
    assert named == set(css_variables(LIGHT)) == set(css_variables(DARK))
