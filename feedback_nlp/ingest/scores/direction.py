"""Whether a score runs with the words beside it: a scale read from its wrong end makes promoters who complain."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from feedback_nlp.ingest.scores.presets import OPPOSITES
from feedback_nlp.schema import Linked

Verdict: TypeAlias = Literal["agrees", "against", "can't tell"]

_MIN_EACH = 20  # promoters and detractors with words, below which nothing is said
_Z = 2.576  # 99 %: an interval of 95 % would call one of 40 scores without any relation to its words wrong


@dataclass(frozen=True)
class Direction:
    """How far promoters write more kindly than detractors.

    `auc` is the chance that a random promoter's words are kinder than a random detractor's, ties half (0.5 = no
    relation, 0 = the score is upside down), with its standard error; both null without promoters or detractors.
    """

    auc: float | None
    standard_error: float | None
    n_promoters: int  # with words of known polarity
    n_detractors: int
    verdict: Verdict
    scale: str = ""  # as which the score was read

    def sentence(self) -> str:
        """Returns one plain sentence with the figures, and the flag to try if the score runs against its words."""
        if self.auc is None or min(self.n_promoters, self.n_detractors) < _MIN_EACH:
            return (
                "Whether the score runs with its words can't be told: it takes comments of "
                f"{_MIN_EACH} promoters and {_MIN_EACH} detractors, and there are {self.n_promoters:,} and "
                f"{self.n_detractors:,}."
            )
        found = (
            f"a promoter's words are kinder than a detractor's in {100 * self.auc:.0f} of 100 pairs "
            f"({self.n_promoters:,} promoters, {self.n_detractors:,} detractors)"
        )
        if self.verdict == "agrees":
            return f"The score runs with its words: {found}."
        if self.verdict == "can't tell":
            return f"Whether the score runs with its words can't be told: {found}, which may be chance."
        flag = OPPOSITES.get(self.scale, "NAME, or scale = 'custom' with the buckets the other way round")
        return f"The score runs against its words: {found}; is the other end of the scale best? Try --scale {flag}."


def with_direction(linked: Linked, mentions: pd.DataFrame) -> Linked:
    """Returns `linked` with facts["direction"]: whether its scores run with the polarity of the statements beside them.

    A score that runs against its words is a note too, of all responses or of those in one file's period (see
    `directions_against`). `mentions` are MENTIONS with their polarity; responses without any statement do not count.
    """
    scale, responses = linked.facts["scale"], linked.responses
    if not scale:
        return linked
    polarities = responses["response_id"].map(mentions.groupby("response_id")["polarity"].mean())
    whole = check_direction(responses["category"], polarities, scale)
    parts = directions_against(responses["category"], polarities, {"period": responses["period"]}, scale)
    notes = [whole.sentence()] if whole.verdict == "against" else []
    if not notes:
        notes = [f"In {label}: {part.sentence()}" for part_of in parts.values() for label, part in part_of.items()]
    facts = {**asdict(whole), "sentence": whole.sentence()}
    return replace(linked, facts={**linked.facts, "direction": facts}, notes=(*linked.notes, *notes))


def check_direction(categories: pd.Series, polarities: pd.Series, scale: str = "") -> Direction:
    """Returns whether promoters' words are kinder than detractors'.

    `categories` (promoter, passive, detractor or null) and `polarities` (-1 to 1, the mean of a response's words, or
    null where nothing is known of them) have one value for each response, in the same order; `scale` is the one the
    score was read with. The figure is the Mann-Whitney statistic over its maximum, the area under the ROC curve, with
    the standard error of DeLong, DeLong and Clarke-Pearson (1988), which allows for ties. The score is "against" its
    words if the 99 % interval ends below 0.5, "agrees" if it begins above, and nothing can be told if it holds 0.5 or
    either side has fewer than 20. Passives do not count.

    It can't tell which of the two is wrong: polarity of a language whose words are not known is 0 and so no evidence,
    and under a question for faults ("What should we improve?") promoters complain too, which weakens agreement.

    >>> categories = pd.Series(["promoter", "detractor"] * 30)
    >>> check_direction(categories, pd.Series([0.8, -0.5] * 30)).verdict
    'agrees'
    >>> check_direction(categories, pd.Series([-0.5, 0.8] * 30), "1-5").sentence()[-52:]
    'is the other end of the scale best? Try --scale 5-1.'
    """
    known = polarities.notna().to_numpy()
    polarity = polarities.to_numpy(dtype=float)
    promoters = polarity[known & (categories == "promoter").fillna(False).to_numpy(dtype=bool)]
    detractors = polarity[known & (categories == "detractor").fillna(False).to_numpy(dtype=bool)]
    n_promoters, n_detractors = len(promoters), len(detractors)
    if min(n_promoters, n_detractors) < 2:
        return Direction(None, None, n_promoters, n_detractors, "can't tell", scale)
    auc, error = area(promoters, detractors)
    verdict: Verdict = "can't tell"
    if min(n_promoters, n_detractors) >= _MIN_EACH and abs(auc - 0.5) > _Z * error:
        verdict = "agrees" if auc > 0.5 else "against"
    return Direction(auc, error, n_promoters, n_detractors, verdict, scale)


def directions_against(
    categories: pd.Series, polarities: pd.Series, groups: Mapping[str, pd.Series], scale: str = ""
) -> dict[str, dict[str, Direction]]:
    """Returns the groups (file, quarter) whose scores run against their words: name -> label -> direction.

    That is how the same numbers with the other end best in one file are found, though the whole may agree. All series
    have one value for each response, in the same order.

    >>> files = pd.Series(["a.csv", "a.csv", "b.csv", "b.csv"] * 30)
    >>> words = pd.Series([0.8, -0.5, -0.5, 0.8] * 30)
    >>> categories = pd.Series(["promoter", "detractor"] * 60)
    >>> list(directions_against(categories, words, {"file": files})["file"])
    ['b.csv']
    """
    found: dict[str, dict[str, Direction]] = {}
    for name, labels in groups.items():
        for label in sorted(labels.dropna().unique()):
            is_own = (labels == label).fillna(False).to_numpy(dtype=bool)
            direction = check_direction(categories[is_own], polarities[is_own], scale)
            if direction.verdict == "against":
                found.setdefault(name, {})[str(label)] = direction
    return found


def area(higher: NDArray[np.float64], lower: NDArray[np.float64]) -> tuple[float, float]:
    """Returns the chance that one of `higher` exceeds one of `lower`, ties half, and its standard error (DeLong 1988).

    Both need two values. The placements of either sample in the other come from midranks, so it takes n log n steps.

    >>> area(np.array([3.0, 4.0]), np.array([1.0, 2.0]))
    (1.0, 0.0)
    >>> area(np.array([1.0, 2.0]), np.array([1.0, 2.0]))[0]
    0.5
    """
    higher, lower = np.sort(higher), np.sort(lower)  # so that the sums do not depend on the order
    ranks = rankdata(np.concatenate([higher, lower]))
    n_higher, n_lower = len(higher), len(lower)
    of_higher = (ranks[:n_higher] - rankdata(higher)) / n_lower
    of_lower = 1 - (ranks[n_higher:] - rankdata(lower)) / n_higher
    variance = of_higher.var(ddof=1) / n_higher + of_lower.var(ddof=1) / n_lower
    return float(of_higher.mean()), float(np.sqrt(variance))
