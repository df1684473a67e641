"""Labelled responses with their statements, whether the labels name responses of a run or bring their texts."""

import json
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import pandas as pd

from feedback_nlp.config import Config
from feedback_nlp.errors import InputError, RunError
from feedback_nlp.schema import FORMAT_VERSION
from feedback_nlp.text import prepare, split
from feedback_nlp.train.labels import Labels, read_labels

_QUESTION = "text"  # the question of a labelled text: neutral, it asks for neither praise nor faults


@dataclass(frozen=True)
class Examples:
    """What people labelled, cut into statements by the same rules as a run.

    `segments`: SEGMENTS of the labelled responses; a response without a statement (a non-answer) has no row.
    `labels`: response_id, theme; every labelled response that was found; theme null = no theme applies.
    """

    segments: pd.DataFrame
    labels: pd.DataFrame
    origin: str  # for people: which table, how many rows
    notes: tuple[str, ...] = ()


def read_examples(path: Path, run_folder: Path | None, config: Config) -> Examples:
    """Returns the labelled responses of a table of labels; see `read_labels` for its columns.

    Raises:
        InputError: the labels can't be used, or none of them points into the run.
        RunError: the run folder is none, or damaged.
    """
    labels = read_labels(path, has_run=run_folder is not None)
    if labels.key == "response_id" and run_folder is not None:
        comments = _read_comments(run_folder)
        table, notes = _inside(labels, comments, run_folder)
    else:
        table, comments = _as_responses(labels)
        comments, notes = prepare(comments, config.text), ()
    segments = split(comments[comments["response_id"].isin(table["response_id"])], config.text)
    silent = table["response_id"].nunique() - segments["response_id"].nunique()
    if silent:
        notes = (*notes, f"{silent} labelled responses have no statement (no comment, or a non-answer).")
    return Examples(segments, table, f"{labels.source} ({labels.n_rows:,} rows)", notes)


def _read_comments(run_folder: Path) -> pd.DataFrame:
    manifest, path = run_folder / "manifest.json", run_folder / "comments.parquet"
    try:
        version = json.loads(manifest.read_text(encoding="utf-8"))["format_version"]
        comments = pd.read_parquet(path)
    except FileNotFoundError as error:
        raise RunError(f"{run_folder}: no run folder ({Path(error.filename).name} is missing)") from None
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise RunError(f"{run_folder}: the run folder is damaged: {error}") from None
    if version != FORMAT_VERSION:
        raise RunError(f"{run_folder}: format version {version}, this release reads {FORMAT_VERSION}; run it again")
    return comments


def _inside(labels: Labels, comments: pd.DataFrame, run_folder: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The labels whose responses are in the run, and a note about the others."""
    known = comments["response_id"].drop_duplicates()
    wanted = labels.table["response_id"].drop_duplicates()
    missing = wanted[~wanted.isin(known)]
    if len(missing) == len(wanted):
        raise InputError(
            f"{labels.source}: none of its {len(wanted):,} response_ids (the first: '{wanted.iloc[0]}') is among the "
            f"{len(known):,} of {run_folder} (the first: '{known.min()}'); name the run that was labelled"
        )
    table = labels.table[labels.table["response_id"].isin(known)].reset_index(drop=True)
    if not len(missing):
        return table, ()
    return table, (f"{len(missing)} of {len(wanted)} labelled response_ids are not in the run and were left out.",)


def _as_responses(labels: Labels) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labels and comments in which every distinct text is a response, its id a hash of the text."""
    texts = labels.table["text"].drop_duplicates()
    ids = {text: blake2b(text.encode(), digest_size=10).hexdigest() for text in texts}
    table = pd.DataFrame({"response_id": labels.table["text"].map(ids), "theme": labels.table["theme"]})
    comments = pd.DataFrame({"response_id": texts.map(ids), "question": _QUESTION, "comment": texts})
    return table, comments.reset_index(drop=True)
