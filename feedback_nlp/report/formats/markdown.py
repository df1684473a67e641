"""A run's summary as Markdown for a chat or a wiki: a screenful, without markup that a comment could have brought."""

import re

from feedback_nlp.numbers import (
    change,
    count,
    day,
    interval,
    listed,
    percent,
    percent_of,
    plural,
    points,
    probability,
    score,
)
from feedback_nlp.report.summary.data import Quote, Summary, ThemeSummary

_MOST_THEMES, _MOST_QUOTED, _LONGEST = 10, 3, 240
_MARKS = re.compile(r"[\\`*_{}\[\]<>|~$^&]|(?<![^ ])#")  # what Markdown, its tables, wikis and chats give a meaning
_FIRST = re.compile(r"^([-+=]|\d+[.)])")  # what begins a list or a line only where it comes first
_CALLS = re.compile(
    r"(?=@)|(?=:\w+:)|(?=://)|(?<=www)(?=\.)", re.IGNORECASE
)  # @all, :emoji:, links that wake by themselves
_NOTHING = "\N{WORD JOINER}"  # takes no room and parts what would be read as one
_JOINER = "\N{ZERO WIDTH JOINER}"  # of the parts of an emoji


def as_markdown(summary: Summary) -> str:
    """Returns the headline, ten themes, what people say of the worst three and what is not known; ends with a newline.

    All names and quotes are escaped: nothing in them is read as markup, a mention or a link.
    """
    parts = [[f"# {_safe(summary.title)}"], [_facts(summary)], _headline(summary), _themes(summary), *_changed(summary)]
    parts += [_said(theme) for theme in summary.dragging[:_MOST_QUOTED] if theme.quotes]
    parts.append(_unknown(summary))
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _safe(text: str) -> str:
    """Returns text on one line that Markdown shows as it stands.

    >>> _safe("<b>*free*</b> | @all")
    '\\\\<b\\\\>\\\\*free\\\\*\\\\</b\\\\> \\\\| \\u2060@all'
    """
    line = " ".join("".join(one if one.isprintable() or one == _JOINER else " " for one in text).split())
    marked = _FIRST.sub(
        lambda found: found[0][:-1] + "\\" + found[0][-1], _MARKS.sub(lambda found: "\\" + found[0], line)
    )
    return _CALLS.sub(_NOTHING, marked)


def _facts(summary: Summary) -> str:
    periods = f"{_safe(listed(summary.periods, 4))} · " if summary.periods else ""
    return f"{periods}{plural(summary.n, 'response')}, {count(summary.n_commented)} with a comment"


def _headline(summary: Summary) -> list[str]:
    warning = [f"**Look at the scale first.** {_safe(summary.warning)}", ""] if summary.warning else []
    first, *others = [_safe(sentence.text) for sentence in summary.headline] or [""]
    return [*warning, *([f"**{first}**"] if first else []), *(line for other in others for line in ("", other))]


def _themes(summary: Summary) -> list[str]:
    if not summary.themes:
        return ["No theme was found: too few statements say something alike."]
    shown = summary.themes[:_MOST_THEMES]
    more = len(summary.themes) - len(shown)
    if summary.nps:
        head = ["| Theme | Drag | Lift | Responses | Their NPS | Rank |", "|---|--:|--:|--:|--:|--:|"]
        rows = [_ranked(theme) for theme in shown]
    else:
        head = ["| Theme | Responses | Complain | Praise |", "|---|--:|--:|--:|"]
        rows = [f"| {_safe(one.name)} | {_responses(one)} | {one.n_negative} | {one.n_positive} |" for one in shown]
    rest = ["", f"and {plural(more, 'more theme')} in the report"] if more > 0 else []
    return ["## Themes", "", *head, *rows, *rest]


def _ranked(theme: ThemeSummary) -> str:
    lift = f"{change(theme.lift.value)} ({interval(theme.lift.low, theme.lift.high)})" if theme.lift else "–"
    few = f"too few ({theme.n_responses})"
    nps = f"{points(theme.nps.value)} ({interval(theme.nps.low, theme.nps.high)})" if theme.nps else few
    drag = f"{change(theme.drag.value)} ({interval(theme.drag.low, theme.drag.high)})" if theme.drag else "too few"
    rank = "–" if theme.rank is None else f"{theme.rank} ({theme.rank_low} to {theme.rank_high})"
    name = f"{_safe(theme.name)}{' (flagged)' if theme.flagged else ''}"
    return f"| {name} | {drag} | {lift} | {_responses(theme)} | {nps} | {rank} |"


def _responses(theme: ThemeSummary) -> str:
    return count(theme.n_responses) + (f" ({percent(theme.share.value)})" if theme.share else "")


def _changed(summary: Summary) -> list[list[str]]:
    if not summary.trend:
        return []
    told = [
        f"{_safe(point.period)}: "
        + (f"{points(point.nps.value)} ({interval(point.nps.low, point.nps.high)})" if point.nps else "too few")
        for point in summary.trend
    ]
    return [["## NPS by period", "", *(f"- {line}" for line in told)]]


def _said(theme: ThemeSummary) -> list[str]:
    complaint = next((one for one in theme.quotes if one.polarity and one.polarity < 0), theme.quotes[0])
    worst = f", worst of all with {probability(theme.p_worst)} probability" if theme.rank == 1 and theme.p_worst else ""
    head = (
        f"**{_safe(theme.name)}**: {plural(theme.n_responses, 'response')}, {count(theme.n_negative)} complain{worst}"
    )
    return [head, "", f"> {_safe(_cut(complaint.marked))}", f"> — {_safe(_who(complaint))}"]


def _who(quote: Quote) -> str:
    parts = [f"score {score(quote.score)}" if quote.score is not None else "", *(value for _, value in quote.segments)]
    return ", ".join(part for part in (*parts, day(quote.date) if quote.date else "") if part) or "no score"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST].rsplit(" ", 1)[0] + "…"


def _unknown(summary: Summary) -> list[str]:
    unknown = summary.unknown
    told = []
    if summary.nps:
        told.append("Association is not cause: drag is what complaints go with, not what mending a theme would bring.")
    told.append(f"{plural(unknown.n_silent, 'response')} ({percent_of(unknown.n_silent, summary.n)}) said nothing.")
    n, without = unknown.n_statements, unknown.n_statements_unthemed
    told.append(f"{count(without)} of {plural(n, 'statement')} ({percent_of(without, n)}) found no theme.")
    if unknown.n_rows_rejected:
        told.append(f"{plural(unknown.n_rows_rejected, 'row was', 'rows were')} rejected; rejected.csv says why.")
    return ["## What is not known", "", *(f"- {line}" for line in told)]
