"""Waterfalls: from the base to NPS, theme by theme, and from one period's NPS to the next one's."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from feedback_nlp.charts.style import (
    MINUS_LABELS,
    NOTEBOOK,
    Look,
    check_columns,
    dress,
    numbered,
    source,
    with_ends,
    wrapped,
)
from feedback_nlp.numbers import change, plural, points

if TYPE_CHECKING:
    import altair as alt

WALK_COLUMNS = ("place", "label", "axis_label", "next_label", "kind", "value", "start", "end", "is_chance", "words")
_REST_LABELS = {"other": "Themes too small to rank", "generic": "Generic words"}
_SIDES = {"negative": "drag", "positive": "lift"}
_WORDS = {"negative": "complaints", "positive": "praise"}
_ROW = 34  # pixels per row: two lines of a label
_Row = Mapping[Any, Any]
_Step = tuple[str, str, float, bool, str]  # label, kind, value, is_chance, words


def account_data(account: pd.DataFrame, names: Mapping[str, str], most: int = 14) -> pd.DataFrame:
    """Returns the walk from base to NPS, one row per step: complaints worst first, praise best first, the rest.

    Columns: place (0, 1, …), label, axis_label (in two lines at most), next_label, kind (total, drag, lift, rest),
    value in points, start and end of its bar, is_chance (its interval holds 0), words for a tooltip. The values sum to
    the account's own sum.

    Args:
        account: one row per term: theme_id ("base", "other", "generic" or a theme's), polarity ("negative", "positive"
            or null), contribution in points; optional low and high, the ends of its interval.
        names: theme_id -> name.
        most: themes' terms that keep their own step; the smaller ones become one step per polarity.

    >>> account = pd.DataFrame({"theme_id": ["base", "t1", "t1"], "polarity": [None, "negative", "positive"],
    ...                         "contribution": [30.0, -6.0, 2.0]})
    >>> account_data(account, {"t1": "Waiting"})[["label", "kind", "value", "end"]].values.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['Base', 'total', 30.0, 30.0], ['Waiting: complaints', 'drag', -6.0, 24.0],
     ['Waiting: praise', 'lift', 2.0, 26.0], ['NPS', 'total', 26.0, 26.0]]
    """
    check_columns(account, ("theme_id", "polarity", "contribution"), "account")
    terms = account.sort_values(["theme_id", "polarity"], kind="stable", na_position="first")
    terms = terms.assign(contribution=terms["contribution"].fillna(0.0).astype(float))
    rows = terms.to_dict("records")
    base = sum(row["contribution"] for row in rows if row["theme_id"] == "base")
    of_themes = [
        (names.get(row["theme_id"], row["theme_id"]), _SIDES.get(str(row["polarity"]), "rest"), row)
        for row in rows
        if row["theme_id"] not in {"base", *_REST_LABELS}
    ]
    rest = [_term(_rest_label(row), "rest", row) for row in rows if row["theme_id"] in _REST_LABELS]
    return _walk(("Base", base), [*_in_order(of_themes, most), *rest], ("NPS", None))


def bridge_data(moves: pd.DataFrame, parts: pd.DataFrame, ends: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """Returns the walk from one NPS to the next, in the columns of `account_data`: moves largest first, then the parts.

    A move is is_chance where neither its mix nor its rate is told apart from 0; `kind` is drag for what takes points.

    Args:
        moves: one row per theme and side: name, side ("complaints", "praise"), and mix and rate in points with their
            _low and _high (null where pooled: no step). mix: mentioned more or less; rate: hurts or helps more or less.
        parts: what belongs to no theme (the base, segments): label, value, low, high.
        ends: two rows, from and to: label, value, low, high.
        most: moves with a step of their own; the smaller ones are summed in one.
    """
    check_columns(moves, ("name", "side", "mix", "mix_low", "mix_high", "rate", "rate_low", "rate_high"), "moves")
    known = moves[moves["mix"].notna() & moves["rate"].notna()].copy()
    known["change"] = (known["mix"] + known["rate"]).astype(float)
    known["_size"] = -known["change"].abs()
    rows = known.sort_values(["_size", "name", "side"], kind="stable").to_dict("records")
    cut = most if len(rows) > most + 1 else len(rows)
    steps = [_move(row) for row in rows[:cut]]
    if rows[cut:]:
        steps.append(_step(plural(len(rows) - cut, "smaller move"), "rest", sum(row["change"] for row in rows[cut:])))
    steps += [_step(row["label"], "rest", row["value"], row["low"], row["high"]) for row in parts.to_dict("records")]
    first, last = ends.to_dict("records")
    walk = _walk((first["label"], first["value"]), steps, (last["label"], last["value"]))
    for place, end in ((0, first), (len(walk) - 1, last)):
        walk.loc[place, "words"] = f"{end['label']}: {with_ends(points(end['value']), end['low'], end['high'])}"
    return walk


def account_chart(data: pd.DataFrame, look: Look = NOTEBOOK) -> "alt.LayerChart":
    """Returns the waterfall of `account_data` as an Altair chart."""
    return _waterfall(data, look, "From base to NPS", "Points that each theme's complaints take and its praise adds")


def bridge_chart(data: pd.DataFrame, look: Look = NOTEBOOK) -> "alt.LayerChart":
    """Returns the waterfall of `bridge_data` as an Altair chart; pale bars could be chance."""
    subtitle = "Points taken and added since the period before; a pale bar could be chance"
    return _waterfall(data, look, "What moved NPS", subtitle)


def _in_order(terms: Iterable[tuple[str, str, _Row]], most: int) -> list[_Step]:
    largest = sorted(terms, key=lambda term: (-abs(term[2]["contribution"]), term[0], term[1]))
    # one or two small terms are not worth a group: the group would take their place
    cut = most if len(largest) > most + 1 else len(largest)
    ordered = []
    for kind, word, sign in (("drag", "complaints", 1), ("lift", "praise", -1), ("rest", "mentions", 1)):
        own = [term for term in largest[:cut] if term[1] == kind]
        own.sort(key=lambda term: sign * term[2]["contribution"])
        ordered += [_term(f"{name}: {word}", kind, row) for name, _, row in own]
        small = [row["contribution"] for _, other_kind, row in largest[cut:] if other_kind == kind]
        if small:
            ordered.append(_step(f"{plural(len(small), 'smaller term')}: {word}", kind, sum(small)))
    return ordered


def _step(label: str, kind: str, value: float, low: Any = None, high: Any = None) -> _Step:
    is_chance = bool(pd.notna(low) and pd.notna(high) and low <= 0 <= high)
    words = with_ends(f"{label} {change(value)}", low, high) + ("; could be chance" if is_chance else "")
    return label, kind, value, is_chance, words


def _term(label: str, kind: str, row: _Row) -> _Step:
    return _step(label, kind, row["contribution"], row.get("low"), row.get("high"))


def _move(row: _Row) -> _Step:
    label = f"{row['name']}: {row['side']}"
    steps = [
        _step(words, "", row[part], row[f"{part}_low"], row[f"{part}_high"])
        for part, words in (("mix", "mentioned more or less"), ("rate", "hurts or helps more or less"))
    ]
    is_chance = all(step[3] for step in steps)
    words = f"{label} {change(row['change'])}: {', '.join(step[4] for step in steps)}"
    return label, "drag" if row["change"] < 0 else "lift", row["change"], is_chance, words


def _rest_label(row: _Row) -> str:
    side = row["polarity"]
    return _REST_LABELS[row["theme_id"]] + (f": {_WORDS.get(side, side)}" if isinstance(side, str) else "")


def _walk(first: tuple[str, float], steps: Sequence[_Step], last: tuple[str, float | None]) -> pd.DataFrame:
    label, at = first
    rows: list[tuple[Any, ...]] = [(label, "total", at, at, at, False, f"{label} {points(at)}")]
    for name, kind, value, is_chance, words in steps:
        rows.append((name, kind, value, at, at + value, is_chance, words))
        at += value
    label, end = last[0], at if last[1] is None else last[1]
    rows.append((label, "total", end, end, end, False, f"{label} {points(end)}"))
    table = pd.DataFrame(rows, columns=["label", "kind", "value", "start", "end", "is_chance", "words"])
    table.insert(0, "place", range(len(table)))
    table["axis_label"] = numbered([wrapped(label, 20) for label in table["label"]])
    table["next_label"] = table["axis_label"].shift(-1).fillna(table["axis_label"])
    return table[list(WALK_COLUMNS)]


def _waterfall(data: pd.DataFrame, look: Look, title: str, subtitle: str) -> "alt.LayerChart":
    """Returns the walk as rows: its label to the left, its bar, its figure to the right, a thread to the next row."""
    import altair as alt

    colours, words = look.colours, alt.Tooltip("words:N")
    base = alt.Chart(source(walk_rows(data), look, "walk"))
    ends = data[["start", "end"]].to_numpy(float)
    low, high = float(ends.min()), float(ends.max())
    margin = 0.03 * max(high - low, 1.0)
    across = alt.Scale(domain=[low - margin, high + margin], nice=False, zero=False)
    axis = alt.Axis(title="NPS points", tickCount=5, labelExpr=MINUS_LABELS)
    start = alt.X("start:Q", scale=across, axis=axis)
    row = alt.Y("axis_label:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.35, paddingOuter=0.2))
    kinds = alt.Color("kind:N", legend=None, scale=alt.Scale(
        domain=["drag", "lift", "rest"], range=[colours.drag, colours.lift, colours.rest]))  # fmt: skip
    pale = alt.condition("datum.is_chance", alt.value(0.45), alt.value(1))
    steps = base.transform_filter("datum.kind !== 'total'")
    totals = base.transform_filter("datum.kind === 'total'")
    text: dict[str, Any] = {
        "color": colours.ink,
        "fontWeight": alt.ExprRef("datum.kind === 'total' ? 700 : 400"),
        "lineBreak": "\n",
    }
    lifted = alt.ExprRef("-7 * (length(split(datum.axis_label, '\\n')) - 1)")
    drawn = alt.layer(
        base.mark_rule(color=colours.rest).encode(
            alt.X("end:Q", scale=across, axis=axis), alt.Y("axis_label:N", sort=None, axis=None, bandPosition=0.5),
            y2=alt.Y2("next_label:N", bandPosition=0.5)),
        steps.mark_bar(color=colours.ground).encode(start, row, x2="end:Q"),
        steps.mark_bar().encode(start, row, x2="end:Q", color=kinds, opacity=pale, tooltip=words),
        totals.mark_tick(thickness=4, color=colours.ink, opacity=1, bandSize=24).encode(start, row, tooltip=words),
        base.mark_text(align="right", dx=-10, dy=lifted, **text).encode(row, x=alt.value(0), text="axis_label:N",
                                                                        tooltip=words),
        base.mark_text(align="left", dx=8, **text).encode(row, x=alt.value("width"), text="figure:N", tooltip=words),
    )  # fmt: skip
    return dress(drawn, look, _ROW * len(data), title, subtitle)  # type: ignore[no-any-return]


def walk_rows(data: pd.DataFrame) -> pd.DataFrame:
    """Returns the walk with the figure to write behind each row: NPS as it is, what is added or taken with its sign.

    >>> walk_rows(pd.DataFrame({"kind": ["total", "lift"], "value": [23.0, 2.0]}))["figure"].tolist()
    ['23.0', '+2.0']
    """
    figures = [points(value) if kind == "total" else change(value)
               for kind, value in zip(data["kind"], data["value"], strict=True)]  # fmt: skip
    return data.assign(figure=figures)
