"""A figure with its interval, the atom of a summary."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure with the ends of its interval, in its own units; None ends where there is no interval."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def could_be_chance(self) -> bool:
        """Returns whether the interval includes 0; without an interval nothing is said.

        >>> Figure(-1, -3, 1).could_be_chance, Figure(-4, -5, -3).could_be_chance
        (True, False)
        """
        return self.low is not None and self.high is not None and self.low <= 0 <= self.high
