"""A run as five slides with native charts: the score, the themes, base to NPS, people's words, what to do next."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from feedback_nlp.numbers import change, count, day, interval, listed, percent_of, plural, points, score
from feedback_nlp.report.formats.archive import without_clock
from feedback_nlp.report.formats.slide_charts import add_account, add_drivers
from feedback_nlp.report.formats.slide_texts import BODY, SMALL, Place, add_text, cut, new_slide
from feedback_nlp.report.summary.data import Quote, Summary, ThemeSummary

if TYPE_CHECKING:
    from pptx.presentation import Presentation

_MOST_CARDS, _MOST_QUOTES = 3, 2
_NAME, _QUOTE, _LINE = 46, 150, 210  # letters that fit where they stand


def write_slides(summary: Summary, path: Path) -> None:
    """Writes five slides of 16:9 whose charts are PowerPoint's own; the same summary gives the same bytes."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    deck.core_properties.title = cut(summary.title, 200)
    deck.core_properties.author = "feedback_nlp"
    for add in (_score, _themes, _account, _said, _next):
        add(deck, summary)
    made = BytesIO()
    deck.save(made)
    path.write_bytes(without_clock(made.getvalue()))


def _score(deck: "Presentation", summary: Summary) -> None:
    slide = new_slide(deck, summary.title)
    facts = f"{listed(summary.periods, 4)} · " if summary.periods else ""
    facts += f"{plural(summary.n, 'response')}, {count(summary.n_commented)} with a comment"
    add_text(slide, Place(0.6, 1.3, 12.1, 0.5), [cut(facts, 110)], size=SMALL, colour="soft")
    told = [sentence.text for sentence in summary.headline]
    if summary.nps:
        add_text(slide, Place(0.6, 1.8, 12.1, 1.3), [f"NPS {points(summary.nps.value)}"], size=60, bold=True)
    warning = [f"Look at the scale first. {summary.warning}"] if summary.warning else []
    lines = [cut(line, _LINE) for line in (*warning, *told)]
    add_text(slide, Place(0.6, 3.2, 12.1, 3.8), lines[:6], size=BODY)


def _themes(deck: "Presentation", summary: Summary) -> None:
    slide = new_slide(deck, "Themes, worst drag first" if summary.nps else "Themes, most mentioned first")
    if not summary.themes:
        add_text(slide, Place(0.6, 1.6, 12.1, 1), ["No theme was found: too few statements say something alike."])
        return
    add_drivers(slide, summary, Place(0.6, 1.2, 12.1, 5.4))
    words = "Points of NPS that go with complaints (drag) and praise (lift); drag's interval stands behind each name."
    add_text(
        slide, Place(0.6, 6.7, 12.1, 0.6), [words if summary.nps else "Responses that mention a theme."], size=SMALL
    )


def _account(deck: "Presentation", summary: Summary) -> None:
    slide = new_slide(deck, "From base to NPS")
    if not summary.account:
        add_text(slide, Place(0.6, 1.6, 12.1, 1), ["No score was given: there is no account."])
        return
    add_account(slide, summary.account, Place(0.6, 1.2, 12.1, 5.4))
    words = "The base is the NPS expected of a response that mentions no theme; all terms end exactly at the NPS."
    add_text(slide, Place(0.6, 6.7, 12.1, 0.6), [words], size=SMALL)


def _said(deck: "Presentation", summary: Summary) -> None:
    slide = new_slide(deck, "What people say")
    cards = [theme for theme in (summary.dragging or summary.themes) if theme.quotes][:_MOST_CARDS]
    if not cards:
        add_text(slide, Place(0.6, 1.6, 12.1, 1), ["No statement may be quoted: too few people say the same."])
    for place, theme in enumerate(cards):
        left = 0.6 + place * 4.1
        add_text(slide, Place(left, 1.3, 3.8, 0.9), [cut(theme.name, _NAME)], size=20, bold=True)
        add_text(slide, Place(left, 2.2, 3.8, 0.8), [_figures(theme)], size=SMALL, colour="soft")
        lines = [line for quote in _complaints(theme)[:_MOST_QUOTES] for line in _quoted(quote)]
        add_text(slide, Place(left, 3.0, 3.8, 4.1), lines, size=SMALL)


def _figures(theme: ThemeSummary) -> str:
    drag = f"{change(theme.drag.value)} ({interval(theme.drag.low, theme.drag.high)}), " if theme.drag else ""
    return f"{drag}{count(theme.n_negative)} of {plural(theme.n_responses, 'response')} complain"


def _complaints(theme: ThemeSummary) -> Sequence[Quote]:
    complaints = [quote for quote in theme.quotes if quote.polarity and quote.polarity < 0]
    return complaints or theme.quotes


def _quoted(quote: Quote) -> Iterable[str]:
    who = [
        f"score {score(quote.score)}" if quote.score is not None else "",
        *(value for _, value in quote.segments[:1]),
    ]
    yield f"“{cut(quote.marked, _QUOTE)}”"
    yield "— " + cut(", ".join([*(part for part in who if part), *([day(quote.date)] if quote.date else [])]), 40)


def _next(deck: "Presentation", summary: Summary) -> None:
    slide = new_slide(deck, "What to do next, and what is not known")
    advised = [theme for theme in summary.themes if theme.recommendation][:_MOST_CARDS]
    told = [line for theme in advised for line in _advice(theme)]
    add_text(
        slide, Place(0.6, 1.3, 7.4, 5.8), told or ["No theme drags beyond chance: nothing is recommended."], size=SMALL
    )
    unknown = summary.unknown
    n, without = unknown.n_statements, unknown.n_statements_unthemed
    lines = [
        "Association is not cause: no figure says what NPS would be if a theme were mended." if summary.nps else "",
        f"{plural(unknown.n_silent, 'response')} ({percent_of(unknown.n_silent, summary.n)}) said nothing.",
        f"{count(without)} of {plural(n, 'statement')} ({percent_of(without, n)}) found no theme.",
        f"{plural(unknown.n_rows_rejected, 'row was', 'rows were')} rejected." if unknown.n_rows_rejected else "",
    ]
    add_text(slide, Place(8.5, 1.3, 4.2, 5.8), [line for line in lines if line], size=SMALL, colour="soft")


def _advice(theme: ThemeSummary) -> Iterable[str]:
    advice = theme.recommendation
    if advice:
        yield f"**{cut(theme.name, _NAME)}"
        yield from (cut(line, 130) for line in (*advice.touched[:1], *advice.follow_up[-1:], *advice.measure[:1]))
