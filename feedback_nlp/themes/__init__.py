"""Statements to themes: discovery, names, and the one path by which a statement gets its theme."""

from feedback_nlp.themes.assign import assign
from feedback_nlp.themes.discover import discover
from feedback_nlp.themes.model import ThemeModel, load_model

__all__ = ["ThemeModel", "assign", "discover", "load_model"]
