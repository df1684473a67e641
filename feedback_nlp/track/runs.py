"""A run: every table, figure and the model that one analysis produced."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from feedback_nlp.schema import FIGURES, THEME_COLUMNS, Drivers

if TYPE_CHECKING:
    from feedback_nlp.themes import ThemeModel


@dataclass(frozen=True)
class Run:
    """What `analyze` returns and a run folder holds.

    `responses`, `comments`, `mentions` are the tables of schema; `drivers` the figures per theme; `model` the themes
    and how statements get them; `manifest` how it came about; `rejected` the rows set aside; `report` the HTML page.
    """

    responses: pd.DataFrame
    comments: pd.DataFrame
    mentions: pd.DataFrame
    drivers: Drivers
    model: "ThemeModel"
    manifest: dict[str, Any]
    rejected: pd.DataFrame
    timings: dict[str, float] = field(default_factory=dict)
    report: str = ""

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
    def summary(self) -> dict[str, Any]:
        """The headline figures as plain data, as in summary.json; shares 0-1, NPS in points, missing is None."""
        ledger, comments = self.manifest["ledger"], self.comments
        commented = comments.loc[comments["status"] == "comment", "response_id"].nunique()
        nps = self.drivers.nps
        return {
            "nps": {"value": _plain(nps.value), "low": _plain(nps.low), "high": _plain(nps.high)},
            "n": len(self.responses),
            "n_scored": int(self.responses["category"].notna().sum()),
            "n_commented": int(commented),
            "n_non_answers": int((comments["status"] == "non-answer").sum()),
            "n_other_language": int((comments["status"] == "other-language").sum()),
            "n_rejected": ledger["input"]["rejected"],
            "n_merged": ledger["input"]["merged"],
            "n_statements": ledger["statements"]["all"],
            "n_unthemed": ledger["statements"]["without_theme"],
            "n_topics": int((self.model.themes["kind"] == "topic").sum()),
            "periods": sorted(self.responses["period"].dropna().unique().tolist()),
            "notes": list(self.drivers.notes),
        }

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Writes the run folder, whole or not at all, and returns its path.

        Raises:
            RunError: the folder exists and `overwrite` is not set, or it is no run folder.
        """
        from feedback_nlp.track.folder import save_run

        return save_run(self, Path(folder), overwrite=overwrite)


def figures_of(themes: pd.DataFrame) -> pd.DataFrame:
    """Returns the figure columns of a themes.csv frame, as `Drivers.table` holds them."""
    return themes[["theme_id", *FIGURES]]


def _plain(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
