"""The command that lists whom to ask back."""

from pathlib import Path
from typing import Annotated

import typer

from feedback_nlp.cli.app import app
from feedback_nlp.cli.flags import Earlier, Overwrite, Quiet


@app.command()
def followup(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    out: Annotated[
        Path, typer.Option(help="A .csv or .xlsx file, .jsonl for the help-desk, or a folder for all three.")
    ] = Path("followup.csv"),
    earlier: Earlier = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """List the detractors and passives to contact, and what the help-desk should know of each respondent.

    Example: feedback-nlp followup runs/q3 --out q3-followup.xlsx
    """
    from feedback_nlp.numbers import plural
    from feedback_nlp.report import write_follow_up
    from feedback_nlp.report.formats.followup import check_follow_up
    from feedback_nlp.track import load_run

    check_follow_up(out, overwrite=overwrite)
    run = load_run(run_folder)
    path, n = write_follow_up(run, out, earlier=[load_run(own) for own in earlier or ()], overwrite=overwrite)
    if not quiet:
        typer.echo(f"{plural(n, 'person', 'people')} to contact", err=True)
    typer.echo(path)
