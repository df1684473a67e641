"""Praise and complaint that name nothing: "excellent service", "rubbish". They would be the largest theme otherwise."""

import re

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.questions import Sense
from feedback_nlp.text.verdicts import verdict_elsewhere
from feedback_nlp.text.words import BLAMING, FUNCTION_WORDS, PRAISING, VAGUE_NOUNS, is_negation, words_of

# set phrases whose single words say something else; each counts as one evaluating word
_CANNOT = r"(?:can't|cant|cannot|can not|couldn't|couldnt|could not)"
_DO_NOT = r"(?:don't|dont|do not|didn't|did not)"
_FAULTS = r"(?:complaints?|faults?|problems?|issues?|improvements?|concerns?)"
_BETTER = (
    r"(?:better(?:ed)?|improved?|improvements?|improving|faulted|faults?|differently|"
    r"(?:do|done|be|have been) (?:any |anything )?(?:more|else|different))"
)
_ANY = r"(?:any ?thing|anyone|no ?thing|could|couldn't|can|can't|needs?|any (?:need|way)|how)"
_FEW_WORDS = r"(?: [\w']{1,20}){0,8}?"  # bounded, so that the search stays linear
_PRAISE = re.compile(
    rf"\b(?:{_CANNOT} (?:really |possibly |honestly )?(?:fault|complain|improve|better|beat|ask for (?:any ?thing )?(?:more|better))|"
    rf"{_CANNOT} (?:have |of )?(?:be|been|do|done|get|improved|had|asked for)(?: (?:treated|looked after))?(?: (?:any ?thing|any|it|much|a))* ?(?:better|more|nicer|happier|differently|improved)|"
    rf"{_CANNOT} (?:recommend|thank|praise|rate)(?: (?:them|it|you|this|him|her|highly|everyone|all)){{0,3}} enough|"
    rf"{_CANNOT} (?:have |of )improved(?: any ?thing| it)?|{_CANNOT} (?:wish|hope|ask) for (?:an? |any ?thing )?(?:better|more)|{_CANNOT} improve (?:on|upon)|"
    rf"(?:{_CANNOT} (?:really |honestly )?(?:think|see|imagine|find|suggest)|{_DO_NOT} (?:really |honestly )?(?:think|believe|feel|see))"
    rf"{_FEW_WORDS} {_ANY}{_FEW_WORDS} {_BETTER}|"
    rf"(?:nothing|not a thing|no ?thing|no one|nobody){_FEW_WORDS} (?:could|can|couldn't|can't|needs?|think of|to){_FEW_WORDS} {_BETTER}|"
    rf"(?:no|without) (?:any )?{_FAULTS}|(?:hard|difficult|impossible) to (?:improve|fault|better|find (?:any )?faults?)|"
    rf"no (?:need|room|reason)s? (?:for|to) (?:any )?(?:improvements?|improve|changes?|change)|no changes? (?:needed|necessary|required)|"
    r"nothing (?:but|better|more|extra|else|(?:that )?(?:you|they|we|i) (?:can|could)(?: have)? (?:do|done|improve)(?: any)? (?:better|more)|can be(?: done)? (?:better|improved)|could (?:be|have been)(?: done)?(?: better| improved)?|"
    r"needs?(?: to be)? (?:done|improv\w+)|to (?:complain|improve|fault|change))|"
    rf"{_DO_NOT} change (?:any ?thing|a thing)|never (?:had )?(?:a|any) {_FAULTS}|"
    r"(?:did|do|does|done|went|go|goes|going|worked|works|handled|treated|run|performed)(?: (?!as\b|not\b|never\b)[\w']{1,20}){0,3}? well|"
    r"well (?:looked after|cared for|treated|handled)|(?:looked after|cared for|treated)(?: (?!as\b|not\b|never\b)[\w']{1,20}){0,2}? well|"
    r"(?:met|meets|exceeded|exceeds|beyond|above) (?:all )?(?:my |our |all )?(?:needs|expectations)|in (?:very )?(?:good|safe) hands|nothing (?:was |is )?wrong|"
    r"(?:do|did|does|done|doing) (?:everything|all) (?:right|(?:that )?(?:they|you|he|she) (?:possibly )?(?:could|can)(?: have| do)?(?: done)?)|"
    r"never (?:once )?let (?:me|us|anyone) down|deserves? (?:a medal|medals|praise)|well done|keep (?:it up|up the (?:good|great|excellent) work|(?:on )?doing (?:what|as) you(?:'re| are)(?: doing)?|the same|going)|"
    r"(?:keep|carry) (?:on|up)(?: with)?(?: doing)? (?:the|what you(?:'re|r| are)|your|as you are)(?: doing)?(?: (?:good|great|excellent))?(?: work)?|"
    r"(?:five|5) stars?|(?:ten|10) ?(?:out of|/) ?(?:ten|10)|1(?:00|10) ?(?:%|percent|per cent)|"
    r"(?:first|1st|top)[ -](?:class|rate|notch|quality)|gold standard|spot on|hats off|thumbs up|number (?:one|1)|above and beyond|would use again)(?![\w'])"
)
_BLAME = re.compile(
    rf"\b(?:{_CANNOT} (?:be|get|have been|do|have done)(?: (?:any|it|much))? ?worse|any {_FAULTS}|thank(?:s| you) for nothing|"
    r"waste of (?:time|money|space)|never again|room for improvement|could (?:be|do|have been|have done) (?:much |a lot |so much )?better|"
    r"must do better|not (?:good|great) enough|let me down|stay away|let down|not impressed|not worth it)\b"
)
# what is said around a verdict and adds nothing to it
_ASIDE = re.compile(
    r"\b(?:at (?:this|the) (?:present )?(?:time|moment)(?: in time)?|at present|at all times|(?:every|each|this|all the) time|"
    r"(?:on|in) (?:this|my|our) (?:occasion|case|instance|view|opinion|experience|situation)|"
    r"(?:in|under|given) (?:the|these|current|difficult) circumstances|as far as (?:i'm|i am|we're|we are) concerned|"
    r"to be (?:honest|fair)|tbh|imo|for (?:me|us)|from (?:the )?(?:start|beginning|first|moment one) to (?:the )?(?:finish|end|last)|"
    r"(?:start|beginning) to (?:finish|end)|all[ -]round|in (?:every|all) (?:ways?|respects?|aspects?)|in general|as (?:i |we )?expected|"
    r"when(?:ever)? (?:i|we|you) need(?:ed)?(?: (?:it|them|help))?|for (?:all )?(?:your|the|their) help|"
    r"(?:because )?i (?:give|gave|chose) (?:this|that|it|the) (?:score|answer|reason|rating|mark))\b"
)
# "No, it was great" answers "anything to improve?"; so does "nothing everything was perfect"
_ANSWER = re.compile(
    r"\s*(?:no|nope|nah|none|not really|not at all|nothing)(?:\s*[,.;:!–-]+\s|"
    r"\s+(?=(?:it|they|you|i|we|he|she|all|everyone|everybody|that)(?:'s|'re|'m| (?:was|is|were|are|am|have|had|do|did|does|went)\b)|"
    r"everything\b|all (?:good|great|fine|ok)\b|the service (?:was|is)\b))"
)
# "Nothing, excellent service" where faults are asked for: the answer is no, and what follows says why
_NONE_FIRST = re.compile(
    r"\s*(?:absolutely |really |honestly )?(?:nothing|none|not a thing)\b(?! (?:but|was|is|got|has|more|else|wrong|better|to|you|they|we|i|that)\b)[\s,.;:!–-]*(?=\w)"
)
# what an answer says no to is not what it is about, unless it makes an exception
_EXCEPTION = re.compile(
    r"\b(?:but|except|apart|aside|other|unless|although|though|however|only|just|maybe|perhaps|until|if)\b"
)
_LONGEST_NO = 16  # words of an answer that says no; a longer one tells something
# "would like feedback" praises nothing
_WISHED = re.compile(r"(?:\bwould|\bshould|'d)(?: have)?(?: really)? (?:like|love)\b")
# an answer that opens so, and says no more, names no fault where faults are asked for, and no strength where those are
_NOTHING = re.compile(
    rf"(?:(?:well|just|so|really|honestly|absolutely|currently|i|we|there|there's|is|was|have|am|that|and|mean) )*?"
    rf"(?:(?:nothing|nothin|none|nowt|not a thing)(?! (?:gets?|got|happen\w*|works?|chang\w+|ever|is|was|has|had)\b)|"
    rf"not (?:that|really|much|very much|a lot|a great deal|so)|isn't any|isn't anything|{_CANNOT} (?:really |honestly )?(?:think|see|suggest)|"
    rf"{_DO_NOT} (?:really |honestly )?(?:think|believe)|(?:no|without) (?:suggestions?|changes?|comments?|improvements?|ideas?))\b"
)
_NO_FAULT = re.compile(
    rf"\s*(?:(?:no|nope|well|honestly|really|sorry)[\s,.]+)?(?:i |we |there |there's |there is |there was )?(?:really |honestly |truly )?"
    rf"(?:(?:{_CANNOT}|{_DO_NOT}|do not|don't) (?:really |honestly )?(?:think|see|imagine|find|suggest|believe|know|say)"
    rf"{_FEW_WORDS} (?:{_ANY}|what|how){_FEW_WORDS} {_BETTER}|"
    rf"(?:nothing|not a thing|no ?thing)(?: (?:that|which))?{_FEW_WORDS} (?:could|can|couldn't|can't|needs?|negative|bad)(?: [\w']{{1,20}}){{0,4}}? "
    rf"(?:{_BETTER}|said|say))\b"
)
_EMPTY_TALK = frozenset(
    """
    nothing none mean meant
    think see say said suggest suggestion suggestions mind comes come springs spring obvious drastic major specific particular
    significant special hand moment time honest need needed needs necessary required change changes improvement improvements
    suggested improve improved better deal great
    """.split()
)
_MORE_PRAISE = frozenset(
    "impeccable faultless magnificent brill fab ace sterling sublime satisfying satisfaction content a1 peerless".split()
)
_MORE_BLAME = frozenset("sucks suck sucked trash horrific deplorable inexcusable shite dissatisfaction".split())
_AROUND = frozenset(
    """
    received receive receiving provided provide provides providing offered offer care organisation organization firm provider
    right complete total usual
    """.split()
)
_GOOD, _BAD = PRAISING | _MORE_PRAISE, BLAMING | _MORE_BLAME
_NAMES_NOTHING = FUNCTION_WORDS | _GOOD | _BAD | VAGUE_NOUNS | _AROUND


def generic_theme(text: str, sense: Sense = "neutral") -> str | None:
    """Returns the generic theme of a statement made only of evaluation, vague nouns and function words, or None.

    A negation before an evaluating word turns it around, a leading "No," does not. `sense` is what the question asks
    for: "nothing that comes to mind" praises where faults are asked for, and complains where strengths are. Where
    English words say nothing of it, those of six other languages are asked (see `verdict_elsewhere`).

    >>> generic_theme("Excellent service, thank you!"), generic_theme("not good at all")
    ('generic-praise', 'generic-complaint')
    >>> generic_theme("No, it was great"), generic_theme("I don't have any complaints")
    ('generic-praise', 'generic-praise')
    >>> generic_theme("Not that I can think of", "faults"), generic_theme("excellent price")
    ('generic-praise', None)
    >>> generic_theme("Nothing, excellent service", "faults"), generic_theme("The service", "strengths")
    ('generic-praise', 'generic-praise')
    >>> generic_theme("Très bien, rien à redire"), generic_theme("schlechter Service")
    ('generic-praise', 'generic-complaint')
    """
    said = text.lower().replace("’", "'")
    return _in_english(said, sense) or verdict_elsewhere(said)


def _in_english(text: str, sense: Sense) -> str | None:
    text = _ASIDE.sub(" ", text)
    if answer := _ANSWER.match(text):
        text = text[answer.end() :]
    if sense != "neutral" and _names_no(text):
        return GENERIC_PRAISE if sense == "faults" else GENERIC_COMPLAINT
    if sense == "faults":
        if _finds_no_fault(text):
            return GENERIC_PRAISE
        text = _NONE_FIRST.sub("", text, count=1)
    text = _BLAME.sub(" awful ", _PRAISE.sub(" excellent ", _WISHED.sub(" ", text)))
    words = words_of(text)
    if any(word not in _NAMES_NOTHING for word in words):
        return None
    balance = _balance(words) or _of_bare_nouns(words, sense)
    if balance == 0:
        return None
    return GENERIC_PRAISE if balance > 0 else GENERIC_COMPLAINT


def _names_no(text: str) -> bool:
    """Whether an answer says "nothing" in some words and no more."""
    text = " ".join(words_of(text))
    opening = _NOTHING.match(text)
    if opening is None:
        return False
    return all(word in FUNCTION_WORDS or word in _EMPTY_TALK for word in text[opening.end() :].split())


def _of_bare_nouns(words: list[str], sense: Sense) -> int:
    """Praise (1) of "the service" and no more where the question asks for what was good; elsewhere it says nothing."""
    has_noun = any(word in VAGUE_NOUNS or word in _AROUND for word in words) and not any(map(is_negation, words))
    return int(sense == "strengths" and has_noun)


def _finds_no_fault(text: str) -> bool:
    """Whether an answer opens with "I can't think of anything the crew could do better", and makes no exception."""
    opening = _NO_FAULT.match(text)
    if opening is None or len(text.split()) > _LONGEST_NO:
        return False
    return not _EXCEPTION.search(text, opening.end())


def _balance(words: list[str]) -> int:
    """Praising minus blaming words, each turned around by a negation up to three words before it ("no" by one)."""
    balance = 0
    for position, word in enumerate(words):
        value = (word in _GOOD) - (word in _BAD)
        before = words[max(0, position - 3) : position]
        turned = before[-1:] == ["no"] or any(is_negation(word) and word != "no" for word in before)
        balance += -value if turned else value
    return balance
