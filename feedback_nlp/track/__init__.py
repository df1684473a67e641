"""Run folders: what a run produced, saved whole and read again; two periods compared."""

from feedback_nlp.track.beside import Beside, look_beside
from feedback_nlp.track.compare import Comparison, compare_runs, compare_values
from feedback_nlp.track.context import context
from feedback_nlp.track.followup import follow_up
from feedback_nlp.track.manifest import describe_run
from feedback_nlp.track.runs import Run, load_run
from feedback_nlp.track.stages import Stages
from feedback_nlp.track.why import explain_response

__all__ = [
    "Beside",
    "Comparison",
    "Run",
    "Stages",
    "compare_runs",
    "compare_values",
    "context",
    "describe_run",
    "explain_response",
    "follow_up",
    "load_run",
    "look_beside",
]
