"""Which statements stand for a theme, and how much of their comment is shown around them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.report.summary.data import Quote
from feedback_nlp.report.summary.figure import Figure
from feedback_nlp.report.summary.pairs import Pairs, of_enough_people, people_of
from feedback_nlp.text.statements import bare_statement
from feedback_nlp.track import Run

CONTEXT = 140  # characters of the comment shown on either side of a statement
LONGEST = 480  # characters of the statement itself
ELLIPSIS = "…"
_GROUP = "group:"
_ORDER = ("side", "place", "doubt")
_PLAIN = 0.2  # polarity from which on a statement plainly praises or complains
_OTHER_SIDE = 2  # of `side`: what speaks against what the theme stands for (0: plainly for it; 1: or neither)
_LARGEST = 2**40  # of a number for a combination of values
_HEARD = 0.2  # share of the other side from which on it is among the quotes that are shown at once


def choose_quotes(
    run: Run, themes: Sequence[Mapping[str, Any]], n_quotes: int, most: int | None = None, pairs: Pairs | None = None
) -> dict[str, tuple[Quote, ...]]:
    """Returns theme_id -> up to `most` statements, those that are shown at once first.

    The first `n_quotes` are typical ones of the side the theme stands for (complaints for one that drags, praise for
    one that lifts), among them the one with the strongest words, and one of the other side where a fifth or more of
    the statements are of it. The others follow, both sides in proportion. Within a side plain statements come before
    those that may be read either way; then the model's exemplars lead in their own order, then the surest assignments;
    ties go by segment_id. A response speaks once per theme, and the same words are quoted once.

    Args:
        run: its mentions, comments, responses and model.
        themes: theme_id, drag, lift (Figure or None), n_negative, n_positive of every theme to quote.
        n_quotes: quotes per theme that are shown at once; 0 for none at all.
        most: quotes per theme; None for `n_quotes`.
        pairs: who says what; with it, a theme that fewer than [report] min_people people mention is not quoted, and a
            segment's value (and all the values below a quote together) stands there only where as many people have it.
    """
    quotes: dict[str, list[Quote]] = {theme["theme_id"]: [] for theme in themes}
    min_people = run.report_settings.min_people if pairs else 1
    loud = pairs.themes_of_enough(min_people) if pairs else set(quotes)
    heard = [theme for theme in themes if theme["theme_id"] in loud]
    if not n_quotes or not heard:
        return dict.fromkeys(quotes, ())
    most = max(n_quotes, most or 0)
    chosen = _chosen(_ranked(run, heard, most), n_quotes, most)
    told = chosen.merge(
        run.comments[["response_id", "question", "comment"]], on=["response_id", "question"], how="left"
    )
    told = told.merge(who_said(run.responses, told["response_id"], min_people), on="response_id", how="left")
    with_question = run.comments["question"].nunique() > 1
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
    """Returns the mentions of these themes, the `n` best quotes of each side of each and maybe more, the best first.

    Only the best few of a side are read; more of them where these repeat each other.
    """
    keyed, n_read = _keyed(run, themes), 8 * n
    voices = keyed["voice"].value_counts()
    while True:
        best = keyed[_is_among_best(keyed, n_read)]
        best = best.assign(words=[bare_statement(text) for text in best["text"]])
        best = best.sort_values(["theme_id", *_ORDER, "segment_id"], kind="stable")
        best = best.drop_duplicates(["theme_id", "response_id"]).drop_duplicates(["theme_id", "words"])
        found = best["voice"].value_counts().reindex(voices.index, fill_value=0)
        if not ((found < n) & (voices > n_read)).any():
            return best.assign(
                n_voice=best["voice"].map(voices),
                n_theme=best["voice"].floordiv(2).map(voices.groupby(voices.index // 2).sum()),
            )
        n_read *= 8


def _keyed(run: Run, themes: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Returns the mentions of these themes with what decides their order: side, place, doubt, the least first."""
    wanted = {theme["theme_id"]: _wanted_sign(theme) for theme in themes}
    said = run.mentions[run.mentions["theme_id"].isin(list(wanted))].reset_index(drop=True)
    codes, theme_ids = pd.factorize(said["theme_id"])
    sign = np.array([wanted[theme_id] for theme_id in theme_ids], dtype=np.float64)[codes]
    side = np.digitize(-said["polarity"].fillna(0.0).to_numpy() * sign, [-_PLAIN, 0])
    return said.assign(
        voice=2 * codes + (side == _OTHER_SIDE),  # a number per theme and side
        side=side,
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
    """Returns which mentions are among the `n` best of their side of a theme, or as good as the last of these."""
    columns = [keyed["voice"].to_numpy(), *(keyed[name].to_numpy() for name in _ORDER)]
    order = np.lexsort(columns[::-1])
    theme, *_ = ranked = [column[order] for column in columns]
    is_new = np.ones((2, len(order)), dtype=bool)  # a side's first; the first of those that are equally good
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


def _chosen(ranked: pd.DataFrame, n_quotes: int, most: int) -> pd.DataFrame:
    """Returns the quotes of each theme in their order, with `kind`: typical, extreme or ""."""
    parts = [_order_of(rows, n_quotes, most) for _, rows in ranked.groupby("theme_id", sort=False)]
    return pd.concat(parts, ignore_index=True) if parts else ranked.assign(kind="")


def _order_of(rows: pd.DataFrame, n_quotes: int, most: int) -> pd.DataFrame:
    own, other = (rows[(rows["side"] == _OTHER_SIDE) == is_other] for is_other in (False, True))
    share = float(rows["n_voice"].iloc[-1] / rows["n_theme"].iloc[-1]) if len(other) else 0.0
    if not len(own):
        own, other, share = other, own, 0.0
    n_own = min(len(own), n_quotes - (len(other) > 0 and share >= _HEARD and n_quotes > 1))
    first = own.iloc[:n_own].assign(kind="typical")
    rest = own.iloc[n_own:]
    if n_own > 2 and len(rest):
        strongest = _strongest(rest)
        first = pd.concat([first.iloc[:-1], rest.loc[[strongest]].assign(kind="extreme")])
        rest = own.drop(first.index)
    shown = pd.concat([first, other.iloc[: n_quotes - n_own].assign(kind="")])
    n_other = min(len(other), max(round(share * most), most - len(own), int(len(other) > 0)))
    rest = pd.concat([rest.assign(_of=_spread(len(rest))), other.assign(_of=_spread(len(other))).iloc[:n_other]])
    rest = rest.drop(index=shown.index, errors="ignore").sort_values("_of", kind="stable").assign(kind="")
    return pd.concat([shown, rest.drop(columns="_of")]).iloc[:most]


def _spread(n: int) -> NDArray[np.float64]:
    return (np.arange(n) + 0.5) / max(1, n)


def _strongest(rows: pd.DataFrame) -> Any:
    """Returns the index of the row with the strongest words, ties by segment_id."""
    force = rows["polarity"].fillna(0.0).abs()
    return rows.assign(force=-force).sort_values(["force", "segment_id"], kind="stable").index[0]


def who_said(responses: pd.DataFrame, response_ids: "pd.Series[Any]", min_people: int) -> pd.DataFrame:
    """Returns what may stand below the quotes of these responses; groups are named "group:segment_…".

    A value that fewer than `min_people` people have is left out, and of values that so few have together the rarest,
    until the rest is of enough: what stands below a quote must not tell who wrote it.
    """
    groups = [name for name in responses.columns if name.startswith("segment_")]
    rows = np.flatnonzero(responses["response_id"].isin(set(response_ids)))
    shown = responses.iloc[rows]
    told = shown[["response_id", "score", "category", "period", "date", *groups]].rename(
        columns={name: _GROUP + name for name in groups}  # one may be called "id" as a statement's key is
    )
    if min_people > 1 and groups:
        kept = _enough_people(responses, groups, rows, min_people)
        for place, name in enumerate(groups):
            told[_GROUP + name] = told[_GROUP + name].astype(object).where(kept[:, place], None)
    return told


def _enough_people(
    responses: pd.DataFrame, groups: Sequence[str], rows: NDArray[np.intp], min_people: int
) -> NDArray[np.bool_]:
    """Returns (rows, groups): whether a value may be shown, alone and together with the others that are."""
    codes = np.stack([pd.factorize(responses[name], sort=True)[0] for name in groups], axis=1)
    person = people_of(responses)
    sizes = np.stack([np.bincount(column + 1)[column[rows] + 1] for column in codes.T], axis=1)
    kept = codes[rows] >= 0
    for place in range(len(groups)):
        kept[:, place] &= _shared(codes[:, [place]], person, rows, min_people)
    for _ in groups:
        too_few = np.zeros(len(rows), dtype=bool)
        for pattern in np.unique(kept, axis=0):
            if pattern.sum() > 1:
                own = np.flatnonzero((kept == pattern).all(axis=1))
                too_few[own] = ~_shared(codes[:, pattern], person, rows[own], min_people)
        rarest = np.where(kept, sizes, np.iinfo(np.intp).max).argmin(axis=1)
        kept[np.flatnonzero(too_few), rarest[too_few]] = False
    return kept


def _shared(
    codes: NDArray[np.intp], person: NDArray[np.intp], rows: NDArray[np.intp], min_people: int
) -> NDArray[np.bool_]:
    """Returns per row whether enough people have the same values as it has."""
    value = np.zeros(len(codes), dtype=np.intp)
    for column in codes.T:
        value = value * np.intp(column.max(initial=0) + 2) + column + 1
        if value.max(initial=0) > _LARGEST:
            value = np.unique(value, return_inverse=True)[1]
    has_enough = of_enough_people(value, person, min_people)
    found = {wanted: has_enough(wanted) for wanted in np.unique(value[rows]).tolist()}
    return np.array([found[wanted] for wanted in value[rows].tolist()], dtype=bool)


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
        kind=row["kind"],
        category=_text(row["category"]),
        period=_text(row["period"]),
    )


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
