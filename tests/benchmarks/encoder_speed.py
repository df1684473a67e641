"""Prints texts a CPU-second, cosine to MiniLM and memory of every encoder, in one run over the sample's statements.

    python tests/benchmarks/encoder_speed.py [--texts 5000] [--out tests/benchmarks/results/encoders.md]

The sample has fewer distinct statements than that: they are taken again in another order, and every one is encoded.
Each encoder runs in a process of its own; building into the user's cache is not timed. "same alone" is the share of 100
texts whose vector, encoded alone, has the same bits as among all. Machines differ: compare rows of one run.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import load_encoder
from feedback_nlp.text import prepare, split

ENCODERS = ("minilm", "minilm-onnx", "minilm-int8", "static", "multilingual", "hash")
HEAD = "| encoder | texts / CPU-s | × minilm | cosine to minilm, mean / least | same alone | load, s | peak, MB |\n"


def statements(n_texts: int) -> list[str]:
    """Returns n statements of the sample export, in an order drawn from a seed."""
    folder = Path(__file__).resolve().parents[2] / "data" / "sample"
    files = sorted(folder.glob("support-*.csv"))
    table = pd.concat([pd.read_csv(path, dtype=str, keep_default_na=False) for path in files], ignore_index=True)
    comments = table["comment"].where(table["comment"] != "", None)
    ids = [f"r{i}" for i in range(len(table))]
    found = split(prepare(pd.DataFrame({"response_id": ids, "question": "comment", "comment": comments})))
    distinct = sorted(set(found["bare"]))
    draw = np.random.default_rng(0)
    rounds = [draw.permutation(len(distinct)) for _ in range(-(-n_texts // len(distinct)))]
    return [distinct[i] for i in np.concatenate(rounds)[:n_texts]]


def measure(name: str, n_texts: int, keep: Path) -> dict[str, float]:
    """Returns the figures of one encoder; its vectors are kept for the comparison."""
    texts = statements(n_texts)
    load_encoder(EmbedConfig(model=name))  # builds
    start = time.perf_counter()
    encoder = load_encoder(EmbedConfig(model=name))
    load = time.perf_counter() - start
    encoder.encode(texts[:256])
    start = time.process_time()
    vectors = encoder.encode(texts)
    seconds = time.process_time() - start
    alone = [np.array_equal(encoder.encode([text])[0], row) for text, row in zip(texts[:100], vectors, strict=False)]
    np.save(keep / f"{name}.npy", vectors)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"speed": n_texts / seconds, "alone": float(np.mean(alone)), "load": load, "peak": peak}


def row(name: str, figures: dict[str, float], base: dict[str, float], keep: Path) -> str:
    """Returns a line of the table."""
    own, minilm = np.load(keep / f"{name}.npy"), np.load(keep / "minilm.npy")
    cosine = (own * minilm).sum(axis=1) if name.startswith("minilm") else np.array([])
    near = f"{cosine.mean():.4f} / {cosine.min():.3f}" if len(cosine) else "another space"
    return (
        f"| {name} | {figures['speed']:,.0f} | {figures['speed'] / base['speed']:.1f} | {near} | "
        f"{figures['alone']:.0%} | {figures['load']:.1f} | {figures['peak']:,.0f} |"
    )


def main() -> None:
    """Measures every encoder in its own process and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=5000)
    parser.add_argument("--out", type=Path, help="a Markdown file for the table")
    parser.add_argument("--keep", type=Path, default=Path("/tmp/encoder-speed"), help="folder for vectors")  # noqa: S108
    parser.add_argument("--one", choices=ENCODERS, help="measure this one and print its figures as JSON")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    if options.one:
        print(json.dumps(measure(options.one, options.texts, options.keep)))
        return
    figures = {}
    for name in ENCODERS:
        command = [sys.executable, __file__, "--one", name, "--texts", str(options.texts), "--keep", str(options.keep)]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        figures[name] = json.loads(shown.splitlines()[-1])
    lines = [row(name, figures[name], figures["minilm"], options.keep) for name in ENCODERS]
    table = f"{HEAD}|---|---|---|---|---|---|---|\n" + "\n".join(lines) + "\n"
    print(table)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(f"# Encoders, {options.texts:,} statements of the sample\n\n{table}", encoding="utf-8")


if __name__ == "__main__":
    main()
