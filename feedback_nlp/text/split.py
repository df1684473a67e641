"""The table of statements: every comment cut into spans, each with its place and whether it only evaluates."""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import pairwise

import pandas as pd

from feedback_nlp.config import TextConfig
from feedback_nlp.schema import SEGMENTS
from feedback_nlp.text.chunks import sentence_starts
from feedback_nlp.text.generic import generic_theme
from feedback_nlp.text.nonanswers import verdict_of_bare_answer
from feedback_nlp.text.questions import Sense, sense_of_question
from feedback_nlp.text.rejoin import Statement, rejoined
from feedback_nlp.text.statements import Span, bare_statement, statement_spans

_RUN_ON = 45  # words without punctuation beyond which the parser looks for sentence ends ...
_PARSED = 20_000  # ... and characters up to which it does: more was written by no person, and it takes 10 s per 100,000

_COLUMNS = ("segment_id", "response_id", "question", "start", "end", "text", "bare", "generic")


def split(comments: pd.DataFrame, settings: TextConfig = TextConfig()) -> pd.DataFrame:
    """Returns SEGMENTS: one row per statement of every comment with status "comment", in the order of the comments.

    `comment[start:end] == text` for every row, and statements of one comment never overlap. `generic` holds the generic
    theme of a statement that names nothing, also of a bare "nothing" under a question that asks for faults. `bare` is
    the text to embed (see `bare_statement`), without a verdict that was joined to a topic (see `rejoined`).
    """
    answered = comments[comments["status"] == "comment"]
    rows = [
        row
        for response_id, question, comment in answered[["response_id", "question", "comment"]].itertuples(index=False)
        for row in _rows(response_id, question, comment, settings)
    ]
    return SEGMENTS.validate(pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"start": "int64", "end": "int64"}))


def _rows(response_id: str, question: str, comment: str, settings: TextConfig) -> Iterator[tuple[object, ...]]:
    sense = sense_of_question(question)
    for found in rejoined(comment, _statements(comment, sense, settings)):
        place = (response_id, question, found.start, found.end)
        text = comment[found.start : found.end]
        yield segment_id(*place), *place, text, bare_statement(found.topical), found.generic


def _statements(comment: str, sense: Sense, settings: TextConfig) -> Iterator[Statement]:
    for start, end in _spans(comment, settings):
        text = comment[start:end]
        yield Statement(start, end, text, verdict_of_bare_answer(text, sense) or generic_theme(text, sense))


def segment_id(response_id: str, question: str, start: int, end: int) -> str:
    """Returns the id of a statement: a hash of where it stands, the same in every run.

    >>> segment_id("r1", "why", 0, 10) == segment_id("r1", "why", 0, 10) != segment_id("r1", "why", 0, 11)
    True
    """
    place = "\x1f".join((response_id, question, str(start), str(end)))
    return blake2b(place.encode(), digest_size=10).hexdigest()


def _spans(comment: str, settings: TextConfig) -> list[Span]:
    spans = []
    for start, end in statement_spans(comment):
        if comment.count(" ", start, end) < _RUN_ON or end - start > _PARSED:
            spans.append((start, end))
            continue
        starts = [start + offset for offset in sentence_starts(comment[start:end], settings.spacy_model)]
        spans.extend(_between(comment, [*starts, end]))
    return spans


def _between(comment: str, edges: list[int]) -> Iterator[Span]:
    for start, end in pairwise(edges):
        text = comment[start:end]
        first, last = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
        if first < last:
            yield first, last
