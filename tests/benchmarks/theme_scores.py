"""Prints how well discovered themes match what people labelled, and writes the table to results/themes.md.

    FEEDBACK_NLP_BENCH=DIR python tests/benchmarks/theme_scores.py [--seeds 0,1,2] [--sets nhs-fft,...] [--stability]

Per set and seed, of a run with `--themes` 35 / 20 / 20 (vectors come from the cache after the first run):

best, weighted, one to one, coverage, themes per response, largest: DIR/score.py, which reads the run folder; the
    product's own `evaluate_themes` must agree with it to four digits.
tree macro / weighted: mean over labels of the best F1 any node has; nodes are the clusters before merging, every merge
    of them up to one, and the two generic themes.
same: share of statements (repeats counted) that the student gives the cluster they were fitted in.
calibration error: of a student that learned from four fifths of the distinct statements, on the fifth it has not seen:
    its confidence against how often it repeats the cluster; ten bins.
names own / to label: see `name_proxies`; the label of a theme is the one it matches best.
seconds: processor time of discovery with vectors given, per 10,000 statements, names and BERTopic's tables left out.

With --stability also ARI between seeds and on 80 % subsamples, generic statements left out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from feedback_nlp import Run, analyze, load_config
from feedback_nlp.config import Config
from feedback_nlp.embed import open_embedder
from feedback_nlp.text import noun_chunks, split
from feedback_nlp.themes import assign, discover
from feedback_nlp.themes.discover import _distinct, _our_steps, _topics
from feedback_nlp.themes.evaluate import (
    best_nodes,
    calibration_error,
    evaluate_themes,
    f1_table,
    name_proxies,
    same_share,
    stability,
)
from feedback_nlp.themes.student import fit_student

ROOT = Path(__file__).resolve().parents[2]
BENCH = Path(os.environ.get("FEEDBACK_NLP_BENCH", ROOT.parent / "shared" / "bench"))
RESULTS = Path(__file__).parent / "results" / "themes.md"
WISHED = {"nhs-fft": 35, "us-airline-tweets": 20, "mams-acsa": 20}
COLUMNS = (
    "set", "seed", "K", "best", "weighted", "one to one", "coverage", "themes per response", "largest", "tree macro",
    "tree weighted", "same", "calibration error", "names own", "names to label", "seconds",
)  # fmt: skip


def config_of(name: str, seed: int) -> Config:
    """The settings of a set: its own file where there is one."""
    path = ROOT / "tests" / "bench" / f"{name}.toml"
    plain = {"ingest": {"id": "response_id", "comment": ("comment",), "score": "none", "segment": ("none",)}}
    config = load_config(path) if path.exists() else Config().with_values(plain)
    return config.with_values({"seed": seed, "themes": {"n_themes": WISHED[name]}})


def score_run(name: str, run: Run) -> dict[str, Any]:
    """What score.py says of the saved run, after the product's own figures agreed with it."""
    with tempfile.TemporaryDirectory() as folder:
        saved = run.save(Path(folder) / "run")
        command = [sys.executable, str(BENCH / "score.py"), "themes", name, str(saved)]
        scored = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    own = evaluate_themes(pd.read_csv(BENCH / name / "gold.csv", dtype=str), run.mentions, run.model.themes)
    for theirs, ours in (("best_match_f1", own.best_match), ("weighted_f1", own.weighted), ("coverage", own.coverage)):
        assert abs(scored[theirs] - ours) < 1e-4, f"{name}: {theirs} {scored[theirs]}, evaluate_themes {ours}"
    return {
        "K": scored["K"], "best": scored["best_match_f1"], "weighted": scored["weighted_f1"],
        "one to one": scored["one_to_one_f1"], "coverage": scored["coverage"],
        "themes per response": scored["themes_per_response"], "largest": scored["largest_theme"],
    }  # fmt: skip


def inside_figures(name: str, run: Run, config: Config) -> dict[str, Any]:
    """The figures that need the fitted model: tree, student, names."""
    labels = pd.read_csv(BENCH / name / "gold.csv", dtype=str)
    segments = split(run.comments, config.text)
    embed = open_embedder(config.embed)
    vectors = embed(segments["bare"].tolist())
    statements, frame = _distinct(segments, vectors), run.model.bertopic
    clusters, student = np.asarray(frame.topics_), run.model.student
    given = student.logits(statements.vectors).argmax(axis=1)
    figures = tree_figures(labels, segments, statements.bare, frame.hdbscan_model)
    held_out = np.arange(len(clusters)) % 5 == 4
    learned = fit_student(
        statements.vectors[~held_out], clusters[~held_out], statements.counts[~held_out], len(student.intercepts)
    )
    chance = learned.probabilities(statements.vectors[held_out])
    error = calibration_error(chance.max(axis=1), chance.argmax(axis=1) == clusters[held_out])
    topics = _topics(statements, given, len(student.intercepts), {})
    names = run.model.themes.set_index("theme_id")["name"][run.model.topic_ids].tolist()
    proxies = name_proxies(
        names,
        np.array([topic.centroid for topic in topics]),
        embed,
        best_labels(labels, run.mentions, run.model.topic_ids),
    )
    return {
        **figures, "same": same_share(clusters, given, statements.counts), "calibration error": error,
        "names own": proxies["own_cluster"], "names to label": proxies["to_label"],
        "seconds": seconds(statements, config, len(run.comments)),
    }  # fmt: skip


def tree_figures(labels: pd.DataFrame, segments: pd.DataFrame, bare: list[str], merged: Any) -> dict[str, float]:
    """Macro and weighted best F1 over all nodes of the tree and the generic themes."""
    tree = merged.tree()
    leaf = dict(zip(bare, merged.leaf_labels_.tolist(), strict=True))
    generic = {theme: tree.n_leaves + at for at, theme in enumerate(sorted(segments["generic"].dropna().unique()))}
    cluster = [
        generic.get(theme, leaf.get(said)) for said, theme in segments[["bare", "generic"]].itertuples(index=False)
    ]
    members = [*tree.members(), *((number,) for number in generic.values())]
    best = best_nodes(labels, segments[["response_id"]].assign(cluster=cluster), members)
    sizes = labels.drop_duplicates().groupby("theme").size().sort_index().to_numpy()
    return {"tree macro": float(best.mean()), "tree weighted": float(best @ sizes / sizes.sum())}


def best_labels(labels: pd.DataFrame, mentions: pd.DataFrame, topic_ids: list[str]) -> list[str | None]:
    """The human label that each topic matches best."""
    rows = sorted(labels["response_id"].unique())
    names = sorted(labels["theme"].unique())
    gold = pd.crosstab(labels["response_id"], labels["theme"]).reindex(index=rows, columns=names).fillna(0) > 0
    found = pd.crosstab(mentions["response_id"], mentions["theme_id"]).reindex(index=rows, columns=topic_ids)
    table = f1_table(gold.to_numpy(), found.fillna(0).to_numpy() > 0)
    return [names[at] if table[at, column] > 0 else None for column, at in enumerate(table.argmax(axis=0))]


def seconds(statements: Any, config: Config, n_comments: int) -> float:
    """Processor seconds of reduction, clustering and student, per 10,000 distinct statements."""
    themes, started = config.themes, time.process_time()
    steps = _our_steps(statements, themes, themes.n_themes, n_comments, config.seed)
    rows = steps["umap_model"].fit(statements.vectors).transform(statements.vectors)
    clusters = steps["hdbscan_model"].fit(rows).labels_
    fit_student(statements.vectors, clusters, statements.counts, int(clusters.max()) + 1)
    return (time.process_time() - started) / len(clusters) * 10_000


def stability_figures(run: Run, config: Config, seeds: list[int]) -> pd.DataFrame:
    """Agreement between seeds and on subsamples."""
    embed = open_embedder(config.embed)
    chunks = partial(noun_chunks, spacy_model=config.text.spacy_model)

    def again(segments: pd.DataFrame, seed: int) -> pd.DataFrame:
        vectors = embed(segments["bare"].tolist())
        model = discover(segments, vectors, config.themes, embed=embed, noun_chunks=chunks, seed=seed)
        return assign(segments, vectors, model)

    return stability(split(run.comments, config.text), again, seeds=seeds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--sets", default=",".join(WISHED))
    parser.add_argument("--stability", action="store_true")
    options = parser.parse_args()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    rows, agreements, names = [], [], []
    for name in options.sets.split(","):
        for seed in seeds:
            config = config_of(name, seed)
            run = analyze([BENCH / name / "input.csv"], config)
            rows.append({"set": name, "seed": seed, **score_run(name, run), **inside_figures(name, run, config)})
            print(json.dumps(rows[-1], default=float), flush=True)
            if seed == seeds[0]:
                topics = run.model.themes[run.model.themes["kind"] == "topic"]
                names.append(f"{name}: {' · '.join(topics['name'])}")
                if options.stability:
                    agreements.append(stability_figures(run, config, seeds).assign(set=name))
    write(pd.DataFrame(rows)[list(COLUMNS)], pd.concat(agreements) if agreements else None, names)


def write(figures: pd.DataFrame, agreements: pd.DataFrame | None, names: list[str]) -> None:
    """Writes and prints the tables as Markdown."""
    parts = [
        "# Themes against human labels",
        "Made by `python tests/benchmarks/theme_scores.py`, which says what each figure is.",
        table(figures),
    ]
    if agreements is not None:
        parts.append(table(agreements[["set", "seed", "between_seeds", "subsample"]]))
    text = "\n\n".join([*parts, "## Names (first seed)", *names]) + "\n"
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


def table(frame: pd.DataFrame) -> str:
    """A Markdown table, numbers to three digits."""
    cells = frame.map(lambda value: f"{value:.3f}" if isinstance(value, float) else str(value))
    lines = [list(map(str, frame.columns)), ["---"] * frame.shape[1], *cells.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
