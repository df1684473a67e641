"""Which source rows are one response: by id, by respondent and day, or by the content of the row."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from feedback_nlp.ingest.dates.columns import Dates
from feedback_nlp.schema import Answers

SAME_ID, SAME_DAY, IDENTICAL = "same id", "same respondent and day", "identical row"  # why rows are one response
_METADATA = ["respondent_id", "score", "date", "weight"]
_CELL, _ANSWER, _NULL = "\x1f", "\x1e", "\x00"  # no text of an export holds them by accident
_CHUNK = 50_000  # rows whose cells are Python objects at a time


@dataclass(frozen=True)
class Ids:
    """Of every source row, in the order of `row_numbers`: its response, and why it is that one.

    `ids` is the response's id; `joined_by` SAME_ID, SAME_DAY or IDENTICAL: the reason if several rows have the id.
    `twin_of` is the number of the first row that is identical in content (see duplicates), -1 if none is before it;
    `is_told_apart` says whether a row that is a twin holds a cell that tells people or moments apart.
    """

    ids: pd.Series
    joined_by: np.ndarray
    twin_of: np.ndarray
    is_told_apart: np.ndarray


def row_numbers(table: pd.DataFrame) -> np.ndarray:
    """Returns for each answer the number of its source row, from 0, in the order of the table.

    >>> row_numbers(pd.DataFrame({"source": ["a", "a", "b"], "row": [1, 1, 1]})).tolist()
    [0, 0, 1]
    """
    sources = pd.factorize(table["source"])[0].astype("int64")
    rows = table["row"].to_numpy("int64")
    numbers: np.ndarray = pd.factorize(sources * (rows.max(initial=0) + 1) + rows)[0]
    return numbers


def first_answers(numbers: np.ndarray) -> np.ndarray:
    """Returns where in the table each source row begins, from the answers' `row_numbers`.

    >>> first_answers(np.array([0, 0, 1])).tolist()
    [0, 2]
    """
    return np.flatnonzero(np.diff(numbers, prepend=-1) > 0)


def response_ids(answers: Answers, numbers: np.ndarray, dates: Dates, is_merging: bool) -> Ids:
    """Returns the response of every source row; `numbers` are the answers' `row_numbers`, `dates` those of the rows.

    With an id column it is the row's id. Without one, if a question and a respondent column are known, it is a hash of
    respondent and day. Where these are missing it is "hash-n": a hash of the row's content and the number of its
    occurrence; if `is_merging`, identical rows that are told apart (see duplicates) share the first one's number.
    """
    first = first_answers(numbers)
    rows = answers.table.iloc[first]
    ids, reason = pd.Series(None, index=rows.index, dtype="str"), IDENTICAL
    if "id" in answers.roles:
        ids, reason = rows["response_key"].where(rows["response_key"].str.strip() != ""), SAME_ID
    elif "question" in answers.roles and "respondent" in answers.roles:
        ids, reason = _ids_of_days(rows, dates.dates), SAME_DAY
    is_bare = ids.isna().to_numpy(bool)
    twin_of, is_told_apart = np.full(len(rows), -1), np.zeros(len(rows), dtype=bool)
    if is_bare.any():
        bare = np.flatnonzero(is_bare)
        digests = _digests(answers.table, numbers, bare)
        rest = _beside_content(rows.iloc[bare])
        has_respondent = rows["respondent_id"].iloc[bare].str.strip().fillna("").ne("").to_numpy(bool)
        is_told_apart[bare] = has_respondent | dates.has_time.iloc[bare].to_numpy(bool)
        occurrence, twins = _occurrences(digests, rest, is_told_apart[bare] & is_merging)
        twin_of[bare] = np.where(twins >= 0, bare[twins], -1)
        ids = ids.copy()
        ids.iloc[bare] = pd.Series(digests, dtype="str").str.cat(pd.Series(occurrence).astype("str"), sep="-").array
    return Ids(ids.reset_index(drop=True), np.where(is_bare, IDENTICAL, reason), twin_of, is_told_apart)


def _ids_of_days(rows: pd.DataFrame, dates: pd.Series) -> pd.Series:
    days = dates.dt.strftime("%Y-%m-%d").astype("str").fillna(rows["date"]).fillna(_NULL)
    keys = rows["respondent_id"].where(rows["respondent_id"].str.strip() != "") + _CELL + days
    ids: pd.Series = keys.map({key: _digest(key) for key in keys.dropna().unique()}).astype("str")
    return ids


def _digests(table: pd.DataFrame, numbers: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Returns the hash of each chosen row's content: what was read of it but its ratings, file and row number."""
    wanted = np.isin(numbers, chosen) if len(chosen) <= numbers[-1] else np.ones(len(numbers), dtype=bool)
    segments = [column for column in table.columns if column.startswith("segment_")]
    columns = table.loc[wanted, [*_METADATA, *segments, "question", "comment"]]
    own_numbers = numbers[wanted]
    digests = []
    bounds = [0, *(np.flatnonzero(np.diff(own_numbers)) + 1)[_CHUNK - 1 :: _CHUNK], len(columns)]
    for start, end in pairwise(bounds):  # bounds lie between rows, never within one
        digests += [_digest(text) for text in _contents(columns.iloc[start:end], own_numbers[start:end])]
    return np.array(digests, dtype=object)


def _contents(columns: pd.DataFrame, numbers: np.ndarray) -> Iterator[str]:
    """Returns one text per row: its metadata, then its answers, which come sorted by question."""
    *shared, questions, comments = (columns[column].fillna(_NULL).tolist() for column in columns.columns)
    own = [question + _CELL + comment for question, comment in zip(questions, comments, strict=True)]
    first = first_answers(numbers)
    if len(first) == len(numbers):
        return map(_CELL.join, zip(*shared, own, strict=True))
    ends = [*first[1:], len(own)]
    answers = [_ANSWER.join(own[start:end]) for start, end in zip(first, ends, strict=True)]
    return map(_CELL.join, zip(*([column[i] for i in first] for column in shared), answers, strict=True))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _beside_content(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns what a row holds beside what its hash is of: ratings, and the whole row where no comment is in it."""
    return rows[[column for column in rows.columns if column.startswith("rating_") or column == "content"]]


def _occurrences(digests: np.ndarray, rest: pd.DataFrame, is_merged: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the number (from 1) of each row among those with its hash, and the first row identical to it or -1.

    Rows with the same hash but other ratings are numbered in the order of these, never of the rows.
    """
    codes = pd.factorize(digests)[0]
    occurrence, twin_of = np.ones(len(codes), dtype="int64"), np.full(len(codes), -1)
    repeated = np.flatnonzero(pd.Series(codes).duplicated(keep=False))
    if not len(repeated):
        return occurrence, twin_of
    others = rest.iloc[repeated].reset_index(drop=True).fillna(_NULL)
    rank = others.groupby(list(others.columns), sort=True).ngroup() if len(others.columns) else 0
    frame = pd.DataFrame({"digest": codes[repeated], "rank": rank, "row": repeated}).sort_values(
        ["digest", "rank", "row"]
    )
    first = frame.groupby(["digest", "rank"])["row"].transform("first").to_numpy()
    row = frame["row"].to_numpy()
    counted = frame.groupby("digest").cumcount() + 1
    dense = frame.assign(is_new=(first == row).astype("int64")).groupby("digest")["is_new"].cumsum()
    occurrence[row] = np.where(is_merged[row], dense, counted)
    twin_of[row] = np.where(first == row, -1, first)
    return occurrence, twin_of
