"""A run: every table, figure and the model that one analysis produced."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from feedback_nlp.schema import Drivers

if TYPE_CHECKING:
    from feedback_nlp.themes import ThemeModel


@dataclass(frozen=True)
class Run:
    """What `analyze` returns and a run folder holds.

    `responses`, `comments`, `mentions` are the tables of schema; `drivers` the figures per theme; `model` the themes
    and how statements get them; `rejected` the rows set aside; `manifest` how it came about; `report` the HTML page.
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
