"""Which statements stand for a theme, and how much of their comment is shown around them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.report.summary.data import Quote
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.text.statements import bare_statement
from feedback_nlp.track import Run

CONTEXT = 140  # characters of the comment shown on either side of a statement
LONGEST = 480  # characters of the statement itself
ELLIPSIS = "…"
_GROUP = "group:"
_ORDER = ("side", "place", "doubt")
_PLAIN = 0.2  # polarity from which on a statement plainly praises or complains


def choose_quotes(run: Run, themes: Sequence[Mapping[str, Any]], n_quotes: int) -> dict[str, tuple[Quote, ...]]:
    """Returns theme_id -> up to `n_quotes` statements, typical first.

    Complaints come first for a theme that drags, praise first for one that lifts, and plain ones before those that may
    be read either way. Within them the model's exemplars lead in their own order, then the surest assignments; ties go
    by segment_id. A response speaks once per theme, and the same words are quoted once.

    Args:
        run: its mentions, comments, responses and model.
        themes: theme_id, drag, lift (Figure or None), n_negative, n_positive of every theme to quote.
        n_quotes: most quotes per theme; 0 for none.
    """
    chosen = (
        _ranked(run, themes, n_quotes).groupby("theme_id", sort=False).head(n_quotes)
        if n_quotes
        else run.mentions.iloc[:0]
    )
    told = chosen.merge(
        run.comments[["response_id", "question", "comment"]], on=["response_id", "question"], how="left"
    )
    told = told.merge(_who_said(run.responses), on="response_id", how="left", validate="many_to_one")
    with_question = run.comments["question"].nunique() > 1
    quotes: dict[str, list[Quote]] = {theme["theme_id"]: [] for theme in themes}
    for row in told.to_dict("records"):
        quotes[row["theme_id"]].append(_quote({str(key): value for key, value in row.items()}, with_question))
    return {theme_id: tuple(found) for theme_id, found in quotes.items()}


def excerpt(comment: str, start: int, end: int) -> tuple[str, str, str]:
    """Returns the texts before, in and after a span; long ones are cut at white space and carry an ellipsis.

    A word longer than the room there is (or a script without spaces) is cut where the room ends.

    >>> excerpt("Nice staff. I waited an hour. Never again.", 12, 29)
    ('Nice staff. ', 'I waited an hour.', ' Never again.')
    """
    before, marked, after = comment[:start], comment[start:end], comment[end:]
    if len(before) > CONTEXT:
        before = ELLIPSIS + _head(before[::-1], CONTEXT)[::-1]
    if len(marked) > LONGEST:
        marked, after = _head(marked, LONGEST) + ELLIPSIS, ""
    if len(after) > CONTEXT:
        after = _head(after, CONTEXT) + ELLIPSIS
    return before, marked, after


def _head(text: str, room: int) -> str:
    """Returns the first words of a text that fit into `room` characters; half the room is always used."""
    cut = next((at for at in range(room, room // 2, -1) if text[at].isspace()), room)
    return text[:cut].rstrip() if text[:cut].strip() else ""


def _ranked(run: Run, themes: Sequence[Mapping[str, Any]], n: int) -> pd.DataFrame:
    """Returns the mentions of these themes, the `n` best quotes of each theme and maybe more, the best first.

    Only the best few of a theme are read; more of them where these repeat each other.
    """
    keyed, n_read = _keyed(run, themes), 8 * n
    while True:
        best = keyed[_is_among_best(keyed, n_read)]
        best = best.assign(words=[bare_statement(text) for text in best["text"]])
        best = best.sort_values(["theme_id", *_ORDER, "segment_id"], kind="stable")
        best = best.drop_duplicates(["theme_id", "response_id"]).drop_duplicates(["theme_id", "words"])
        found = best["theme_id"].value_counts()
        said = keyed["theme_id"].value_counts()
        if not ((found.reindex(said.index, fill_value=0) < n) & (said > n_read)).any():
            return best
        n_read *= 8


def _keyed(run: Run, themes: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Returns the mentions of these themes with what decides their order: side, place, doubt, the least first."""
    wanted = {theme["theme_id"]: _wanted_sign(theme) for theme in themes}
    said = run.mentions[run.mentions["theme_id"].isin(list(wanted))]
    codes, theme_ids = pd.factorize(said["theme_id"])
    sign = np.array([wanted[theme_id] for theme_id in theme_ids], dtype=np.float64)[codes]
    return said.assign(
        side=np.digitize(-said["polarity"].fillna(0.0).to_numpy() * sign, [-_PLAIN, 0]),
        place=_places(said, _exemplar_order(run.model.themes)),
        doubt=-said["confidence"].fillna(0.0),
    )


def _places(said: pd.DataFrame, typical: Mapping[tuple[str, str], int]) -> NDArray[np.intp]:
    """Returns the place of each statement among its theme's exemplars; beyond them all, where it is none."""
    place = np.full(len(said), len(typical), dtype=np.intp)
    rows = np.flatnonzero(said["text"].isin({text for _, text in typical}))
    keys = zip(said["theme_id"].iloc[rows], said["text"].iloc[rows], strict=True)
    place[rows] = [typical.get(key, len(typical)) for key in keys]
    return place


def _is_among_best(keyed: pd.DataFrame, n: int) -> NDArray[np.bool_]:
    """Returns which mentions are among the `n` best of their theme, or as good as the last of these."""
    columns = [pd.factorize(keyed["theme_id"])[0], *(keyed[name].to_numpy() for name in _ORDER)]
    order = np.lexsort(columns[::-1])
    theme, *_ = ranked = [column[order] for column in columns]
    is_new = np.ones((2, len(order)), dtype=bool)  # a theme's first; the first of those that are equally good
    is_new[0, 1:] = theme[1:] != theme[:-1]
    is_new[1, 1:] = np.any([column[1:] != column[:-1] for column in ranked], axis=0)
    first = [np.maximum.accumulate(np.where(new, np.arange(len(order)), 0)) for new in is_new]
    among = np.zeros(len(order), dtype=bool)
    among[order] = first[1] - first[0] < n
    return among


def _wanted_sign(theme: Mapping[str, Any]) -> int:
    """Returns -1 if complaints should speak first, 1 if praise should."""
    drag, lift = (figure.value if isinstance(figure, Figure) else None for figure in (theme["drag"], theme["lift"]))
    if drag is None and lift is None:
        return -1 if theme["n_negative"] >= theme["n_positive"] else 1
    return -1 if -(drag or 0.0) >= (lift or 0.0) else 1


def _exemplar_order(themes: pd.DataFrame) -> dict[tuple[str, str], int]:
    order: dict[tuple[str, str], int] = {}
    for theme_id, exemplars in zip(themes["theme_id"], themes["exemplars"], strict=True):
        for place, text in enumerate(exemplars):
            order.setdefault((theme_id, text), place)
    return order


def _who_said(responses: pd.DataFrame) -> pd.DataFrame:
    """Returns what stands below a quote; groups are renamed, for one may be called "id" as a statement's key is."""
    groups = {name: _GROUP + name for name in responses.columns if name.startswith("segment_")}
    return responses[["response_id", "score", "date", *groups]].rename(columns=groups)


def _quote(row: Mapping[str, Any], with_question: bool) -> Quote:
    comment, start, end = row["comment"], int(row["start"]), int(row["end"])
    if not isinstance(comment, str) or comment[start:end] != row["text"]:
        comment, start, end = row["text"], 0, len(row["text"])  # the statement stands for itself
    before, marked, after = excerpt(comment, start, end)
    return Quote(
        before=before,
        marked=marked,
        after=after,
        polarity=_known(row["polarity"]),
        score=_known(row["score"]),
        date=row["date"].date() if not pd.isna(row["date"]) else None,
        segments=tuple(
            (name.removeprefix(_GROUP + "segment_"), str(row[name]))
            for name in row
            if name.startswith(_GROUP) and not pd.isna(row[name])
        ),
        question=row["question"] if with_question else "",
    )


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
