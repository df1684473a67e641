"""Personal data out of everything beside the comments: ids, segments, questions, rejected rows, notes."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import pandas as pd

from feedback_nlp.config import TextConfig
from feedback_nlp.schema import Linked
from feedback_nlp.text.masking import EMAIL, mask_personal_data
from feedback_nlp.text.personal_names import mask_names

_WRITTEN_PHONE = re.compile(r"[+(\d][\d ().\u00a0/-]*")
_PERHAPS_PERSONAL = r"(?s)@|^[+(\d].*\D"  # an id that is an address or a written phone number holds one of these


def mask_linked(linked: Linked, settings: TextConfig = TextConfig()) -> Linked:
    """Returns the linked tables with personal data masked outside the comments, which `prepare` masks.

    Segments, questions, rejected rows and what is quoted from the file are masked like comments; of persons' names
    (`settings.mask_names`) only those in rejected rows, for an agent's name may be a segment on purpose. An id that is
    an e-mail address or a phone number becomes a hash of it, so that a person's responses still belong together.
    """
    if not settings.mask_personal_data:
        return linked
    segments = [name for name in map(str, linked.responses) if name.startswith("segment_")]
    responses = _masked(linked.responses, segments, mask_personal_data)
    responses = _masked(responses, ["response_id", "respondent_id"], _pseudonym)
    if not responses["response_id"].is_monotonic_increasing:
        responses = responses.sort_values("response_id", ignore_index=True)
    return replace(
        linked,
        responses=responses.reset_index(drop=True),
        comments=_masked(_masked(linked.comments, ["response_id"], _pseudonym), ["question"], _masked_question),
        rejected=_masked_rows(linked.rejected, settings),
        reasons=_masked_reasons(linked.reasons),
        facts=mask_data(linked.facts),
        notes=tuple(map(mask_personal_data, linked.notes)),
    )


def mask_data(data: Any) -> Any:
    """Returns plain data (dicts, lists, texts, numbers) with every text in it masked.

    >>> mask_data({"where": ["mail=jo@example.com"], "n": 3})
    {'where': ['mail=▮e-mail▮'], 'n': 3}
    """
    if isinstance(data, dict):
        return {key: mask_data(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [mask_data(value) for value in data]
    return mask_personal_data(data) if isinstance(data, str) else data


def _masked(table: pd.DataFrame, columns: list[str], mask: Callable[[str], str]) -> pd.DataFrame:
    """A copy with the texts of some columns masked, each distinct text once; a column without any is not copied."""
    masked = {}
    for name in columns:
        if mask is _pseudonym and not table[name].str.contains(_PERHAPS_PERSONAL).any():
            continue  # a million ids are looked at one by one only if some may change
        codes, distinct = pd.factorize(table[name])
        texts = [mask(text) for text in distinct]
        if any(text != before for text, before in zip(texts, distinct, strict=True)):
            column = pd.Series(texts, dtype=table[name].dtype).reindex(codes)  # -1, a null, is no label
            masked[name] = column.set_axis(table.index)
    return table.assign(**masked)


def _pseudonym(identity: str) -> str:
    """The id, or a hash where it holds an address or is a phone number.

    Bare digits stay, most tools number responses so; so does a code with a number in it ("North 111 1014").
    """
    if identity.isdigit() or not ("@" in identity or identity[:1] in "+(0123456789"):
        return identity
    is_phone = _WRITTEN_PHONE.fullmatch(identity) and "phone" in mask_personal_data(identity)
    if not (is_phone or EMAIL.search(identity)):
        return identity
    return blake2b(identity.encode(), digest_size=8).hexdigest()


def _masked_question(question: str) -> str:
    """The question masked, and told apart from one that differs only in what was masked."""
    masked = mask_personal_data(question)
    return masked if masked == question else f"{masked} ({blake2b(question.encode(), digest_size=3).hexdigest()})"


def _masked_rows(rejected: pd.DataFrame, settings: TextConfig) -> pd.DataFrame:
    """The rejected rows masked cell by cell, so that the JSON of a row stays what it is."""
    if settings.mask_names and len(rejected):
        rejected = rejected.assign(content=_without_names(rejected["content"].tolist(), settings.spacy_model))
    return _masked(rejected, ["content", "reason"], mask_personal_data)


def _without_names(contents: list[str], spacy_model: str) -> list[str]:
    rows = [json.loads(content) for content in contents]
    cells = sorted({cell for row in rows for cell in row.values() if cell})
    masked: dict[str | None, str | None] = dict(zip(cells, mask_names(cells, spacy_model), strict=True))
    return [json.dumps({key: masked.get(cell, cell) for key, cell in row.items()}, ensure_ascii=False) for row in rows]


def _masked_reasons(reasons: pd.DataFrame) -> pd.DataFrame:
    """The reasons masked; two that differed only in what was masked become one."""
    if reasons.empty:
        return reasons
    masked = _masked(reasons, ["reason"], mask_personal_data)
    return masked.groupby(["source", "fate", "reason"], sort=False)["rows"].sum().reset_index()
