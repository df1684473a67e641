"""Whom to ask back, as files: a list for a spreadsheet twice, and what a help-desk shows beside a ticket."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from feedback_nlp.cells import without_formulas
from feedback_nlp.errors import RunError
from feedback_nlp.folders import FOLLOW_UP, check_file, check_place, check_target, save_file, save_whole
from feedback_nlp.report.formats.sheets import COUNT, POINTS, Column, add_table, workbook
from feedback_nlp.track import Run
from feedback_nlp.track.context import check_same_themes, context
from feedback_nlp.track.followup import follow_up

_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}  # which some readers of lines take for ends
_LIKE_A_FILE = re.compile(r"\.[a-z]{3,5}")  # .pdf, .json, but not the end of "2024.q4"
_LOOKS: Mapping[str, tuple[str, int]] = {
    "rank": (COUNT, 7), "contact_id": ("", 16), "response_id": ("", 16), "category": ("", 11), "score": ("General", 7),
    "date": ("yyyy-mm-dd", 12), "period": ("", 10), "theme": ("", 26), "statement": ("", 60), "owner": ("", 20),
    "points": (POINTS, 9), "points_at_least": (POINTS, 9), "other_themes": ("", 30), "polarity": ("0.00", 9),
    "confidence": ("0.00", 11),
}  # fmt: skip


def write_follow_up(
    run: Run, target: str | Path, *, earlier: Sequence[Run] = (), overwrite: bool = False
) -> tuple[Path, int]:
    """Returns the path and how many people are to be contacted, after writing whole files or none.

    Args:
        run: with scores.
        target: a file that ends in .csv or .xlsx for the list, in .jsonl for what the help-desk should know; or a
            folder, which gets followup.csv, followup.xlsx and context.jsonl.
        earlier: runs of earlier periods with the same themes, for the context.
        overwrite: replace an earlier result.

    Raises:
        RunError: there is no score, the target exists (see `save_whole`) or ends otherwise, or an earlier run has other
            themes.
        ConfigError: an owner's theme is none of the run's.
    """
    target = Path(target)
    check_follow_up(target, overwrite=overwrite)
    check_same_themes(run, earlier)  # a list needs none, but whoever names one should hear that it does not fit
    table = follow_up(run)
    records = context(run, earlier)
    if write := _WRITERS.get(target.suffix.lower()):
        return save_file(target, lambda beside: write(table, records, beside)), len(table)

    def fill_folder(beside: Path) -> None:
        """Writes the three files."""
        _write_list(table, records, beside / FOLLOW_UP)
        _write_sheet(table, records, beside / "followup.xlsx")
        _write_lines(table, records, beside / "context.jsonl")

    return save_whole(target, FOLLOW_UP, fill_folder, overwrite=overwrite), len(table)


def check_follow_up(target: Path, *, overwrite: bool) -> None:
    """Raises RunError unless a follow-up list may be written there; called before anything slow starts."""
    suffix = target.suffix.lower()
    if suffix not in _WRITERS and not target.is_dir() and _LIKE_A_FILE.fullmatch(suffix):
        known = ", ".join(_WRITERS)
        raise RunError(f"{target}: a follow-up list ends in {known}, or is a folder without such an end")
    if suffix in _WRITERS:
        check_file(target, overwrite=overwrite)
        check_place(target)
    else:
        check_target(target, FOLLOW_UP, overwrite=overwrite)


def _write_list(table: pd.DataFrame, records: Iterable[Mapping[str, Any]], path: Path) -> None:
    shown = table.assign(date=pd.to_datetime(table["date"]).dt.strftime("%Y-%m-%d"))
    without_formulas(shown).to_csv(path, index=False, lineterminator="\n")


def _write_lines(table: pd.DataFrame, records: Iterable[Mapping[str, Any]], path: Path) -> None:
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        lines.writelines(encode(record).translate(_LINE_ENDS) + "\n" for record in records)


def _write_sheet(table: pd.DataFrame, records: Iterable[Mapping[str, Any]], path: Path) -> None:
    columns = [Column(str(name), *_LOOKS.get(str(name), ("", 12))) for name in table.columns]
    rows = [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    with workbook(path) as book:
        add_table(book, "Follow-up", columns, rows)


def _cell(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


_WRITERS: Mapping[str, Callable[[pd.DataFrame, Iterable[Mapping[str, Any]], Path], None]] = {
    ".csv": _write_list, ".xlsx": _write_sheet, ".jsonl": _write_lines,
}  # fmt: skip
