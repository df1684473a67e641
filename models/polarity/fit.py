"""Fits the polarity heads from statements.csv and contrasts.csv: python models/polarity/fit.py [--check] [ENCODER]

Writes feedback_nlp/text/polarity_head.json (English, in the space of MiniLM) and polarity_head_multilingual.json (in
that of the multilingual encoder), or that of ENCODER, minilm or multilingual. Prints balanced accuracy with two whole
domains held out at a time, so that no figure is from a domain that was trained on. `--check` only prints.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import open_embedder
from feedback_nlp.embed.multilingual import LANGUAGES as MULTILINGUAL
from feedback_nlp.text.heads import HEADS, PhraseReader, PolarityHead, phrases_of
from feedback_nlp.text.signs import SIGNS, plain_signs_of, signs_of
from feedback_nlp.text.statements import bare_statement

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "feedback_nlp" / "text"
LANGUAGES = {"minilm": ("en",), "multilingual": MULTILINGUAL}  # encoder -> what its head reads, in the order of HEADS
STRENGTH = 0.1  # inverse of the ridge; more fits the writer's style better and other people's worse
PHRASE_STRENGTH, PHRASE_WEIGHT = 1.0, 0.3
CUT = 0.05  # the point between complaint and praise: at 0 too few complaints are seen in other domains

Features = NDArray[np.float64]
Labels = NDArray[np.int64]


def balanced_accuracy(truth: NDArray[np.int64], reading: NDArray[np.float64]) -> float:
    """Returns the mean of the two recalls."""
    return float(((reading[truth > 0] > 0).mean() + (reading[truth < 0] < 0).mean()) / 2)


def fit_vector(features: Features, truth: Labels) -> LogisticRegression:
    """Returns the regression on vectors and signs."""
    return LogisticRegression(C=STRENGTH, max_iter=2000).fit(features, truth)


def fit_phrases(texts: list[str], truth: Labels) -> PhraseReader:
    """Returns the regression on TF-IDF of words and word pairs that two statements share."""
    vectorizer = TfidfVectorizer(analyzer=phrases_of, sublinear_tf=True, min_df=2)
    model = LogisticRegression(C=PHRASE_STRENGTH, max_iter=2000).fit(vectorizer.fit_transform(texts), truth)
    numbers = zip(vectorizer.idf_.round(4).tolist(), model.coef_[0].round(4).tolist(), strict=True)
    phrases = dict(zip(vectorizer.get_feature_names_out().tolist(), numbers, strict=True))
    return PhraseReader(phrases, round(float(model.intercept_[0]), 4), PHRASE_WEIGHT)


def read(
    texts: list[str], vectors: Features, signs: Features, model: LogisticRegression, reader: PhraseReader
) -> Features:
    """Returns what the package would read before the cut, in [-1, 1]."""
    head = PolarityHead("", model.coef_[0], float(model.intercept_[0]), CUT, reader)
    return head.read(texts, vectors.astype(np.float32), signs)


def fit_head(encoder: str, table: pd.DataFrame) -> dict[str, object]:
    """Returns the head in an encoder's space as plain data, and prints how well it does."""
    languages = LANGUAGES[encoder]
    texts, truth = table["text"].tolist(), np.where(table["polarity"] == "positive", 1, -1)
    embed = open_embedder(EmbedConfig(model=encoder))
    vectors = embed([bare_statement(text) for text in texts]).astype(np.float64)
    english = languages == ("en",)
    signs = signs_of(texts) if english else plain_signs_of(texts, ["en"] * len(texts))
    features, none = np.hstack([vectors, signs]), PhraseReader({}, 0.0, 0.0)
    by_vector, by_all = np.zeros(len(table)), np.zeros(len(table))
    for train, test in GroupKFold(11).split(features, truth, table["domain"]):
        model = fit_vector(features[train], truth[train])
        reader = fit_phrases([texts[i] for i in train], truth[train]) if english else none
        held_out = [texts[i] for i in test]
        by_vector[test] = read(held_out, vectors[test], signs[test], model, none)
        by_all[test] = read(held_out, vectors[test], signs[test], model, reader)
    for name, reading in {"vector and signs": by_vector, "as shipped": by_all - CUT}.items():
        print(f"{encoder}, {name}: balanced accuracy {balanced_accuracy(truth, reading):.3f}, {len(table)} statements")
    print(f"VADER: {balanced_accuracy(truth, signs_of(texts)[:, SIGNS.index('compound')]):.3f}")
    model, reader = fit_vector(features, truth), fit_phrases(texts, truth) if english else none
    return {
        "encoder": embed.encoder.space,
        "languages": languages,
        "cut": CUT,
        "intercept": round(float(model.intercept_[0]), 5),
        "coefficients": np.round(model.coef_[0], 5).tolist(),
        "phrases_intercept": reader.intercept,
        "phrases_weight": reader.weight,
        "phrases": reader.phrases,
    }


def main() -> None:
    """Fits, prints how well it does, and writes the heads."""
    table = pd.concat([pd.read_csv(HERE / name) for name in ("statements.csv", "contrasts.csv")], ignore_index=True)
    for encoder, name in zip(LANGUAGES, HEADS, strict=True):
        if {*sys.argv} & {*LANGUAGES} <= {encoder}:
            head = fit_head(encoder, table)
            if "--check" not in sys.argv:
                (TARGET / name).write_text(json.dumps(head, ensure_ascii=False) + "\n", encoding="utf-8")
                print(f"wrote {name}")


if __name__ == "__main__":
    main()
