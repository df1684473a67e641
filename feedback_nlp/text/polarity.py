"""Whether a statement praises or complains: from its words and from the question it answers, never from the score.

A trained head (see `heads`) reads a statement's vector together with signs in its words, in the languages it knows and
with the encoder it was trained on. Elsewhere words stand alone: the VADER lexicon for English (Hutto & Gilbert 2014),
settled words for six languages more, and wishes, which count against ("should answer faster"). What none of them knows
stays 0, and `unread_share` says how much that is. The question leans what is left open: a bare noun under "what could
be better?" is a fault.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE, MENTIONS, Vectors
from feedback_nlp.text.heads import PolarityHead, head_of
from feedback_nlp.text.lexicons import told_language
from feedback_nlp.text.nonanswers import verdict_of_bare_answer
from feedback_nlp.text.questions import Sense, sense_of_question
from feedback_nlp.text.signs import SIGNS, plain_signs_of, signs_of
from feedback_nlp.text.words import words_of

_LEAN = {"faults": -0.2, "strengths": 0.2, "neutral": 0.0}
_GENERIC = {GENERIC_PRAISE: 0.6, GENERIC_COMPLAINT: -0.6}
_EVALUATION, _WISH = 0.4, -0.2  # what settled words and a wish say where no head reads
_COMPOUND = SIGNS.index("compound")
_NOTABLE = 0.1  # share of statements without a reading from which a reader should know


def polarity(mentions: pd.DataFrame, vectors: Vectors, encoder: str = "") -> pd.DataFrame:
    """Returns the mentions with their polarity in [-1, 1]: above 0 praise, below 0 complaint, 0 neither or not read.

    Args:
        mentions: MENTIONS in the order of the segments.
        vectors: float32 (n segments, d), row i for the i-th distinct segment_id of `mentions`.
        encoder: fingerprint of the encoder of `vectors`; a trained head is used only with its own.

    A statement is read in the language of its whole comment, or where that is not told, in that of most comments.
    """
    positions, ids = pd.factorize(mentions["segment_id"])
    if len(ids) != len(vectors):
        raise ValueError(f"{len(ids)} segments among the mentions, but {len(vectors)} vectors")
    first = mentions.drop_duplicates("segment_id")
    readings = statement_polarity(first["text"].tolist(), vectors, encoder, _languages(first))
    questions = zip(first["text"], first["question"], first["theme_id"], readings, strict=True)
    settled = np.array([_settle(*row) for row in questions], dtype=float)
    return MENTIONS.validate(mentions.assign(polarity=settled[positions] if len(settled) else 0.0))


def statement_polarity(
    texts: Sequence[str], vectors: Vectors, encoder: str = "", languages: Sequence[str | None] | None = None
) -> NDArray[np.float64]:
    """Returns the polarity of statements from their words alone, in [-1, 1], before the question is looked at.

    A statement in a language that neither the encoder's head nor a word list knows has 0. The reading depends on
    nothing but the statement, its vector and its language.

    Args:
        texts: n statements.
        vectors: float32 (n, d).
        encoder: fingerprint of the encoder of `vectors`.
        languages: ISO 639-1 code of each, None for one that is not told; without them each text tells its own.
    """
    if languages is None:
        languages = _told(texts)
    head = head_of(encoder)
    table = pd.DataFrame({"text": texts, "language": [code or "" for code in languages]})
    codes = table.groupby(["text", "language"], sort=False).ngroup().to_numpy()
    _, first = np.unique(codes, return_index=True)
    said, spoken = [str(texts[i]) for i in first], [languages[i] for i in first]
    readings = np.zeros(len(first))
    is_read = np.array([_reads(head, text, code) for text, code in zip(said, spoken, strict=True)], dtype=bool)
    for rows, reader in ((is_read, head), (~is_read, None)):
        at = np.flatnonzero(rows)
        chosen = [said[i] for i in at], [spoken[i] for i in at]
        readings[at] = _read_by(reader, vectors[first[at]], *chosen) if len(at) else 0.0
    return np.clip(readings, -1, 1).round(6)[codes]


def unread_share(mentions: pd.DataFrame) -> float:
    """Returns the share (0 to 1) of statements whose polarity is 0: neither words nor question say anything of them.

    >>> unread_share(pd.DataFrame({"segment_id": ["a", "b", "b"], "polarity": [0.0, 0.4, 0.4]}))
    0.5
    """
    polarities = mentions.drop_duplicates("segment_id")["polarity"]
    return float((polarities == 0).mean()) if len(polarities) else 0.0


def unread_note(mentions: pd.DataFrame) -> str | None:
    """Returns a line for the reader where at least a tenth of the statements have no polarity, None otherwise.

    >>> unread_note(pd.DataFrame({"segment_id": ["a", "b"], "polarity": [0.0, 0.4]}))
    'polarity: 50 % of the statements are read as neither praise nor complaint: no known word'
    """
    share = unread_share(mentions)
    if share < _NOTABLE:
        return None
    return f"polarity: {100 * share:.0f} % of the statements are read as neither praise nor complaint: no known word"


def _languages(statements: pd.DataFrame) -> list[str | None]:
    """The language of each statement's comment; where it is not told, that of most comments, the first of equals."""
    ordered = statements.sort_values(["response_id", "question", "start"], kind="stable")
    comments = ordered.groupby(["response_id", "question"], sort=True)["text"].agg(" ".join)
    told = pd.Series(_told(comments.tolist()), index=comments.index, dtype="str")
    counts = told.value_counts()
    if len(counts):
        told = told.fillna(min(counts.index[counts == counts.max()]))
    keys = pd.MultiIndex.from_frame(statements[["response_id", "question"]])
    return [None if pd.isna(code) else str(code) for code in told.reindex(keys)]


def _told(texts: Sequence[str]) -> list[str | None]:
    known = {text: told_language(text) for text in sorted(set(texts))}
    return [known[text] for text in texts]


def _reads(head: PolarityHead | None, text: str, language: str | None) -> bool:
    """Whether a head reads a statement; one whose language is not told may be English if it has an English letter."""
    if head is None:
        return False
    if language is None:
        return len(head.languages) > 1 or any("a" <= letter <= "z" for letter in text.lower())
    return language in head.languages


def _read_by(
    head: PolarityHead | None, vectors: Vectors, texts: list[str], languages: list[str | None]
) -> NDArray[np.float64]:
    if head is not None:
        return head.read(texts, vectors, head.signs(texts, languages)) - head.cut
    signs = plain_signs_of(texts, languages)
    is_english = np.array([code in (None, "en") for code in languages], dtype=bool)
    lexicon = _EVALUATION * signs[:, 0]
    lexicon[is_english] = signs_of([text for text, yes in zip(texts, is_english, strict=True) if yes])[:, _COMPOUND]
    return np.asarray(lexicon + _WISH * signs[:, 1])


def _settle(text: str, question: str, theme_id: object, reading: float) -> float:
    sense = sense_of_question(question)
    verdict = verdict_of_bare_answer(text, sense) or theme_id
    if isinstance(verdict, str) and verdict in _GENERIC:
        return _GENERIC[verdict]
    return float(np.clip(reading + _lean(text, sense), -1, 1))


def _lean(text: str, sense: Sense) -> float:
    """What the question adds to a statement of few words, which seldom repeats what was asked."""
    return _LEAN[sense] if len(words_of(text)) <= 8 else _LEAN[sense] / 2
