"""What the figures of a run can't tell: who said nothing, what was set aside, what found no theme."""

import math
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.sections import GenericCount, Silence, Unknown
from feedback_nlp.schema import Estimate
from feedback_nlp.track import Run
from feedback_nlp.track.followup import unknown_owned
from feedback_nlp.track.manifest import coverage_notes
from feedback_nlp.track.runs import statuses_of


def what_is_unknown(run: Run) -> Unknown:
    """Returns the counts for the section "What is not known". A response is counted under the most it said."""
    statuses = statuses_of(run.responses, run.comments)
    is_first = ~run.mentions["segment_id"].duplicated()  # a statement may have several themes
    rows, facts = run.manifest.get("ledger", {}).get("input", {}), run.manifest.get("facts", {})
    names = dict(zip(run.model.themes["theme_id"], run.model.themes["name"], strict=True))
    reasons = run.rejected["reason"].value_counts() if "reason" in run.rejected else pd.Series(dtype=int)
    return Unknown(
        n_silent=int((statuses == "empty").sum()),
        n_non_answers=int((statuses == "non-answer").sum()),
        n_other_language=int((statuses == "other-language").sum()),
        n_unscored=int(run.responses["category"].isna().sum()),
        n_statements=int(is_first.sum()),
        n_statements_unthemed=int((is_first & run.mentions["theme_id"].isna()).sum()),
        n_rows=rows.get("rows", 0),
        n_rows_rejected=rows.get("rejected", len(run.rejected)),
        n_rows_merged=rows.get("merged", 0),
        n_scores_outside=int(facts.get("n_scores_outside") or 0),
        n_dates_unread=int(facts.get("n_dates_unread") or 0),
        reasons=tuple(sorted(((str(why), int(n)) for why, n in reasons.items()), key=lambda pair: (-pair[1], pair[0]))),
        generic=_generic(run),
        notes=name_themes(run.drivers.notes, names),
        suspicions=_suspicions(run),
        silence=_silence(run),
        contradictions=_contradictions(run),
    )


def name_themes(notes: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the notes as sentences in which a quoted theme id is the theme's name.

    >>> name_themes(["pooled complaints of 't08' into other"], {"t08": "Gift wrapping"})
    ('Pooled complaints of “Gift wrapping” into other.',)
    """
    named = (re.sub(r"'([^']*)'", lambda found: f"“{names.get(found[1], found[1])}”", note) for note in notes)
    return tuple(f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in named)


def _suspicions(run: Run) -> tuple[str, ...]:
    told = [note for note in run.manifest.get("notes", ()) if note not in coverage_notes(run.manifest)]
    return (*told, *(
        f"The configuration names an owner for “{name}”, which is no theme of this run."
        for name in unknown_owned(run, run.report_settings.owners)
    ))  # fmt: skip


def _silence(run: Run) -> Silence | None:
    gap = run.beside.gap
    sides = [_figure(estimate) for estimate in (gap.commenters, gap.silent, gap.difference)]
    commenters, silent, difference = sides
    return Silence(commenters, silent, difference) if commenters and silent and difference else None


def _contradictions(run: Run) -> tuple[str, ...]:
    """Returns the sentences on words against scores; none where no response contradicts itself."""
    found = run.beside.contradictions
    return found.notes if found.n_complaint_high + found.n_praise_low else ()


def _figure(estimate: Estimate) -> Figure | None:
    ends = (estimate.low, estimate.high)
    return Figure(estimate.value, *ends) if all(map(math.isfinite, (estimate.value, *ends))) else None


def _generic(run: Run) -> tuple[GenericCount, ...]:
    themes = run.model.themes
    generic = themes[themes["kind"] == "generic"].sort_values("theme_id")
    n_responses = run.drivers.table.set_index("theme_id")["n_responses"]
    return tuple(
        GenericCount(name, int(n_responses[theme_id]))
        for theme_id, name in zip(generic["theme_id"], generic["name"], strict=True)
    )
