"""What a question asks for: an answer means the opposite under "what was good?" and "what could be better?"."""

import re
from functools import cache
from typing import Literal

from feedback_nlp.text.lexicons import Lexicon, lexicons

Sense = Literal["faults", "strengths", "neutral"]

_NOT_LIKED = (
    r"(?:\b(?:not|never)|n't)(?: (?:you|we|they|it|so|very))? (?:like|enjoy|lov|satisf|pleas|impress|work|go|good)\w*|"
    r"\bun(?:satisf|impress|pleas|happy|happi)\w*"
)
_FAULTS = re.compile(
    rf"\b(?:improv\w*|better|worse|worst|bad(?:ly)?|wrong|dis(?:like|satisf)\w*|frustrat\w*|annoy\w*|fault\w*|problem\w*|"
    r"issue\w*|complain\w*|disappoint\w*|weak\w*|cons|missing|lacking|challeng\w*|difficult\w*|(?:should|could|would) (?:we|you) "
    rf"(?:change|fix)|change|least|against|negative\w*|suggest\w*)\b|{_NOT_LIKED}",
    re.IGNORECASE,
)
_STRENGTHS = re.compile(
    r"\b(?:good|great|best|most (?:like|enjoy|valu)\w*|liked?|enjoy\w*|lov(?:e|ed|ing)|satisf(?:ied|ying)|pleas(?:ed|ing)|easy|easily|"
    r"(?:went|going|do(?:es|ing)?|work(?:s|ed|ing)?|gone) well|strength\w*|strong\w*|pros|positive\w*|prais\w*|impress\w*|valu(?:e|ed) most)\b",
    re.IGNORECASE,
)
_DISLIKED = re.compile(
    rf"{_NOT_LIKED}|\b(?:like|enjoy|lov|valu|satisf)\w* (?:(?!most|best)\w+ ){{0,3}}least\b|\bleast \w+", re.IGNORECASE
)
# words that ask for neither where they stand here: "would you like to add", "how satisfied", "your complaint", "at least"
_NEITHER = re.compile(
    r"\b(?:would (?:you|we)|you'd|we'd|you would|if you)(?: also)? (?:like|love)\b|\bhow (?:very )?(?:well|good|bad|great|satisfied|pleased|"
    r"impressed|strong(?:ly)?)\b|\bat least\b|\byour (?:complaint|problem|issue)s?\b|\bcomments?,? (?:or|and|/|&) suggestions?\b",
    re.IGNORECASE,
)


@cache
def sense_of_question(question: str) -> Sense:
    """Returns whether a question asks for faults, for strengths, or leaves it open ("neutral", also if for both).

    >>> sense_of_question("What could we do better?"), sense_of_question("What was good?")
    ('faults', 'strengths')
    >>> sense_of_question("Why did you give that score?"), sense_of_question("What did you like or dislike?")
    ('neutral', 'neutral')
    >>> sense_of_question("What didn't you like?"), sense_of_question("Anything else you would like to tell us?")
    ('faults', 'neutral')

    Where no English word of either kind is in it, those of six other languages are looked for.

    >>> sense_of_question("Que pouvons-nous améliorer ?"), sense_of_question("Was hat Ihnen gut gefallen?")
    ('faults', 'strengths')
    """
    words = _NEITHER.sub(" ", question.replace("_", " ").replace("’", "'"))
    faults = bool(_FAULTS.search(words))
    strengths = bool(_STRENGTHS.search(_DISLIKED.sub(" ", words)))
    if faults or strengths:
        return _one_of(faults, strengths)
    senses = [_sense_in(lexicon, words.strip()) for lexicon in lexicons().values()]
    return _one_of("faults" in senses, "strengths" in senses)


def _one_of(faults: bool, strengths: bool) -> Sense:
    if faults == strengths:
        return "neutral"
    return "faults" if faults else "strengths"


def _sense_in(lexicon: Lexicon, question: str) -> Sense:
    if not (lexicon.faults and lexicon.strengths and lexicon.neither):
        return "neutral"
    words = lexicon.neither.sub(" ", question)
    return _one_of(bool(lexicon.faults.search(words)), bool(lexicon.strengths.search(lexicon.faults.sub(" ", words))))
