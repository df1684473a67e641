"""Charts of a run for notebooks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedback_nlp.track.runs import Run


@dataclass(frozen=True)
class Plots:
    """What `Run.plot` offers."""

    run: "Run"
