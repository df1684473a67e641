"""The headline of a run in sentences."""

from typing import TYPE_CHECKING

from feedback_nlp.sentences import Sentence
from feedback_nlp.track.history import History

if TYPE_CHECKING:
    from feedback_nlp.track.runs import Run


def headline(run: "Run", history: History) -> tuple[Sentence, ...]:
    """Returns the headline: NPS and what changed, the worst theme, those after it, what is praised most."""
    return ()
