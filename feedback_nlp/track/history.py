"""The periods of a run and of earlier runs side by side: NPS, and each theme's shares and drag."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from feedback_nlp.drivers import compare_periods, rank_drivers
from feedback_nlp.drivers.scores import wilson
from feedback_nlp.errors import RunError
from feedback_nlp.track.compare import Comparison

if TYPE_CHECKING:  # runs.py offers what this module computes
    from feedback_nlp.track.runs import Run

PERIOD_COLUMNS = ("period", "n", "nps", "nps_low", "nps_high", "too_few")
THEME_COLUMNS = (
    "period", "theme_id", "n", "mention", "mention_low", "mention_high", "complain", "complain_low", "complain_high",
    "drag", "drag_low", "drag_high", "too_few",
)  # fmt: skip
_MOST_PERIODS = 12  # the last ones: a longer line is not read
_FEW_DRAWS = 100  # ranks by period are not shown


@dataclass(frozen=True)
class History:
    """What `look_back` returns, periods in their own order, the latest last.

    `periods`: period, n (scored responses), nps with its ends, too_few (fewer than `drivers.min_group`; then no NPS).
    `themes`: per period and topic: n (scored responses of the period), the shares (0–1, of responses, not weighted)
    that mention and that complain with Wilson's interval, drag in points with its ends (null where pooled), too_few;
    then all of them are null. `bridge`: between the last two periods that are large enough, or None.
    """

    periods: pd.DataFrame
    themes: pd.DataFrame
    bridge: Comparison | None = None


@dataclass(frozen=True)
class _Period:
    name: str
    first: Any  # its earliest date, or null
    responses: pd.DataFrame
    mentions: pd.DataFrame


def look_back(run: "Run", earlier: Sequence["Run"] = ()) -> History:
    """Returns the periods of earlier runs and of this one side by side; no row where there is but one.

    Periods stand in the order of their first dates, those without a date by name, before the others; of more than
    twelve the last. Responses without a period are left out.

    Raises:
        RunError: an earlier run has other themes or [drivers] settings, or holds a period that another one holds too.
    """
    _check(run, earlier)
    periods = sorted(_periods((*earlier, run)), key=lambda own: (pd.notna(own.first), str(own.first), own.name))
    periods = periods[-_MOST_PERIODS:]
    if len(periods) < 2:
        return History(pd.DataFrame(columns=list(PERIOD_COLUMNS)), pd.DataFrame(columns=list(THEME_COLUMNS)))
    rows, themes = [], []
    for period in periods:
        row, of_themes = _figures(period, run)
        rows.append(row)
        themes.append(of_themes)
    table = pd.DataFrame(rows, columns=list(PERIOD_COLUMNS))
    return History(table, pd.concat(themes, ignore_index=True), _bridge(periods, table, run))


def _check(run: "Run", earlier: Sequence["Run"]) -> None:
    held = set(run.responses["period"].dropna().unique())
    for other in earlier:
        if other.model.fingerprint != run.model.fingerprint:
            raise RunError(
                "an earlier run has other themes; make the later one with them: feedback-nlp run --model RUN"
            )
        if other.drivers_settings != run.drivers_settings:
            raise RunError("an earlier run was made with other [drivers] settings; make the later one with those")
        own = set(other.responses["period"].dropna().unique())
        if both := sorted(held & own):
            raise RunError(f"two runs hold the period '{both[0]}'; give each period once")
        held |= own


def _periods(runs: Sequence["Run"]) -> Iterator[_Period]:
    for run in runs:
        of_response, names = pd.factorize(run.responses["period"], sort=True)
        place = pd.Index(run.responses["response_id"]).get_indexer(pd.Index(run.mentions["response_id"]))
        said = run.mentions[["response_id", "theme_id", "polarity"]]  # copying the texts would take most of the time
        for number, name in enumerate(names):
            responses = run.responses[of_response == number]
            first = responses["date"].min() if "date" in responses else None
            yield _Period(str(name), first, responses, said[of_response[place] == number])


def _figures(period: _Period, run: "Run") -> tuple[dict[str, Any], pd.DataFrame]:
    """Returns the period's row, and a row for each topic."""
    settings = run.drivers_settings.model_copy(update={"n_draws": _FEW_DRAWS})
    drivers = rank_drivers(period.responses, period.mentions, run.model.themes, settings)
    too_few = drivers.n < settings.min_group
    nps = {"nps": drivers.nps.value, "nps_low": drivers.nps.low, "nps_high": drivers.nps.high}
    if too_few:
        nps = dict.fromkeys(nps, float("nan"))
    topics = run.model.themes.loc[run.model.themes["kind"] == "topic", "theme_id"]
    table = drivers.table[drivers.table["theme_id"].isin(topics)].reset_index(drop=True)
    known = {"period": period.name, "n": drivers.n, "too_few": too_few}
    columns: dict[str, Any] = {**known, "theme_id": table["theme_id"]}
    shares = [("mention", "n_responses"), ("complain", "n_negative")]
    for name, counted in () if too_few else shares:
        ends = [wilson(int(count) / drivers.n, drivers.n, settings.level) for count in table[counted]]
        columns |= {name: [end.value for end in ends], f"{name}_low": [end.low for end in ends]}
        columns |= {f"{name}_high": [end.high for end in ends]}
    if not too_few:
        columns |= {name: table[name] for name in ("drag", "drag_low", "drag_high")}
    of_themes = pd.DataFrame(columns, index=table.index).reindex(columns=list(THEME_COLUMNS))
    figures = [name for name in THEME_COLUMNS if name not in {"period", "theme_id", "n", "too_few"}]
    return {**known, **nps}, of_themes.astype(dict.fromkeys(figures, "float64"))


def _bridge(periods: Sequence[_Period], table: pd.DataFrame, run: "Run") -> Comparison | None:
    large = [period for period, few, nps in zip(periods, table["too_few"], table["nps"], strict=True)
             if not few and pd.notna(nps)]  # fmt: skip
    if len(large) < 2:
        return None
    a, b = large[-2:]
    themes = run.model.themes[["theme_id", "name", "kind"]]
    bridge = compare_periods(
        a.responses, a.mentions, b.responses, b.mentions, run.model.themes, run.drivers_settings
    )  # fmt: skip
    return Comparison(a.name, b.name, bridge, themes)
