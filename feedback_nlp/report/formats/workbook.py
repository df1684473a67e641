"""A run as a workbook: themes, mentions, segments and the ledger as sheets that can be filtered, with native charts."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from feedback_nlp.report.formats.sheets import COUNT, POINTS, SHARE, SIGNED, Book, Column, add_table, text_of, workbook
from feedback_nlp.report.summary.data import Summary, ThemeSummary
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.pairs import pairs_of
from feedback_nlp.track import Run

_DRAG, _LIFT = "#B23A0E", "#1F5FA8"
_MOST_BARS = 20
_NUMBERS = {
    "n": COUNT, "n_people": COUNT, "p": "0.000", **dict.fromkeys(("nps", "nps_low", "nps_high", "nps_shrunk"), POINTS),
    **dict.fromkeys(("difference", "difference_low", "difference_high"), SIGNED),
}  # fmt: skip
_NOTES = (
    "Drag is what complaints about a theme are associated with in points of NPS, lift what praise is.",
    "Association is not cause.",
    "Ends are of intervals; a theme without a drag has too few complaints to rank.",
    "Texts are masked. Segments of too few responses have no figures.",
)


def write_workbook(run: Run, summary: Summary, path: Path) -> None:
    """Writes Summary, Themes, Mentions, Segments, Ledger, and with a history Periods and Changes, as one workbook."""
    with workbook(path) as book:
        _summary(book, summary)
        _themes(book, summary)
        _mentions(book, run, summary)
        _segments(book, run)
        if summary.trend:
            _periods(book, summary)
        if summary.bridge:
            _changes(book, summary)
        _ledger(book, run, summary)


def _summary(book: Book, summary: Summary) -> None:
    sheet = book.file.add_worksheet("Summary")
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, text_of(summary.title), book.format("title"))
    told = [sentence.text for sentence in summary.headline]
    for place, line in enumerate([summary.warning, *told, "", *_NOTES, f"Intervals are at {summary.level:.0%}."]):
        sheet.write_string(place + 1, 0, text_of(line), book.format(""))


def _themes(book: Book, summary: Summary) -> None:
    figures = [("Drag", SIGNED), ("Lift", SIGNED), ("Share", SHARE), ("Their NPS", POINTS)]
    ends = chain.from_iterable(
        (Column(name, number), Column(f"{name} low", number), Column(f"{name} high", number))
        for name, number in figures
    )
    columns = [
        Column("Theme", width=32), Column("Flagged", width=9), Column("Rank", COUNT, 7), Column("Rank low", COUNT, 7),
        Column("Rank high", COUNT, 7), *ends, Column("Responses", COUNT), Column("Complain", COUNT),
        Column("Praise", COUNT), Column("P(worst)", SHARE), Column("Keyphrases", width=50),
    ]  # fmt: skip
    sheet = add_table(book, "Themes", columns, [_theme(theme) for theme in summary.themes])
    if summary.nps and summary.dragging:
        sheet.insert_chart(1, len(columns) + 1, _bars(book, summary))


def _theme(theme: ThemeSummary) -> list[Any]:
    figures = chain.from_iterable(_three(figure) for figure in (theme.drag, theme.lift, theme.share, theme.nps))
    counts = (theme.n_responses, theme.n_negative, theme.n_positive, theme.p_worst)
    ranks = (theme.rank, theme.rank_low, theme.rank_high)
    return [theme.name, theme.flagged, *ranks, *figures, *counts, "; ".join(theme.keyphrases)]


def _bars(book: Book, summary: Summary) -> Any:
    """Returns drag and lift of the first themes as bars, the interval of each drag as its error bars."""
    last = min(len(summary.themes), _MOST_BARS)
    chart = book.file.add_chart({"type": "bar"})
    gaps = {
        side: [abs((end or 0.0) - theme.drag.value) if theme.drag and end is not None else 0.0
               for theme in summary.themes[:last]
               for end in (getattr(theme.drag, side, None),)]
        for side in ("low", "high")
    }  # fmt: skip
    error = {"type": "custom", "plus_values": gaps["high"], "minus_values": gaps["low"]}
    for name, column, colour in (("Drag", 5, _DRAG), ("Lift", 8, _LIFT)):
        series: dict[str, Any] = {
            "name": name,
            "categories": ["Themes", 1, 0, last, 0],
            "values": ["Themes", 1, column, last, column],
            "fill": {"color": colour},
        }
        chart.add_series(series | ({"x_error_bars": error} if name == "Drag" else {}))
    chart.set_title({"name": "Drag and lift, points of NPS", "overlay": False})
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_x_axis({"num_format": "0", "major_gridlines": {"visible": True, "line": {"color": "#DCDFE4"}}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 720, "height": 120 + 30 * last})
    return chart


def _mentions(book: Book, run: Run, summary: Summary) -> None:
    """Writes each statement with its theme; those of themes that too few people mention have no words."""
    names = dict(zip(run.model.themes["theme_id"], run.model.themes["name"], strict=True))
    quiet = set(names) - pairs_of(run).themes_of_enough(summary.min_people)
    told = run.mentions.sort_values(["response_id", "question", "start", "theme_id"], kind="stable").merge(
        run.responses[["response_id", "score", "category", "period"]], on="response_id", how="left"
    )
    theme = told["theme_id"].map(names)
    words = told["text"].mask(told["theme_id"].isin(quiet))
    parts = (told["response_id"], theme, words, told["polarity"].round(3), told["confidence"].round(3), told["score"],
             told["category"], told["period"])  # fmt: skip
    columns = [
        Column("Response", width=16), Column("Theme", width=28), Column("Statement", width=60),
        Column("Polarity", "0.00", 9), Column("Confidence", "0.00", 11), Column("Score", "General", 7),
        Column("Category", width=11), Column("Period", width=10),
    ]  # fmt: skip
    add_table(book, "Mentions", columns, _rows(parts))


def _segments(book: Book, run: Run) -> None:
    table = run.beside.segments
    if not len(table):
        table = table.reindex(columns=["segment", "value", "n", "nps", "nps_low", "nps_high"])
    columns = [Column(str(name), _NUMBERS.get(str(name), "")) for name in table.columns]
    add_table(book, "Segments", columns, _rows([table[name] for name in table.columns]))


def _periods(book: Book, summary: Summary) -> None:
    columns = [Column("Period", width=16), Column("Scores", COUNT), Column("NPS", POINTS), Column("NPS low", POINTS),
               Column("NPS high", POINTS)]  # fmt: skip
    sheet = add_table(book, "Periods", columns, [[one.period, one.n, *_three(one.nps)] for one in summary.trend])
    last = len(summary.trend)
    chart = book.file.add_chart({"type": "line"})
    chart.add_series({"name": "NPS", "categories": ["Periods", 1, 0, last, 0], "values": ["Periods", 1, 2, last, 2],
                      "line": {"color": "#1B1D21"}, "marker": {"type": "circle"}})  # fmt: skip
    chart.set_title({"name": "NPS by period", "overlay": False})
    chart.set_legend({"none": True})
    sheet.insert_chart(1, len(columns) + 1, chart)


def _changes(book: Book, summary: Summary) -> None:
    bridge = summary.bridge
    if bridge is None:
        return
    columns = [Column("Theme", width=32), Column("Side"), Column(f"Share {bridge.name_a}", SHARE),
               Column(f"Share {bridge.name_b}", SHARE), Column("By how often", SIGNED), Column("low", SIGNED),
               Column("high", SIGNED), Column("By how much it matters", SIGNED), Column("low", SIGNED),
               Column("high", SIGNED), Column("Both", SIGNED)]  # fmt: skip
    rows = [[one.name, one.side, one.share_a, one.share_b, *_three(one.mix), *_three(one.rate), one.change]
            for one in bridge.moves]  # fmt: skip
    add_table(book, "Changes", columns, rows)


def _ledger(book: Book, run: Run, summary: Summary) -> None:
    rows: list[list[Any]] = [
        [part, name.replace("_", " "), n]
        for part, counts in run.manifest.get("ledger", {}).items()
        for name, n in counts.items()
    ]
    rows += [["rejected", why, n] for why, n in summary.unknown.reasons]
    rows += [["generic", one.name, one.n_responses] for one in summary.unknown.generic]
    rows += [["note", note, None] for note in summary.unknown.notes]
    add_table(book, "Ledger", [Column("What", width=16), Column("Which", width=60), Column("How many", COUNT)], rows)


def _three(figure: Figure | None) -> tuple[float | None, float | None, float | None]:
    return (figure.value, figure.low, figure.high) if figure else (None, None, None)


def _rows(columns: Sequence["pd.Series[Any]"]) -> list[list[Any]]:
    """Returns columns as rows of Python's own values, missing as None."""
    plain = [column.astype(object).where(column.notna(), None).tolist() for column in columns]
    return [list(row) for row in zip(*plain, strict=True)]
