"""Noun chunks for names, by the spaCy pipeline or by word runs, and sentence ends where punctuation is missing."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from feedback_nlp.errors import ConfigError
from feedback_nlp.text.lexicons import language_of_many
from feedback_nlp.text.word_runs import word_runs


def noun_chunks(texts: Sequence[str], spacy_model: str) -> list[list[str]]:
    """Returns the noun chunks of each text, lower case, without leading articles, pronouns and numbers.

    Chunks that end in a name are left out: a brand or a town is what comments are about least.
    Where the texts together are in another language than the pipeline's, runs of words stand for them (see
    `word_runs`): an English parser finds "chunks" in French too.

    Raises:
        ConfigError: `spacy_model` is no installed spaCy pipeline.
    """
    pipeline = _load(spacy_model)
    language = language_of_many(texts)
    if language not in {None, pipeline.lang}:
        return word_runs(texts, language)
    return [
        [phrase for chunk in document.noun_chunks if (phrase := _phrase(chunk))]
        for document in pipeline.pipe(texts, batch_size=64)
    ]


def sentence_starts(text: str, spacy_model: str) -> list[int]:
    """Returns the character offsets at which sentences start by the parser's reading, the first (0) included."""
    return [sentence.start_char for sentence in _load(spacy_model)(text).sents]


def _phrase(chunk: Any) -> str:
    tokens = list(chunk)
    while tokens and (tokens[0].is_stop or tokens[0].pos_ in {"DET", "PRON", "NUM", "PUNCT"}):
        tokens.pop(0)
    words = "".join(token.text_with_ws for token in tokens).strip().lower()
    return words if re.fullmatch(r"[^\W\d_][\w' -]*", words) and tokens[-1].pos_ == "NOUN" else ""


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
