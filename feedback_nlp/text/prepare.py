"""Comments as they came to comments that can be analysed: masked, with a status and a language."""

from html import unescape

import pandas as pd

from feedback_nlp.config import TextConfig
from feedback_nlp.schema import COMMENTS
from feedback_nlp.text.language import language_of
from feedback_nlp.text.masking import mask_personal_data
from feedback_nlp.text.nonanswers import is_nothing, is_silent
from feedback_nlp.text.questions import sense_of_question


def prepare(comments: pd.DataFrame, settings: TextConfig = TextConfig()) -> pd.DataFrame:
    """Returns COMMENTS: the comments after masking, each with its status and language, in the order of the key.

    Args:
        comments: columns response_id, question, comment (null where empty).
        settings: whether to mask, and the one language to keep ("" keeps all).

    HTML entities are read as what they stand for, since some tools export "&amp;" for "&". A bare "nothing" is an
    answer under a question that asks for faults or strengths, and a non-answer otherwise. Language is an ISO 639-1
    code, null where the text is too short to tell.
    """
    table = comments.sort_values(["response_id", "question"], kind="stable").reset_index(drop=True)
    texts = [unescape(text) if isinstance(text, str) and text.strip() else None for text in table["comment"]]
    if settings.mask_personal_data:
        texts = [text and mask_personal_data(text) for text in texts]
    languages = [language_of(text) if text else None for text in texts]
    statuses = [
        _status(text, question, language, settings.language)
        for text, question, language in zip(texts, table["question"], languages, strict=True)
    ]
    columns = {"comment": texts, "status": statuses, "language": languages}
    return COMMENTS.validate(table.assign(**{name: pd.Series(values, dtype="str") for name, values in columns.items()}))


def _status(text: str | None, question: str, language: str | None, wanted: str) -> str:
    if text is None:
        return "empty"
    if is_silent(text) or (is_nothing(text) and sense_of_question(question) == "neutral"):
        return "non-answer"
    return "other-language" if wanted and language and language != wanted else "comment"
