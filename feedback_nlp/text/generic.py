"""Praise and complaint that name nothing: "excellent service", "rubbish". They would be the largest theme otherwise."""

import re

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.statements import words_of
from feedback_nlp.text.words import BLAMING, FUNCTION_WORDS, PRAISING, VAGUE_NOUNS, is_negation

# set phrases whose single words say something else; each counts as one evaluating word
_PRAISE = re.compile(
    r"\b(?:(?:can't|cannot|can not|couldn't|could not) (?:really |possibly )?(?:fault|complain|ask for (?:any ?thing )?(?:more|better))|"
    r"(?:couldn't|could not|can't|cannot) (?:be|have been|do|have done|get|improve)(?: (?:any|it|much))? ?(?:better|more|nicer|happier)?|"
    r"(?:no|any|without) (?:complaints?|faults?|problems?|issues?|improvements?|concerns?)|"
    r"nothing (?:but|(?:could|can|needs?)(?: to)? (?:be|have been)(?: done)?(?: better| improved)?|to (?:complain|improve|fault|change))|"
    r"well done|keep (?:it up|up the good work|doing what you're doing)|(?:five|5) stars?|(?:ten|10) ?(?:out of|/) ?(?:ten|10)|"
    r"number (?:one|1)|above and beyond|would use again)\b"
)
_BLAME = re.compile(
    r"\b(?:waste of (?:time|money|space)|never again|room for improvement|could (?:be|do|have been|have done) (?:much |a lot |so much )?better|"
    r"must do better|not (?:good|great) enough|let me down|stay away|let down|not impressed|not worth it)\b"
)


def generic_theme(text: str) -> str | None:
    """Returns the generic theme of a statement made only of evaluation, vague nouns and function words, or None.

    A negation before an evaluating word turns it around.

    >>> generic_theme("Excellent service, thank you!"), generic_theme("not good at all")
    ('generic-praise', 'generic-complaint')
    >>> generic_theme("excellent price") is None
    True
    """
    text = _BLAME.sub(" awful ", _PRAISE.sub(" excellent ", text.lower().replace("’", "'")))
    words = words_of(text)
    if any(word not in FUNCTION_WORDS | PRAISING | BLAMING | VAGUE_NOUNS for word in words):
        return None
    balance = _balance(words)
    if balance == 0:
        return None
    return GENERIC_PRAISE if balance > 0 else GENERIC_COMPLAINT


def _balance(words: list[str]) -> int:
    """Praising minus blaming words, each turned around by a negation up to three words before it."""
    balance = 0
    for position, word in enumerate(words):
        value = (word in PRAISING) - (word in BLAMING)
        turned = any(is_negation(before) for before in words[max(0, position - 3) : position])
        balance += -value if turned else value
    return balance
