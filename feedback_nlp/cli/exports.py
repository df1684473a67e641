"""Commands that begin with an export: run, demo, inspect, simulate."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback_nlp.cli.app import app
from feedback_nlp.cli.flags import (
    By,
    CodebookFile,
    Comment,
    ConfigFile,
    Date,
    Encoder,
    Encoding,
    Exports,
    FileSegment,
    Flags,
    Id,
    Language,
    Missing,
    ModelPath,
    Order,
    Out,
    Overwrite,
    Period,
    Query,
    Question,
    Quiet,
    Rating,
    Respondent,
    Scale,
    Score,
    Seed,
    Segment,
    Sheet,
    Themes,
    Weight,
    Where,
    export_flags,
    progress_of,
    settings_from,
)
from feedback_nlp.errors import ConfigError, InputError, one_line

if TYPE_CHECKING:
    from feedback_nlp.config import Config
    from feedback_nlp.themes import Codebook, ThemeModel


@app.command()
def run(
    exports: Exports,
    out: Out,
    config: ConfigFile = None,
    comment: Comment = None,
    score: Score = None,
    scale: Scale = None,
    missing: Missing = None,
    id_: Id = None,
    respondent: Respondent = None,
    date: Date = None,
    date_order: Order = None,
    period: Period = None,
    period_by: By = None,
    segment: Segment = None,
    rating: Rating = None,
    file_segment: FileSegment = None,
    question: Question = None,
    weight: Weight = None,
    where: Where = None,
    sheet: Sheet = None,
    encoding: Encoding = None,
    query: Query = None,
    language: Language = None,
    encoder: Encoder = None,
    model: ModelPath = None,
    codebook: CodebookFile = None,
    themes: Themes = None,
    seed: Seed = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Turn survey exports into a run folder with a report.

    Example: feedback-nlp run q3.csv --out runs/q3 --score nps --comment why --segment channel
    """
    from feedback_nlp.folders import RUN, check_target

    own_flags: Flags = {"text": {"language": language}, "embed": {"model": encoder}, "themes": {"n_themes": themes}}
    flags = {**export_flags(locals()), **own_flags}
    if model and codebook:
        raise ConfigError("--model and --codebook: one of them says which themes there are")
    settings = settings_from(config, flags, seed)
    check_target(out, RUN, overwrite=overwrite)
    _run(exports, settings, out, _themes_of(model, codebook), overwrite, quiet)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the sample export and its run.")] = Path("demo"),
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Make the sample export and analyse it, end to end.

    Example: feedback-nlp demo --out demo
    """
    from feedback_nlp.config import Config
    from feedback_nlp.drivers.simulation.export import simulate_export
    from feedback_nlp.folders import RUN, check_target

    folder = out / "run"
    check_target(folder, RUN, overwrite=overwrite)
    export = out / "export"
    if not export.exists():
        simulate_export(export)
    settings = Config().with_values(
        {
            "ingest": {"comment": ("comment",), "score": "score", "id": "response_id", "respondent": "customer_id",
                       "date": "date", "segment": ("channel", "agent")},
            "link": {"scale": "nps", "date_order": "ymd"},
            "report": {"title": "Customer support survey (sample)"},
        }
    )  # fmt: skip
    _run([str(export)], settings, folder, None, overwrite, quiet)


@app.command()
def inspect(
    exports: Exports,
    config: ConfigFile = None,
    comment: Comment = None,
    score: Score = None,
    scale: Scale = None,
    missing: Missing = None,
    id_: Id = None,
    respondent: Respondent = None,
    date: Date = None,
    date_order: Order = None,
    period: Period = None,
    period_by: By = None,
    segment: Segment = None,
    rating: Rating = None,
    file_segment: FileSegment = None,
    question: Question = None,
    weight: Weight = None,
    where: Where = None,
    sheet: Sheet = None,
    encoding: Encoding = None,
    query: Query = None,
    config_out: Annotated[Path | None, typer.Option(help="Write what was found as a config file for run.")] = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Show what would be read: format, columns, scale, periods, and the fate of every row.

    Example: feedback-nlp inspect q3.csv --config-out q3.toml
    """
    from feedback_nlp.folders import write_file
    from feedback_nlp.ingest import inspect_export
    from feedback_nlp.text import describe_comments, rough_polarity

    settings = settings_from(config, export_flags(locals()), None)
    describe = partial(describe_comments, settings=settings.text)
    seen = inspect_export(exports, settings.ingest, settings.link, polarity=rough_polarity, describe=describe)
    typer.echo(seen.text())
    if config_out:
        typer.echo(write_file(config_out, seen.config, overwrite=overwrite))
    if seen.problem and not seen.suggestion:
        raise InputError(seen.problem)


@app.command()
def simulate(
    out: Out,
    responses: Annotated[int, typer.Option(help="Responses over the three quarters.", min=100)] = 2014,
    seed: Annotated[int, typer.Option(help="Seed of everything random.", min=0)] = 7,
    quiet: Quiet = False,
) -> None:
    """Write a synthetic support survey whose true drags are known.

    Example: feedback-nlp simulate --out data/sample
    """
    from feedback_nlp.drivers.simulation.export import simulate_export

    for path in simulate_export(out, responses, seed):
        typer.echo(path)


def _themes_of(model: Path | None, codebook: Path | None) -> "ThemeModel | Codebook | None":
    from feedback_nlp.themes import load_codebook, load_model

    if codebook:
        return load_codebook(codebook)
    return load_model(model) if model else None


def _run(
    exports: list[str],
    settings: "Config",
    out: Path,
    model: "ThemeModel | Codebook | None",
    overwrite: bool,
    quiet: bool,
) -> None:
    from feedback_nlp.pipeline import analyze

    finished = analyze(exports, settings, model, progress=progress_of(quiet))
    finished.save(out, overwrite=overwrite)
    if not quiet:
        for line in _said_of_the_export(finished.manifest):
            typer.echo(f"  {one_line(line)}", err=True)
    for line in _headline(finished.summary, out):
        typer.echo(line)


def _said_of_the_export(manifest: dict[str, Any]) -> Iterable[str]:
    """What was guessed, with the flag that says it otherwise, and what looked suspicious."""
    for role, why in manifest["guessed"].items():
        yield f"guessed --{role}: {why}"
    if guess := manifest["facts"]["scale_guessed"]:
        yield f"guessed --scale {manifest['facts']['scale']}: {guess}"
    yield from (f"note: {note}" for note in manifest["notes"])


def _headline(summary: dict[str, Any], out: Path) -> Iterable[str]:
    nps = summary["nps"]
    nouns = ("response" if summary["n"] == 1 else "responses", "theme" if summary["n_topics"] == 1 else "themes")
    yield f"{summary['n']:,} {nouns[0]}, {summary['n_commented']:,} with a comment, {summary['n_topics']} {nouns[1]}"
    if nps["value"] is not None:
        yield f"NPS {nps['value']:+.1f} ({nps['low']:+.1f} to {nps['high']:+.1f})"
    yield f"{out / 'report.html'}"
