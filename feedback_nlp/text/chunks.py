"""Noun chunks for names, by the spaCy pipeline or by word runs, and sentence ends where punctuation is missing."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from feedback_nlp.errors import ConfigError
from feedback_nlp.text.lexicons import language_of_many, lexicon_of
from feedback_nlp.text.word_runs import word_runs

_COMPARED = ("JJR", "JJS")  # "quicker", "best"


def noun_chunks(texts: Sequence[str], spacy_model: str) -> list[list[str]]:
    """Returns the noun chunks of each text, lower case, without leading articles, pronouns, numbers and verdicts.

    A verdict is an adjective that is compared, graded, or said of something in these texts ("the driver was polite"):
    "polite driver" is "driver" then, while "mental health" stays. Chunks that end in a name are left out: a brand or a
    town is what comments are about least.
    Where the texts together are in another language than the pipeline's, runs of words stand for them (see
    `word_runs`): an English parser finds "chunks" in French too.

    Raises:
        ConfigError: `spacy_model` is no installed spaCy pipeline.
    """
    pipeline = _load(spacy_model)
    language = language_of_many(texts)
    if language not in {None, pipeline.lang}:
        return word_runs(texts, language)
    documents = list(pipeline.pipe(texts, batch_size=64))
    verdicts = _verdicts(documents)
    return [
        [phrase for chunk in document.noun_chunks if (phrase := _phrase(chunk, verdicts))] for document in documents
    ]


def function_words(texts: Sequence[str]) -> frozenset[str]:
    """Returns the words without content of the language most of the texts are in, lower case; none if it can't be told.

    >>> {"les", "très"} <= function_words(["les prix sont trop élevés", "l'attente aux caisses est très longue"])
    True
    """
    lexicon = lexicon_of(language_of_many(texts))
    return lexicon.function_words | lexicon.no_nouns


def sentence_starts(text: str, spacy_model: str) -> list[int]:
    """Returns the character offsets at which sentences start by the parser's reading, the first (0) included."""
    return [sentence.start_char for sentence in _load(spacy_model)(text).sents]


def _verdicts(documents: Iterable[Any]) -> frozenset[str]:
    """The adjectives that are compared, graded ("very kind") or stand alone after a verb ("was kind")."""
    return frozenset(
        token.lower_
        for document in documents
        for token in document
        if token.pos_ == "ADJ"
        and (
            token.dep_ == "acomp"
            or token.tag_ in _COMPARED
            or any(child.dep_ == "advmod" and child.i < token.i for child in token.children)
        )
    )


def _phrase(chunk: Any, verdicts: frozenset[str]) -> str:
    tokens = list(chunk)
    while tokens and _adds_nothing(tokens[0], verdicts):
        tokens.pop(0)
    words = "".join(token.text_with_ws for token in tokens).strip().lower()
    return words if re.fullmatch(r"[^\W\d_][\w' -]*", words) and tokens[-1].pos_ == "NOUN" else ""


def _adds_nothing(token: Any, verdicts: frozenset[str]) -> bool:
    if token.is_stop or token.pos_ in {"DET", "PRON", "NUM", "PUNCT", "ADV", "CCONJ"}:
        return True
    return token.pos_ == "ADJ" and (token.lower_ in verdicts or token.tag_ in _COMPARED)


@cache
def _load(spacy_model: str) -> Any:
    import spacy

    try:
        return spacy.load(spacy_model, exclude=["ner", "lemmatizer"])
    except OSError:
        raise ConfigError(
            f"text.spacy_model '{spacy_model}': no such spaCy pipeline is installed; known here: {_installed(spacy)}"
        ) from None


def _installed(spacy: Any) -> str:
    return ", ".join(spacy.util.get_installed_models()) or "none"
