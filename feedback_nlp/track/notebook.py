"""A run as a notebook shows it."""

import math
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from feedback_nlp.numbers import change, interval, percent, plural, points

if TYPE_CHECKING:
    from feedback_nlp.track.runs import Run

_MOST = 15  # themes in the table; the page has all
_RIGHT = ' style="text-align:right"'


def as_html(run: "Run") -> str:
    """Returns the NPS and the ranked themes as HTML, without script or style sheet; names are escaped."""
    topics = run.themes[run.themes["kind"] == "topic"]
    rows = "".join(
        _row({str(key): value for key, value in row.items()}) for row in topics.head(_MOST).to_dict("records")
    )
    heads = "".join(f"<th{_RIGHT}>{name}</th>" for name in ("Drag", "Lift", "Responses", "Their NPS"))
    more = len(topics) - _MOST
    rest = f"<p>and {plural(more, 'more theme')} in <code>run.themes</code></p>" if more > 0 else ""
    head = f'<table><thead><tr><th style="text-align:left">Theme</th>{heads}</tr></thead><tbody>'
    return f"<p>{_headline(run)}</p>{head}{rows}</tbody></table>{rest}"


def _headline(run: "Run") -> str:
    nps, n = run.drivers.nps, plural(len(run.responses), "response")
    if not math.isfinite(nps.value):
        return f"{n}; no score was given: themes without drivers"
    return f"<b>NPS {points(nps.value)}</b> ({interval(nps.low, nps.high)}), {n}"


def _row(theme: dict[str, object]) -> str:
    shown = [_figure(theme, "drag", signed=True), _figure(theme, "lift", signed=True)]
    responses, share = _known(theme["n_responses"]), _known(theme["share"])
    shown += [f"{int(responses or 0):,} ({percent(share)})", _figure(theme, "nps", signed=False)]
    cells = "".join(f"<td{_RIGHT}>{cell}</td>" for cell in shown)
    return f'<tr><td style="text-align:left">{escape(str(theme["name"]))}</td>{cells}</tr>'


def _figure(theme: dict[str, object], name: str, *, signed: bool) -> str:
    value, low, high = (_known(theme[name + end]) for end in ("", "_low", "_high"))
    if value is None:
        return "too few" if name == "drag" else "–"
    return f"{change(value) if signed else points(value)} ({interval(low, high)})"


def _known(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
