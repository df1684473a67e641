"""The additive account of NPS as a walk: from the base, term by term, to the NPS."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from feedback_nlp.numbers import plural
from feedback_nlp.report.summary.sections import Step

MOST_TERMS = 14  # themes' terms with a line of their own; the others are summed in sight
_LABELS = {"other": "Themes too small to rank", "generic": "Generic words"}
_KINDS = {"negative": "drag", "positive": "lift"}
_WORDS = {"negative": "complaints", "positive": "praise"}


def steps(account: pd.DataFrame, names: Mapping[str, str], most: int = MOST_TERMS) -> tuple[Step, ...]:
    """Returns the walk from base to NPS: complaints worst first, praise best first, the rest, the total.

    Args:
        account: one row per term: theme_id ("base", "other", "generic" or a theme's), polarity, contribution (points).
        names: theme_id -> name.
        most: themes' terms that keep their own step; the smaller ones become one step per polarity.

    The values sum to the account's own sum; only the labels and the order are ours.

    >>> account = pd.DataFrame({"theme_id": ["base", "t1", "t1"], "polarity": [None, "negative", "positive"],
    ...                         "contribution": [30.0, -6.0, 2.0]})
    >>> [(step.label, step.value, step.end) for step in steps(account, {"t1": "Waiting"})]
    [('Base', 30.0, 30.0), ('Waiting: complaints', -6.0, 24.0), ('Waiting: praise', 2.0, 26.0), ('NPS', 26.0, 26.0)]
    """
    terms = account.sort_values(["theme_id", "polarity"], kind="stable", na_position="first")
    rows = list(zip(terms["theme_id"], terms["polarity"], terms["contribution"].fillna(0.0).astype(float), strict=True))
    base = sum(value for theme_id, _, value in rows if theme_id == "base")
    of_themes = [(names.get(theme_id, theme_id), _KINDS.get(str(polarity), "rest"), value)
                 for theme_id, polarity, value in rows if theme_id not in {"base", *_LABELS}]  # fmt: skip
    rest = [
        (_rest_label(theme_id, polarity), "rest", value) for theme_id, polarity, value in rows if theme_id in _LABELS
    ]
    return _walk(base, [*_themes_in_order(of_themes, most), *rest])


def _themes_in_order(terms: Iterable[tuple[str, str, float]], most: int) -> list[tuple[str, str, float]]:
    largest = sorted(terms, key=lambda term: (-abs(term[2]), term[0], term[1]))
    # one or two small terms are not worth a group: the group would take their place
    cut = most if len(largest) > most + 1 else len(largest)
    ordered = []
    for kind, word, sign in (("drag", "complaints", 1), ("lift", "praise", -1), ("rest", "mentions", 1)):
        shown = sorted((term for term in largest[:cut] if term[1] == kind), key=lambda term: sign * term[2])
        ordered += [(f"{name}: {word}", kind, value) for name, kind, value in shown]
        small = [value for _, other_kind, value in largest[cut:] if other_kind == kind]
        if small:
            ordered.append((f"{plural(len(small), 'smaller term')}: {word}", kind, sum(small)))
    return ordered


def _rest_label(theme_id: str, polarity: object) -> str:
    return _LABELS[theme_id] + (f": {_WORDS.get(polarity, polarity)}" if isinstance(polarity, str) else "")


def _walk(base: float, terms: Sequence[tuple[str, str, float]]) -> tuple[Step, ...]:
    walk, at = [Step("Base", "base", base, 0.0, base)], base
    for label, kind, value in terms:
        walk.append(Step(label, kind, value, at, at + value))
        at += value
    return (*walk, Step("NPS", "total", at, 0.0, at))
