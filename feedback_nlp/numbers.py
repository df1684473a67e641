"""Figures as a reader sees them: a true minus sign, points with one decimal, shares as whole per cents.

Every function returns text; missing (None) is "–". Units stand in the text around, never in the figure's colour.
"""

from collections.abc import Iterable
from datetime import date

MISSING = "–"
MINUS = "−"
SPACE = "\N{NO-BREAK SPACE}"  # between a number and its sign, so that a line never breaks there
SMALL_GROUP = 30  # a group with fewer responses is not given a share (STATISTICS, small groups)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def points(value: float | None) -> str:
    """Returns NPS points with one decimal; a value that rounds to zero has no sign.

    >>> points(-6.13), points(23.0), points(-0.04), points(None)
    ('−6.1', '23.0', '0.0', '–')
    """
    if value is None:
        return MISSING
    text = f"{abs(value):.1f}"
    return MINUS + text if value < 0 and text != "0.0" else text


def change(value: float | None) -> str:
    """Returns points with their sign, for what is added or taken: lift, drag, a difference.

    >>> change(5), change(-3.9), change(0.01)
    ('+5.0', '−3.9', '0.0')
    """
    text = points(value)
    return text if text in {MISSING, "0.0"} or text.startswith(MINUS) else "+" + text


def interval(low: float | None, high: float | None) -> str:
    """Returns both ends in points, or says that there is no interval.

    >>> interval(-8.04, -4.2), interval(None, None)
    ('−8.0 to −4.2', 'no interval')
    """
    return "no interval" if low is None or high is None else f"{points(low)} to {points(high)}"


def percent(share: float | None) -> str:
    """Returns a share (0–1) as a whole per cent, with one decimal below 1 %; only 0 reads 0 and only 1 reads 100.

    >>> [percent(share).replace(SPACE, " ") for share in (0.155, 0.004, 0.0002, 0, 0.998, 1, None)]
    ['16 %', '0.4 %', 'under 0.1 %', '0 %', 'over 99 %', '100 %', '–']
    """
    if share is None:
        return MISSING
    if 0 < share < 0.0005:
        return f"under 0.1{SPACE}%"
    if 0.995 <= share < 1:
        return f"over 99{SPACE}%"
    return f"{100 * share:.1f}{SPACE}%" if 0.0005 <= share < 0.0095 else f"{100 * share:.0f}{SPACE}%"


def share_change(low: float | None, high: float | None) -> str:
    """Returns the ends of a share's change in percentage points ("pp").

    >>> share_change(-0.012, 0.034)
    '−1.2 to +3.4 pp'
    """
    return "no interval" if low is None or high is None else f"{change(100 * low)} to {change(100 * high)} pp"


def percent_of(count: int, total: int) -> str:
    """Returns count / total as a per cent, or "too few (8)" where the group is under 30.

    >>> percent_of(21, 100).replace(SPACE, " "), percent_of(2, 8)
    ('21 %', 'too few (8)')
    """
    return percent(count / total) if total >= SMALL_GROUP else f"too few ({total})"


def count(number: float | None) -> str:
    """Returns a whole number with commas between thousands.

    >>> count(2014), count(None)
    ('2,014', '–')
    """
    return MISSING if number is None else f"{number:,.0f}"


def plural(number: int, noun: str, many: str = "") -> str:
    """Returns the number with its noun; `many` is the plural where it is not the noun + s.

    >>> plural(1, "response"), plural(2014, "response"), plural(0, "reply", "replies")
    ('1 response', '2,014 responses', '0 replies')
    """
    return f"{count(number)} {noun if number == 1 else many or noun + 's'}"


def probability(value: float | None) -> str:
    """Returns a simulated probability as a whole per cent; the ends are never certain.

    >>> [probability(p).replace(SPACE, " ") for p in (0.94, 1.0, 0.002)]
    ['94 %', 'over 99 %', 'under 1 %']
    """
    if value is None:
        return MISSING
    if value >= 0.995:
        return f"over 99{SPACE}%"
    return f"under 1{SPACE}%" if value <= 0.005 else f"{100 * value:.0f}{SPACE}%"


def score(value: float | None) -> str:
    """Returns a score of any scale without idle decimals.

    >>> score(4.0), score(3.5), score(None)
    ('4', '3.5', '–')
    """
    return MISSING if value is None else f"{value:g}".replace("-", MINUS)


def day(value: date | None) -> str:
    """Returns a date in words, the same in every locale.

    >>> day(date(2024, 11, 12)), day(None)
    ('12 Nov 2024', '–')
    """
    return MISSING if value is None else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def listed(names: Iterable[str], most: int = 3) -> str:
    """Returns names joined by commas; what exceeds `most` is counted, never dropped silently.

    >>> listed(["a.csv", "b.csv"]), listed("abcde")
    ('a.csv, b.csv', 'a, b, c and 2 more')
    """
    names = list(names)
    more = len(names) - most
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:most])} and {more} more"
