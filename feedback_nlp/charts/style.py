"""How every chart looks: fonts, colours and width, and the pieces that several charts are made of."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from feedback_nlp.charts.palette import LIGHT, Colours
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.numbers import interval

if TYPE_CHECKING:
    import altair as alt

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif'
MINUS_LABELS = "replace(datum.label, '-', '−')"  # of an axis: a true minus sign, as in all texts
_LINE = 24  # characters of a label's line


@dataclass(frozen=True)
class Look:
    """How a chart is drawn: its colours, its width in pixels or "container" (as wide as its place in a page).

    `for_page`: no ground of its own and no labels for each mark, since the page has a table of the same figures.
    """

    colours: Colours = LIGHT
    width: int | Literal["container"] = 640
    for_page: bool = False


NOTEBOOK = Look()


def dress(chart: Any, look: Look, height: int, title: str, *lines: str) -> Any:
    """Returns an Altair chart with its size, the fonts, greys and lines that all charts share, and a title with lines.

    In a page no title is drawn: the heading and the caption around the chart say it.
    """
    colours = look.colours
    words = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400}
    greys = {"labelColor": colours.soft, "titleColor": colours.soft}
    lines_of = {"gridColor": colours.rule, "domain": False, "ticks": False}
    sized = chart.properties(width=look.width, height=height)
    if not look.for_page:
        sized = sized.properties(title={"text": title, "subtitle": [line for line in lines if line]})
    return sized.configure(
        font=FONT,
        aria=not look.for_page,
        background="transparent" if look.for_page else colours.ground,
        axis={**words, **greys, **lines_of, "labelPadding": 6},
        legend={**words, **greys},
        text={"font": FONT, "fontSize": 12, "color": colours.ink},
        title={"font": FONT, "fontSize": 14, "color": colours.ink, "subtitleFont": FONT, "subtitleFontSize": 12,
               "subtitleColor": colours.soft, "anchor": "start", "frame": "group", "offset": 12},
        view={"stroke": None, "continuousWidth": 720},
    )  # fmt: skip


def source(table: pd.DataFrame, look: Look, name: str) -> "pd.DataFrame | alt.NamedData":
    """Returns what a chart draws from: the table, or in a page its name alone.

    A page puts the rows into the compiled chart; Altair would check each of thousands of them against its schema.
    """
    import altair as alt

    return alt.NamedData(name=name) if look.for_page else table


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Returns rows as plain data: numbers of Python, None for missing.

    >>> records(pd.DataFrame({"n": [1, 2], "share": [0.5, None]}))
    [{'n': 1, 'share': 0.5}, {'n': 2, 'share': None}]
    """
    plain = {str(name): _plain(table[name]) for name in table.columns}
    return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]


def _plain(column: "pd.Series[Any]") -> list[Any]:
    values = column.tolist()
    return [None if missing else value for value, missing in zip(values, column.isna().tolist(), strict=True)]


def wrapped(text: str, width: int = _LINE, most: int = 2) -> str:
    """Returns text in at most `most` lines of about `width` characters, cut at a word's end with "…".

    >>> wrapped("Waiting time: complaints")
    'Waiting time: complaints'
    >>> wrapped("Reaching a person by telephone: complaints and all that belongs to them")
    'Reaching a person by\\ntelephone: complaints…'
    """
    lines = textwrap.wrap(" ".join(text.split()), width) or [""]
    if len(lines) > most:
        last = lines[most - 1]
        if len(last) >= width:  # room for the ellipsis, at a word's end where there is more than one word
            last = last.rsplit(" ", 1)[0] if " " in last else last[: width - 1]
        lines = [*lines[: most - 1], last.rstrip(" ,;:") + "…"]
    return "\n".join(lines)


def numbered(labels: Sequence[str]) -> list[str]:
    """Returns labels that differ even where two read alike once cut: a number stands behind the later ones.

    >>> numbered(["Price", "Price", "App"])
    ['Price', 'Price (2)', 'App']
    """
    made: list[str] = []
    for label in labels:
        place, shown = 2, label
        while shown in made:
            place, shown = place + 1, f"{label} ({place})"
        made.append(shown)
    return made


def with_ends(value: str, low: Any, high: Any) -> str:
    """Returns a value in words with its interval behind it, where it has one.

    >>> with_ends("−6.1", -8.0, -4.2), with_ends("−6.1", None, None)
    ('−6.1 (−8.0 to −4.2)', '−6.1')
    """
    return value if pd.isna(low) or pd.isna(high) else f"{value} ({interval(low, high)})"


def check_columns(table: pd.DataFrame, needed: Iterable[str], what: str) -> None:
    """Checks that a table has the columns a chart needs.

    Raises:
        InputError: a column is missing; the message names it and those there are.
    """
    have = [str(name) for name in table.columns]
    for name in needed:
        if name not in have:
            raise InputError(f"{what}: no column '{name}'{did_you_mean(name, have)}; there are {', '.join(have)}")
