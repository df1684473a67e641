"""The source rows of an export as read: their values, and which response each belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from feedback_nlp.config import LinkConfig
from feedback_nlp.ingest.dates.columns import Dates, no_dates, read_dates
from feedback_nlp.ingest.dates.periods import periods
from feedback_nlp.ingest.linking.ids import Ids, first_answers, response_ids, row_numbers
from feedback_nlp.ingest.linking.weights import read_weights
from feedback_nlp.ingest.scores.ratings import Rating, read_rating
from feedback_nlp.ingest.scores.scales import Scores, read_scores
from feedback_nlp.schema import Answers


@dataclass(frozen=True)
class SourceRows:
    """`table` has one row per source row; its score, category, date, weight and ratings are read, the rest is text.

    `codes` are the rows' responses as places in `known_ids`, which is sorted. `numbers` are the rows of the answers,
    `first` where in the answers each row begins; `comments` holds question and comment of the answers, blank ones null.
    """

    table: pd.DataFrame
    codes: np.ndarray
    known_ids: pd.Index
    numbers: np.ndarray
    first: np.ndarray
    comments: pd.DataFrame
    ids: Ids
    dates: Dates
    scores: Scores
    ratings: Mapping[str, Rating]


def read_rows(answers: Answers, settings: LinkConfig) -> SourceRows:
    """Returns the source rows of the answers, read.

    Raises:
        InputError: the scores, dates or weights can't be read (see their modules).
    """
    numbers = row_numbers(answers.table)
    first = first_answers(numbers)
    texts = answers.table.iloc[first].reset_index(drop=True)
    dates = _dates(answers, texts, settings)
    scores = _scores(answers, texts, dates, settings)
    ratings = _ratings(answers, texts)
    ids = response_ids(answers, numbers, dates, settings.identical_rows != "keep")
    codes, known_ids = pd.factorize(ids.ids, sort=True)
    has_weights = "weight" in answers.roles
    table = texts.assign(
        score=scores.scores, category=scores.categories, date=dates.dates,
        weight=read_weights(texts, answers.roles["weight"][0]) if has_weights else np.nan,
        **{name: rating.scores for name, rating in ratings.items()},
    )  # fmt: skip
    comments = answers.table[["question", "comment"]].reset_index(drop=True)
    comments = comments.assign(comment=comments["comment"].where(comments["comment"].str.strip() != ""))
    return SourceRows(table, codes, known_ids, numbers, first, comments, ids, dates, scores, ratings)


def name_place(answers: Answers, role: str) -> str:
    """Returns where a role's column stands, for errors: "q3.csv and 2 more: column 'NPS'"."""
    more = f" and {len(answers.sources) - 1} more" if len(answers.sources) > 1 else ""
    return f"{answers.sources[0].name}{more}: column '{answers.roles[role][0]}'"


def rating_columns(answers: Answers) -> dict[str, str]:
    """Returns the rating columns of the table, rating_<name>, with their names in the file."""
    names = [column for column in answers.table.columns if column.startswith("rating_")]
    columns = answers.roles.get("rating", [])
    return dict(zip(names, columns if len(columns) == len(names) else names, strict=True))


def _dates(answers: Answers, texts: pd.DataFrame, settings: LinkConfig) -> Dates:
    if "date" not in answers.roles:
        return no_dates(texts.index)
    return read_dates(texts["date"], settings.date_order, name_place(answers, "date"))


def _scores(answers: Answers, texts: pd.DataFrame, dates: Dates, settings: LinkConfig) -> Scores:
    if "score" not in answers.roles:
        nothing = pd.Series(None, index=texts.index, dtype="str")
        return Scores(nothing.astype(float), nothing, "", "")
    groups = {"file": texts["source"], "quarter": periods(dates.dates, "", "quarter")}
    return read_scores(texts["score"], settings, name_place(answers, "score"), groups)


def _ratings(answers: Answers, texts: pd.DataFrame) -> dict[str, Rating]:
    return {name: read_rating(texts[name], column) for name, column in rating_columns(answers).items()}
