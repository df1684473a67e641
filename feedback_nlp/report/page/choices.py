"""What the page's filters offer: every segment value and period that a quote in the page has."""

from collections.abc import Iterable
from dataclasses import dataclass

from feedback_nlp.report.summary.data import Quote, Summary


@dataclass(frozen=True)
class Choices:
    """`segments`: name -> its values, each with its number; quotes name the numbers. `periods`: earliest name first.

    Numbers keep what exports write out of the markup that the script reads, whatever it is.
    """

    segments: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    periods: tuple[str, ...]
    n_quotes: int
    numbers: dict[tuple[str, str], int]

    def of(self, quote: Quote) -> str:
        """Returns the numbers of a quote's segment values, with spaces between them."""
        return " ".join(str(self.numbers[segment]) for segment in quote.segments)


def choices_of(summary: Summary) -> Choices:
    """Returns what can be chosen among the quotes of a summary; sorted, so that the order of quotes does not matter."""
    quotes = [quote for theme in summary.themes for quote in theme.quotes]
    pairs = sorted({segment for quote in quotes for segment in quote.segments})
    numbers = {pair: number for number, pair in enumerate(pairs, start=1)}
    names = dict.fromkeys(name for name, _ in pairs)
    segments = tuple((name, tuple(_of(name, numbers.items()))) for name in names)
    periods = tuple(sorted({quote.period for quote in quotes if quote.period}))
    return Choices(segments, periods, len(quotes), numbers)


def _of(name: str, numbers: Iterable[tuple[tuple[str, str], int]]) -> Iterable[tuple[str, int]]:
    return ((value, number) for (own, value), number in numbers if own == name)
