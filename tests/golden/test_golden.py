"""What the sample says, kept as files: a change of any figure shows as a diff. `make golden` renews them.

The ranking is that of the themes the sample's comments truly mention, so that it holds on every machine: clusters may
fall differently where matrix products round differently.
"""

import os
from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp.config import Config, load_config
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.schema import Linked
from feedback_nlp.text import prepare, split

HERE = Path(__file__).parent
COLUMNS = [
    "theme_id",
    "n_responses",
    "n_negative",
    "n_positive",
    "nps",
    "drag",
    "drag_low",
    "drag_high",
    "lift",
    "rank",
]


@pytest.fixture(scope="module")
def config(quick_config) -> Config:
    return load_config(quick_config)


@pytest.fixture(scope="module")
def linked(root, config) -> Linked:
    return link_ratings(read_exports([root / "data" / "sample"], config.ingest), config.link)


def agrees(name: str, text: str) -> bool:
    path = HERE / name
    if os.environ.get("FEEDBACK_NLP_RENEW_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    return path.read_text(encoding="utf-8") == text


def test_the_ranking_of_the_true_mentions_is_the_one_that_was_read(root, linked):
    labels = pd.read_csv(root / "data" / "sample" / "truth" / "labels.csv").rename(columns={"theme": "theme_id"})
    labels = labels[~labels["theme_id"].str.startswith("Generic")]
    themes = pd.DataFrame({"theme_id": sorted(labels["theme_id"].unique()), "kind": "topic"})
    table = rank_drivers(linked.responses, labels, themes).table
    assert agrees("ranking.csv", table[COLUMNS].round(2).to_csv(index=False, lineterminator="\n"))


def test_the_fate_of_rows_and_comments_is_the_one_that_was_read(linked, config):
    comments = prepare(linked.comments, config.text)
    segments = split(comments, config.text)
    counts = {
        **linked.ledger[["rows", "responses", "merged", "rejected"]].sum().to_dict(),
        **comments["status"].value_counts().sort_index().to_dict(),
        "statements": len(segments),
        **segments["generic"].value_counts().sort_index().to_dict(),
    }
    assert agrees("counts.txt", "".join(f"{name} {n}\n" for name, n in counts.items()))


def test_the_golden_ranking_is_led_by_the_planted_drags():
    drags = pd.read_csv(HERE / "ranking.csv").set_index("theme_id")["drag"]
    assert drags.nsmallest(3).index.tolist() == ["Response time", "Reaching a person", "First-contact resolution"]
