"""Comments to statements: clauses with offsets, by punctuation and connecting words.

Decided by experiment on human-labelled comments: clauses and short lists carry one topic each, sentences often two;
parser clauses were no better at a hundred times the cost. Sentence ends are those of every script; what opens a clause
and what joins a list are words of English, and of the comment's language where languages.toml has them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from feedback_nlp.text.lexicons import lexicon_of
from feedback_nlp.text.words import BLAMING, FUNCTION_WORDS, PRAISING, words_of

Span = tuple[int, int]

# Every run of a repeated character is tried once, from its start (the look-behinds) and without giving back (the "+"
# after a quantifier): 20,000 spaces or exclamation marks take milliseconds, not minutes.
_SENTENCE_END = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+\s++|(?<!\s)\s*[\r\n\u2028]+[\s•*·–-]*+|(?<!\s)\s++[•·●▪◦‣]\s*+|[;؛]\s++|"
    r"(?<![。！？｡؟۔।॥။។።։])[。！？｡؟۔।॥။។።։]++[”’」』）\"')]*+\s*+|；\s*+|．(?!\d)\s*+|"  # scripts with no space after
    r"(?<=[\u0e01-\u0e4e]{8}) ++(?=[\u0e01-\u0e4e]{8})|"  # Thai ends a clause with a space, and puts one around names
    r"(?!(?<=\d)\s++[–—-]{1,2}\s++\d)(?<!\s)\s++[–—-]{1,2}\s++"  # not the dash of "5 - 10 minutes"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[a-z]|mr|mrs|ms|dr|prof|st|vs|approx|ext|tel|e\.g|i\.e|mme|mlle|sra?|srta|dra|dott|sig|ej|bzw|ca|evtl|"
    r"inkl|ggf|vgl|tél|blz|bv)\.$",
    re.IGNORECASE,
)
# these end a sentence as well: "waited 40 mins. Then they hung up"
_ABBREVIATION_OR_END = re.compile(
    r"(?:^|[\s(])(?:(?:[a-z]\.)+[a-z]|no|nr|min|mins|hr|hrs|etc|inc|ltd|dept|appt|usw|ecc|enz)\.$", re.IGNORECASE
)
_DAY = re.compile(  # "am 3. Mai"
    r"(?<!\d)\d{1,2}\.\s++(?=(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez)\w{0,6}\b)", re.IGNORECASE
)
_SUBJECT = (
    r"(?:the|they|it|we|i|he|she|you|my|our|your|their|his|her|its|this|that|these|those|there|no|not|very|staff|"
    r"everyone|everything|nobody|nothing|was|were|is|are|had|have|would|could|should|didn't|don't|wasn't|can't)\b"
)
# the same in languages other than English, only where a comma or an unmistakable word shows it
_ELSEWHERE_BUT = r"(?:mais|cependant|par contre|aber|jedoch|pero|però|ma|mas|porém|maar|ale|men|но|а|nhưng|ama)"
_ELSEWHERE_SUBJECT = (
    r"(?:le|la|les|un|une|des|il|elle|on|je|nous|vous|ils|elles|ce|pas|très|der|die|das|ein|eine|ich|wir|sie|es|er|nicht|sehr|"
    r"el|los|las|muy|det|den|de|jag|vi)"
)
_CLAUSE = re.compile(
    r"(?:[,:]|(?<![\s,:]))\s++(?=(?:but|however|although|though|whereas|unfortunately|yet also|except that)\b)"
    rf"|,\s*+(?=(?:and|so|which|or|then|also)\b)|,\s*+(?={_SUBJECT})|(?:,|(?<![\s,]))\s++(?=and\s+{_SUBJECT})"
    r"|(?<!\s)\s++\(\s*+|(?<!\(s)\)\s++"  # "the agent(s) on duty" stays whole
    rf"|,\s*+(?={_ELSEWHERE_BUT}\b)|(?<![\s,:])\s++(?=(?:aber|jedoch|pero|sin embargo|однако|nhưng)\b)"
    rf"|,\s*+(?=(?:et|und|y|och|og)\s++{_ELSEWHERE_SUBJECT}\b)"
    r"|[，、]\s*+(?=但|可是|不过|不過|然而|而且|并且|另外|只是|ただ|しかし)|(?<=\w{4})，\s*+(?=\w{4})|(?<=[\u3400-\u9fff]{4}),\s*+(?=[\u3400-\u9fff]{4})"
    r"|،\s*+(?=و?لكن|אבל)|,\s*+(?=אבל)",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(
    r"(?<!\s)\s*+(?:,(?!\d)|(?<!\d),|،)\s*+(?:(?:and|or|&|et|ou|und|oder)\s++)?|(?<!\s)\s++(?:and|&)\s++|(?<!\s)\s*+[/+]\s++|"
    r"(?<=[\u3400-\u9fff])、(?=[\u3400-\u9fff])",  # not the one after a Japanese particle
    re.IGNORECASE,
)
_LIST_ITEM = 3  # words an item of a list may have
# scripts without spaces, and how many of their characters stand for a word
_UNSPACED = re.compile(r"[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_CHARACTERS = 2
_CONNECTIVE = re.compile(
    r"(?:(?:and|but|so|also|although|though|however|because|which|that|then|or|as|when|while|plus|yet|et|mais|und|aber|pero)\b[\s,]*)+",
    re.IGNORECASE,
)
# what is never cut inside: links and addresses, and names between quotation marks
_WHOLE = re.compile(
    r"(?<![A-Za-z0-9_])(?:https?://|www\.)[^\s，、。！？；」）]{1,2000}|(?<![\w.@-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}|"
    r"(?<!\w)\"[^\"\n]{1,60}\"(?!\w)|“[^“”\n]{1,60}”|«[^«»\n]{1,60}»|„[^„“\n]{1,60}“|(?<!\w)'[^'\n]{1,60}'(?!\w)|「[^「」\n]{1,60}」"
)
_NUMBERING = re.compile(r"(?<![^\s,;:.!?])\(?(\d{1,2})[.)]\s++(?=[^\W\d_])")
_NO_WORDS = re.compile(r"@\w+|https?://\S+|▮[^▮]{0,20}▮|[#\"“”]")
_NUMBER_OF_ITEM = re.compile(r"\(?\d{1,2}[.)]\s+(?=[^\W\d_])")
_MARKS = " .,;:!?…–—-'’。！？｡，、；：؟،؛۔।॥"
_EDGE = ' \t\r\n\u00a0\u3000,;:，、；،؛-–—•*·●▪◦‣()[]"“”'


def statement_spans(text: str, language: str | None = None) -> list[Span]:
    """Returns the (start, end) offsets of a comment's statements: in order, never overlapping, never empty.

    A fragment without a word of its own ("however", "I think") joins its neighbour. Every letter and digit of the
    comment is in a statement.

    Args:
        text: a comment in any script.
        language: ISO 639-1 code; None where it is not known, which is read as English.

    >>> text = "Quick reply, but the agent was rude. Price and delivery ok"
    >>> [text[start:end] for start, end in statement_spans(text)]
    ['Quick reply', 'but the agent was rude.', 'Price', 'and delivery ok']
    >>> text = "Accueil et conseils parfaits, les prix sont trop élevés"
    >>> [text[start:end] for start, end in statement_spans(text, "fr")]
    ['Accueil', 'et conseils parfaits', 'les prix sont trop élevés']
    """
    spans: list[Span] = []
    whole, tongue = _Whole(text), _tongue(language)
    for sentence in _trimmed(text, _sentences(text, whole)):
        clauses = _trimmed(text, _cut(sentence, whole.outside(tongue.clause.finditer(text, *sentence))))
        for clause in _join_empty(text, clauses, language):
            spans.extend(_list_items(text, clause, whole, tongue))
    return _join_empty(text, spans, language)


def has_content(text: str, language: str | None = None) -> bool:
    """Returns whether a text has a word beyond the function words of its language (English, if None).

    >>> has_content("and I think that"), has_content("but slow"), has_content("Nothing.")
    (False, True, True)
    >>> has_content("je pense que", "fr"), has_content("贵", "zh")
    (False, True)
    """
    empty = _tongue(language).empty
    return any(word not in empty and (len(word) > 1 or _UNSPACED.match(word)) for word in words_of(text))


def bare_statement(text: str) -> str:
    """Returns what a statement says on its own, for encoding: lower case, one space between words, without the
    connective it begins with, the marks at its ends, handles, links and masked spots.

    >>> bare_statement("and the agent @acme was RUDE!"), bare_statement("However")
    ('the agent was rude', 'however')
    """
    words = " ".join(_NO_WORDS.sub(" ", text.replace("’", "'")).split())
    words = _NUMBER_OF_ITEM.sub("", words, count=1) if _NUMBER_OF_ITEM.match(words) else words.strip(_MARKS)
    opening = _CONNECTIVE.match(words)
    return (words[opening.end() if opening else 0 :].strip(_MARKS) or words or text).lower()


@dataclass(frozen=True)
class _Tongue:
    """What cutting needs of a language."""

    empty: frozenset[str]  # function words
    judging: frozenset[str]  # these, and the words that name nothing
    clause: re.Pattern[str]
    list_mark: re.Pattern[str]


@cache
def _tongue(language: str | None) -> _Tongue:
    if language in (None, "en"):
        return _Tongue(FUNCTION_WORDS, FUNCTION_WORDS | PRAISING | BLAMING, _CLAUSE, _LIST_MARK)
    lexicon = lexicon_of(language)
    empty = lexicon.function_words | lexicon.negations
    clause, list_mark = _CLAUSE, _LIST_MARK
    if lexicon.subjects and lexicon.joints:
        subject, joint = (rf"(?:{'|'.join(sorted(words))})" for words in (lexicon.subjects, lexicon.joints))
        more = rf",\s*+(?={subject}\b)|(?:,|(?<![\s,]))\s++(?={joint}\s++{subject}\b)"
        clause = re.compile(f"{_CLAUSE.pattern}|{more}", re.IGNORECASE)
        list_mark = re.compile(rf"{_LIST_MARK.pattern}|(?<!\s)\s++{joint}\s++", re.IGNORECASE)
    return _Tongue(empty, empty | lexicon.praise | lexicon.blame | lexicon.no_nouns, clause, list_mark)


class _Whole:
    """The spans of a text inside which nothing is cut."""

    def __init__(self, text: str) -> None:
        spans = [match.span() for match in _WHOLE.finditer(text)]
        self.starts, self.ends = [start for start, _ in spans], [end for _, end in spans]

    def outside(self, marks: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
        """Returns the marks that do not lie wholly inside one of the spans."""
        for mark in marks:
            at = bisect_right(self.starts, mark.start()) - 1
            if at < 0 or mark.end() >= self.ends[at]:
                yield mark


def _sentences(text: str, whole: _Whole) -> Iterator[Span]:
    """Cuts after sentence ends, and before the numbers of a numbered list."""
    numbers = _numbers_of_a_list(text)
    edges = {0, len(text), *(match.start() for match in numbers)}
    after_numbers = {match.end() for match in numbers}
    for mark in whole.outside(_SENTENCE_END.finditer(text)):
        if mark.end() not in after_numbers and not _is_abbreviation(text, mark):
            edges.add(mark.end())
    return pairwise(sorted(edges))


def _numbers_of_a_list(text: str) -> list[re.Match[str]]:
    """The marks "1." "2)" … of a list within a line: counting up from one, at least to two."""
    counted: list[re.Match[str]] = []
    for match in _NUMBERING.finditer(text):
        if int(match.group(1)) == len(counted) + 1:
            counted.append(match)
    return counted if len(counted) > 1 else []


def _is_abbreviation(text: str, mark: re.Match[str]) -> bool:
    if not mark.group().startswith("."):
        return False
    before = text[max(0, mark.start() - 12) : mark.start() + 1]
    if _DAY.match(text, max(0, mark.start() - 2)) or _DAY.match(text, max(0, mark.start() - 1)):
        return True
    goes_on = not text[mark.end() : mark.end() + 1].isupper()
    return bool(_ABBREVIATION.search(before) or (goes_on and _ABBREVIATION_OR_END.search(before)))


def _cut(span: Span, marks: Iterable[re.Match[str]]) -> Iterator[Span]:
    """Cuts a span at marks; sentence punctuation stays with what it ends, white space is trimmed later."""
    start, end = span
    for match in marks:
        if match.start() > start:
            yield start, match.end()
            start = match.end()
    yield start, end


def _trimmed(text: str, spans: Iterable[Span]) -> list[Span]:
    kept = []
    for start, end in spans:
        while start < end and text[start] in _EDGE:
            start += 1
        while end > start and text[end - 1] in _EDGE:
            end -= 1
        if start < end:
            kept.append((start, end))
    return kept


def _list_items(text: str, clause: Span, whole: _Whole, tongue: _Tongue) -> list[Span]:
    """Cuts "friendly, quick and cheap" into its items if each is short and there is no verb to share."""
    items = _trimmed(text, _cut_before(clause, whole.outside(tongue.list_mark.finditer(text, *clause))))
    if len(items) < 2 or any(_n_words(text[start:end]) > _LIST_ITEM + 1 for start, end in items):
        return [clause]
    # "very kind and helpful" is one verdict: only items that name something stand alone
    named = sum(_names_something(text[start:end], tongue) for start, end in items)
    return items if named == len(items) else [clause]


def _cut_before(span: Span, marks: Iterable[re.Match[str]]) -> Iterator[Span]:
    """Cuts a span at marks so that "and" opens the second item and no character is lost between the two."""
    start, end = span
    for match in marks:
        if match.start() > start and match.end() < end:
            lead = len(match.group()) - len(match.group().lstrip(" ,/+،、"))
            yield start, match.start()
            start = match.start() + lead
    yield start, end


def _n_words(text: str) -> int:
    return sum(1 + len(word) // _CHARACTERS if _UNSPACED.match(word) else 1 for word in words_of(text))


def _names_something(item: str, tongue: _Tongue) -> bool:
    return any(word not in tongue.judging and (len(word) > 2 or _UNSPACED.match(word)) for word in words_of(item))


def _join_empty(text: str, spans: list[Span], language: str | None) -> list[Span]:
    """Joins a span without content to the one before it, or to the one after it at the start."""
    joined: list[Span] = []
    for start, end in spans:
        is_empty = not has_content(text[start:end], language)
        if joined and (is_empty or not has_content(text[slice(*joined[-1])], language)):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
