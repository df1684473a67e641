"""PowerPoint's own charts of a summary: bars of drag and lift, and the walk from base to NPS."""

from collections.abc import Sequence
from typing import Any

from feedback_nlp.charts import LIGHT
from feedback_nlp.numbers import change, interval, points
from feedback_nlp.report.formats.slide_texts import Place, cut
from feedback_nlp.report.summary.data import Summary, ThemeSummary
from feedback_nlp.report.summary.sections import Step

_MOST_THEMES, _MOST_STEPS = 8, 12
_NAME = 34
_COLOURS = {"drag": LIGHT.drag, "lift": LIGHT.lift, "rest": LIGHT.rest, "base": LIGHT.ink, "total": LIGHT.ink}


def add_drivers(slide: Any, summary: Summary, place: Place) -> None:
    """Adds bars of drag and lift of the first themes; without scores, of how many responses mention each."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    themes = summary.themes[:_MOST_THEMES]
    data = CategoryChartData(number_format="0.0" if summary.nps else "0")
    data.categories = _distinct([_label(theme) for theme in themes])
    if summary.nps:
        data.add_series("Drag", [theme.drag.value if theme.drag else 0.0 for theme in themes])
        data.add_series("Lift", [theme.lift.value if theme.lift else 0.0 for theme in themes])
    else:
        data.add_series("Responses", [theme.n_responses for theme in themes])
    words = "; ".join(f"{cut(theme.name, 60)} {change(theme.drag.value)}" for theme in themes if theme.drag)
    chart = _chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, data, place, f"Drag and lift of themes. {words}")
    for series, colour in zip(
        chart.plots[0].series, (LIGHT.drag, LIGHT.lift) if summary.nps else (LIGHT.rest,), strict=True
    ):
        _paint(series.format.fill, colour)
    _dress(chart, has_legend=bool(summary.nps))
    chart.plots[0].gap_width, chart.plots[0].overlap = 45, 0
    _label_values(chart.plots[0], "+0.0;−0.0;0.0" if summary.nps else "#,##0")


def add_account(slide: Any, account: Sequence[Step], place: Place) -> None:
    """Adds the walk from base to NPS as stacked bars, of which the first of each is not seen."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    steps = pooled(account)
    data = CategoryChartData(number_format="0.0")
    data.categories = _distinct([f"{cut(step.label, _NAME)}  {_amount(step)}" for step in steps])
    parts = [span(step) for step in steps]
    for name, values in zip(("", "above zero", "below zero"), zip(*parts, strict=True), strict=True):
        data.add_series(name, values)
    words = "; ".join(f"{cut(step.label, 60)} {_amount(step)}" for step in steps)
    chart = _chart(slide, XL_CHART_TYPE.BAR_STACKED, data, place, f"From base to NPS. {words}")
    hidden, *shown = chart.plots[0].series
    hidden.format.fill.background()
    for series in shown:
        for place_of, step in enumerate(steps):
            _paint(series.points[place_of].format.fill, _COLOURS[step.kind])
    _dress(chart, has_legend=False)
    chart.plots[0].gap_width, chart.plots[0].overlap = 30, 100


def span(step: Step) -> tuple[float, float, float]:
    """Returns what is not seen, what is above zero and what is below of a step's bar: stacked, they lie where it does.

    >>> span(Step("Price", "drag", -3.0, 2.0, -1.0))
    (0.0, 2.0, -1.0)
    >>> span(Step("Price", "drag", -3.0, 9.0, 6.0))
    (6.0, 3.0, 0.0)
    """
    start = 0.0 if step.kind in {"base", "total"} else step.start
    low, high = min(start, step.end), max(start, step.end)
    if low >= 0:
        return low, high - low, 0.0
    return (high, 0.0, low - high) if high <= 0 else (0.0, high, low)


def pooled(account: Sequence[Step]) -> tuple[Step, ...]:
    """Returns the account in at most twelve lines: the smallest terms become one, before the total; the sum stays."""
    first, *terms, last = account
    if len(account) <= _MOST_STEPS:
        return tuple(account)
    kept = sorted(terms, key=lambda step: -abs(step.value))[: _MOST_STEPS - 3]
    rest = sum(step.value for step in terms if step not in kept)
    at, walk = first.end, [first]
    for step in (*(step for step in terms if step in kept), Step("All other terms", "rest", rest, 0.0, 0.0)):
        walk.append(Step(step.label, step.kind, step.value, at, at + step.value))
        at += step.value
    return (*walk, last)


def _label(theme: ThemeSummary) -> str:
    ends = f"  ({interval(theme.drag.low, theme.drag.high)})" if theme.drag else ""
    return cut(theme.name, _NAME) + ends


def _amount(step: Step) -> str:
    return points(step.value) if step.kind in {"base", "total"} else change(step.value)


def _distinct(labels: Sequence[str]) -> list[str]:
    return [f"{label}{' ' * labels[:place].count(label)}" for place, label in enumerate(labels)]


def _chart(slide: Any, kind: Any, data: Any, place: Place, words: str) -> Any:
    frame = slide.shapes.add_chart(kind, *place.box, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", words[:2000])  # what a screen reader says
    return frame.chart


def _dress(chart: Any, *, has_legend: bool) -> None:
    from pptx.enum.chart import XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    chart.font.size = Pt(14)
    chart.has_title = False
    chart.has_legend = has_legend
    if has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    chart.category_axis.reverse_order = True
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.format.line.fill.background()
    chart.category_axis.has_major_gridlines = False
    chart.value_axis.has_major_gridlines = True
    _paint(chart.value_axis.major_gridlines.format.line.fill, LIGHT.rule)
    chart.value_axis.tick_labels.number_format, chart.value_axis.tick_labels.number_format_is_linked = "0", False


def _label_values(plot: Any, number_format: str) -> None:
    from pptx.util import Pt

    plot.has_data_labels = True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = number_format, False
    plot.data_labels.font.size = Pt(12)


def _paint(fill: Any, colour: str) -> None:
    from pptx.dml.color import RGBColor

    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour.removeprefix("#").upper())
