"""Statements to themes: discovery, codebooks, names, and the one path by which a statement gets its theme."""

from feedback_nlp.themes.assign import assign
from feedback_nlp.themes.codebook import Codebook, CodebookTheme
from feedback_nlp.themes.codebook_coverage import Coverage, codebook_coverage
from feedback_nlp.themes.codebook_export import as_codebook
from feedback_nlp.themes.codebook_file import load_codebook, write_codebook
from feedback_nlp.themes.codebook_model import codebook_model
from feedback_nlp.themes.discover import discover
from feedback_nlp.themes.evaluate import evaluate_themes, stability
from feedback_nlp.themes.explain import Explanation, explain
from feedback_nlp.themes.map import lay_out
from feedback_nlp.themes.model import ThemeModel, load_model
from feedback_nlp.themes.proposed_names import propose_names

__all__ = [
    "Codebook",
    "CodebookTheme",
    "Coverage",
    "Explanation",
    "ThemeModel",
    "as_codebook",
    "assign",
    "codebook_coverage",
    "codebook_model",
    "discover",
    "evaluate_themes",
    "explain",
    "lay_out",
    "load_codebook",
    "load_model",
    "propose_names",
    "stability",
    "write_codebook",
]
