"""Comments to statements: non-answers, personal data, language, clauses with offsets, noun chunks, polarity."""

from feedback_nlp.text.chunks import function_words, noun_chunks
from feedback_nlp.text.duplicates import count_duplicates
from feedback_nlp.text.masked_tables import mask_linked
from feedback_nlp.text.masking import count_masks, mask_personal_data
from feedback_nlp.text.nonanswers import kind_of_non_answer
from feedback_nlp.text.polarity import polarity, unread_note
from feedback_nlp.text.prepare import describe_comments, describe_preparation, prepare
from feedback_nlp.text.questions import sense_of_question
from feedback_nlp.text.rough import rough_polarity
from feedback_nlp.text.split import split
from feedback_nlp.text.statements import statement_spans

__all__ = [
    "count_duplicates",
    "count_masks",
    "describe_comments",
    "describe_preparation",
    "function_words",
    "kind_of_non_answer",
    "mask_linked",
    "mask_personal_data",
    "noun_chunks",
    "polarity",
    "prepare",
    "rough_polarity",
    "sense_of_question",
    "split",
    "statement_spans",
    "unread_note",
]
