"""Reports as files: one run in a chosen format, two runs as a folder."""

from pathlib import Path

from feedback_nlp.errors import RunError, did_you_mean
from feedback_nlp.folders import COMPARISON, save_whole
from feedback_nlp.report.page.comparison import render_comparison
from feedback_nlp.report.page.render import render_report
from feedback_nlp.track import Comparison, Run
from feedback_nlp.track.files import write_json

FORMATS = ("html", "json")


def write_report(run: Run, format_name: str, target: str | Path) -> Path:
    """Returns the path of the report after writing it: "html" (the page) or "json" (`run.summary`).

    Raises:
        RunError: the format is unknown, or the file can't be written.
    """
    target = Path(target)
    if format_name not in FORMATS:
        near = did_you_mean(format_name, FORMATS)
        raise RunError(f"--format {format_name}: no such report format{near} (known: {', '.join(FORMATS)})")
    try:
        if format_name == "html":
            target.write_text(render_report(run), encoding="utf-8", newline="\n")
        else:
            write_json(target, run.summary)
    except OSError as error:
        raise RunError(f"{target}: the report can't be written: {error.strerror}") from None
    return target


def write_comparison(comparison: Comparison, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Returns the folder after writing bridge.csv, bridge.json and compare.html into it, whole or not at all.

    Raises:
        RunError: the folder exists (see `save_whole` for what `overwrite` replaces).
    """

    def fill_folder(beside: Path) -> None:
        """Writes the three files."""
        comparison.table.to_csv(beside / "bridge.csv", index=False, lineterminator="\n")
        write_json(beside / "bridge.json", comparison.data)
        (beside / "compare.html").write_text(render_comparison(comparison), encoding="utf-8", newline="\n")

    return save_whole(Path(folder), COMPARISON, fill_folder, overwrite=overwrite)
