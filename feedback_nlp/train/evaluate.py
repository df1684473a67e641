"""How well a model finds labelled themes, counted over responses and by the path that a run takes."""

from pathlib import Path

import pandas as pd

from feedback_nlp.config import Config
from feedback_nlp.embed import open_embedder
from feedback_nlp.errors import InputError, did_you_mean
from feedback_nlp.themes import ThemeModel, assign, load_model
from feedback_nlp.train.catalogue import generic_id
from feedback_nlp.train.examples import read_examples
from feedback_nlp.train.figures import theme_figures
from feedback_nlp.train.fit import membership
from feedback_nlp.train.labels import folded, listed


def evaluate_model(model: Path, labels: Path, run_folder: Path | None, settings: Config) -> pd.DataFrame:
    """Returns precision, recall and F1 of each labelled theme, then their averages; see `theme_figures`.

    A response has a theme if any of its statements got it through `assign`, as in a run. Labels meet themes by name,
    whatever the case. Figures over labels that the model was trained on flatter it.

    Args:
        model: models/NAME, RUN or RUN/model.
        labels: table with theme, and response_id or text; see `read_labels`.
        run_folder: the run whose responses are labelled; not needed for labels with texts.
        settings: `embed` must be the encoder of the model.

    Raises:
        InputError: the labels can't be used, or none of their themes is in the model.
        ModelError: there is no model, or it was made with another encoder.
        RunError: the run folder is none.
    """
    loaded = load_model(model)
    examples = read_examples(labels, run_folder, settings)
    themes = examples.labels["theme"].dropna().unique()
    by_name = _match(themes.tolist(), loaded)
    if not any(by_name.values()):
        known = loaded.themes["name"].tolist()
        raise InputError(
            f"{examples.origin}: none of its {len(by_name)} themes is in the model{did_you_mean(themes[0], known)} "
            f"(labels: {listed(by_name)}; model: {listed(known)})"
        )
    embed = open_embedder(settings.embed)
    loaded.check_encoder(embed.encoder.space)
    mentions = assign(examples.segments, embed(examples.segments["bare"].tolist()), loaded)
    return score_themes(examples.labels, mentions, by_name)


def score_themes(labels: pd.DataFrame, mentions: pd.DataFrame, by_name: dict[str, str | None]) -> pd.DataFrame:
    """Returns `theme_figures` of mentions against labels, one row per labelled theme in order of name.

    Args:
        labels: columns response_id and theme (a name; null = no theme applies); only its responses count.
        mentions: columns response_id and theme_id.
        by_name: theme name -> the model's theme_id, None for a theme the model does not know (its recall is 0).
    """
    responses = sorted(labels["response_id"].unique())
    names = sorted(by_name)
    truth = membership(responses, names, labels["response_id"], labels["theme"])
    ids = [by_name[name] or f"unknown {name}" for name in names]
    found = membership(responses, sorted(set(ids)), mentions["response_id"], mentions["theme_id"])
    return theme_figures(names, truth, found[:, [sorted(set(ids)).index(theme) for theme in ids]])


def _match(names: list[str], model: ThemeModel) -> dict[str, str | None]:
    """Theme name -> theme_id of the model's theme of that name, or None."""
    known = {folded(name): theme for theme, name in model.themes[["theme_id", "name"]].itertuples(index=False)}
    return {name: known.get(folded(name)) or generic_id(name) for name in names}
