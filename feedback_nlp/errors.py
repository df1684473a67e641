"""What can go wrong through a user's input, as one line each.

The tree::

    FeedbackError             everything a user can cause; the command line prints it and exits with status 1
    ├── InputError            an export: missing, empty, unreadable, without the named column, values that contradict
    ├── ConfigError           a config file or flag: unknown key, impossible value
    ├── ModelError            weights, a model folder or a codebook: wrong hash, other format version, another encoder
    └── RunError              a run folder: exists already, is none, has another format version

Every message says what, where, what was found and what would be right.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class FeedbackError(Exception):
    """A problem the user can mend; its text is one line that can't control a terminal."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class InputError(FeedbackError):
    """An export that can't be read as asked."""


class ConfigError(FeedbackError):
    """A setting that is unknown or impossible."""


class ModelError(FeedbackError):
    """Weights, a model folder or a codebook that can't be used."""


class RunError(FeedbackError):
    """A run folder that can't be read or written."""


def one_line(text: str) -> str:
    """Returns text for a terminal: one line, without the control characters that an export may hold.

    >>> one_line("why \\x1b[31m\\nso?")
    'why [31m so?'
    """
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Returns "; did you mean 'x'?" for the nearest known name, or "" if none is near.

    >>> did_you_mean("scroe", ["score", "comment"])
    "; did you mean 'score'?"
    >>> did_you_mean("zzz", ["score", "comment"])
    ''
    """
    known = list(known)
    lowered = {k.lower(): k for k in reversed(known)}
    near = get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.5)
    return f"; did you mean '{lowered[near[0]]}'?" if near else ""
