"""A run as a notebook shows it."""

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from feedback_nlp.numbers import change, interval, percent, plural, points
from feedback_nlp.sentences import Sentence
from feedback_nlp.track.headline import headline

if TYPE_CHECKING:
    from feedback_nlp.track.runs import Run

_MOST = 15  # themes in the table; the page has all
_LEFT, _RIGHT = ' style="text-align:left"', ' style="text-align:right"'
_BOX = '<div style="overflow-x:auto" tabindex="0" role="region" aria-label="Themes">'


def as_html(run: "Run") -> str:
    """Returns the headline in words and the ranked themes as HTML, without script or style sheet; names are escaped."""
    topics = run.themes[run.themes["kind"] == "topic"]
    rows = "".join(
        _row({str(key): value for key, value in row.items()}) for row in topics.head(_MOST).to_dict("records")
    )
    heads = "".join(f"<th{_RIGHT}>{name}</th>" for name in ("Drag", "Lift", "Responses", "Their NPS", "Rank"))
    more = len(topics) - _MOST
    rest = f"<p>and {plural(more, 'more theme')} in <code>run.themes</code></p>" if more > 0 else ""
    words = "".join(f"<p>{_said(one)}</p>" for one in headline(run, run.history))
    head = f"<thead><tr><th{_LEFT}>Theme</th>{heads}</tr></thead>"
    return f"{words}{_BOX}<table>{head}<tbody>{rows}</tbody></table></div>{rest}"


def _said(sentence: Sentence) -> str:
    marked = [(escape(phrase.text), phrase.kind or phrase.theme_id) for phrase in sentence.phrases]
    return "".join(f"<b>{text}</b>" if is_marked else text for text, is_marked in marked)


def _row(theme: dict[str, object]) -> str:
    shown = [_figure(theme, "drag", signed=True), _figure(theme, "lift", signed=True)]
    responses, share = _known(theme["n_responses"]), _known(theme["share"])
    shown += [f"{int(responses or 0):,} ({percent(share)})", _figure(theme, "nps", signed=False), _rank(theme)]
    cells = "".join(f"<td{_RIGHT}>{cell}</td>" for cell in shown)
    flag = " <small>flagged</small>" if theme["flagged"] is True or _known(theme["flagged"]) else ""
    return f"<tr><td{_LEFT}>{escape(str(theme['name']))}{flag}</td>{cells}</tr>"


def _rank(theme: dict[str, object]) -> str:
    rank, low, high = (_known(theme[name]) for name in ("rank", "rank_low", "rank_high"))
    return "–" if rank is None or low is None or high is None else f"{rank:.0f} ({low:.0f} to {high:.0f})"


def _figure(theme: dict[str, object], name: str, *, signed: bool) -> str:
    value, low, high = (_known(theme[name + end]) for end in ("", "_low", "_high"))
    if value is None:
        return "too few" if name == "drag" else "–"
    return f"{change(value) if signed else points(value)} ({interval(low, high)})"


def _known(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
