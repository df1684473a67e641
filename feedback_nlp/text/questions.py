"""What a question asks for: an answer means the opposite under "what was good?" and "what could be better?"."""

import re
from functools import cache
from typing import Literal

Sense = Literal["faults", "strengths", "neutral"]

_FAULTS = re.compile(
    r"\b(?:improv\w*|better|worse|worst|bad(?:ly)?|wrong|dis(?:like|satisf)\w*|frustrat\w*|annoy\w*|fault\w*|problem\w*|"
    r"issue\w*|complain\w*|disappoint\w*|weak\w*|cons|missing|lacking|challeng\w*|difficult\w*|(?:should|could|would) (?:we|you) "
    r"(?:change|fix)|not (?:like|good|work|go)\w*|change|least|against|negative\w*|suggest\w*)\b",
    re.IGNORECASE,
)
_STRENGTHS = re.compile(
    r"\b(?:good|great|best|most (?:like|enjoy|valu)\w*|(?<!not )(?:liked?|enjoy\w*|lov(?:e|ed|ing)|satisf\w*|pleas(?:ed|ing))|"
    r"went well|do(?:es|ing)? well|works? well|strength\w*|strong\w*|pros|positive\w*|prais\w*|impress\w*|valu(?:e|ed) most)\b",
    re.IGNORECASE,
)


@cache
def sense_of_question(question: str) -> Sense:
    """Returns whether a question asks for faults, for strengths, or leaves it open ("neutral", also if for both).

    >>> sense_of_question("What could we do better?"), sense_of_question("What was good?")
    ('faults', 'strengths')
    >>> sense_of_question("Why did you give that score?"), sense_of_question("What did you like or dislike?")
    ('neutral', 'neutral')
    """
    words = question.replace("_", " ")
    faults, strengths = bool(_FAULTS.search(words)), bool(_STRENGTHS.search(words))
    if faults == strengths:
        return "neutral"
    return "faults" if faults else "strengths"
