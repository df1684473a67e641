"""How a run came about, as plain data: inputs, settings, versions, and what became of every row and statement."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import pandas as pd

from feedback_nlp import __version__
from feedback_nlp.config import Config
from feedback_nlp.schema import FORMAT_VERSION, Answers, Linked
from feedback_nlp.text.masked_tables import mask_data
from feedback_nlp.text.masking import mask_personal_data
from feedback_nlp.themes import Coverage, ThemeModel

_LIBRARIES = (
    "bertopic", "numpy", "pandas", "scikit-learn", "scipy", "sentence-transformers", "spacy", "torch",
    "vaderSentiment",
)  # fmt: skip

_FEWEST = 30  # statements below which a share says nothing
_MISSED = 0.5  # share of a theme's near statements that it does not reach, from which on it is weak


def describe_run(
    answers: Answers,
    linked: Linked,
    comments: pd.DataFrame,
    mentions: pd.DataFrame,
    model: ThemeModel,
    config: Config,
    prepared: Mapping[str, Any],
    coverage: Coverage | None = None,
) -> dict[str, Any]:
    """Returns the manifest of a run.

    `inputs` names every file with its hash and the fate of its rows; `ledger` counts what went into and came out of
    each stage, with rows = responses + merged + rejected, by reason; `facts` holds what was guessed and counted (its
    `comments` what preparing did), `notes` what looked suspicious, in sentences; `coverage` what a codebook covers
    badly.
    """
    covered = {"coverage": describe_coverage(coverage, model) if coverage else None}
    return {
        "format_version": FORMAT_VERSION,
        "inputs": _inputs(answers, linked),
        "config": _settings(config),
        "roles": answers.roles,
        "guessed": answers.guessed,
        "facts": {**linked.facts, "comments": dict(prepared)},
        "notes": [*_notes(answers, linked, config), *coverage_notes(covered)],
        **covered,
        "ledger": _ledger(linked, comments, mentions),
        "model": {"sha256": model.fingerprint, "kind": model.kind, "encoder": list(model.encoder)},
        "seed": config.seed,
        "versions": {
            "python": platform.python_version(),
            "feedback_nlp": __version__,
            **{name: version(name) for name in _LIBRARIES},
        },
    }


def describe_coverage(coverage: Coverage, model: ThemeModel) -> dict[str, Any]:
    """Returns what a codebook covers badly, as plain data: counts, its weak themes, and groups that no theme fits."""
    names = dict(zip(model.themes["theme_id"], model.themes["name"], strict=True))
    weak = coverage.themes[coverage.themes["missed"] > _MISSED]
    return {
        "n_statements": coverage.n_statements,
        "n_without": coverage.n_without,
        "weak_themes": [
            {"theme_id": row["theme_id"], "name": names[row["theme_id"]], "n": int(row["n"]), "near": int(row["near"])}
            for row in weak.to_dict("records")
        ],
        "gaps": [
            {
                "n_without": int(row["n_without"]),
                "nearest": names.get(row["nearest"]),
                "examples": list(row["examples"]),
            }
            for row in coverage.gaps.to_dict("records")
        ],
    }


def coverage_notes(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns in a sentence, from a manifest's "coverage", what share of the statements a codebook has no theme for.

    Nothing without a codebook, or where each statement has a theme.

    >>> coverage_notes({"coverage": {"n_statements": 1200, "n_without": 300, "gaps": [{}], "weak_themes": []}})
    ('the codebook has no theme for 300 of 1,200 statements (25 %), among them 1 group of like ones; see the report',)
    """
    facts = manifest.get("coverage")
    if not facts or not facts["n_without"]:
        return ()
    n, n_without, n_gaps = facts["n_statements"], facts["n_without"], len(facts["gaps"])
    groups = f", among them {n_gaps} group{'s' if n_gaps > 1 else ''} of like ones" if n_gaps else ""
    share = f" ({100 * n_without / n:.0f} %)" if n >= _FEWEST else ""
    return (f"the codebook has no theme for {n_without:,} of {n:,} statements{share}{groups}; see the report",)


def _notes(answers: Answers, linked: Linked, config: Config) -> list[str]:
    notes = [*answers.notes, *linked.notes]
    return [mask_personal_data(note) for note in notes] if config.text.mask_personal_data else notes


def _settings(config: Config) -> dict[str, Any]:
    """The settings; what a filter or a question quotes from the export is masked like the export itself."""
    settings: dict[str, Any] = config.model_dump(mode="json")
    if config.text.mask_personal_data:
        for name in ("where", "question"):
            settings["ingest"][name] = mask_data(settings["ingest"][name])
    return settings


def _inputs(answers: Answers, linked: Linked) -> list[dict[str, Any]]:
    fate = linked.ledger.set_index("source")[["responses", "merged", "rejected"]].to_dict("index")
    reasons: dict[str, dict[str, dict[str, int]]] = {}
    for row in linked.reasons.to_dict("records"):
        reasons.setdefault(row["source"], {}).setdefault(row["fate"], {})[row["reason"]] = int(row["rows"])
    return [
        {
            "source": source.name, "sha256": source.sha256, "layout": source.layout, "n_repaired": source.n_repaired,
            "rows": source.rows, **{str(name): int(count) for name, count in fate[source.name].items()},
            "reasons": reasons.get(source.name, {}),
        }
        for source in answers.sources
    ]  # fmt: skip


def _ledger(linked: Linked, comments: pd.DataFrame, mentions: pd.DataFrame) -> dict[str, dict[str, int]]:
    rows = {name: int(linked.ledger[name].sum()) for name in ("rows", "responses", "merged", "rejected")}
    responses, statements = linked.responses, mentions.drop_duplicates("segment_id")
    statuses = comments["status"].value_counts()
    return {
        "input": rows,
        "responses": {"all": len(responses), "scored": int(responses["category"].notna().sum())},
        "comments": {"all": len(comments), **{str(status): int(n) for status, n in sorted(statuses.items())}},
        "statements": {"all": len(statements), "without_theme": int(statements["theme_id"].isna().sum())},
        "mentions": {"all": len(mentions), "with_theme": int(mentions["theme_id"].notna().sum())},
    }
