"""Why one response of a run got its themes."""

from feedback_nlp.config import EmbedConfig, build_config
from feedback_nlp.embed import open_embedder
from feedback_nlp.errors import RunError, did_you_mean
from feedback_nlp.text import split
from feedback_nlp.themes import Explanation, explain
from feedback_nlp.track.runs import Run


def explain_response(run: Run, response_id: str, embed: EmbedConfig | None = None) -> Explanation:
    """Returns, statement by statement, what speaks for the themes that a response of a run was given.

    Args:
        run: a loaded run.
        response_id: one of its responses.
        embed: the encoder, if it is to be found elsewhere than when the run was made.

    Raises:
        RunError: the run has no such response.
        ModelError: the encoder's weights are gone or others.
    """
    known = run.responses["response_id"]
    if response_id not in set(known):
        near = did_you_mean(response_id, known.head(10_000))
        raise RunError(f"no response '{response_id}' in this run of {len(known):,}{near}")
    config = build_config(run.manifest["config"], "manifest.json")
    embedder = open_embedder(embed or config.embed)
    run.model.check_encoder(embedder.encoder.space)
    segments = split(run.comments[run.comments["response_id"] == response_id], config.text)
    vectors = embedder(segments["bare"].tolist())
    return explain(response_id, segments, vectors, run.mentions, run.model, embedder)
