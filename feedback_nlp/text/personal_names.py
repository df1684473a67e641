"""Persons' names out of texts, as the spaCy pipeline's entity recogniser finds them: on request, because it is slow."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from feedback_nlp.errors import ConfigError
from feedback_nlp.text.masking import MASK

_BATCH = 64
_READ = 20_000  # characters of a text in which names are looked for: the recogniser takes seconds beyond
_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]{1,2}[^\W\d_]+){0,4}\.?")
_OWNER = re.compile(r"['’]s$")


def mask_names(texts: Sequence[str], spacy_model: str) -> list[str]:
    """Returns the texts with persons' names replaced by ▮name▮.

    A name of one word that the recogniser takes for a firm, a product or a place as often as for a person, over all
    texts, stays: brands are what comments are about. Words in lower or upper case only, and words beside digits, stay.
    It is a statistical recogniser for the pipeline's language: it misses names, more so in other languages.

    Raises:
        ConfigError: `spacy_model` is no installed spaCy pipeline, or has no entity recogniser.
    """
    distinct = list(dict.fromkeys(texts))
    documents = _recogniser(spacy_model).pipe((text[:_READ] for text in distinct), batch_size=_BATCH)
    found = [[(entity.label_, entity.start_char, entity.end_char) for entity in doc.ents] for doc in documents]
    persons = _persons(distinct, found)
    masked = {text: _masked(text, spans, persons) for text, spans in zip(distinct, found, strict=True)}
    return [masked[text] for text in texts]


def _persons(texts: list[str], found: list[list[tuple[str, int, int]]]) -> set[str]:
    """The surface forms that are persons more often than anything else."""
    votes: Counter[str] = Counter()
    for text, entities in zip(texts, found, strict=True):
        for label, start, end in entities:
            votes[_OWNER.sub("", text[start:end])] += 1 if label == "PERSON" else -1
    return {name for name, balance in votes.items() if balance > 0 and _looks_like_name(name)}


def _looks_like_name(name: str) -> bool:
    words = name.split()
    has_capital = any(word[:1].isupper() and not word.isupper() for word in words)
    return bool(has_capital and _NAME.fullmatch(name))


def _masked(text: str, entities: list[tuple[str, int, int]], persons: set[str]) -> str:
    masks = [match.span() for match in MASK.finditer(text)]
    for label, start, end in reversed(entities):
        name = _OWNER.sub("", text[start:end])
        touches_mask = any(begin < end and start < stop for begin, stop in masks)
        if label == "PERSON" and name in persons and text[start - 1 : start] != "@" and not touches_mask:
            text = f"{text[:start]}▮name▮{text[start + len(name) :]}"
    return text


@cache
def _recogniser(spacy_model: str) -> Any:
    import spacy

    try:
        pipeline = spacy.load(spacy_model, exclude=["tagger", "parser", "lemmatizer", "attribute_ruler", "senter"])
    except OSError:
        raise ConfigError(f"text.spacy_model '{spacy_model}': no such spaCy pipeline is installed") from None
    if "ner" not in pipeline.pipe_names:
        raise ConfigError(f"text.mask_names: the spaCy pipeline '{spacy_model}' has no entity recogniser (ner)")
    return pipeline
