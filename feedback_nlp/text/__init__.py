"""Comments to statements: non-answers, personal data, language, clauses with offsets, noun chunks, polarity."""

from feedback_nlp.text.chunks import noun_chunks
from feedback_nlp.text.masking import mask_linked, mask_personal_data
from feedback_nlp.text.polarity import polarity
from feedback_nlp.text.prepare import prepare
from feedback_nlp.text.questions import sense_of_question
from feedback_nlp.text.split import split
from feedback_nlp.text.statements import statement_spans

__all__ = [
    "mask_linked",
    "mask_personal_data",
    "noun_chunks",
    "polarity",
    "prepare",
    "sense_of_question",
    "split",
    "statement_spans",
]
