"""Reports as files: one run in a chosen format, two runs as a folder."""

from collections.abc import Callable, Sequence
from pathlib import Path

from feedback_nlp.errors import RunError, did_you_mean
from feedback_nlp.folders import COMPARISON, check_place, save_file, save_whole
from feedback_nlp.report.formats.markdown import as_markdown
from feedback_nlp.report.formats.plain import as_plain
from feedback_nlp.report.formats.slides import write_slides
from feedback_nlp.report.formats.workbook import write_workbook
from feedback_nlp.report.page.comparison import render_comparison
from feedback_nlp.report.page.render import render_summary
from feedback_nlp.report.summary.data import Summary
from feedback_nlp.report.summary.summarise import summarise
from feedback_nlp.track import Comparison, Run
from feedback_nlp.track.files import write_json

FORMATS = ("html", "json", "md", "xlsx", "pptx")


def write_report(run: Run, format_name: str, target: str | Path, *, earlier: Sequence[Run] = ()) -> Path:
    """Returns the path of the report after writing it, whole or not at all.

    Args:
        run: what is reported.
        format_name: "html" (the page), "json" (`run.summary`, and all that the page says under "report"), "md" (a
            summary for a chat or a wiki), "xlsx" (tables) or "pptx" (five slides).
        target: the file.
        earlier: runs of earlier periods with the same themes, for what changed.

    Raises:
        RunError: the format is unknown, an earlier run does not fit, or the file can't be written or is one of a
            finished run.
    """
    target = Path(target)
    if format_name not in FORMATS:
        near = did_you_mean(format_name, FORMATS)
        raise RunError(f"--format {format_name}: no such report format{near} (known: {', '.join(FORMATS)})")
    check_place(target)
    summary = summarise(run, earlier)
    return save_file(target, lambda beside: _WRITERS[format_name](run, summary, beside))


def write_comparison(comparison: Comparison, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Returns the folder after writing bridge.csv, bridge.json and compare.html into it, whole or not at all.

    Raises:
        RunError: the folder exists (see `save_whole` for what `overwrite` replaces).
    """

    def fill_folder(beside: Path) -> None:
        """Writes the three files."""
        comparison.table.to_csv(beside / "bridge.csv", index=False, lineterminator="\n")
        write_json(beside / "bridge.json", comparison.data)
        _write_text(beside / "compare.html", render_comparison(comparison))

    return save_whole(Path(folder), COMPARISON, fill_folder, overwrite=overwrite)


def _html(run: Run, summary: Summary, path: Path) -> None:
    _write_text(path, render_summary(summary))


def _json(run: Run, summary: Summary, path: Path) -> None:
    write_json(path, {**run.summary, "report": as_plain(summary)})


def _markdown(run: Run, summary: Summary, path: Path) -> None:
    _write_text(path, as_markdown(summary))


def _slides(run: Run, summary: Summary, path: Path) -> None:
    write_slides(summary, path)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


_WRITERS: dict[str, Callable[[Run, Summary, Path], None]] = {
    "html": _html, "json": _json, "md": _markdown, "xlsx": write_workbook, "pptx": _slides,
}  # fmt: skip
