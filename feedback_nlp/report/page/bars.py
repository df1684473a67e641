"""Bars as inline SVG: pure functions from figures to markup, drawn in per cents so that they fit any width.

Drag is always orange-red and lift always blue (the classes are coloured in styles.css); whiskers are intervals. Every
chart is a column of a table whose cells say the same in words; each bar carries its own text alternative.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from feedback_nlp.numbers import change, interval, points
from feedback_nlp.report.summary.data import ThemeSummary
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.sections import Step

_MARGIN = 0.03  # of the domain, on either side, so that the outermost tick's label is not cut


@dataclass(frozen=True)
class Scale:
    """A linear scale from points to per cents of a chart's width."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> str:
        """Returns a value's place as a per cent of the width.

        >>> Scale(-10, 10, ()).at(-5)
        '25.00%'
        """
        return f"{100 * (value - self.low) / (self.high - self.low):.2f}%"


def scale_of(values: Iterable[float | None]) -> Scale:
    """Returns a scale that holds all values, with four to eight round ticks; missing values are passed over.

    >>> scale_of([-6.2, None, 3.1]).ticks
    (-6.0, -4.0, -2.0, 0.0, 2.0)
    """
    known = [value for value in values if value is not None] or [0.0]
    low, high = min(known), max(known)
    if high - low < 1e-9:
        low, high = low - 1.0, high + 1.0
    step = _round_step((high - low) / 7)
    ticks = tuple(k * step for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1))
    margin = _MARGIN * (high - low)
    return Scale(low - margin, high + margin, ticks)


def theme_scale(themes: Iterable[ThemeSummary]) -> Scale:
    """Returns the one scale of all themes' drags and lifts with their intervals; it holds 0."""
    figures = [figure for theme in themes for figure in (theme.drag, theme.lift) if figure]
    return scale_of([0.0, *(end for figure in figures for end in (figure.value, figure.low, figure.high))])


def account_scale(steps: Iterable[Step]) -> Scale:
    """Returns the scale of the walk from base to NPS; it need not hold 0, for base and NPS are marks, not bars."""
    return scale_of([step.end for step in steps])


def axis(scale: Scale) -> Markup:
    """Returns the labels of a scale's ticks, for a table's header; readers of the cells need none, so it is hidden."""
    labels = Markup("").join(
        Markup('<text x="{}" y="12">{}</text>').format(scale.at(tick), _tick(tick)) for tick in scale.ticks
    )
    return Markup('<svg class="bar axis" height="16" aria-hidden="true">{}</svg>').format(labels)


def drag_and_lift(theme: ThemeSummary, scale: Scale) -> Markup:
    """Returns a theme's two bars from zero, drag above lift, each with its interval as a whisker."""
    bars = [
        _bar(figure, kind, y, scale)
        for kind, figure, y in (("drag", theme.drag, 5), ("lift", theme.lift, 17))
        if figure
    ]
    words = ", ".join(
        f"{kind} {change(figure.value)} ({interval(figure.low, figure.high)})"
        for kind, figure in (("drag", theme.drag), ("lift", theme.lift))
        if figure
    )
    return framed(f"{theme.name}: {words}", 32, [_grid(scale, 32), *bars])


def waterfall(step: Step, scale: Scale, *, is_last: bool = False) -> Markup:
    """Returns one line of the walk: a bar from where the last one ended, and the thread to the next line."""
    height = 26
    if step.kind in {"base", "total"}:
        drawn = Markup('<rect class="mark" x="{}" y="4" width="3" height="18" transform="translate(-1.5)"/>').format(
            scale.at(step.end)
        )
    else:
        drawn = _rect(step.kind, step.start, step.end, 5, 16, scale)
    threads = (
        [] if step.kind == "base" else [_line("thread", step.end if step.kind == "total" else step.start, 0, 5, scale)]
    )
    threads += [] if is_last else [_line("thread", step.end, 21, height, scale)]
    value = points(step.value) if step.kind in {"base", "total"} else f"{change(step.value)}, to {points(step.end)}"
    return framed(f"{step.label}: {value}", height, [_grid(scale, height), *threads, drawn])


def mix_and_rate(label: str, mix: Figure, rate: Figure, scale: Scale) -> Markup:
    """Returns the two parts of a change as neutral bars from zero, mix above rate, with their intervals."""
    bars = [_bar(mix, "mix", 5, scale), _bar(rate, "rate", 17, scale)]
    words = ", ".join(
        f"{name} {change(part.value)} ({interval(part.low, part.high)})"
        for name, part in (("mix", mix), ("rate", rate))
    )
    return framed(f"{label}: {words}", 32, [_grid(scale, 32), *bars])


def share_bar(share: float, largest: float, label: str) -> Markup:
    """Returns a neutral bar for a share, relative to the largest share of the table."""
    width = f"{100 * share / largest if largest else 0:.2f}%"
    return framed(label, 20, [Markup('<rect class="rest" x="0" y="4" width="{}" height="12"/>').format(width)])


def framed(label: str, height: int, parts: Iterable[Markup], name: str = "bar") -> Markup:
    """Returns shapes as one picture as wide as its place, with its text alternative."""
    drawn = Markup("").join(parts)
    return Markup('<svg class="{}" role="img" aria-label="{}" height="{}">{}</svg>').format(name, label, height, drawn)


def _bar(figure: Figure, kind: str, y: int, scale: Scale) -> Markup:
    bar = _rect(kind, 0.0, figure.value, y, 10, scale)
    if figure.low is None or figure.high is None:
        return bar
    low, high, middle = scale.at(figure.low), scale.at(figure.high), y + 5
    return bar + Markup(
        '<line class="whisker" x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>'
        '<line class="whisker" x1="{low}" x2="{low}" y1="{top}" y2="{foot}"/>'
        '<line class="whisker" x1="{high}" x2="{high}" y1="{top}" y2="{foot}"/>'
    ).format(low=low, high=high, y=middle, top=middle - 3, foot=middle + 3)


def _rect(kind: str, start: float, end: float, y: int, height: int, scale: Scale) -> Markup:
    width = f"{100 * abs(end - start) / (scale.high - scale.low):.2f}%"
    left = scale.at(min(start, end))
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(kind, left, y, width, height)


def _line(name: str, value: float, top: int, foot: int, scale: Scale) -> Markup:
    return Markup('<line class="{0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>').format(name, scale.at(value), top, foot)


def _grid(scale: Scale, height: int) -> Markup:
    return Markup("").join(_line("zero" if tick == 0 else "grid", tick, 0, height, scale) for tick in scale.ticks)


def _tick(value: float) -> str:
    text = f"{abs(value):g}"
    return f"−{text}" if value < 0 else text


def _round_step(rough: float) -> float:
    """Returns the smallest of 1, 2, 5 × 10^k that is not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
