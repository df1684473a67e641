"""Run folders: what a run produced, saved whole and read again; two quarters compared."""

from feedback_nlp.track.runs import Run, load_run

__all__ = ["Run", "load_run"]
