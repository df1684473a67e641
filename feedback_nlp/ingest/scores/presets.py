"""The rating scales known by name, and which of their scores are promoters, passives and detractors.

The buckets of the 0-10 scale are Reichheld's (2003): 9-10 promoters, 7-8 passives, 0-6 detractors. The others follow
the product's own, recorded rule: the best of at least three boxes is a promoter, the second a passive, every other a
detractor; so 5 / 4 / 1-3 of five, 7 / 6 / 1-5 of seven, and in words "very satisfied" / "satisfied" / the rest. A
middle answer ("neither satisfied nor dissatisfied") is a detractor like the 3 of 1-5. Of two boxes there is no passive.
None is a conversion of one scale into another: figures of different scales can't be compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_nlp.ingest.scores.labels import Ladder, ladders
from feedback_nlp.schema import CATEGORIES


@dataclass(frozen=True)
class Scale:
    """The buckets of a scale, as (lowest, highest) score, both included, tried in the order of the fields.

    A score in no bucket is outside the scale; so is a fraction if `is_whole`. `words` gives the score of a spelled-out
    value as `values.folded` writes it, and then numbers are read as well only if they are scores of a word.
    """

    promoter: tuple[float, float] | None
    passive: tuple[float, float] | None
    detractor: tuple[float, float] | None
    is_whole: bool = True
    words: Mapping[str, float] = field(default_factory=dict)

    def category(self, score: float) -> str | None:
        """Returns "promoter", "passive" or "detractor", or None for a score outside the scale.

        >>> SCALES["nps"].category(9), SCALES["5-1"].category(1), SCALES["nps"].category(11)
        ('promoter', 'promoter', None)
        """
        if self.is_whole and score != int(score):
            return None
        for name, bucket in zip(CATEGORIES, self.buckets, strict=True):
            if bucket and bucket[0] <= score <= bucket[1]:
                return name
        return None

    @property
    def buckets(self) -> tuple[tuple[float, float] | None, ...]:
        """The three buckets in the order of CATEGORIES."""
        return self.promoter, self.passive, self.detractor

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest score.

        >>> SCALES["5-1"].ends
        (1, 5)
        """
        own = [score for bucket in self.buckets if bucket for score in bucket]
        return min(own), max(own)


def _worded(ladder: Ladder) -> Scale:
    best, *others = ladder.scores
    passive = (others[0], others[0]) if len(others) > 1 else None
    rest = others[1:] or others
    return Scale((best, best), passive, (min(rest), max(rest)), words=ladder.words)


NUMBERED: dict[str, Scale] = {
    "nps": Scale((9, 10), (7, 8), (0, 6)),
    "1-10": Scale((9, 10), (7, 8), (1, 6)),
    "0-100": Scale((90, 100), (70, 90), (0, 70), is_whole=False),  # the first bucket wins: 90 promotes
    "1-5": Scale((5, 5), (4, 4), (1, 3)),
    "stars": Scale((5, 5), (4, 4), (1, 3)),
    "5-1": Scale((1, 1), (2, 2), (3, 5)),  # one is best
    "1-7": Scale((7, 7), (6, 6), (1, 5)),
    "7-1": Scale((1, 1), (2, 2), (3, 7)),  # one is best
    "0-1": Scale((1, 1), None, (0, 0)),
}
SCALES: dict[str, Scale] = {**NUMBERED, **{name: _worded(ladder) for name, ladder in ladders().items()}}
OPPOSITES = {"1-5": "5-1", "stars": "5-1", "5-1": "1-5", "1-7": "7-1", "7-1": "1-7"}  # the same numbers, other end best
