"""Commands that begin with a run folder: report, why, compare."""

from pathlib import Path
from typing import Annotated

import typer

from feedback_nlp.cli.app import app
from feedback_nlp.cli.flags import (
    ConfigFile,
    Earlier,
    Out,
    Overwrite,
    Quiet,
    settings_from,
)
from feedback_nlp.errors import one_line


@app.command()
def report(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", help="html, md, xlsx, pptx or json; else by the end of --out, or html.", show_default=False
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; RUN/report.FORMAT is not touched.")] = None,
    earlier: Earlier = None,
    quiet: Quiet = False,
) -> None:
    """Render the report of a run again: as a page, Markdown, a workbook, five slides, or its figures as JSON.

    Example: feedback-nlp report runs/q3 --format pptx --earlier runs/q2
    """
    from feedback_nlp.report import write_report
    from feedback_nlp.track import load_run
    from feedback_nlp.track.manifest import coverage_notes

    wanted = format_ or (out.suffix.lower().removeprefix(".") if out else "") or "html"
    target = out or Path(f"{run_folder.name}.{wanted}")
    run = load_run(run_folder)
    path = write_report(run, wanted, target, earlier=[load_run(folder) for folder in earlier or ()])
    for note in () if quiet else coverage_notes(run.manifest):
        typer.echo(f"  note: {one_line(note)}", err=True)
    typer.echo(path)


@app.command()
def why(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    response_id: Annotated[str, typer.Argument(help="One of its responses.", show_default=False)],
    config: ConfigFile = None,
    quiet: Quiet = False,
) -> None:
    """Say why a response got its themes: nearest examples, keywords, the runner-up, polarity.

    Example: feedback-nlp why runs/q3 R-000017
    """
    from feedback_nlp.track import explain_response, load_run

    embed = settings_from(config, {}, None).embed if config else None
    typer.echo(explain_response(load_run(run_folder), response_id, embed).as_text(), nl=False)


@app.command()
def compare(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="The earlier run folder.", show_default=False)],
    out: Out,
    run_b: Annotated[
        Path | None, typer.Argument(metavar="[RUN_B]", help="The later one, made with --model RUN_A.")
    ] = None,
    between: Annotated[
        str | None, typer.Option(help="SEGMENT=A,B: compare two values of a segment of RUN_A.", show_default=False)
    ] = None,
    segment: Annotated[str, typer.Option(help="Take out first what other shares of this segment's values do.")] = "",
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Say what moved NPS between two runs with the same themes, or what sets two segments of one run apart.

    Example: feedback-nlp compare runs/q2 runs/q3 --out runs/q2-q3 --segment channel
    """
    from feedback_nlp.report import write_comparison
    from feedback_nlp.track import compare_runs, compare_values, load_run

    if run_b is not None and between is None:
        comparison = compare_runs(load_run(run_a), load_run(run_b), segment)
    elif run_b is None and between is not None:
        comparison = compare_values(load_run(run_a), *_two_values(between), segment)
    else:
        raise typer.BadParameter("give a second run, or --between SEGMENT=A,B for two segments of one run")
    folder = write_comparison(comparison, out, overwrite=overwrite)
    typer.echo(f"{folder / 'compare.html'}")


def _two_values(between: str) -> tuple[str, str, str]:
    """Returns segment, first and second value of "channel=phone,chat"."""
    segment, _, values = between.partition("=")
    pair = [value.strip() for value in values.split(",")]
    if not segment or len(pair) != 2 or not all(pair):
        raise typer.BadParameter(f"'{between}' names no segment and two values; write it as channel=phone,chat")
    return segment, pair[0], pair[1]
