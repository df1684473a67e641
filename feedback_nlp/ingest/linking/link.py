"""Answers -> responses and their comments: which rows are one, its score and date, and the account of every row."""

from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp.config import LinkConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.dates.periods import periods
from feedback_nlp.ingest.exports import sorted_rejected
from feedback_nlp.ingest.linking.ledger import count_rows, first_rows
from feedback_nlp.ingest.linking.notes import describe_oddities, listed_rows
from feedback_nlp.ingest.linking.rejections import BURST, IDENTICAL, Fates, burst_example, decide_fates, rejected_rows
from feedback_nlp.ingest.linking.rows import SourceRows, name_place, rating_columns, read_rows
from feedback_nlp.ingest.linking.settled import settle, settle_comments, torn_codes
from feedback_nlp.ingest.linking.weights import check_weights
from feedback_nlp.ingest.scores.scales import check_scale
from feedback_nlp.schema import RESPONSES, Answers, Linked

_DEFAULTS = LinkConfig()
_N_EXAMPLES = 3


def link_ratings(answers: Answers, settings: LinkConfig = _DEFAULTS) -> Linked:
    """Returns one row per response with its score, its comments beside it, and the ledger of the source rows.

    Rows that share an id are one response. Without an id, rows are joined by respondent and day if a question column
    and a respondent are known; otherwise, and where the id or respondent of a row is missing, the row is a response and
    its id is a hash of its content and the number of the occurrence. Identical rows and bursts of one text are kept,
    merged or rejected by the rule of `duplicates`. Contradicting metadata other than the score is settled whatever the
    order of the rows: the smallest value, the earliest date. Different texts under one question are joined by a line
    end in sorted order. Several responses of one respondent stay several. All tables are sorted by key and do not
    depend on the order of the rows.

    In the ledger a response counts for its first row, by source name and row number; its further rows are `merged`.
    Rows of a response with neither a score nor a comment are rejected: rows = responses + merged + rejected.

    Raises:
        ConfigError: the scale is unknown or contradicts itself.
        InputError: scores contradict within a response, no scale or date order can be told, two scales stand in one
            column, too many values lie outside the scale or are no dates, a weight is no number from 0, a response with
            a score has none where others have one, the weights' total is 0 or not finite, or no response is left.
    """
    check_scale(settings)
    rows = read_rows(answers, settings)
    _check_scores(rows)
    fates = decide_fates(rows, settings)
    own_rejected = rejected_rows(rows, fates, answers)
    rejected = sorted_rejected([answers.rejected, own_rejected])
    if not fates.is_kept.any():
        raise InputError(
            f"{answers.sources[0].name}: no response is left, every row is rejected ({_commonest(rejected)})"
        )
    kept = rows.table[fates.is_kept]
    codes, ids = _dense(rows.codes[fates.is_kept], rows.known_ids)
    responses, n_conflicts = _responses(kept, codes, ids, settings)
    if "weight" in answers.roles:
        check_weights(kept, codes, responses, answers.roles["weight"][0], name_place(answers, "weight"))
    is_answer_kept = fates.is_kept[rows.numbers]
    answer_codes, _ = _dense(rows.codes[rows.numbers][is_answer_kept], rows.known_ids)
    comments = settle_comments(rows.comments[is_answer_kept], answer_codes, ids)
    facts = _facts(answers, rows, fates, responses, settings) | {"n_metadata_conflicts": n_conflicts}
    ledger, reasons = _account(answers, rows, fates, codes)
    example = burst_example(rows, fates)
    notes = describe_oddities(responses, facts, rows.dates.unread, listed_rows(example) if len(example) else "")
    return Linked(responses, comments, rejected, ledger, facts, reasons, tuple(notes))


def _check_scores(rows: SourceRows) -> None:
    """Raises an InputError that lists responses whose rows have different scores."""
    torn = torn_codes(rows.table["score"], rows.codes, len(rows.known_ids))
    if not len(torn):
        return
    examples = []
    for code in torn[:_N_EXAMPLES]:
        said = rows.table[(rows.codes == code) & rows.table["score"].notna()].head(_N_EXAMPLES)
        cells = zip(said["score"], said["source"], said["row"], strict=True)
        scores = ", ".join(f"{score:g} in {source} row {row}" for score, source, row in cells)
        examples.append(f"'{rows.known_ids[code]}': {scores}")
    raise InputError(
        f"{len(torn):,} responses have contradicting scores: {'; '.join(examples)}; is the --id right, or do several "
        "files number their rows alike?"
    )


def _commonest(rejected: pd.DataFrame) -> str:
    return ", ".join(f"{reason} x {count:,}" for reason, count in rejected["reason"].value_counts().head(3).items())


def _dense(codes: np.ndarray, known_ids: pd.Index) -> tuple[np.ndarray, pd.Index]:
    """Returns codes and sorted ids without the responses of which no row is left."""
    left, dense = np.unique(codes, return_inverse=True)
    return dense, known_ids.take(left)


def _responses(kept: pd.DataFrame, codes: np.ndarray, ids: pd.Index, settings: LinkConfig) -> tuple[pd.DataFrame, int]:
    """Returns RESPONSES, and how many (response, column) pairs had several values."""
    more = [*kept.filter(regex="^segment_"), *kept.filter(regex="^rating_")]
    columns = ["respondent_id", "score", "category", "date", "weight", *more]
    responses, n_conflicts = settle(kept[columns], codes, len(ids))
    responses.insert(0, "response_id", ids.astype("str"))
    named = periods(responses["date"], settings.period, settings.period_by, settings.fiscal_year_start)
    responses.insert(5, "period", named)
    # validating makes nanoseconds of the microseconds
    return RESPONSES.validate(responses).astype({"date": "datetime64[us]"}), n_conflicts


def _facts(
    answers: Answers, rows: SourceRows, fates: Fates, responses: pd.DataFrame, settings: LinkConfig
) -> dict[str, Any]:
    """Returns what was guessed, read and counted, as plain data."""
    scores, dates = rows.scores, rows.dates
    return {
        "scale": scores.scale or None,
        "scale_guessed": "" if settings.scale else scores.evidence,
        "date_order": dates.order,
        "n_scores_outside": scores.n_outside,
        "scores_outside": list(scores.outside),
        "n_scores_no_answer": scores.n_no_answer,
        "n_dates_unread": dates.n_unread,
        "date_kind": dates.kind or None,
        "guessed": dict(answers.guessed),
        "identical_rows": _identical_counts(rows, fates, settings),
        "bursts": _burst_counts(rows, fates),
        "n_respondents_repeated": int((responses["respondent_id"].value_counts() > 1).sum()),
        "ratings": _rating_facts(answers, rows, responses),
    }


def _identical_counts(rows: SourceRows, fates: Fates, settings: LinkConfig) -> dict[str, int]:
    """Returns how many rows that are identical to an earlier one were merged, rejected and kept."""
    is_twin = rows.ids.twin_of >= 0
    is_merged = is_twin & fates.is_kept & rows.ids.is_told_apart & (settings.identical_rows == "merge")
    return {
        "merged": int(is_merged.sum()),
        "rejected": int((fates.kinds == IDENTICAL).sum()),
        "kept": int((is_twin & fates.is_kept & ~is_merged).sum()),
    }


def _burst_counts(rows: SourceRows, fates: Fates) -> dict[str, int]:
    n_rejected = len(np.unique(rows.codes[fates.kinds == BURST]))
    return {"bursts": fates.bursts.n_bursts, "responses": fates.bursts.n_responses, "rejected": n_rejected}


def _rating_facts(answers: Answers, rows: SourceRows, responses: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Returns of each rating its column, kind, counts of rows, scale, and the mean of the responses; null if none."""
    facts = {}
    for name, column in rating_columns(answers).items():
        rating, scores = rows.ratings[name], responses[name]
        facts[name.removeprefix("rating_")] = {
            "column": column, "kind": rating.kind, "n": rating.n, "n_unread": rating.n_unread,
            "low": _finite(rating.low), "high": _finite(rating.high), "mean": _finite(scores.mean()),
        }  # fmt: skip
    return facts


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


def _account(answers: Answers, rows: SourceRows, fates: Fates, codes: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the ledger and its reasons; `codes` are the responses of the kept rows."""
    kept = rows.table.loc[fates.is_kept, ["source"]]
    is_first = first_rows(codes)
    merged = kept[~is_first].assign(reason=rows.ids.joined_by[fates.is_kept][~is_first])
    own = rows.table.loc[~fates.is_kept, ["source"]].assign(reason=fates.kinds[~fates.is_kept])
    rejected = pd.concat([answers.rejected[["source", "reason"]], own])
    return count_rows(answers.sources, kept[is_first], merged, rejected)
