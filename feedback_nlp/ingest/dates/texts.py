"""One date as it is written: its day and its time of day, before anyone knows whether the day comes first."""

import re
import unicodedata
from typing import NamedTuple

from feedback_nlp.ingest.dates.months import is_beside, month_spans, tokens

MAX_LENGTH = 60  # no date is longer; it also bounds what the patterns can cost
_MAX_TOKENS = 9
_FIRST_CENTURY, _LAST_CENTURY = "19", "22"
_MAX_WORDS = 6

_CLOCK = re.compile(
    r"(?:(?<=\d)T|^T|[\s,]+|^)(?:(?:at|um|à|a|om|kl\.?|ore|às|a\s+las?)\s+)?(?P<before>上午|下午|오전|오후)?\s*"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:[.,]\d{1,9})?))?"
    r"(?:\s*(?P<half>[ap])\.?\s?m?\.?(?![a-z]))?(?:\s*(?:uhr|hrs|h)(?![a-z]))?"
    r"(?:\s*(?P<zone>z(?![a-z])|(?:gmt|utc)?\s?[+-]\d{1,2}(?::?\d{2})?|[a-z]{2,5}(?=$|\s*\(|\s+\d{4}$))"
    r"(?:\s*\([^()]*\))?)?",
    re.IGNORECASE,
)
_FRENCH_CLOCK = re.compile(r"[\s,]+(?:à\s+)?(?P<hour>\d{1,2})\s?h\s?(?P<minute>\d{2})$", re.IGNORECASE)
_COMPACT_CLOCK = re.compile(r"(?<=^\d{8})[T ]?(\d{2})(\d{2})(\d{2})?(z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE)
_OFFSET = re.compile(r"(?:gmt|utc)?\s?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
_AFTERNOON = {"下午": "p", "오후": "p", "上午": "a", "오전": "a"}

_YEAR_FIRST = re.compile(r"(\d{4})\s?[-/.年년]\s?(\d{1,2})(?:\s?[-/.月월]\s?(\d{1,2})\s?[.日일]?|[月월])?")
_NUMBERS = re.compile(r"(\d{1,2})(?:[-/]|\.\s?)(\d{1,2})(?:[-/]|\.\s?)(\d{4}|\d{2})\.?")
_COMPACT = re.compile(r"((?:19|20|21)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_QUARTER = re.compile(r"Q(?P<q1>[1-4])[\s/-]*(?P<y1>\d{4})|(?P<y2>\d{4})[\s/-]*Q(?P<q2>[1-4])", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{1,15}\.?")


class Day(NamedTuple):
    """The numbers of a day. For all kinds but "numbers" a is the year, b the month and c the day ("" = the first).

    Where the kind is "named", b is the month's folded name.
    """

    kind: str  # "year first", "numbers", "compact", "quarter", "named"
    a: str
    b: str
    c: str


class Clock(NamedTuple):
    """A time of day in microseconds since midnight, and its offset from UTC in minutes, 0 where none is written."""

    microseconds: int
    offset: int = 0


MIDNIGHT = Clock(0)


def split_clock(text: str) -> tuple[str, str]:
    """Returns the text of the day and the text of the time of day, "" where none is written.

    >>> split_clock("2024-07-01 09:30"), split_clock("Mon Jul 01 09:30:00 +0000 2024")
    (('2024-07-01', ' 09:30'), ('Mon Jul 01 2024', ' 09:30:00 +0000'))
    """
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(letter, letter)) for letter in text)  # "٣" is a 3
    if ":" in text:
        found = _CLOCK.search(text)
    else:
        found = _COMPACT_CLOCK.search(text) or (_FRENCH_CLOCK.search(text) if "h" in text.lower() else None)
    if not found:
        return text, ""
    day = f"{text[: found.start()].strip()} {text[found.end() :].strip()}".strip(" ,")
    return day, found.group()


def read_clock(text: str) -> Clock | None:
    """Returns the time of day of the second part of `split_clock`, None where no such time exists.

    A zone's name ("CET") is no unique offset and is left out: such times are as written.

    >>> read_clock(" 3:02:25 pm CET"), read_clock("T09:30:00-08:00"), read_clock(" 25:00"), read_clock("")
    (Clock(microseconds=54145000000, offset=0), Clock(microseconds=34200000000, offset=-480), None, Clock(microseconds=0, offset=0))
    """  # noqa: E501
    if not text:
        return MIDNIGHT
    if found := _CLOCK.fullmatch(text) or _FRENCH_CLOCK.fullmatch(text):
        parts = found.groupdict()
        half = _AFTERNOON.get(parts.get("before") or "", parts.get("half"))
        return _clock(parts["hour"], parts["minute"], parts.get("second"), half, parts.get("zone"))
    digits = re.sub(r"^[T ]|(z|[+-]\d{2}:?\d{2})$", "", text, flags=re.IGNORECASE)
    return _clock(digits[:2], digits[2:4], digits[4:], None, text[-6:] if "+" in text or "-" in text else None)


def _clock(hour: str, minute: str, second: str | None, half: str | None, zone: str | None) -> Clock | None:
    hours, minutes, seconds = int(hour), int(minute), float((second or "0").replace(",", "."))
    if half:
        hours = hours % 12 + 12 * (half.lower() == "p") if hours <= 12 else hours
    if hours > 23 or minutes > 59 or seconds >= 61:
        return None
    return Clock(round((hours * 3600 + minutes * 60 + seconds) * 1e6), _offset(zone or ""))


def _offset(zone: str) -> int:
    found = _OFFSET.search(zone)
    if not found:
        return 0
    minutes = int(found.group(2)) * 60 + int(found.group(3) or 0)
    return -minutes if found.group(1) == "-" else minutes


def read_day(text: str) -> Day | None:
    """Returns the numbers of the first part of `split_clock`, None where it is no date.

    >>> read_day("30/09/2021"), read_day("19. November 2023")
    (Day(kind='numbers', a='30', b='09', c='2021'), Day(kind='named', a='2023', b='november', c='19'))
    >>> read_day("Q3 2024"), read_day("2 days")
    (Day(kind='quarter', a='2024', b='7', c=''), None)
    """
    if not any(letter.isdecimal() for letter in text) or len(text) > MAX_LENGTH:
        return None
    return _read_numbers(text) or _read_named(text)


def _read_numbers(text: str) -> Day | None:
    if found := _YEAR_FIRST.fullmatch(text):
        return Day("year first", found.group(1), found.group(2), found.group(3) or "")
    if found := _NUMBERS.fullmatch(text):
        return Day("numbers", *found.groups())
    if found := _COMPACT.fullmatch(text):
        return Day("compact", *found.groups())
    if found := _QUARTER.fullmatch(text):
        quarter = int(found["q1"] or found["q2"])
        return Day("quarter", found["y1"] or found["y2"], str(3 * quarter - 2), "")
    return None


def _read_named(text: str) -> Day | None:
    words = tokens(text)
    if len(words) > _MAX_TOKENS or not _may_be_day(words):
        return None
    return _named_day(words) or _read_decorated(text, words)


def _may_be_day(words: list[str]) -> bool:
    """Returns whether the numbers among the tokens are those of a day: most texts end here, and need no names."""
    numbers = [word for word in words if word.isdecimal()]
    years = [number for number in numbers if len(number) == 4 and _FIRST_CENTURY <= number[:2] <= _LAST_CENTURY]
    small = [number for number in numbers if len(number) < 3]
    n_words = len(words) - len(numbers)
    if len(years) + len(small) < len(numbers) or not 0 < n_words <= _MAX_WORDS:
        return False
    if years and not small and not any(len(word) > 2 and not word.isdecimal() for word in words):
        return False  # "ba-1900" is an id
    if years:
        return len(years) == 1 and len(small) < 3 and all(int(number) <= 31 for number in small)
    # "19-Nov-23"; of numbers alone, "Mon 01/07/24"
    return len(small) == 3 or (len(small) == 2 and words[-2:-1] != small[:1] and words[-1] == small[1])


def _named_day(words: list[str]) -> Day | None:
    for start, end in month_spans(words):
        rest = words[:start] + words[end:]
        if not all(word.isdecimal() or is_beside(word) for word in rest):
            continue
        numbers = [word for word in rest if word.isdecimal()]
        years = [number for number in numbers if len(number) == 4]
        days = [number for number in numbers if len(number) < 3]
        name = " ".join(words[start:end])
        if len(years) == 1 and len(days) <= 1 and len(numbers) == len(years) + len(days):
            return Day("named", years[0], name, days[0] if days else "")
        # "19-Nov-23", never "Nov 19 23"; nor is "10 out of 10" a day in a Portuguese October
        if not years and len(days) == len(numbers) == 2 and words[end:] == days[1:]:
            return Day("named", days[1], name, days[0])
    return None


def _read_decorated(text: str, words: list[str]) -> Day | None:
    """Returns a date of numbers with a weekday or the like beside it: "Mon 01/07/2024", "2024-07-01 (lundi)"."""
    if not all(word.isdecimal() or is_beside(word) for word in words):
        return None
    return _read_numbers(re.sub(r"[()]", " ", _WORDS.sub(" ", text)).strip(" ,"))
