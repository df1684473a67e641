"""A run: every table, figure and the model that one analysis produced, saved as a folder that scripts rely on."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.cells import without_formulas
from feedback_nlp.config import DriversConfig, ReportConfig
from feedback_nlp.drivers.result import Drivers
from feedback_nlp.errors import RunError
from feedback_nlp.folders import RUN, save_whole
from feedback_nlp.numbers import interval, plural, points
from feedback_nlp.schema import FORMAT_VERSION, THEME_COLUMNS, no_map
from feedback_nlp.themes import ThemeModel, load_model
from feedback_nlp.track.beside import Beside, look_beside
from feedback_nlp.track.files import (
    covariance_as_table,
    drivers_as_data,
    read_csv,
    read_drivers,
    read_json,
    read_parquet,
    read_text,
    write_json,
)
from feedback_nlp.track.history import History, look_back
from feedback_nlp.track.notebook import as_html
from feedback_nlp.track.plots import Plots

_MAP = "map.parquet"
_TABLES = ("responses", "comments", "mentions")


@dataclass(frozen=True)
class Run:
    """What `analyze` returns and a run folder holds.

    `responses`, `comments`, `mentions` are the tables of schema; `drivers` the figures per theme; `model` the themes
    and how statements get them; `manifest` how it came about; `rejected` the rows set aside; `report` the HTML page;
    `map` places of a sample of the statements side by side (MAP of schema; no row where the run has none).
    """

    responses: pd.DataFrame
    comments: pd.DataFrame
    mentions: pd.DataFrame
    drivers: Drivers
    model: ThemeModel
    manifest: dict[str, Any]
    rejected: pd.DataFrame
    timings: dict[str, float] = field(default_factory=dict)
    report: str = ""
    map: pd.DataFrame = field(default_factory=no_map)

    @property
    def themes(self) -> pd.DataFrame:
        """One row per theme with its figures, in the columns of themes.csv: topics first, worst drag first.

        Topics without a drag (too few complaints, no score) follow by how many responses mention them, generic themes
        come last. `keyphrases` is text, phrases parted by "; ".
        """
        table = self.model.themes.merge(self.drivers.table, on="theme_id", how="left", validate="one_to_one")
        table["keyphrases"] = ["; ".join(phrases) for phrases in table["keyphrases"]]
        table["_topic"] = table["kind"] != "topic"
        ordered = table.sort_values(["_topic", "drag", "n_responses", "theme_id"], ascending=[True, True, False, True])
        return ordered[list(THEME_COLUMNS)].reset_index(drop=True)

    @property
    def drivers_settings(self) -> DriversConfig:
        """The [drivers] settings the run was made with."""
        return DriversConfig(**self.manifest.get("config", {}).get("drivers", {}))

    @property
    def report_settings(self) -> ReportConfig:
        """The [report] settings the run was made with."""
        return ReportConfig(**self.manifest.get("config", {}).get("report", {}))

    @cached_property
    def beside(self) -> Beside:
        """Segments side by side, commenters beside the silent, and the responses whose words and score disagree."""
        return look_beside(self.responses, self.comments, self.mentions, self.model.themes, self.drivers_settings)

    @cached_property
    def history(self) -> History:
        """The periods of this run side by side; `look_back` puts earlier runs before them."""
        return look_back(self)

    @property
    def plot(self) -> Plots:
        """Altair charts: `drivers()`, `account()`, `trend()`, `bridge()`, `map()`, `segments()`."""
        return Plots(self)

    def __repr__(self) -> str:
        """Returns one line: the tables of thousands of rows are attributes."""
        nps = self.drivers.nps
        score = f"NPS {points(nps.value)} ({interval(nps.low, nps.high)})" if np.isfinite(nps.value) else "no score"
        return (
            f"<Run: {plural(len(self.responses), 'response')}, {plural(len(self.model.topic_ids), 'theme')}, {score}>"
        )

    def _repr_html_(self) -> str:
        """Returns the headline and the ranked themes, for a notebook."""
        return as_html(self)

    @property
    def summary(self) -> dict[str, Any]:
        """The headline figures as plain data, as in summary.json; NPS in points, missing is None.

        n, n_scored, n_commented, n_non_answers and n_other_language count responses (each by the most it said),
        n_rejected and n_merged rows, n_statements and n_unthemed statements.
        """
        ledger = self.manifest["ledger"]
        statuses = statuses_of(self.responses, self.comments).value_counts()
        nps = self.drivers.nps
        return {
            "nps": {"value": _plain(nps.value), "low": _plain(nps.low), "high": _plain(nps.high)},
            "n": len(self.responses),
            "n_scored": int(self.responses["category"].notna().sum()),
            "n_commented": int(statuses.get("comment", 0)),
            "n_non_answers": int(statuses.get("non-answer", 0)),
            "n_other_language": int(statuses.get("other-language", 0)),
            "n_rejected": ledger["input"]["rejected"],
            "n_merged": ledger["input"]["merged"],
            "n_statements": ledger["statements"]["all"],
            "n_unthemed": ledger["statements"]["without_theme"],
            "n_topics": len(self.model.topic_ids),
            "periods": sorted(self.responses["period"].dropna().unique().tolist()),
            "notes": list(self.drivers.notes),
        }

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Writes the run folder, whole or not at all, and returns its path.

        Raises:
            RunError: the folder exists and `overwrite` is not set, or it is no run folder.
        """
        return save_whole(Path(folder), RUN, self._write, overwrite=overwrite)

    def _write(self, folder: Path) -> None:
        write_json(folder / RUN, self.manifest)
        for name in _TABLES:
            getattr(self, name).to_parquet(folder / f"{name}.parquet", index=False)
        self.themes.to_csv(folder / "themes.csv", index=False, lineterminator="\n")
        write_json(folder / "drivers.json", drivers_as_data(self.drivers))
        covariance_as_table(self.drivers).to_parquet(folder / "covariance.parquet")
        self.map.to_parquet(folder / _MAP, index=False)
        for name in ("segments", "segment_themes"):
            _write_csv(folder / f"{name}.csv", getattr(self.beside, name))
        _write_csv(folder / "contradictions.csv", self.beside.contradictions.table)
        write_json(folder / "summary.json", self.summary)
        self.rejected.to_csv(folder / "rejected.csv", index=False, lineterminator="\n")
        self.model.save(folder / "model")
        (folder / "report.html").write_text(self.report, encoding="utf-8", newline="\n")
        write_json(folder / "timings.json", self.timings)


def load_run(folder: str | Path) -> Run:
    """Returns the Run of a run folder.

    Raises:
        RunError: there is no run folder, a file is missing or damaged, or it has another format version.
        ModelError: its model is missing or damaged.
    """
    folder = Path(folder)
    manifest = read_json(folder / RUN, "is that a run folder?")
    version = manifest.get("format_version")
    if version != FORMAT_VERSION:
        raise RunError(f"{folder}: format version {version}, this release reads {FORMAT_VERSION}; run it again")
    return Run(
        **{name: read_parquet(folder / f"{name}.parquet") for name in _TABLES},
        drivers=read_drivers(folder),
        model=load_model(folder / "model"),
        manifest=manifest,
        rejected=read_csv(folder / "rejected.csv", {"source": "str", "reason": "str", "content": "str"}),
        timings=read_json(folder / "timings.json", "run it again"),
        report=read_text(folder / "report.html"),
        map=read_parquet(folder / _MAP) if (folder / _MAP).is_file() else no_map(),  # earlier releases drew none
    )


def statuses_of(responses: pd.DataFrame, comments: pd.DataFrame) -> "pd.Series[Any]":
    """Returns per response the most it said over all its questions; without any comment it is "empty"."""
    names = ["comment", "other-language", "non-answer", "empty"]
    codes, found = pd.factorize(comments["status"])
    ranks = np.array([names.index(status) for status in found], dtype=np.intp)[codes]
    row = pd.Index(responses["response_id"]).get_indexer(pd.Index(comments["response_id"]))
    most = np.full(len(responses), len(names) - 1)
    np.minimum.at(most, row[row >= 0], ranks[row >= 0])
    return pd.Series(names, dtype="str").take(most).set_axis(responses.index)


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    without_formulas(table).to_csv(path, index=False, lineterminator="\n")


def _plain(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
