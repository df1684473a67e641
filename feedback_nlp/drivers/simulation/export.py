"""A simulated survey as people would send it: CSV files with comments, and the planted truth beside them.

The numbers come from `simulate`, the words from `compose_comments`.
"""

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from feedback_nlp.drivers.simulation.comments import compose_comments
from feedback_nlp.drivers.simulation.world import Simulation, SimulationSettings, ThemeSettings, simulate
from feedback_nlp.errors import RunError

# Response time is the worst and grows worse in the last quarter, reaching a person comes second, price and billing
# improves; ease of use, onboarding and call quality cost little; self-service costs nothing; attitude lifts most.
SAMPLE_THEMES = (
    ThemeSettings("Response time", 0.19, 0.10, -1.25, 0.35, by_period=(0.8, 0.9, 1.5), by_channel=(1.2, 0.7, 1.1)),
    ThemeSettings("Reaching a person", 0.15, 0.05, -1.05, 0.3, by_channel=(1.5, 0.9, 0.6)),
    ThemeSettings("First-contact resolution", 0.13, 0.11, -0.95, 0.5, group=1),
    ThemeSettings("Agent attitude", 0.05, 0.26, -0.8, 0.8, agent_spread=0.5, group=2),
    ThemeSettings("Agent knowledge", 0.07, 0.14, -0.65, 0.5, agent_spread=0.5, group=2),
    ThemeSettings("Call and voice quality", 0.07, 0.04, -0.4, 0.15, by_channel=(2.5, 0.1, 0.1)),
    ThemeSettings("Price and billing", 0.11, 0.05, -0.7, 0.3, by_period=(1.4, 1.2, 0.4), group=3),
    ThemeSettings("Product reliability", 0.09, 0.06, -0.8, 0.4, group=3),
    ThemeSettings("Ease of use", 0.06, 0.07, -0.25, 0.3, group=4),
    ThemeSettings("Onboarding", 0.05, 0.05, -0.35, 0.3, group=4),
    ThemeSettings("Follow-up communication", 0.09, 0.06, -0.7, 0.3, by_channel=(0.7, 0.6, 1.7), group=1),
    ThemeSettings("Self-service", 0.06, 0.05, -0.03, 0.05, group=4),
)

SAMPLE_SETTINGS = SimulationSettings(
    mean=0.48,
    repeat_share=0.13,  # so that about 15 % of customers answer more than once
    comment_rate=0.66,
    comment_lean=0.2,
    mention_rate=0.85,
    max_mentions=3,
    missing_scores=0.01,
    periods=("2025-Q1", "2025-Q2", "2025-Q3"),
    channels=("phone", "chat", "e-mail"),
    agents_per_channel=6,
)

_README = """# A made-up customer-support survey

{n:,} responses over three quarters and three channels. Nobody in it exists: scores come from a simulated world with
planted effects, comments from a bank of hand-made statements. MIT licence, like the code.

Made by `feedback-nlp simulate --out data/sample --responses {n} --seed {seed}`, reproducible byte for byte.

- `support-*.csv`: the export, one file per quarter.
- `truth/planted.json`: each theme's planted effects and its true drag and lift in NPS points.
- `truth/labels.csv`: the themes each comment truly mentions, with polarity −1 or 1.
"""


def simulate_export(folder: Path, n: int = 2014, seed: int = 7) -> list[Path]:
    """Returns the files written into `folder`: one CSV per quarter, a README, truth/planted.json and truth/labels.csv.

    Args:
        folder: where to; made if missing.
        n: number of responses, at least 1.
        seed: the same seed gives the same bytes.

    Raises:
        RunError: the folder exists and is not empty, or is a file.
        ConfigError: n is below 1.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{folder}: exists already and is not an empty folder; name a new one")
    world = simulate(n, SAMPLE_THEMES, seed, SAMPLE_SETTINGS)
    comments = compose_comments(world, seed)
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    planted = json.dumps(_planted(world, n, seed), indent=2, ensure_ascii=False)
    return [
        *_write_quarters(folder, export_table(world, comments), world.responses["period"]),
        _write_text(folder / "README.md", _README.format(n=n, seed=seed)),
        _write_text(folder / "truth" / "planted.json", planted + "\n"),
        _write_csv(folder / "truth" / "labels.csv", _labels(world)),
    ]


def export_table(world: Simulation, comments: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of the export: response_id, customer_id, date, channel, agent, score, comment."""
    responses = world.responses
    return pd.DataFrame(
        {
            "response_id": responses["response_id"],
            "customer_id": responses["respondent_id"],
            "date": responses["date"].dt.strftime("%Y-%m-%d"),
            "channel": responses["segment_channel"],
            "agent": responses["segment_agent"],
            "score": responses["score"].astype("Int64"),
            "comment": comments["comment"],
        }
    )


def _labels(world: Simulation) -> pd.DataFrame:
    named = world.true_mentions.merge(world.themes, on="theme_id", how="left")
    table = named.rename(columns={"name": "theme"})[["response_id", "theme", "polarity"]]
    return table.astype({"polarity": int}).sort_values(["response_id", "theme"], ignore_index=True)


def _planted(world: Simulation, n: int, seed: int) -> dict[str, Any]:
    value = world.responses["category"].map({"promoter": 100.0, "passive": 0.0, "detractor": -100.0})
    quarters = value.groupby(world.responses["period"]).mean()
    themes = [_planted_theme(theme, world) for theme in SAMPLE_THEMES]
    return {
        "n": n,
        "seed": seed,
        "units": {
            "effect": "standard deviations of satisfaction without themes",
            "true_drag": "NPS points: actual NPS minus NPS had the effect been zero for those who mention the theme",
            "total_drag": "the same for all to whom it happened, told or not",
            "share": "of responses that mention it",
            "experienced": "of responses to whom it happened",
            "population": f"the truth is taken on {SAMPLE_SETTINGS.population:,} responses of the same world",
        },
        "nps": {"overall": _rounded(value.mean()), **{q: _rounded(v) for q, v in quarters.items()}},
        "themes": sorted(themes, key=lambda theme: theme["negative"]["true_drag"]),
    }


def _planted_theme(theme: ThemeSettings, world: Simulation) -> dict[str, Any]:
    planted: dict[str, Any] = {"theme": theme.name, "theme_id": theme.theme_id}
    planted["by_period"] = dict(zip(SAMPLE_SETTINGS.periods, theme.by_period or (1.0,) * 3, strict=True))
    planted["by_channel"] = dict(zip(SAMPLE_SETTINGS.channels, theme.by_channel or (1.0,) * 3, strict=True))
    for side, polarity in (("negative", -1), ("positive", 1)):
        total, quarters = (
            t[(t["theme_id"] == theme.theme_id) & (t["polarity"] == polarity)]
            for t in (world.truth, world.truth_by_period)
        )
        figures = ["effect", "share", "experienced", "true_drag", "total_drag"]
        planted[side] = {figure: _rounded(total[figure].iloc[0]) for figure in figures}
        planted[side]["by_quarter"] = {
            q: {"share": _rounded(share), "true_drag": _rounded(drag)}
            for q, share, drag in quarters[["period", "share", "true_drag"]].itertuples(index=False)
        }
    return planted


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 3) + 0.0  # + 0.0 turns −0.0 into 0.0


def _write_quarters(folder: Path, table: pd.DataFrame, period: "pd.Series[str]") -> list[Path]:
    return [
        _write_csv(folder / f"support-{quarter.lower()}.csv", table[period == quarter])
        for quarter in SAMPLE_SETTINGS.periods
    ]


def _write_csv(path: Path, table: pd.DataFrame) -> Path:
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    return path


def _write_text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
