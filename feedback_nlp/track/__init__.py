"""Run folders: what a run produced, saved whole and read again; two periods compared."""

from feedback_nlp.track.compare import Comparison, compare_runs
from feedback_nlp.track.manifest import describe_run
from feedback_nlp.track.runs import Run, load_run
from feedback_nlp.track.stages import Stages

__all__ = ["Comparison", "Run", "Stages", "compare_runs", "describe_run", "load_run"]
