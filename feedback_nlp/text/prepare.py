"""Comments as they came to comments that can be analysed: clean, masked, with a status and a language."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pandas as pd

from feedback_nlp.config import TextConfig
from feedback_nlp.schema import COMMENTS
from feedback_nlp.text.cleaning import plain_text
from feedback_nlp.text.duplicates import count_duplicates, mark_duplicates
from feedback_nlp.text.language import language_of
from feedback_nlp.text.mail import cut_mail_tail
from feedback_nlp.text.masking import count_masks, mask_personal_data
from feedback_nlp.text.nonanswers import KINDS_OF_NON_ANSWER, kind_of_non_answer
from feedback_nlp.text.personal_names import mask_names

_KEY = ["response_id", "question"]


def prepare(comments: pd.DataFrame, settings: TextConfig = TextConfig()) -> pd.DataFrame:
    """Returns COMMENTS: the comments cleaned and masked, each with its status and language, in the order of the key.

    Args:
        comments: columns response_id, question, comment (null where empty).
        settings: whether to mask, names too, to cut signatures and quoted mail, from which likeness to mark near
            duplicates, and the one language to keep ("" keeps all).

    HTML becomes plain text (`plain_text`), then personal data is masked, then mail tails are cut; all later offsets
    count in the comment as it stands here. Preparing twice changes nothing more (persons' names aside). A bare
    "nothing" is an answer under a question that asks for faults or strengths, and a non-answer otherwise. Language is
    an ISO 639-1 code, null where the text is too short to tell. same_text_as names the first response, in the order of
    the key, whose comment says the same; null for that one and for everything but comments.
    """
    table = _in_key_order(comments)
    raw = [text if isinstance(text, str) and text.strip() else None for text in table["comment"]]
    texts = _once(lambda text: _prepared(text, settings), raw)
    if settings.mask_personal_data and settings.mask_names:
        texts = _without_names(texts, settings.spacy_model)
    languages = _once(language_of, texts)
    statuses = [
        _status(text, question, language, settings.language)
        for text, question, language in zip(texts, table["question"], languages, strict=True)
    ]
    columns = {"comment": texts, "status": statuses, "language": languages}
    table = table.assign(**{name: pd.Series(values, dtype="str") for name, values in columns.items()})
    return COMMENTS.validate(table.assign(same_text_as=mark_duplicates(table, settings.near_duplicates)))


def describe_preparation(
    before: pd.DataFrame, after: pd.DataFrame, settings: TextConfig = TextConfig()
) -> dict[str, Any]:
    """Returns what `prepare` did, as plain data for the manifest.

    Args:
        before: what `prepare` was given.
        after: what it returned.
        settings: the settings it had.

    `masked`: masks per kind in the comments; `non_answers`: comments set aside per kind; `duplicates`: see
    `count_duplicates`; `languages`: rows per language, "unknown" where it can't be told, without empty ones;
    `markup_removed` and `mail_tails_cut`: comments that held some.
    """
    told = after.loc[after["status"] != "empty", "language"].fillna("unknown")
    silent = after[after["status"] == "non-answer"]
    kinds = Counter(map(kind_of_non_answer, silent["comment"], silent["question"]))
    changed = [
        text
        for text, result in zip(_in_key_order(before)["comment"], after["comment"], strict=True)
        if isinstance(text, str) and text.strip() and text != result
    ]
    return {
        "masked": count_masks(after["comment"]),
        "non_answers": {kind: kinds[kind] for kind in KINDS_OF_NON_ANSWER},
        "duplicates": count_duplicates(after),
        "languages": {str(code): int(n) for code, n in sorted(told.value_counts().items())},
        "markup_removed": sum(("<" in text or "&" in text) and plain_text(text) != text for text in changed),
        "mail_tails_cut": sum(_prepared(text, settings) != _masked(text, settings) for text in changed),
    }


def describe_comments(comments: pd.DataFrame, settings: TextConfig = TextConfig()) -> dict[str, Any]:
    """Returns what `prepare` would do to the comments, as `describe_preparation` says it; see there.

    >>> told = describe_comments(pd.DataFrame({"response_id": ["r1"], "question": ["why"], "comment": ["n/a"]}))
    >>> told["non_answers"]["phrase"]
    1
    """
    return describe_preparation(comments, prepare(comments, settings), settings)


def _in_key_order(comments: pd.DataFrame) -> pd.DataFrame:
    table = comments[[*_KEY, "comment"]]
    # sorting a million texts takes seconds, and most exports arrive sorted
    if not (table["question"].nunique() <= 1 and table["response_id"].is_monotonic_increasing):
        table = table.sort_values(_KEY, kind="stable")
    return table.reset_index(drop=True)


def _once(function: Callable[[str], str | None], texts: list[str | None]) -> list[str | None]:
    """The function of each text, called once for each distinct one; null stays null."""
    values: dict[str | None, str | None] = {text: function(text) for text in set(texts) if text is not None}
    values[None] = None
    return [values[text] for text in texts]


def _masked(text: str, settings: TextConfig) -> str:
    text = plain_text(text)
    return mask_personal_data(text) if settings.mask_personal_data else text


def _prepared(text: str, settings: TextConfig) -> str | None:
    """A comment as it is kept, or None where nothing but markup stood in it."""
    text = _masked(text, settings)
    text = cut_mail_tail(text) if settings.cut_mail_tails else text
    return text if text.strip() else None


def _without_names(texts: list[str | None], spacy_model: str) -> list[str | None]:
    told = sorted({text for text in texts if text is not None})
    masked: dict[str | None, str | None] = dict(zip(told, mask_names(told, spacy_model), strict=True))
    return [masked.get(text) for text in texts]


def _status(text: str | None, question: str, language: str | None, wanted: str) -> str:
    if text is None:
        return "empty"
    if kind_of_non_answer(text, question):
        return "non-answer"
    return "other-language" if wanted and language and language != wanted else "comment"
