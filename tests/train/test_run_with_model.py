"""From an export to labels to a model and back into a run."""

from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp import Config, analyze
from feedback_nlp.drivers.simulation.export import simulate_export
from feedback_nlp.themes import load_model
from feedback_nlp.track import Run
from feedback_nlp.train import evaluate_model, train_model

INGEST = {"comment": ("comment",), "score": "score", "id": "response_id", "date": "date"}
LINK = {"scale": "nps", "date_order": "ymd"}

pytestmark = pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")  # of umap, as bertopic loads


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated export, and its labels in two halves."""
    folder = tmp_path_factory.mktemp("support")
    simulate_export(folder / "export", 400, seed=5)
    labels = pd.read_csv(folder / "export" / "truth" / "labels.csv")
    taught = labels["response_id"].isin(labels["response_id"].unique()[:150])
    labels[taught].to_csv(folder / "taught.csv", index=False)
    labels[~taught].to_csv(folder / "held-back.csv", index=False)
    return folder


def _train_and_run(folder: Path, encoder: str) -> tuple[Run, pd.DataFrame]:
    config = Config().with_values(
        {"ingest": INGEST, "link": LINK, "embed": {"model": encoder}, "themes": {"n_themes": 8}}
    )
    exports, first, model = [folder / "export"], folder / f"{encoder}-run", folder / f"{encoder}-model"
    analyze(exports, config).save(first)
    train_model(folder / "taught.csv", model, first, config)
    figures = evaluate_model(model, folder / "held-back.csv", first, config)
    return analyze(exports, config, load_model(model)), figures.set_index("theme")


@pytest.fixture(scope="module")
def second(folder: Path) -> tuple[Run, pd.DataFrame]:
    return _train_and_run(folder, "hash")


def test_the_run_speaks_of_the_labelled_themes(second: tuple[Run, pd.DataFrame]) -> None:
    topics = second[0].themes.query("kind == 'topic'")
    assert {"Response time", "Price and billing"} <= set(topics["name"])
    assert topics["n_responses"].gt(0).all()


def test_a_statement_may_have_several_themes_or_none(second: tuple[Run, pd.DataFrame]) -> None:
    mentions = second[0].mentions
    assert mentions["theme_id"].isna().any()
    assert not mentions.duplicated(["segment_id", "theme_id"]).any()
    assert mentions["segment_id"].nunique() < len(mentions)


def test_evaluation_and_run_agree_on_what_is_found(second: tuple[Run, pd.DataFrame], folder: Path) -> None:
    run, figures = second
    held_back = pd.read_csv(folder / "held-back.csv")["response_id"].unique()
    mentions = run.mentions[run.mentions["response_id"].isin(held_back)]
    n_found = mentions.groupby("theme_id")["response_id"].nunique()
    assert figures.loc["Price and billing", "n_found"] == n_found["price-and-billing"]


@pytest.mark.slow
def test_real_vectors_find_themes_in_responses_that_were_not_labelled(folder: Path) -> None:
    run, figures = _train_and_run(folder, "minilm")
    assert figures.loc["macro average", "f1"] > 0.6
    assert run.drivers.n > 300
    assert {"generic-praise", "generic-complaint"} <= set(run.mentions["theme_id"])
