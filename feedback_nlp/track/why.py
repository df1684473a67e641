"""Why one response of a run got its themes, or none."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from feedback_nlp.config import EmbedConfig, build_config
from feedback_nlp.embed import open_embedder
from feedback_nlp.errors import RunError, did_you_mean
from feedback_nlp.text import split
from feedback_nlp.themes import Explanation, explain
from feedback_nlp.track.runs import Run

_MOST = 3  # ids that an error names
_LONGEST = 80  # characters of a comment that is quoted


def explain_response(run: Run, response_id: str, embed: EmbedConfig | None = None) -> Explanation:
    """Returns, statement by statement, what speaks for the themes that a response of a run was given.

    `unread` says of every answer without a statement why it has none.

    Args:
        run: a loaded run.
        response_id: one of its responses.
        embed: the encoder, if it is to be found elsewhere than when the run was made.

    Raises:
        RunError: the run has no such response; the line says which are near, or that its row was rejected.
        ModelError: the encoder's weights are gone or others.
    """
    if response_id not in set(run.responses["response_id"]):
        raise RunError(_unknown(run, response_id))
    config = build_config(run.manifest["config"], "manifest.json")
    comments = run.comments[run.comments["response_id"] == response_id]
    segments = split(comments, config.text)
    unread = tuple(_unread(comments, set(segments["question"]), config.text.language))
    if not len(segments):
        return Explanation(response_id, (), unread)
    embedder = open_embedder(embed or config.embed)
    run.model.check_encoder(embedder.encoder.space)
    vectors = embedder(segments["bare"].tolist())
    return replace(explain(response_id, segments, vectors, run.mentions, run.model, embedder), unread=unread)


def _unknown(run: Run, response_id: str) -> str:
    known = run.responses["response_id"]
    said = f"no response '{response_id}' in this run of {len(known):,}"
    if rejected := _rejected(run.rejected, response_id):
        return f"{said}: {rejected}"
    held = known[known.str.contains(response_id.strip(), case=False, regex=False)].sort_values().tolist()
    if not response_id.strip() or not held:
        return said + did_you_mean(response_id, known.head(10_000))
    named = " or ".join(f"'{name}'" for name in held[:_MOST])
    more = f" ({len(held) - _MOST:,} more hold it)" if len(held) > _MOST else ""
    return f"{said}; did you mean {named}{more}?"


def _rejected(rejected: pd.DataFrame, response_id: str) -> str:
    """What became of the first rejected row with a cell that is the id; "" if there is none."""
    for row in rejected.to_dict("records"):
        if response_id in str(row["content"]) and response_id in _cells(str(row["content"])):
            return f"row {row['row']} of {row['source']} was rejected: {row['reason']}"
    return ""


def _cells(content: str) -> list[str]:
    try:
        row = json.loads(content)
    except ValueError:
        return []
    return [str(cell) for cell in (row.values() if isinstance(row, dict) else row if isinstance(row, list) else [])]


def _unread(comments: pd.DataFrame, read: set[str], language: str) -> Iterator[str]:
    """One sentence for each answer without a statement, in order of the questions."""
    if comments.empty:
        yield "It has a score at most: no comment belongs to it."
    for row in comments.sort_values("question").to_dict("records"):
        if row["question"] not in read:
            yield f"“{row['question']}”: {_why_unread({str(key): value for key, value in row.items()}, language)}"


def _why_unread(answer: Mapping[str, Any], language: str) -> str:
    if answer["status"] == "empty" or not isinstance(answer["comment"], str):
        return "no comment was given."
    said = " ".join(answer["comment"].split())
    quoted = f"“{said[:_LONGEST]}…”" if len(said) > _LONGEST else f"“{said}”"
    if answer["status"] == "non-answer":
        return f"{quoted} is a non-answer; it was set aside."
    if answer["status"] == "other-language":
        only = f"only '{language}' is analysed" if language else "that language is not analysed"
        found = answer["language"]
        return f"{quoted} is in another language{f' ({found})' if isinstance(found, str) else ''}; {only}."
    return f"{quoted} holds no statement."
