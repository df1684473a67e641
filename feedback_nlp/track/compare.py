"""Two runs side by side: how shares and drags moved from one period to the next."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from feedback_nlp.drivers.bridge import Bridge, compare_periods, compare_segments
from feedback_nlp.drivers.people.segments import segment_column
from feedback_nlp.errors import RunError

if TYPE_CHECKING:  # runs.py offers what this module compares
    from feedback_nlp.track.runs import Run


@dataclass(frozen=True)
class Comparison:
    """The bridge between two runs, with the names of the themes and of the two sides."""

    name_a: str
    name_b: str
    bridge: Bridge
    themes: pd.DataFrame  # theme_id, name, kind

    @property
    def table(self) -> pd.DataFrame:
        """`bridge.table` with each theme's name and kind after its id."""
        names = self.themes.set_index("theme_id")
        table = self.bridge.table.copy()
        table.insert(1, "name", table["theme_id"].map(names["name"]).fillna(table["theme_id"]))
        table.insert(2, "kind", table["theme_id"].map(names["kind"]).fillna("other"))
        return table

    @property
    def data(self) -> dict[str, Any]:
        """The totals and the table as plain data, as in bridge.json; missing is None."""
        return {
            "a": self.name_a,
            "b": self.name_b,
            "total": asdict(self.bridge.total),
            "segments": _records(self.bridge.segments),
            "terms": _records(self.table),
            "notes": list(self.bridge.notes),
        }


def compare_runs(run_a: "Run", run_b: "Run", segment: str = "") -> Comparison:
    """Returns what moved NPS from run_a to run_b, theme by theme, with the [drivers] settings the runs were made with.

    With a segment ("channel"), what its values' other shares do to NPS is taken out first.

    Raises:
        RunError: the runs do not share their themes (`run --model RUN_A` makes the later one with those of the first),
            or their [drivers] settings.
        InputError: a run has no such segment.
    """
    if run_a.model.fingerprint != run_b.model.fingerprint:
        raise RunError(
            "the two runs have different themes, so that their figures can't be set side by side; make the second with "
            "the themes of the first: feedback-nlp run ... --model RUN_A"
        )
    settings = run_a.drivers_settings
    if settings != run_b.drivers_settings:
        raise RunError("the two runs were made with other [drivers] settings; make the second with those of the first")
    themes = run_a.model.themes[["theme_id", "name", "kind"]]
    column = segment_column(run_a.responses, segment) if segment else ""
    bridge = compare_periods(run_a.responses, run_a.mentions, run_b.responses, run_b.mentions, themes, settings, column)
    return Comparison(_period(run_a, "A"), _period(run_b, "B"), bridge, themes)


def compare_values(run: "Run", segment: str, a: str, b: str, within: str = "") -> Comparison:
    """Returns what sets one value of a run's segment apart from another: "phone" from "chat" of "channel".

    With `within`, another segment, what its values' other shares do to NPS is taken out first.

    Raises:
        InputError: the run has no such segment, or nobody has that value.
    """
    column, inner = (segment_column(run.responses, name) if name else "" for name in (segment, within))
    themes = run.model.themes[["theme_id", "name", "kind"]]
    bridge = compare_segments(run.responses, run.mentions, themes, column, a, b, run.drivers_settings, inner)
    return Comparison(a, b, bridge, themes)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _period(run: "Run", otherwise: str) -> str:
    """The periods a run covers: "2025-Q1", or the first to the last."""
    periods = sorted(run.responses["period"].dropna().unique())
    if not periods:
        return otherwise
    return str(periods[0]) if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
