"""The program itself: its name, its version, and how it ends."""

import sys
from typing import Annotated

import typer

from feedback_nlp.errors import FeedbackError

app = typer.Typer(
    name="feedback-nlp",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Finds the themes in open-ended survey feedback and ranks each by how much it drags NPS down.\n\n"
    "Example: feedback-nlp run survey.csv --out runs/q3 --score nps --comment why",
)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        from feedback_nlp import __version__

        typer.echo(f"feedback-nlp {__version__}")
        raise typer.Exit


def main() -> None:
    """Runs the command line; what the user or the file system refuses is one line on standard error and status 1."""
    try:
        app()
    except FeedbackError as error:
        sys.exit(f"feedback-nlp: {error}")
    except BrokenPipeError:
        sys.exit(1)  # whoever read the output has gone
    except OSError as error:
        sys.exit(f"feedback-nlp: {error.filename or 'the file system'}: {error.strerror or error}")
