"""Commands about theme models: codebook, train, evaluate."""

from pathlib import Path
from typing import Annotated

import typer

from feedback_nlp.cli.app import app
from feedback_nlp.cli.flags import (
    CodebookFile,
    ConfigFile,
    Out,
    Overwrite,
    Quiet,
    Seed,
    settings_from,
)


@app.command()
def codebook(
    model: Annotated[Path, typer.Argument(help="RUN, RUN/model or models/NAME.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The codebook to write (TOML).", show_default=False)],
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Turn a run's or a model's themes into a codebook to edit; `run --codebook` uses it.

    Example: feedback-nlp codebook runs/q3 --out support.toml
    """
    from feedback_nlp.folders import check_file
    from feedback_nlp.themes import as_codebook, load_model, write_codebook
    from feedback_nlp.themes.codebook_export import remarks_on

    check_file(out, overwrite=overwrite)
    loaded = load_model(model)
    book = as_codebook(loaded)
    typer.echo(write_codebook(book, out, remarks_on(loaded, book)))


@app.command()
def train(
    labels: Annotated[Path, typer.Argument(help="Table with response_id or text, and theme.", show_default=False)],
    out: Out,
    run_folder: Annotated[Path | None, typer.Option("--run", help="The run whose responses are labelled.")] = None,
    codebook: CodebookFile = None,
    config: ConfigFile = None,
    seed: Seed = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Fit a multi-label theme classifier on labelled comments; `run --model` uses it.

    Example: feedback-nlp train labels.csv --run runs/q3 --out models/support
    """
    from feedback_nlp.train import train_model

    settings = settings_from(config, {}, seed)
    folder = train_model(labels, out, run_folder, settings, overwrite=overwrite, codebook=codebook)
    typer.echo(f"{folder}")


@app.command()
def evaluate(
    model: Annotated[Path, typer.Argument(help="models/NAME, RUN or RUN/model.", show_default=False)],
    labels: Annotated[Path, typer.Argument(help="Table with response_id or text, and theme.", show_default=False)],
    run_folder: Annotated[Path | None, typer.Option("--run", help="The run whose responses are labelled.")] = None,
    config: ConfigFile = None,
    quiet: Quiet = False,
) -> None:
    """Say how well a model finds labelled themes: precision, recall and F1 of each.

    Example: feedback-nlp evaluate models/support labels.csv --run runs/q3
    """
    from feedback_nlp.train import evaluate_model

    settings = settings_from(config, {}, None)
    typer.echo(evaluate_model(model, labels, run_folder, settings).to_string(index=False))
