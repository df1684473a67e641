"""The main job, read from top to bottom: survey exports in, a Run out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from feedback_nlp.config import Config
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.embed import language_note, open_embedder
from feedback_nlp.ingest import link_ratings, read_exports, with_direction
from feedback_nlp.report import render_report
from feedback_nlp.text import (
    describe_preparation,
    function_words,
    mask_linked,
    noun_chunks,
    polarity,
    prepare,
    split,
    unread_note,
)
from feedback_nlp.themes import (
    Codebook,
    ThemeModel,
    assign,
    codebook_coverage,
    codebook_model,
    discover,
    lay_out,
    propose_names,
)
from feedback_nlp.track import Run, Stages, describe_run

Progress = Callable[[str], None]


def _silent(message: str) -> None:
    """Says nothing: the progress of a library call."""


def analyze(
    exports: Sequence[str | Path],
    config: Config = Config(),
    model: ThemeModel | Codebook | None = None,
    *,
    progress: Progress = _silent,
) -> Run:
    """Returns the Run of one or more survey exports: themes, their drags and lifts, and how they came about.

    Args:
        exports: files, or folders of files.
        config: all settings; the defaults are complete.
        model: the themes of an earlier run, a trained classifier or a codebook; without it themes are discovered.
        progress: called with the name of each stage as it starts.

    Raises:
        FeedbackError: an export, a setting, the weights or the model can't be used; one line says why.
    """
    stage = Stages(progress)
    embed = stage("load encoder", open_embedder, config.embed)
    encoder = (embed.encoder.name, embed.encoder.space)
    if isinstance(model, Codebook):
        model = stage("read codebook", codebook_model, model, embed, encoder)
    elif model is not None:
        model.check_encoder(embed.encoder.space)

    answers = stage("read", read_exports, exports, config.ingest)
    linked = stage("link", link_ratings, answers, config.link)
    linked = stage("mask", mask_linked, linked, config.text)
    comments = stage("prepare", prepare, linked.comments, config.text)
    segments = stage("split", split, comments, config.text)
    vectors = stage("embed", embed, segments["bare"].tolist())
    if model is None:
        chunks = partial(noun_chunks, spacy_model=config.text.spacy_model)
        model = stage(
            "discover", discover, segments, vectors, config.themes,
            embed=embed, noun_chunks=chunks, function_words=function_words, encoder=encoder, seed=config.seed,
        )  # fmt: skip
        model, remarks = stage("name", propose_names, model, config.names, seed=config.seed)
        linked = replace(linked, notes=(*linked.notes, *remarks))
    mentions = stage("assign", assign, segments, vectors, model)
    coverage = stage("coverage", codebook_coverage, mentions, segments, vectors, model) if model.codebook else None
    places = stage("map", lay_out, segments, vectors, mentions, config.report.n_map)
    mentions = stage("polarity", polarity, mentions, vectors, embed.encoder.space)
    linked = stage("check direction", with_direction, linked, mentions)
    drivers = stage("drivers", rank_drivers, linked.responses, mentions, model.themes, config.drivers, config.seed)

    prepared = stage("count", describe_preparation, linked.comments, comments, config.text)
    doubts = filter(None, (language_note(prepared["languages"], config.embed.model), unread_note(mentions)))
    linked = replace(linked, notes=(*linked.notes, *doubts))
    manifest = describe_run(answers, linked, comments, mentions, model, config, prepared, coverage)
    run = Run(linked.responses, comments, mentions, drivers, model, manifest, linked.rejected, stage.seconds)
    run = replace(run, map=places)
    return replace(run, report=stage("report", render_report, run))
