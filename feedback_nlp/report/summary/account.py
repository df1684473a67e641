"""The additive account of NPS as a walk: from the base, term by term, to the NPS."""

from collections.abc import Mapping

import pandas as pd

from feedback_nlp.charts import account_data
from feedback_nlp.report.summary.sections import Step

MOST_TERMS = 14  # themes' terms with a line of their own; the others are summed in sight


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
    return as_steps(account_data(account, names, most))


def as_steps(walk: pd.DataFrame) -> tuple[Step, ...]:
    """Returns the rows of a waterfall (`charts.account_data`, `charts.bridge_data`) as steps, the ends from zero."""
    last = len(walk) - 1
    return tuple(
        Step(row["label"], "base" if place == 0 else "total", row["end"], 0.0, row["end"])
        if place in {0, last}
        else Step(row["label"], row["kind"], row["value"], row["start"], row["end"])
        for place, row in enumerate(walk.to_dict("records"))
    )
