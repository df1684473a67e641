"""What a codebook covers badly, for the report: the statements it has no theme for, and the themes that miss most."""

from collections.abc import Mapping, Sequence
from typing import Any

from feedback_nlp.report.summary.quotes import excerpt
from feedback_nlp.report.summary.sections import Gap, Uncovered, WeakTheme
from feedback_nlp.track import Run

_MOST_GAPS = 6
_MOST_THEMES = 5
_FEWEST = 3  # statements that a theme misses below which nothing is said: they may be chance


def what_is_uncovered(run: Run) -> Uncovered | None:
    """Returns what the run's codebook covers badly, groups and themes with most statements first; None without one.

    Statements that only praise or complain are not counted. The six largest groups and the five themes that miss most
    are kept; `n_more` counts the other groups.
    """
    facts = run.manifest.get("coverage")
    if not facts:
        return None
    gaps = sorted(facts["gaps"], key=lambda gap: (-gap["n_without"], gap["examples"]))
    weak = [WeakTheme(theme["name"], theme["n"], theme["near"]) for theme in facts["weak_themes"]]
    weak = sorted(
        (theme for theme in weak if theme.n_missed >= _FEWEST), key=lambda theme: (-theme.n_missed, theme.name)
    )
    return Uncovered(
        n_statements=facts["n_statements"],
        n_without=facts["n_without"],
        gaps=tuple(_gap(gap) for gap in gaps[:_MOST_GAPS]),
        n_more=max(len(gaps) - _MOST_GAPS, 0),
        weak=tuple(sorted(weak, key=lambda theme: (-theme.n_missed, theme.name))[:_MOST_THEMES]),
    )


def _gap(facts: Mapping[str, Any]) -> Gap:
    quotes = tuple(excerpt(text, 0, len(text))[1] for text in _two_of(facts["examples"]))
    return Gap(facts["n_without"], facts["nearest"] or "", quotes)


def _two_of(examples: Sequence[str]) -> Sequence[str]:
    """The most typical one and, of the others, the first that shares fewest words with it."""
    if len(examples) < 2:
        return examples
    first = set(examples[0].casefold().split())
    shared = [len(first & set(text.casefold().split())) for text in examples[1:]]
    return examples[0], examples[1 + shared.index(min(shared))]
