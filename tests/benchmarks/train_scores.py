"""Prints how well labels teach a classifier on nhs-fft, and writes the table to results/train.md.

    FEEDBACK_NLP_BENCH=DIR python tests/benchmarks/train_scores.py [--cache FOLDER] [--draws 1]

all: every labelled response; five folds grouped by text, thresholds chosen on the other four (the card's figures).
5 / 10 / 50: as many responses drawn for each theme, with all labels they have; scored through `assign` on the responses
    whose text was not drawn, mean over draws.

F1 is over responses, macro and weighted by labels, as in DIR/score.py.
"""

import argparse
import os
import re

import numpy as np
import pandas as pd
from codebook_scores import BENCH, HERE, statements

from feedback_nlp.config import Config
from feedback_nlp.embed import Embedder, open_embedder
from feedback_nlp.schema import Vectors
from feedback_nlp.themes import ThemeModel, assign, codebook_model, load_codebook
from feedback_nlp.train import fit_classifier, score_themes

SET = "nhs-fft"


def all_labels(
    segments: pd.DataFrame, vectors: Vectors, gold: pd.DataFrame, embed: Embedder, adviser: ThemeModel | None
) -> tuple[float, float]:
    """(macro, weighted) of held-out folds."""
    card = fit_classifier(segments, vectors, gold, embed=embed, encoder=encoder_of(embed), adviser=adviser).card
    macro, weighted = re.findall(r"(?:macro|weighted) F1 (\d\.\d+)", card)
    return float(macro), float(weighted)


def few_labels(
    n: int, draw: int, segments: pd.DataFrame, vectors: Vectors, gold: pd.DataFrame, embed: Embedder,
    adviser: ThemeModel | None,
) -> tuple[float, float]:  # fmt: skip
    """(macro, weighted) on the responses whose text was not drawn."""
    wording = segments.groupby("response_id")["text"].agg(lambda texts: "\n".join(texts).casefold())
    known = gold[gold["response_id"].isin(wording.index)].sort_values(["theme", "response_id"])
    shuffled = known.sample(frac=1, random_state=draw)
    drawn = set(shuffled.groupby("theme").head(n)["response_id"])
    said = set(wording[list(drawn)])
    rest = known[~known["response_id"].map(wording).isin(said)]
    taught = known[known["response_id"].isin(drawn)]
    model = fit_classifier(
        segments, vectors, taught, embed=embed, encoder=encoder_of(embed), adviser=adviser, min_examples=2
    )
    rows = np.flatnonzero(segments["response_id"].isin(set(rest["response_id"])))
    mentions = assign(segments.iloc[rows].reset_index(drop=True), vectors[rows], model)
    ids = dict(zip(model.themes["name"], model.themes["theme_id"], strict=True))
    table = score_themes(rest, mentions, {name: ids.get(name) for name in sorted(rest["theme"].unique())})
    f1 = table.set_index("theme")["f1"]
    return float(f1["macro average"]), float(f1["weighted average"])


def encoder_of(embed: Embedder) -> tuple[str, str]:
    """Name and fingerprint."""
    return embed.encoder.name, embed.encoder.fingerprint


def main() -> None:
    """Prints the table and writes it to results/train.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", default=os.environ.get("FEEDBACK_NLP_CACHE", ""))
    parser.add_argument("--draws", type=int, default=1)
    options = parser.parse_args()
    embed = open_embedder(Config().with_values({"embed": {"cache": options.cache}}).embed)
    segments, gold = statements(SET), pd.read_csv(BENCH / SET / "gold.csv", dtype=str)
    vectors = embed(segments["bare"].tolist())
    book = codebook_model(load_codebook(HERE / "codebooks" / f"{SET}.toml"), embed, encoder_of(embed))
    lines = ["| labels per theme | codebook | macro F1 | weighted F1 |", "|---|---|---|---|"]
    print("\n".join(lines), flush=True)
    for n in (5, 10, 50, None):
        for adviser in (None, book):
            if n is None:
                found = [all_labels(segments, vectors, gold, embed, adviser)]
            else:
                found = [few_labels(n, d, segments, vectors, gold, embed, adviser) for d in range(options.draws)]
            macro, weighted = np.mean(found, axis=0)
            lines.append(f"| {n or 'all'} | {'with' if adviser else 'without'} | {macro:.3f} | {weighted:.3f} |")
            print(lines[-1], flush=True)
    text = (
        f"# Labels of {SET}\n\nMade by `python tests/benchmarks/train_scores.py --draws {options.draws}`, which says "
        "what the figures are.\n\n"
    )
    (HERE / "results" / "train.md").write_text(text + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
