"""The command line: each command reads, calls one function, writes, and prints where.

Heavy imports stay inside the commands, so that `feedback-nlp --help` answers at once.
"""

import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback_nlp.errors import FeedbackError, InputError

if TYPE_CHECKING:
    from feedback_nlp.config import Config

app = typer.Typer(
    name="feedback-nlp",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Finds the themes in open-ended survey feedback and ranks each by how much it drags NPS down.\n\n"
    "Example: feedback-nlp run survey.csv --out runs/q3 --score nps --comment why",
)


class DateOrder(StrEnum):
    """The order of day, month and year in a date."""

    dmy = "dmy"
    mdy = "mdy"
    ymd = "ymd"


class PeriodBy(StrEnum):
    """How dates are grouped into periods."""

    quarter = "quarter"
    month = "month"
    none = "none"


Flags = dict[str, dict[str, Any]]  # room -> setting -> what the flag said, None if it was not given
Exports = Annotated[
    list[str], typer.Argument(help="Files, folders, - for standard input, database URLs.", show_default=False)
]
Out = Annotated[Path, typer.Option(help="The folder to write; it must not exist yet.", show_default=False)]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an existing run folder.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="TOML file with settings; flags win over it.")]
Comment = Annotated[list[str] | None, typer.Option(help="Comment column; repeat for several questions.")]
Score = Annotated[str | None, typer.Option(help="Rating column, or none: themes without drivers.")]
Scale = Annotated[str | None, typer.Option(help="nps, 1-10, 0-100, 1-5, stars, 5-1, 1-7, 7-1, thumbs, yes-maybe-no …")]
Missing = Annotated[list[str] | None, typer.Option(help="Code that means 'no score'; repeat for several.")]
Id = Annotated[str | None, typer.Option("--id", help="Column that names a response; rows sharing it are joined.")]
Respondent = Annotated[str | None, typer.Option(help="Column that names a person.")]
Date = Annotated[str | None, typer.Option(help="Date column.")]
Order = Annotated[DateOrder | None, typer.Option(help="Order of day, month and year.")]
Period = Annotated[str | None, typer.Option(help="One name for the period of all responses.")]
By = Annotated[PeriodBy | None, typer.Option("--period-by", help="Periods from dates.")]
Segment = Annotated[list[str] | None, typer.Option(help="Column kept as a segment; repeat for several.")]
Rating = Annotated[list[str] | None, typer.Option(help="Further rating column kept beside the score; repeatable.")]
FileSegment = Annotated[str | None, typer.Option(help="Name of a segment that holds the file's name.")]
Query = Annotated[str | None, typer.Option(help="The SQL to run where the export is a database URL.")]
Question = Annotated[str | None, typer.Option(help="Column that names each row's question, or the question itself.")]
Weight = Annotated[str | None, typer.Option(help="Column of survey weights.")]
Where = Annotated[list[str] | None, typer.Option(help="COL=VALUE: only rows that match; repeat to narrow down.")]
Sheet = Annotated[str | None, typer.Option(help="Sheet of a workbook; the first if not given.")]
Encoding = Annotated[str | None, typer.Option(help="Encoding of a text file; recognised if not given.")]
Language = Annotated[str | None, typer.Option(help="Analyse only comments in this language (ISO code).")]
ModelPath = Annotated[Path | None, typer.Option("--model", help="Themes of RUN, RUN/model or models/NAME.")]
Themes = Annotated[int | None, typer.Option(help="Topics wished; at most 30 if not given.", min=1)]
Seed = Annotated[int | None, typer.Option(help="Seed of everything random.", min=0)]


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
    model: ModelPath = None,
    themes: Themes = None,
    seed: Seed = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Turn survey exports into a run folder with a report.

    Example: feedback-nlp run q3.csv --out runs/q3 --score nps --comment why --segment channel
    """
    from feedback_nlp.folders import RUN, check_target

    flags = {**_export_flags(locals()), "text": {"language": language}, "themes": {"n_themes": themes}}
    settings = _settings(config, flags, seed)
    check_target(out, RUN, overwrite=overwrite)
    _run(exports, settings, out, model, overwrite, quiet)


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
    from feedback_nlp.drivers.export import simulate_export
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

    settings = _settings(config, _export_flags(locals()), None)
    describe = partial(describe_comments, settings=settings.text)
    seen = inspect_export(exports, settings.ingest, settings.link, polarity=rough_polarity, describe=describe)
    typer.echo(seen.text())
    if config_out:
        typer.echo(write_file(config_out, seen.config, overwrite=overwrite))
    if seen.problem and not seen.suggestion:
        raise InputError(seen.problem)


@app.command()
def report(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    format_: Annotated[str, typer.Option("--format", help="html or json.")] = "html",
    out: Annotated[Path | None, typer.Option(help="The file to write; RUN/report.FORMAT is not touched.")] = None,
    quiet: Quiet = False,
) -> None:
    """Render the report of a run again, or its figures as JSON.

    Example: feedback-nlp report runs/q3 --out q3.html
    """
    from feedback_nlp.report import write_report
    from feedback_nlp.track import load_run

    target = out or Path(f"{run_folder.name}.{format_}")
    typer.echo(write_report(load_run(run_folder), format_, target))


@app.command()
def compare(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="The earlier run folder.", show_default=False)],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="The later one, made with --model RUN_A.")],
    out: Out,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Say how shares and drags moved between two runs with the same themes.

    Example: feedback-nlp compare runs/q2 runs/q3 --out runs/q2-q3
    """
    from feedback_nlp.report import write_comparison
    from feedback_nlp.track import compare_runs, load_run

    comparison = compare_runs(load_run(run_a), load_run(run_b))
    folder = write_comparison(comparison, out, overwrite=overwrite)
    typer.echo(f"{folder / 'compare.html'}")


@app.command()
def train(
    labels: Annotated[Path, typer.Argument(help="Table with response_id or text, and theme.", show_default=False)],
    out: Out,
    run_folder: Annotated[Path | None, typer.Option("--run", help="The run whose responses are labelled.")] = None,
    config: ConfigFile = None,
    seed: Seed = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Fit a multi-label theme classifier on labelled comments; `run --model` uses it.

    Example: feedback-nlp train labels.csv --run runs/q3 --out models/support
    """
    from feedback_nlp.train import train_model

    settings = _settings(config, {}, seed)
    folder = train_model(labels, out, run_folder, settings, overwrite=overwrite)
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

    settings = _settings(config, {}, None)
    typer.echo(evaluate_model(model, labels, run_folder, settings).to_string(index=False))


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
    from feedback_nlp.drivers.export import simulate_export

    for path in simulate_export(out, responses, seed):
        typer.echo(path)


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


def _run(exports: list[str], settings: "Config", out: Path, model: Path | None, overwrite: bool, quiet: bool) -> None:
    from feedback_nlp.pipeline import analyze
    from feedback_nlp.themes import load_model

    loaded = load_model(model) if model else None
    finished = analyze(exports, settings, loaded, progress=_progress(quiet))
    finished.save(out, overwrite=overwrite)
    if not quiet:
        for line in _said_of_the_export(finished.manifest):
            typer.echo(f"  {line}", err=True)
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


def _export_flags(given: dict[str, Any]) -> Flags:
    """The flags that `run` and `inspect` share, by the room whose setting they are."""
    return {
        "ingest": {
            "comment": given["comment"], "score": given["score"], "id": given["id_"], "respondent": given["respondent"],
            "date": given["date"], "question": given["question"], "weight": given["weight"], "where": given["where"],
            **{name: given[name] for name in ("segment", "rating", "file_segment", "sheet", "encoding", "query")},
        },
        "link": {name: given[name] for name in ("scale", "missing", "date_order", "period", "period_by")},
    }  # fmt: skip


def _settings(path: Path | None, flags: Flags, seed: int | None) -> "Config":
    """The config file's settings, or the defaults, with the flags that were given on top."""
    from feedback_nlp.config import Config, load_config

    settings = load_config(path) if path else Config()
    given = {room: {k: v for k, v in values.items() if v is not None and v != []} for room, values in flags.items()}
    if "scale" in given.get("link", {}):  # a preset by flag wins over the buckets of a custom scale in the file
        given["link"] |= {"promoter": (), "passive": (), "detractor": ()}
    return settings.with_values(given if seed is None else {**given, "seed": seed})


def _progress(quiet: bool) -> Callable[[str], None]:
    def show(stage: str) -> None:
        """Names the stage that begins on standard error."""
        if not quiet:
            typer.echo(f"  {stage} …", err=True)

    return show
