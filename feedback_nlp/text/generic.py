"""Praise and complaint that name nothing: "excellent service", "rubbish". They would be the largest theme otherwise."""

import re

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.statements import words_of
from feedback_nlp.text.words import BLAMING, FUNCTION_WORDS, PRAISING, VAGUE_NOUNS, is_negation

# set phrases whose single words say something else; each counts as one evaluating word
_CANNOT = r"(?:can't|cannot|can not|couldn't|could not)"
_FAULTS = r"(?:complaints?|faults?|problems?|issues?|improvements?|concerns?)"
_PRAISE = re.compile(
    rf"\b(?:{_CANNOT} (?:really |possibly )?(?:fault|complain|improve|ask for (?:any ?thing )?(?:more|better))|"
    rf"{_CANNOT} (?:be|have been|do|have done|get)(?: (?:any|it|much))? ?(?:better|more|nicer|happier)|"
    rf"{_CANNOT} (?:recommend|thank|praise|rate)(?: (?:them|it|you|this|him|her|highly|everyone|all)){{0,3}} enough|"
    rf"{_CANNOT} (?:wish|hope|ask) for (?:an? |any ?thing )?(?:better|more)|{_CANNOT} improve (?:on|upon)|"
    rf"(?:don't|do not|{_CANNOT}) (?:think|believe|see)(?: that| how)? (?:you|they|it|we|there)(?: is| was)? "
    rf"(?:can|could|any ?thing)(?: (?:you|they|we|it) (?:can|could))?(?: (?:be|do|have been|have done))?(?: any)? (?:better|more)|"
    rf"(?:no|without) (?:any )?{_FAULTS}|"
    r"nothing (?:but|better|more|extra|else|(?:that )?(?:you|they|we|i) (?:can|could)(?: have)? (?:do|done|improve)(?: any)? (?:better|more)|can be(?: done)? (?:better|improved)|could (?:be|have been)(?: done)?(?: better| improved)?|"
    r"needs?(?: to be)? (?:done|improved)|to (?:complain|improve|fault|change))|"
    r"(?:no one|nobody) (?:could|can) (?:be|do|have been|have done)(?: it| any)? better|"
    r"well done|keep (?:it up|up the good work|doing what you're doing)|(?:five|5) stars?|(?:ten|10) ?(?:out of|/) ?(?:ten|10)|"
    r"(?:first|top)[ -](?:class|rate|notch|quality)|gold standard|spot on|hats off|thumbs up|number (?:one|1)|above and beyond|would use again)\b"
)
_BLAME = re.compile(
    rf"\b(?:{_CANNOT} (?:be|get|have been|do|have done)(?: (?:any|it|much))? ?worse|any {_FAULTS}|thank(?:s| you) for nothing|"
    r"waste of (?:time|money|space)|never again|room for improvement|could (?:be|do|have been|have done) (?:much |a lot |so much )?better|"
    r"must do better|not (?:good|great) enough|let me down|stay away|let down|not impressed|not worth it)\b"
)
# "No, it was great" answers "anything to improve?"; "would like feedback" praises nothing
_ANSWER = re.compile(r"\s*(?:no|nope|nah|none|nothing)\s*[,.;:!–-]+\s")
_WISHED = re.compile(r"(?:\bwould|\bshould|'d)(?: have)?(?: really)? (?:like|love)\b")
_NAMES_NOTHING = FUNCTION_WORDS | PRAISING | BLAMING | VAGUE_NOUNS


def generic_theme(text: str) -> str | None:
    """Returns the generic theme of a statement made only of evaluation, vague nouns and function words, or None.

    A negation before an evaluating word turns it around, a leading "No," does not.

    >>> generic_theme("Excellent service, thank you!"), generic_theme("not good at all")
    ('generic-praise', 'generic-complaint')
    >>> generic_theme("No, it was great"), generic_theme("I don't have any complaints")
    ('generic-praise', 'generic-praise')
    >>> generic_theme("excellent price") is None
    True
    """
    text = text.lower().replace("’", "'")
    if answer := _ANSWER.match(text):
        text = text[answer.end() :]
    text = _BLAME.sub(" awful ", _PRAISE.sub(" excellent ", _WISHED.sub(" ", text)))
    words = words_of(text)
    if any(word not in _NAMES_NOTHING for word in words):
        return None
    balance = _balance(words)
    if balance == 0:
        return None
    return GENERIC_PRAISE if balance > 0 else GENERIC_COMPLAINT


def _balance(words: list[str]) -> int:
    """Praising minus blaming words, each turned around by a negation up to three words before it ("no" by one)."""
    balance = 0
    for position, word in enumerate(words):
        value = (word in PRAISING) - (word in BLAMING)
        before = words[max(0, position - 3) : position]
        turned = before[-1:] == ["no"] or any(is_negation(word) and word != "no" for word in before)
        balance += -value if turned else value
    return balance
