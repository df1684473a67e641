"""Model folders: a labels table in, a trained model out, written whole or not at all."""

from pathlib import Path

from feedback_nlp.config import Config
from feedback_nlp.embed import open_embedder
from feedback_nlp.folders import MODEL, check_target, save_whole
from feedback_nlp.themes import codebook_model, load_codebook
from feedback_nlp.train.examples import read_examples
from feedback_nlp.train.fit import fit_classifier


def train_model(
    labels: Path, out: Path, run_folder: Path | None, settings: Config, *, overwrite: bool = False,
    codebook: Path | None = None,
) -> Path:  # fmt: skip
    """Returns the model folder after fitting a classifier on the labels and writing it; `run --model` takes it.

    Args:
        labels: table with theme, and response_id or text; see `read_labels`.
        out: the folder to write.
        run_folder: the run whose responses are labelled; not needed for labels with texts.
        settings: `embed` says which encoder, `text` how texts are prepared.
        overwrite: replace a model folder; never a folder that holds something else, never the model of a run.
        codebook: a codebook (TOML) whose chances teach beside the labels; it goes into the model folder.

    Raises:
        InputError: the labels can't be used, or are too few.
        ModelError: the encoder is not there, or the codebook can't be used.
        RunError: the run folder is none, or the model folder may not be written.
    """
    check_target(out, MODEL, overwrite=overwrite)
    book = load_codebook(codebook) if codebook else None
    examples = read_examples(labels, run_folder, settings)
    embed = open_embedder(settings.embed)
    encoder = (embed.encoder.name, embed.encoder.space)
    model = fit_classifier(
        examples.segments, embed(examples.segments["bare"].tolist()), examples.labels, embed=embed,
        encoder=encoder, origin=examples.origin, notes=examples.notes,
        adviser=codebook_model(book, embed, encoder) if book else None,
    )  # fmt: skip
    return save_whole(out, MODEL, model.save, overwrite=overwrite)
