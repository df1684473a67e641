"""Rows that the survey tool itself marks as previews, tests or spam: no customer's answers.

Qualtrics says so in the column Status, as text ("Survey Preview") or as a number whose bits say what a response is:
1 preview, 2 test, 4 imported, 8 spam, 16 offline, 32 of an employee survey (Qualtrics support, "Understanding Your
Dataset"); 9 is the spam of a preview, 40 that of an employee survey. Unfinished responses are answers and stay.
"""

from dataclasses import replace

import pandas as pd

from feedback_nlp.ingest.reading.formats import REJECTED_COLUMNS, Export
from feedback_nlp.ingest.reading.row_json import rows_as_json

_BITS = {1: "preview", 2: "test", 8: "spam"}
_KEPT = "{n:,} Qualtrics {kinds} responses are kept, as previews = 'keep' says."


def review_previews(export: Export, previews: str) -> Export:
    """Returns the export without the rows marked as preview, test or spam, which then stand in `rejected`.

    With `previews` "keep" they stay and a note counts them. Only exports with a Qualtrics header have such marks.
    """
    if "qualtrics" not in export.header_layout.lower() or "Status" not in export.cells.columns:
        return export
    statuses = export.cells["Status"]
    kinds = statuses.map({text: kind_of_status(text) for text in statuses.dropna().unique()}).astype("str")
    is_marked = kinds.notna().to_numpy()
    if not is_marked.any():
        return export
    if previews == "keep":
        found = " and ".join(sorted(kinds[is_marked].unique()))
        note = _KEPT.format(n=int(is_marked.sum()), kinds=found)
        return replace(export, notes=(*export.notes, f"{export.source.name}: {note}"))
    rejected = pd.concat([part for part in (export.rejected, _rejected(export, kinds[is_marked])) if len(part)])
    return replace(export, cells=export.cells[~is_marked], rejected=rejected)


def kind_of_status(status: str) -> str | None:
    """Returns "preview", "test" or "spam" for such a status of Qualtrics, None for a real response's.

    >>> [kind_of_status(text) for text in ("Survey Preview", "Survey Test", "Spam", "Preview Spam", "IP Address")]
    ['preview', 'test', 'spam', 'preview', None]
    >>> [kind_of_status(text) for text in ("1", "2", "8", "9", "17", "40", "0", "4", "16", "32")]
    ['preview', 'test', 'spam', 'preview', 'preview', 'spam', None, None, None, None]
    """
    status = status.strip().lower()
    if status.isascii() and status.isdigit() and len(status) < 6:
        return next((kind for bit, kind in _BITS.items() if int(status) & bit), None)
    return next((kind for kind in _BITS.values() if kind in status.split()), None)


def _rejected(export: Export, kinds: pd.Series) -> pd.DataFrame:
    cells = export.cells.loc[kinds.index]
    reasons = "Qualtrics " + kinds + " response"
    rejected = pd.DataFrame({"row": cells.index, "reason": reasons.to_numpy(), "content": rows_as_json(cells)})
    return rejected.assign(source=export.source.name)[REJECTED_COLUMNS]
