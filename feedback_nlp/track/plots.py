"""Charts of a run for notebooks: the tables of a run as the charts of `feedback_nlp.charts` need them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from feedback_nlp import charts
from feedback_nlp.drivers.bridge import BridgeTotal
from feedback_nlp.errors import RunError, did_you_mean
from feedback_nlp.track.compare import Comparison
from feedback_nlp.track.history import History, look_back

if TYPE_CHECKING:
    import altair as alt

    from feedback_nlp.track.runs import Run

_JOINED = {"other": "Themes too small to rank", "generic": "Generic words"}
_SIDES = {"negative": "complaints", "positive": "praise"}
_MOST_POINTS = 5000  # Altair's own limit; more are joined in cells
_CELLS = 60


@dataclass(frozen=True)
class Plots:
    """What `Run.plot` offers: Altair charts, which a notebook shows and `chart.save("drag.png")` writes.

    PNG and SVG are drawn by vl-convert without a browser; "drag.html" would load its script from the internet unless it
    is saved with `inline=True`.
    """

    run: "Run"

    def drivers(self, most: int = 15) -> "alt.LayerChart":
        """Returns drag and lift of the `most` worst themes as bars with their intervals.

        Raises:
            RunError: the run has no score, or no theme has a drag.
        """
        self._need_scores("drag")
        data = charts.drivers_data(self.run.themes, self.run.drivers.n, most)
        if data.empty:
            raise RunError("this run has no theme with a drag: too few complain of each (drivers.min_mentions)")
        return charts.drivers_chart(data)

    def account(self, most: int = 14) -> "alt.LayerChart":
        """Returns the waterfall from the base to NPS, theme by theme.

        Raises:
            RunError: the run has no score.
        """
        self._need_scores("account of NPS")
        return charts.account_chart(charts.account_data(self._account(), self._names(), most))

    def trend(self, earlier: "Sequence[Run]" = ()) -> "alt.LayerChart":
        """Returns NPS per period with its interval, of the earlier runs' periods and of this run's.

        Raises:
            RunError: there is but one period, or no period has enough scores.
        """
        history = self._history(earlier)
        if history.periods["nps"].notna().sum() < 1:
            raise RunError("no period of this run has enough scores for an NPS (drivers.min_group)")
        return charts.trend_chart(charts.trend_data(history.periods))

    def complaints(self, earlier: "Sequence[Run]" = (), most: int = 6) -> "alt.LayerChart":
        """Returns the share of responses that complain of each theme, period by period.

        Raises:
            RunError: there is but one period, or no period has enough responses.
        """
        themes = self._history(earlier).themes
        names = self._names()
        named = themes.assign(name=[names.get(theme_id, theme_id) for theme_id in themes["theme_id"]])
        data = charts.complaints_data(named, most)
        if data.empty:
            raise RunError("no period of this run has enough responses for shares (drivers.min_group)")
        return charts.complaints_chart(data)

    def bridge(self, earlier: "Sequence[Run]" = (), most: int = 8) -> "alt.LayerChart":
        """Returns the waterfall from the last period but one to the last: what moved NPS.

        Raises:
            RunError: there are no two periods with enough scores to compare.
        """
        comparison = self._history(earlier).bridge
        if comparison is None or not math.isfinite(comparison.bridge.total.change.value):
            raise RunError("this run has no two periods with enough scores to compare (drivers.min_group)")
        return charts.bridge_chart(charts.bridge_data(*bridge_tables(comparison), most))

    def map(self) -> "alt.LayerChart":
        """Returns statements side by side as they are alike, coloured by theme.

        Raises:
            RunError: the run has no map.
        """
        points = self._points()
        if points.empty:
            raise RunError("this run has no map; a run with report.n_map above 0 draws one")
        themes = self.run.model.themes
        of_themes = points[points["theme_id"].isin(themes.loc[themes["kind"] == "topic", "theme_id"])]
        middles = of_themes.groupby("theme_id")[["x", "y"]].median().reset_index()
        names = self._names()
        labels = middles.assign(name=[names.get(theme_id, theme_id) for theme_id in middles["theme_id"]])
        data = charts.map_data(points, labels, cells=_CELLS if len(points) > _MOST_POINTS else 0)
        return charts.map_chart(data, charts.map_labels(data, labels))

    def segments(self, name: str | None = None, most: int = 12) -> "alt.LayerChart":
        """Returns a heat map: what share of each value's responses complains of each theme.

        Args:
            name: of the segment ("channel"); the first one if not given.
            most: themes to show, those with most complaints.

        Raises:
            RunError: the run has no segment, or none of that name.
        """
        table = self.run.beside.segment_themes
        known = sorted(table["segment"].unique()) if len(table) else []
        if not known:
            raise RunError("this run has no segments; run with --segment COLUMN keeps one")
        if name is not None and name not in known:
            raise RunError(f"this run has no segment '{name}'{did_you_mean(name, known)}; it has {', '.join(known)}")
        segment = known[0] if name is None else name
        cells = table[table["segment"] == segment]
        order = cells.groupby("theme_id")["n_negative"].sum().reset_index()
        ranked = order.sort_values(["n_negative", "theme_id"], ascending=[False, True])["theme_id"].tolist()
        names = self._names()
        cells = cells.assign(
            _place=cells["theme_id"].map({theme_id: place for place, theme_id in enumerate(ranked)})
        ).sort_values("_place", kind="stable")
        cells = cells.assign(name=[names.get(theme_id, theme_id) for theme_id in cells["theme_id"]])
        return charts.segments_chart(charts.segments_data(cells, most), segment)

    def _names(self) -> dict[str, str]:
        themes = self.run.model.themes
        return dict(zip(themes["theme_id"], themes["name"], strict=True))

    def _need_scores(self, what: str) -> None:
        if not math.isfinite(self.run.drivers.nps.value):
            raise RunError(f"this run has no scores, and without them no {what}; run with --score COLUMN")

    def _account(self) -> pd.DataFrame:
        """Returns the account with the intervals that the themes' drag and lift have."""
        account, table = self.run.drivers.account, self.run.drivers.table
        sides = [
            table[["theme_id", f"{side}_low", f"{side}_high"]]
            .set_axis(["theme_id", "low", "high"], axis=1)
            .assign(polarity=polarity)
            for side, polarity in (("drag", "negative"), ("lift", "positive"))
        ]
        return account.merge(pd.concat(sides), on=["theme_id", "polarity"], how="left")

    def _history(self, earlier: "Sequence[Run]") -> History:
        history = look_back(self.run, earlier) if earlier else self.run.history
        if len(history.periods) < 2:
            raise RunError(
                "this run has one period, and a trend needs two: give earlier runs with the same themes, "
                'run.plot.trend([load_run("…")]), or run over several periods at once'
            )
        return history

    def _points(self) -> pd.DataFrame:
        """Returns the run's map with each statement's surest theme, and its text where enough people mention that."""
        mentions = self.run.mentions.sort_values(
            ["segment_id", "confidence", "theme_id"], ascending=[True, False, True]
        )
        first = mentions.drop_duplicates("segment_id")[["segment_id", "theme_id", "response_id", "text", "polarity"]]
        points = self.run.map.merge(first, on="segment_id", how="inner")
        people = self.run.mentions.groupby("theme_id")["response_id"].nunique()
        is_quoted = points["theme_id"].map(people) >= self.run.report_settings.min_people
        points["text"] = points["text"].where(is_quoted, "")
        points["theme_id"] = points["theme_id"].fillna("")
        return points.assign(n=1)


def bridge_tables(comparison: Comparison) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns the moves, the parts of no theme and the two ends of a comparison, as `charts.bridge_data` needs them."""
    table, total = comparison.table, comparison.bridge.total
    names = [_JOINED.get(theme_id, name) for theme_id, name in zip(table["theme_id"], table["name"], strict=True)]
    moves = table.assign(name=names, side=[_SIDES.get(side, side) for side in table["polarity"]])
    ends = [_row(f"NPS {comparison.name_a}", total.nps_a), _row(f"NPS {comparison.name_b}", total.nps_b)]
    return moves, pd.DataFrame(_parts(total)), pd.DataFrame(ends)


def _parts(total: BridgeTotal) -> list[dict[str, Any]]:
    parts = {"Segments: other shares of who answered": total.segments, "Base: the unexplained part": total.base}
    return [_row(label, part) for label, part in parts.items() if math.isfinite(part.value)]


def _row(label: str, part: Any) -> dict[str, Any]:
    return {"label": label, "value": part.value, "low": part.low, "high": part.high}
