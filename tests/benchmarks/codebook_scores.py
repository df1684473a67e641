"""How well a codebook does without labels: three human-labelled sets, codebooks written from the label names alone.

    python tests/benchmarks/codebook_scores.py [FOLDER]

For each set: prepare, split, embed, assign with tests/benchmarks/codebooks/NAME.toml; a run folder with
mentions.parquet and themes.csv goes to FOLDER/NAME (default: a temporary one), and the benchmark's own score.py scores
it. Benchmarks are found by FEEDBACK_NLP_BENCH. Writes tests/benchmarks/results/codebooks.md.

calibration: of responses with one statement, which does not only evaluate, the mean confidence of the theme given
against the share in which people gave the response that theme; `error` is the expected calibration error over ten bins
of confidence (Naeini et al. 2015). themed: share of statements with a theme.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import open_embedder
from feedback_nlp.text import prepare, split
from feedback_nlp.themes import ThemeModel, assign, codebook_model, load_codebook

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
BENCH = Path(os.environ.get("FEEDBACK_NLP_BENCH", ROOT.parent / "shared" / "bench"))
SETS = ("nhs-fft", "us-airline-tweets", "mams-acsa")
REQUIRED = {"nhs-fft": (0.44, 0.53), "us-airline-tweets": (0.52, 0.60), "mams-acsa": (0.70, 0.76)}  # and aimed at


def statements(name: str) -> pd.DataFrame:
    """SEGMENTS of a benchmark's comments."""
    table = pd.read_csv(BENCH / name / "input.csv", dtype=str, keep_default_na=False)
    question = table.get("question", "comment")
    columns = {"response_id": table["response_id"], "question": question, "comment": table["comment"].replace("", None)}
    return split(prepare(pd.DataFrame(columns)))


def score(name: str, mentions: pd.DataFrame, model: ThemeModel, folder: Path) -> dict[str, float]:
    """What score.py says of the run folder that is written here."""
    folder.mkdir(parents=True, exist_ok=True)
    mentions.to_parquet(folder / "mentions.parquet", index=False)
    model.themes[["theme_id", "name", "kind"]].to_csv(folder / "themes.csv", index=False)
    command = [sys.executable, str(BENCH / "score.py"), "codebook", name, str(folder)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def calibration(
    name: str, segments: pd.DataFrame, mentions: pd.DataFrame, model: ThemeModel
) -> tuple[float, float, float]:
    """(mean confidence, share right, expected calibration error); see the module."""
    gold = pd.read_csv(BENCH / name / "gold.csv", dtype=str)
    pairs = set(zip(gold["response_id"], gold["theme"], strict=True))
    alone = segments.groupby("response_id")["response_id"].transform("size").eq(1) & segments["generic"].isna()
    ids = set(segments.loc[alone, "response_id"]) & set(gold["response_id"])
    given = mentions[mentions["response_id"].isin(ids) & mentions["theme_id"].notna()]
    names = given["theme_id"].map(model.themes.set_index("theme_id")["name"])
    right = np.array([pair in pairs for pair in zip(given["response_id"], names, strict=True)])
    chance = given["confidence"].to_numpy(float)
    bins = np.minimum((chance * 10).astype(int), 9)
    error = sum(abs(chance[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))
    return float(chance.mean()), float(right.mean()), float(error)


def row(name: str, folder: Path) -> str:
    """One line of the table."""
    embed = open_embedder(EmbedConfig())
    codebook = load_codebook(HERE / "codebooks" / f"{name}.toml")
    model = codebook_model(codebook, embed, (embed.encoder.name, embed.encoder.fingerprint))
    segments = statements(name)
    mentions = assign(segments, embed(segments["bare"].tolist()), model)
    found = score(name, mentions, model, folder / name)
    mean, right, error = calibration(name, segments, mentions, model)
    themed = mentions.groupby("segment_id")["theme_id"].first().notna().mean()
    required, aim = REQUIRED[name]
    return (
        f"| {name} | {len(codebook.leaves)} | {found['macro_f1']:.3f} | {found['weighted_f1']:.3f} | "
        f"{found['micro_f1']:.3f} | {required:.2f} / {aim:.2f} | {themed:.2f} | "
        f"{mean:.2f} / {right:.2f} / {error:.2f} |"
    )


def main(folder: Path) -> None:
    """Prints the table and writes it to results/codebooks.md."""
    head = (
        "| set | themes | macro F1 | weighted F1 | micro F1 | required / aim (macro) | themed | "
        "confidence / right / error |"
    )
    lines = [head, "|---|---|---|---|---|---|---|---|", *(row(name, folder) for name in SETS)]
    text = (
        "# Codebooks written from label names alone\n\nMade by `python tests/benchmarks/codebook_scores.py`, which "
        "says what the columns mean. Words were final before any comment was read; method and constants were chosen on "
        "these same sets, so expect less elsewhere.\n\n"
    )
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "codebooks.md").write_text(text + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print("\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
