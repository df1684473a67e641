"""The card of a trained model: what it was made from, how, how well it does, and what it does not do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_HOW = """One logistic regression per theme (balanced classes) on frozen sentence vectors, on TF-IDF of words and
pairs of words that three different statements hold, those written like names left out, and, where a codebook was
given, on its chances. It is fitted in two steps: on one mean per response, then on statements, where a labelled
response's likeliest statement is the example and all statements of responses without the label are counter-examples.
The theme's name counts as ten examples. Each threshold is the one with the best F1 over responses held out in five
folds, pulled to the median of all themes where examples are few. Chances are calibrated on the same held-out
responses (Platt 1999)."""

_LIMITS = """- The figures are of whole responses: right means that any statement of the response got the theme.
- They hold for comments like the labelled ones. Another product, channel or language needs a new check
  (`feedback-nlp evaluate MODEL LABELS`).
- Below some 20 examples a theme's F1 is a rough guess: one comment more or less moves it by several points.
- A theme that nobody labelled is not found; discovery (`feedback-nlp run` without `--model`) shows what is missing."""


@dataclass(frozen=True)
class Fitted:
    """What the card tells."""

    origin: str
    n_responses: int
    figures: pd.DataFrame  # of theme_figures, held out
    thresholds: NDArray[np.float64]
    notes: Sequence[str]
    encoder: tuple[str, str]


def write_card(fitted: Fitted) -> str:
    """Returns the card as Markdown, the same for the same model: no dates, no paths."""
    themes = fitted.figures.iloc[: len(fitted.thresholds)]
    averages = fitted.figures.set_index("theme")["f1"]
    what = (
        f"Finds {len(themes)} themes in the statements of survey comments; a statement may have several, or none. "
        f"Learned from {fitted.n_responses:,} labelled responses: {plain(fitted.origin)}. Encoder: "
        f"{plain(fitted.encoder[0])} (weights sha256 {fitted.encoder[1]})."
    )
    how_well = (
        "On labelled responses that were held out (five folds, equal comments in one fold, thresholds chosen on the "
        f"other four): macro F1 {averages['macro average']:.3f}, weighted F1 {averages['weighted average']:.3f}."
    )
    parts = [
        "# Theme classifier",
        what,
        "## How well it does",
        how_well,
        _table(themes, fitted.thresholds),
        "## How it was made",
        _HOW,
        *(["## Notes", "\n".join(f"- {plain(note)}" for note in fitted.notes)] if fitted.notes else []),
        "## Limits",
        _LIMITS,
    ]
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Returns a text that Markdown shows as it stands, on one line: theme names come from people's tables.

    >>> plain("<b>a|b</b>")
    '&lt;b&gt;a\\\\|b&lt;/b&gt;'
    """
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{character}" if character in "\\|`*_[]#" else character for character in text)


def _table(themes: pd.DataFrame, thresholds: NDArray[np.float64]) -> str:
    lines = ["| theme | labelled | precision | recall | F1 | threshold |", "|---|---:|---:|---:|---:|---:|"]
    for row, threshold in zip(themes.to_dict("records"), thresholds, strict=True):
        values = (row["precision"], row["recall"], row["f1"], threshold)
        figures = " | ".join(_figure(value) for value in values)
        lines.append(f"| {plain(row['theme'])} | {row['n_labelled']} | {figures} |")
    return "\n".join(lines)


def _figure(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.2f}"
