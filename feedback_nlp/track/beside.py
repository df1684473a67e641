"""What stands beside the ranking of a run: segments side by side, who stayed silent, where words and score disagree."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.people.contradictions import Contradictions, find_contradictions
from feedback_nlp.drivers.people.nonresponse import ResponseGap, response_gap
from feedback_nlp.drivers.people.segments import read_with_rows, segments_at_once
from feedback_nlp.text import sense_of_question

_PREFIX = "segment_"


@dataclass(frozen=True)
class Beside:
    """Figures of a run that are no themes' figures.

    `segments`: segment (its name), then the columns of `segment_table`, one row per value of every segment.
    `segment_themes`: segment, then the columns of `segment_themes`. `gap`: commenters beside the silent.
    `contradictions`: responses whose words and score disagree.
    """

    segments: pd.DataFrame
    segment_themes: pd.DataFrame
    gap: ResponseGap
    contradictions: Contradictions


def look_beside(
    responses: pd.DataFrame,
    comments: pd.DataFrame,
    mentions: pd.DataFrame,
    themes: pd.DataFrame,
    settings: DriversConfig,
) -> Beside:
    """Returns the figures beside the ranking, from the tables of a run."""
    columns = sorted(column for column in responses.columns if column.startswith(_PREFIX))
    asked = {question: str(sense_of_question(question)) for question in sorted(comments["question"].unique())}
    responses, mentions = _as_objects(responses), _as_objects(mentions, "response_id", "theme_id", "question")
    spoken = set(mentions["question"].unique())
    asked = {question: sense for question, sense in asked.items() if question in spoken}
    read = read_with_rows(responses, mentions, themes)
    tables = segments_at_once(responses, mentions, themes, columns, settings, read)
    return Beside(
        segments=_joined({column: of_column for column, (of_column, _) in tables.items()}),
        segment_themes=_joined({column: by_theme for column, (_, by_theme) in tables.items()}),
        gap=response_gap(responses, comments, settings, read),
        contradictions=find_contradictions(responses, mentions, themes, settings, asked=asked),
    )


def _as_objects(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Returns the table with these texts (all, if none is named) as Python's own: each of the figures looks them up."""
    texts = [name for name in columns or table.columns if isinstance(table[name].dtype, pd.StringDtype)]
    return table.astype(dict.fromkeys(texts, pd.StringDtype("python", na_value=np.nan)))


def _joined(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Returns the tables below each other, with the segment's name in front; no column where there is no segment."""
    named = [table.assign(segment=column.removeprefix(_PREFIX)) for column, table in tables.items()]
    if not named:
        return pd.DataFrame({"segment": pd.Series(dtype="str"), "value": pd.Series(dtype="str")})
    joined = pd.concat(named, ignore_index=True)
    return joined[["segment", *(column for column in joined.columns if column != "segment")]]
