"""Answers -> responses and their comments: which rows are one, its score and date, and the account of every row."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.config import LinkConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.dates import Dates, periods, read_dates
from feedback_nlp.ingest.exports import sorted_rejected
from feedback_nlp.ingest.formats import REJECTED_COLUMNS
from feedback_nlp.ingest.scales import NULL_WORDS, Scores, check_scale, read_scores
from feedback_nlp.schema import RESPONSES, Answers, Linked

_DEFAULTS = LinkConfig()
_METADATA = ["respondent_id", "score", "date", "weight"]
_N_EXAMPLES = 3
_CELL, _ANSWER, _NULL = "\x1f", "\x1e", "\x00"  # no text of an export holds them by accident


def link_ratings(answers: Answers, settings: LinkConfig = _DEFAULTS) -> Linked:
    """Returns one row per response with its score, its comments beside it, and the ledger of the source rows.

    Rows that share an id are one response. Without an id, rows are joined by respondent and day if a question column
    and a respondent are known; otherwise, and where the id or respondent of a row is missing, the row is a response and
    its id is a hash of its content and the number of the occurrence. Contradicting metadata other than the score is
    settled whatever the order of the rows: the smallest value, the earliest date. Different texts under one question
    are joined by a line end in sorted order. All tables are sorted by key and do not depend on the order of the rows.

    In the ledger a response counts for its first row, by source name and row number; its further rows are `merged`.
    Rows of a response with neither a score nor a comment are rejected: rows = responses + merged + rejected.

    Raises:
        ConfigError: the scale is unknown or contradicts itself.
        InputError: scores contradict within a response, no scale or date order can be told, too many values lie outside
            the scale or are no dates, a weight is no number from 0, a response with a score has none where others have
            one, the weights' total is 0 or not finite, or no response is left.
    """
    check_scale(settings)
    scores, dates = _scores(answers, settings), _dates(answers, settings)
    table = answers.table.assign(
        score=scores.scores, category=scores.categories, date=dates.dates, weight=_weights(answers),
        comment=answers.table["comment"].where(answers.table["comment"].str.strip() != ""),
        response_id=_response_ids(answers, dates.dates),
    )  # fmt: skip
    _check_scores(table)
    has_said = table["category"].notna() | table["comment"].notna()
    is_kept = has_said.groupby(table["response_id"]).transform("any")
    rejected = sorted_rejected([answers.rejected, _rejected(table[~is_kept])])
    table = table[is_kept]
    if table.empty:
        raise InputError(
            f"{answers.sources[0].name}: no response is left, every row is rejected ({_reasons(rejected)})"
        )
    if "weight" in answers.roles:
        _check_weights(table, answers)
    responses, n_conflicts = _responses(table, settings)
    facts: dict[str, Any] = {
        "scale": scores.scale or None, "scale_guessed": "" if settings.scale else scores.evidence,
        "date_order": dates.order, "n_scores_outside": scores.n_outside, "scores_outside": list(scores.outside),
        "n_dates_unread": dates.n_unread, "n_metadata_conflicts": n_conflicts, "guessed": dict(answers.guessed),
    }  # fmt: skip
    return Linked(responses, _comments(table), rejected, _ledger(answers, table, rejected), facts)


def _scores(answers: Answers, settings: LinkConfig) -> Scores:
    values = answers.table["score"]
    if "score" in answers.roles:
        return read_scores(values, settings, _place(answers, "score"))
    nothing = pd.Series(None, index=values.index, dtype="str")
    return Scores(nothing.astype(float), nothing, "", "")


def _dates(answers: Answers, settings: LinkConfig) -> Dates:
    values = answers.table["date"]
    if "date" in answers.roles:
        return read_dates(values, settings.date_order, _place(answers, "date"))
    return Dates(pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]"), None, 0)


def _weights(answers: Answers) -> pd.Series:
    """Returns the weights; null where missing."""
    texts = answers.table["weight"].str.strip()
    texts = texts.where(~texts.str.casefold().isin(NULL_WORDS))
    weights = pd.to_numeric(texts, errors="coerce").astype(float)
    wrong = texts.notna() & ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        first = answers.table[wrong].iloc[0]
        raise InputError(
            f"{first['source']}: row {first['row']}, column '{answers.roles['weight'][0]}': weight "
            f"'{texts[wrong].iloc[0]}' is no number from 0 ({int(wrong.sum()):,} such)"
        )
    return weights


def _check_weights(table: pd.DataFrame, answers: Answers) -> None:
    """Raises an InputError unless the responses with a score (all, if none has one) have weights that can be summed.

    Nulls throughout are no weights at all, which is sound.
    """
    ids = table["response_id"]
    is_scored = table["category"].notna().groupby(ids).transform("any")
    needed = table[is_scored] if is_scored.any() else table
    weights = needed.groupby("response_id")["weight"].min()  # as in the responses; nulls are skipped
    if weights.isna().all():
        return
    if weights.isna().any():
        lacking = needed[needed["response_id"].map(weights).isna()]
        first = lacking.iloc[0]
        raise InputError(
            f"{first['source']}: row {first['row']}, column '{answers.roles['weight'][0]}': no weight, but other "
            f"responses have one ({int(weights.isna().sum()):,} such); give each a number from 0, 0 to leave it out"
        )
    with np.errstate(over="ignore"):
        total = float(weights.to_numpy().sum())
    if not 0 < total < np.inf:
        found = "0, so no response counts" if total == 0 else f"too large (the largest is {weights.max():g})"
        raise InputError(f"{_place(answers, 'weight')}: the sum of the weights is {found}; weights around 1 are usual")


def _place(answers: Answers, role: str) -> str:
    more = f" and {len(answers.sources) - 1} more" if len(answers.sources) > 1 else ""
    return f"{answers.sources[0].name}{more}: column '{answers.roles[role][0]}'"


def _response_ids(answers: Answers, dates: pd.Series) -> pd.Series:
    """Returns the response id of every answer."""
    table, roles = answers.table, answers.roles
    if "id" in roles:
        ids = table["response_key"].where(table["response_key"].str.strip() != "")
    elif "question" in roles and "respondent" in roles:
        days = dates.dt.strftime("%Y-%m-%d").astype("str").fillna(table["date"]).fillna(_NULL)
        keys = table["respondent_id"].where(table["respondent_id"].str.strip() != "") + _CELL + days
        ids = keys.map({key: _digest(key) for key in keys.dropna().unique()}).astype("str")
    else:
        ids = pd.Series(None, index=table.index, dtype="str")
    return ids.fillna(_content_ids(table[ids.isna()])) if ids.isna().any() else ids


def _content_ids(table: pd.DataFrame) -> pd.Series:
    """Returns for each answer "hash-n" of its source row: rows of equal content are numbered from 1."""
    segments = [column for column in table.columns if column.startswith("segment_")]
    shared = [table[column].fillna(_NULL) for column in [*_METADATA, *segments]]
    own = table["question"].str.cat(table["comment"].fillna(_NULL), sep=_CELL)
    row = table["source"].str.cat(table["row"].astype("str"), sep=_CELL)
    # several comment columns: the answers of a row come sorted by question
    answers = own if row.is_unique else row.map(own.groupby(row).agg(_ANSWER.join))
    content = [_CELL.join(cells) for cells in zip(*shared, answers, strict=True)]
    digests = pd.Series(content, index=table.index).map(_digest)
    first = ~row.duplicated()
    numbers = digests[first].groupby(digests[first]).cumcount() + 1
    ids = digests[first] + "-" + numbers.astype("str")
    return row.map(dict(zip(row[first], ids, strict=True))).astype("str")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _check_scores(table: pd.DataFrame) -> None:
    """Raises an InputError that lists responses whose rows have different scores."""
    scored = table.dropna(subset="score")
    n_scores = scored.groupby("response_id")["score"].nunique()
    torn = n_scores.index[n_scores > 1]
    if torn.empty:
        return
    examples = []
    for response_id in torn[:_N_EXAMPLES]:
        rows = scored[scored["response_id"] == response_id].drop_duplicates(["source", "row"]).head(_N_EXAMPLES)
        cells = zip(rows["score"], rows["source"], rows["row"], strict=True)
        said = ", ".join(f"{score:g} in {source} row {row}" for score, source, row in cells)
        examples.append(f"'{response_id}': {said}")
    raise InputError(
        f"{len(torn):,} responses have contradicting scores: {'; '.join(examples)}; is the --id right, or do several "
        "files number their rows alike?"
    )


def _rejected(table: pd.DataFrame) -> pd.DataFrame:
    rows = table.drop_duplicates(["source", "row"])
    return rows.assign(reason="neither score nor comment")[REJECTED_COLUMNS]


def _reasons(rejected: pd.DataFrame) -> str:
    return ", ".join(f"{reason} x {count:,}" for reason, count in rejected["reason"].value_counts().head(3).items())


def _responses(table: pd.DataFrame, settings: LinkConfig) -> tuple[pd.DataFrame, int]:
    """Returns RESPONSES, and how many (response, column) pairs had several values."""
    segments = [column for column in table.columns if column.startswith("segment_")]
    columns = ["respondent_id", "score", "category", "date", "weight", *segments]
    rows = table.drop_duplicates(["source", "row"])[["response_id", *columns]]
    responses, n_conflicts = _settled(rows, columns)
    responses.insert(5, "period", periods(responses["date"], settings.period, settings.period_by))
    responses = responses.sort_values("response_id", ignore_index=True)
    # validating makes nanoseconds of the microseconds
    return RESPONSES.validate(responses).astype({"date": "datetime64[us]"}), n_conflicts


def _settled(rows: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, int]:
    """Returns one row per response with the smallest value of each column, and the number of contradictions."""
    responses, n_conflicts = pd.DataFrame({"response_id": rows["response_id"].unique()}), 0
    for column in columns:
        known = rows[["response_id", column]].dropna().drop_duplicates()
        smallest = known.sort_values(column).drop_duplicates("response_id")
        n_conflicts += int(known["response_id"].duplicated(keep=False).groupby(known["response_id"]).any().sum())
        responses = responses.merge(smallest, on="response_id", how="left")
    return responses, n_conflicts


def _comments(table: pd.DataFrame) -> pd.DataFrame:
    """Returns response_id, question, comment: null where empty; different texts joined by a line end."""
    key = ["response_id", "question"]
    texts = table[[*key, "comment"]].drop_duplicates().sort_values([*key, "comment"])
    texts = texts[texts["comment"].notna() | ~texts.duplicated(key, keep=False)]  # a null only where there is no text
    is_shared = texts.duplicated(key, keep=False)
    joined = texts[is_shared].groupby(key, as_index=False, sort=False)["comment"].agg("\n".join)
    return pd.concat([texts[~is_shared], joined]).sort_values(key, ignore_index=True)


def _ledger(answers: Answers, table: pd.DataFrame, rejected: pd.DataFrame) -> pd.DataFrame:
    """Returns source, rows, responses, merged, rejected; a response counts for its first row by source and row."""
    rows = table[["source", "row", "response_id"]].drop_duplicates(["source", "row"]).sort_values(["source", "row"])
    n_rows = rows["source"].value_counts()
    n_responses = rows.drop_duplicates("response_id")["source"].value_counts()
    n_rejected = rejected["source"].value_counts()
    ledger = pd.DataFrame({"source": [s.name for s in answers.sources], "rows": [s.rows for s in answers.sources]})
    ledger["responses"] = ledger["source"].map(n_responses).fillna(0).astype("int64")
    ledger["merged"] = ledger["source"].map(n_rows).fillna(0).astype("int64") - ledger["responses"]
    ledger["rejected"] = ledger["source"].map(n_rejected).fillna(0).astype("int64")
    return ledger
