"""The flags that commands share, and the settings they mean together with a config file."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from feedback_nlp.config import Config


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
Earlier = Annotated[
    list[Path] | None,
    typer.Option(
        "--earlier", metavar="RUN", help="A run of an earlier period, made with the same themes.", show_default=False
    ),
]
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
Encoder = Annotated[
    str | None,
    typer.Option(help="What turns statements into vectors: minilm, minilm-int8, multilingual, a folder …"),
]
Language = Annotated[str | None, typer.Option(help="Analyse only comments in this language (ISO code).")]
ModelPath = Annotated[Path | None, typer.Option("--model", help="Themes of RUN, RUN/model or models/NAME.")]
CodebookFile = Annotated[
    Path | None, typer.Option("--codebook", help="Themes of a codebook (TOML); see configs/codebooks.")
]
Themes = Annotated[int | None, typer.Option(help="Topics wished; at most 30 if not given.", min=1)]
Seed = Annotated[int | None, typer.Option(help="Seed of everything random.", min=0)]


def export_flags(given: dict[str, Any]) -> Flags:
    """The flags that `run` and `inspect` share, by the room whose setting they are."""
    return {
        "ingest": {
            "comment": given["comment"], "score": given["score"], "id": given["id_"], "respondent": given["respondent"],
            "date": given["date"], "question": given["question"], "weight": given["weight"], "where": given["where"],
            **{name: given[name] for name in ("segment", "rating", "file_segment", "sheet", "encoding", "query")},
        },
        "link": {name: given[name] for name in ("scale", "missing", "date_order", "period", "period_by")},
    }  # fmt: skip


def settings_from(path: Path | None, flags: Flags, seed: int | None) -> "Config":
    """The config file's settings, or the defaults, with the flags that were given on top."""
    from feedback_nlp.config import Config, load_config

    settings = load_config(path) if path else Config()
    given = {room: {k: v for k, v in values.items() if v is not None and v != []} for room, values in flags.items()}
    if "scale" in given.get("link", {}):  # a preset by flag wins over the buckets of a custom scale in the file
        given["link"] |= {"promoter": (), "passive": (), "detractor": ()}
    return settings.with_values(given if seed is None else {**given, "seed": seed})


def progress_of(quiet: bool) -> Callable[[str], None]:
    """Returns what says on standard error which stage begins; nothing if `quiet`."""

    def show(stage: str) -> None:
        """Names the stage that begins on standard error."""
        if not quiet:
            typer.echo(f"  {stage} …", err=True)

    return show
