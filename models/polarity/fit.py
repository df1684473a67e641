"""Fits the polarity head from statements.csv and contrasts.csv: python models/polarity/fit.py [--check]

Writes feedback_nlp/text/polarity_head.json. Prints balanced accuracy with two whole domains held out at a time, so that
no figure is from a domain that was trained on. `--check` only prints.
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
from feedback_nlp.text.polarity import SIGNS, PhraseReader, PolarityHead, phrases_of, signs_of
from feedback_nlp.text.statements import bare_statement

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "feedback_nlp" / "text" / "polarity_head.json"
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


def read(texts: list[str], features: Features, model: LogisticRegression, reader: PhraseReader) -> Features:
    """Returns what the package would read before the cut, in [-1, 1]."""
    head = PolarityHead("", model.coef_[0], float(model.intercept_[0]), CUT, reader)
    return head.read(texts, features[:, : -len(SIGNS)], features[:, -len(SIGNS) :])


def main() -> None:
    """Fits, prints how well it does, and writes the head."""
    table = pd.concat([pd.read_csv(HERE / name) for name in ("statements.csv", "contrasts.csv")], ignore_index=True)
    texts, truth = table["text"].tolist(), np.where(table["polarity"] == "positive", 1, -1)
    embed = open_embedder(EmbedConfig())
    features = np.hstack([embed([bare_statement(text) for text in texts]).astype(np.float64), signs_of(texts)])
    by_vector, both = np.zeros(len(table)), np.zeros(len(table))
    for train, test in GroupKFold(11).split(features, truth, table["domain"]):
        model = fit_vector(features[train], truth[train])
        reader = fit_phrases([texts[i] for i in train], truth[train])
        by_vector[test] = model.decision_function(features[test])
        both[test] = read([texts[i] for i in test], features[test], model, reader)
    lexicon = features[:, len(features[0]) - len(SIGNS) + SIGNS.index("compound")]
    for name, reading in {"VADER": lexicon, "vector": by_vector, "vector and phrases": both - CUT}.items():
        print(f"{name}: balanced accuracy {balanced_accuracy(truth, reading):.3f} on {len(table)} statements")
    if "--check" not in sys.argv:
        write(fit_vector(features, truth), fit_phrases(texts, truth), embed.encoder.fingerprint)


def write(model: LogisticRegression, reader: PhraseReader, encoder: str) -> None:
    """Writes the head that ships with the package."""
    head = {
        "encoder": encoder,
        "cut": CUT,
        "intercept": round(float(model.intercept_[0]), 5),
        "coefficients": np.round(model.coef_[0], 5).tolist(),
        "phrases_intercept": reader.intercept,
        "phrases_weight": reader.weight,
        "phrases": reader.phrases,
    }
    TARGET.write_text(json.dumps(head, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
