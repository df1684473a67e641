"""Whom to ask back, as files: a list for a spreadsheet twice, and what a help-desk shows beside a ticket."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from feedback_nlp.cells import without_formulas
from feedback_nlp.folders import FOLLOW_UP, save_whole
from feedback_nlp.report.formats.sheets import COUNT, POINTS, Column, add_table, workbook
from feedback_nlp.track import Run
from feedback_nlp.track.context import context
from feedback_nlp.track.followup import follow_up

_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}  # which some readers of lines take for ends
_LOOKS: Mapping[str, tuple[str, int]] = {
    "rank": (COUNT, 7), "contact_id": ("", 16), "response_id": ("", 16), "category": ("", 11), "score": ("General", 7),
    "date": ("yyyy-mm-dd", 12), "period": ("", 10), "theme": ("", 26), "statement": ("", 60), "owner": ("", 20),
    "points": (POINTS, 9), "points_at_least": (POINTS, 9), "other_themes": ("", 30), "polarity": ("0.00", 9),
    "confidence": ("0.00", 11),
}  # fmt: skip


def write_follow_up(
    run: Run, folder: str | Path, *, earlier: Sequence[Run] = (), overwrite: bool = False
) -> tuple[Path, int]:
    """Returns the folder and how many people are to be contacted, after writing followup.csv, followup.xlsx and
    context.jsonl into it, whole or not at all.

    Raises:
        RunError: there is no score, the folder exists (see `save_whole`), or an earlier run has other themes.
        ConfigError: an owner's theme is none of the run's.
    """
    table = follow_up(run)

    def fill_folder(beside: Path) -> None:
        """Writes the three files."""
        shown = table.assign(date=pd.to_datetime(table["date"]).dt.strftime("%Y-%m-%d"))
        without_formulas(shown).to_csv(beside / FOLLOW_UP, index=False, lineterminator="\n")
        _write_sheet(table, beside / "followup.xlsx")
        _write_lines(context(run, earlier), beside / "context.jsonl")

    return save_whole(Path(folder), FOLLOW_UP, fill_folder, overwrite=overwrite), len(table)


def _write_lines(records: Iterable[Mapping[str, Any]], path: Path) -> None:
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        lines.writelines(encode(record).translate(_LINE_ENDS) + "\n" for record in records)


def _write_sheet(table: pd.DataFrame, path: Path) -> None:
    columns = [Column(str(name), *_LOOKS.get(str(name), ("", 12))) for name in table.columns]
    rows = [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    with workbook(path) as book:
        add_table(book, "Follow-up", columns, rows)


def _cell(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value
