"""Model folders: a labels table in, a trained model out, written whole or not at all."""

import os
import shutil
from pathlib import Path

from feedback_nlp.config import Config
from feedback_nlp.embed import open_embedder
from feedback_nlp.errors import ModelError
from feedback_nlp.themes import ThemeModel
from feedback_nlp.train.examples import read_examples
from feedback_nlp.train.fit import fit_classifier

_MODEL = "model.json"  # tells a model folder from any other
_RUN = "manifest.json"


def train_model(labels: Path, out: Path, run_folder: Path | None, settings: Config, *, overwrite: bool = False) -> Path:
    """Returns the model folder after fitting a classifier on the labels and writing it; `run --model` takes it.

    Args:
        labels: table with theme, and response_id or text; see `read_labels`.
        out: the folder to write.
        run_folder: the run whose responses are labelled; not needed for labels with texts.
        settings: `embed` says which encoder, `text` how texts are prepared.
        overwrite: replace a model folder; never a folder that holds something else, never the model of a run.

    Raises:
        InputError: the labels can't be used, or are too few.
        ModelError: the folder may not be written, or the encoder is not there.
        RunError: the run folder is none.
    """
    _check_target(out, overwrite=overwrite)
    examples = read_examples(labels, run_folder, settings)
    embed = open_embedder(settings.embed)
    model = fit_classifier(
        examples.segments, embed(examples.segments["text"].tolist()), examples.labels, embed=embed,
        encoder=(embed.encoder.name, embed.encoder.fingerprint), origin=examples.origin, notes=examples.notes,
    )  # fmt: skip
    return _save_whole(model, out)


def _check_target(folder: Path, *, overwrite: bool) -> None:
    if not folder.exists():
        return
    is_model = (folder / _MODEL).is_file()
    if not overwrite:
        what = "already holds a model" if is_model else "exists already"
        raise ModelError(f"{folder}: {what}; name a new folder{', or add --overwrite' if is_model else ''}")
    if (folder.resolve().parent / _RUN).is_file():
        raise ModelError(f"{folder}: the model of a finished run, which never changes; name another folder")
    if not is_model and not (folder.is_dir() and not any(folder.iterdir())):
        raise ModelError(f"{folder}: no model folder ({_MODEL} is missing), which --overwrite leaves alone")


def _save_whole(model: ThemeModel, folder: Path) -> Path:
    """Written beside the folder and then renamed, so that it is there whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        model.save(beside)
        if folder.exists():
            folder.rename(old)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return folder
