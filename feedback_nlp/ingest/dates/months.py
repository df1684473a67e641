"""Names of months and weekdays in every language of Unicode's CLDR, and what a column's month names mean."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from feedback_nlp.errors import InputError

if TYPE_CHECKING:  # reading all languages takes most of a second: only when a text has a name that is not English
    from babel import Locale

ENGLISH_MONTHS = {
    name: number
    for number, names in enumerate(
        ["jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"], start=1)
    for name in names.split()
}  # fmt: skip
ENGLISH_WEEKDAYS = frozenset(
    "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday".split()
)
_ENGLISH_FILLERS = frozenset("of the at on st nd rd th".split())
_SMALL_WORDS = frozenset("er o a e le el de d di den der am dia ngay nam".split())  # "1er", "1º", "le 3", "3 de"
_TOKEN = re.compile(r"\d+|[^\s\d.,;:/()\[\]\-–'_]+")
_AGREEMENT = 0.9  # CLDR holds small languages too: one in fifty that calls August "mai" makes no doubt
_PREFIXES = ("de ", "d ", "di ")  # Catalan and Corsican hold them for parts of the name


@dataclass(frozen=True)
class Names:
    """The folded names of all languages: of months by language, of weekdays, and the words dates hold beside them."""

    months: Mapping[str, Mapping[str, int]]  # language -> name -> 1..12
    weekdays: frozenset[str]
    fillers: frozenset[str]
    any_month: frozenset[str]


def folded(text: str) -> str:
    """Returns the text in lower case without accents, as names are compared.

    >>> folded("Février"), folded("MÄRZ"), folded("Kasım")
    ('fevrier', 'marz', 'kasim')
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("ı", "i").replace("’", "'")
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")


def tokens(text: str) -> list[str]:
    """Returns the folded words and whole numbers of a date.

    >>> tokens("Sonntag, 19. November 2023"), tokens("19th Nov")
    (['sonntag', '19', 'november', '2023'], ['19', 'th', 'nov'])
    """
    return _TOKEN.findall(folded(text))


def is_beside(word: str) -> bool:
    """Returns whether a folded word may stand in a date beside day, month and year: a weekday, "of", "de", "г".

    >>> is_beside("monday"), is_beside("lundi"), is_beside("people")
    (True, True, False)
    """
    if word in ENGLISH_WEEKDAYS or word in _ENGLISH_FILLERS or word in _SMALL_WORDS:
        return True
    names = all_names()
    return word in names.weekdays or word in names.fillers


def month_spans(words: list[str]) -> Iterator[tuple[int, int]]:
    """Returns (start, end) of every month's name among a date's tokens: English ones first, longer before shorter.

    >>> list(month_spans(["3", "de", "marzo", "de", "2024"])), list(month_spans(["19", "people", "2024"]))
    ([(2, 3)], [])
    """
    for i in reversed(range(len(words))):  # the last first: in "mar 5 mar 2024" it is a Tuesday in March
        if words[i] in ENGLISH_MONTHS:
            yield i, i + 1
    if all(word.isdecimal() for word in words):
        return
    known = all_names().any_month
    for length in (3, 2, 1):  # "tháng 3" is a name of two tokens
        for i in reversed(range(len(words) - length + 1)):
            if " ".join(words[i : i + length]) in known:
                yield i, i + length


def months_of(counts: Mapping[str, int], column: str) -> dict[str, int]:
    """Returns the month 1..12 of every folded name of a column; `counts` says how many values have each name.

    English names are English. Where others are among them, the languages that know the names of most values decide;
    a name that none of these knows is read where nine in ten of all languages that know it agree, else left out.

    Raises:
        InputError: the deciding languages disagree about a name ("listopad": October in Croatian, November in Czech).

    >>> months_of({"mar": 3, "mag": 1}, "q3.csv: column 'data'")
    {'mar': 3, 'mag': 5}
    """
    if all(name in ENGLISH_MONTHS for name in counts):
        return {name: ENGLISH_MONTHS[name] for name in counts}
    languages = all_names().months
    known = {language: sum(counts[n] for n in counts if n in names) for language, names in languages.items()}
    most = max(known.values())
    best = [languages[language] for language in sorted(languages) if known[language] == most]
    read: dict[str, int] = {}
    for name in counts:
        deciding = best if any(name in names for names in best) else list(languages.values())
        if month := _agreed(name, deciding):
            read[name] = month
        elif deciding is best:
            said = sorted({names[name] for names in best if name in names})
            raise InputError(
                f"{column}: is '{name}' month {' or '.join(map(str, said))}? languages disagree, and no other name in "
                "the column tells which it is; write the months as numbers"
            )
    return read


def _agreed(name: str, languages: Iterable[Mapping[str, int]]) -> int | None:
    votes = Counter(names[name] for names in languages if name in names)
    if not votes:
        return None
    month, n = max(votes.items(), key=lambda vote: (vote[1], -vote[0]))
    return month if n >= _AGREEMENT * votes.total() else None


@cache
def all_names() -> Names:
    """Returns the names of all languages, read once from Babel's copy of CLDR (about 0.8 s)."""
    from babel import Locale, localedata

    months: dict[str, dict[str, int]] = defaultdict(dict)
    weekdays, fillers = set(ENGLISH_WEEKDAYS), set(_ENGLISH_FILLERS)
    for identifier in sorted(localedata.locale_identifiers()):
        if not re.fullmatch(r"[a-z]{2,3}(_[A-Z][a-z]{3})?", identifier):  # a country says the same as its language
            continue
        locale = Locale.parse(identifier)
        months[identifier].update({name: month for name, month in _month_names(locale) if not name.isdecimal()})
        weekdays.update(_weekday_names(locale))
        fillers.update(_pattern_words(locale))
    months["en"].update(ENGLISH_MONTHS)  # "sept"
    any_month = frozenset(name for names in months.values() for name in names)
    return Names(dict(months), frozenset(weekdays), frozenset(fillers - any_month), any_month)


def _month_names(locale: "Locale") -> Iterator[tuple[str, int]]:
    for context in locale.months.values():
        for width in ("abbreviated", "wide"):  # the narrow ones are letters that several months share
            for month, name in context.get(width, {}).items():
                plain = " ".join(tokens(name))
                for prefix in _PREFIXES:
                    plain = plain.removeprefix(prefix)
                # "M01" where CLDR has no name; and "de" is Spanish rather than December in Jola-Fonyi
                if not re.fullmatch(r"m? ?\d+", plain) and plain not in _SMALL_WORDS | _ENGLISH_FILLERS:
                    yield plain, int(month)


def _weekday_names(locale: "Locale") -> Iterator[str]:
    for context in locale.days.values():
        for width in ("abbreviated", "wide"):
            for name in context.get(width, {}).values():
                yield from (word for word in tokens(name) if not word.isdecimal())


def _pattern_words(locale: "Locale") -> Iterator[str]:
    """Returns the words that a language's long dates hold: "de", "den", "г", "年"."""
    for width in ("full", "long", "medium"):
        pattern = str(locale.date_formats[width].pattern)
        for quoted in re.findall(r"'([^']+)'", pattern):
            yield from tokens(quoted)
        unquoted = re.sub(r"'[^']*'", " ", pattern)
        yield from (word for word in re.findall(r"[^\W\d_]", unquoted) if not word.isascii())
