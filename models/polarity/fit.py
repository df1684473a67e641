"""Fits the polarity head from statements.csv: python models/polarity/fit.py [--check]

Writes feedback_nlp/text/polarity_head.json. Prints balanced accuracy with two whole domains held out at a time, so that
no figure is from a domain that was trained on. `--check` only prints.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import open_embedder
from feedback_nlp.text.polarity import SIGNS, signs_of
from feedback_nlp.text.statements import bare_statement

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "feedback_nlp" / "text" / "polarity_head.json"
STRENGTH = 0.1  # inverse of the ridge; more fits the writer's style better and other people's worse
CUT = 0.05  # the point between complaint and praise: at 0 too few complaints are seen in other domains


def balanced_accuracy(truth: NDArray[np.int64], reading: NDArray[np.float64]) -> float:
    """Returns the mean of the two recalls."""
    return float(((reading[truth > 0] > 0).mean() + (reading[truth < 0] < 0).mean()) / 2)


def fit(features: NDArray[np.float64], truth: NDArray[np.int64]) -> LogisticRegression:
    """Returns the fitted logistic regression."""
    return LogisticRegression(C=STRENGTH, max_iter=2000).fit(features, truth)


def main() -> None:
    """Fits, prints how well it does, and writes the head."""
    table = pd.read_csv(HERE / "statements.csv")
    truth = np.where(table["polarity"] == "positive", 1, -1)
    embed = open_embedder(EmbedConfig())
    signs = signs_of(table["text"].tolist())
    features = np.hstack([embed([bare_statement(text) for text in table["text"]]).astype(np.float64), signs])
    lexicon = signs[:, SIGNS.index("compound")]
    held_out = np.zeros(len(table))
    for train, test in GroupKFold(13).split(features, truth, table["domain"]):
        held_out[test] = np.tanh(fit(features[train], truth[train]).decision_function(features[test]) / 2)
    for name, reading in {"VADER": lexicon, "head": held_out - CUT, "mean of both": (held_out + lexicon) / 2}.items():
        print(f"{name}: balanced accuracy {balanced_accuracy(truth, reading):.3f} on {len(table)} statements")
    if "--check" not in sys.argv:
        model = fit(features, truth)
        head = {
            "encoder": embed.encoder.fingerprint,
            "cut": CUT,
            "intercept": round(float(model.intercept_[0]), 5),
            "coefficients": np.round(model.coef_[0], 5).tolist(),
        }
        TARGET.write_text(json.dumps(head) + "\n", encoding="utf-8")
        print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
