"""A run as a notebook shows it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedback_nlp.track.runs import Run


def as_html(run: "Run") -> str:
    """Returns the headline and the ranked themes as HTML, without script or style sheet."""
    return ""
