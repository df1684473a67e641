"""The table of statements: every comment cut into spans, each with its place and whether it only evaluates."""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import pandas as pd

from feedback_nlp.config import TextConfig
from feedback_nlp.schema import SEGMENTS
from feedback_nlp.text.chunks import sentence_starts
from feedback_nlp.text.generic import generic_theme
from feedback_nlp.text.nonanswers import verdict_of_bare_answer
from feedback_nlp.text.questions import Sense, sense_of_question
from feedback_nlp.text.rejoin import Statement, rejoined
from feedback_nlp.text.statements import Span, bare_statement, statement_spans

_RUN_ON = 45  # words without punctuation beyond which a parser of the language looks for sentence ends ...
_PARSED = 20_000  # ... and characters up to which it does: more was written by no person, and it takes 10 s per 100,000

_COLUMNS = ("segment_id", "response_id", "question", "start", "end", "text", "bare", "generic")


def split(comments: pd.DataFrame, settings: TextConfig = TextConfig()) -> pd.DataFrame:
    """Returns SEGMENTS: one row per statement of every comment with status "comment", in the order of the comments.

    `comment[start:end] == text` for every row, and statements of one comment never overlap. `generic` holds the generic
    theme of a statement that names nothing, also of a bare "nothing" under a question that asks for faults. `bare` is
    the text to embed (see `bare_statement`), without a verdict that was joined to a topic (see `rejoined`). A comment
    is cut by the words of its language; one whose language is not told counts to that of most comments.
    """
    answered = comments[comments["status"] == "comment"]
    told = answered["language"].fillna(_most_told(answered["language"]))
    cells = zip(answered["response_id"], answered["question"], answered["comment"], told, strict=True)
    rows = [row for key, question, text, code in cells for row in _rows(key, question, text, code, settings)]
    return SEGMENTS.validate(pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"start": "int64", "end": "int64"}))


def _most_told(languages: pd.Series) -> str:
    """The language of most comments, the first of equals; English where none is told."""
    counts = languages.value_counts()
    return str(min(counts.index[counts == counts.max()])) if len(counts) else "en"


def _rows(
    response_id: str, question: str, comment: str, language: str, settings: TextConfig
) -> Iterator[tuple[object, ...]]:
    sense = sense_of_question(question)
    for found in rejoined(comment, _statements(comment, language, sense, settings)):
        place = (response_id, question, found.start, found.end)
        text = comment[found.start : found.end]
        yield segment_id(*place), *place, text, bare_statement(found.topical), found.generic


def _statements(comment: str, language: str, sense: Sense, settings: TextConfig) -> Iterator[Statement]:
    for start, end in _spans(comment, language, settings):
        text = comment[start:end]
        yield Statement(start, end, text, verdict_of_bare_answer(text, sense) or generic_theme(text, sense))


def segment_id(response_id: str, question: str, start: int, end: int) -> str:
    """Returns the id of a statement: a hash of where it stands, the same in every run.

    >>> segment_id("r1", "why", 0, 10) == segment_id("r1", "why", 0, 10) != segment_id("r1", "why", 0, 11)
    True
    """
    place = "\x1f".join((response_id, question, str(start), str(end)))
    return blake2b(place.encode(), digest_size=10).hexdigest()


def _spans(comment: str, language: str, settings: TextConfig) -> list[Span]:
    spans = []
    is_parsed = language == _language_of_pipeline(settings.spacy_model)
    for start, end in statement_spans(comment, language):
        if not is_parsed or comment.count(" ", start, end) < _RUN_ON or end - start > _PARSED:
            spans.append((start, end))
            continue
        starts = [start + offset for offset in sentence_starts(comment[start:end], settings.spacy_model)]
        spans.extend(_between(comment, [*starts, end]))
    return spans


def _language_of_pipeline(spacy_model: str) -> str:
    """The language that a spaCy pipeline's name begins with, as in "en_core_web_sm"; English where it names none."""
    code, _, rest = Path(spacy_model).name.partition("_")
    return code if rest and 2 <= len(code) <= 3 else "en"


def _between(comment: str, edges: list[int]) -> Iterator[Span]:
    for start, end in pairwise(edges):
        text = comment[start:end]
        first, last = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
        if first < last:
            yield first, last
