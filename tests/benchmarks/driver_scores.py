"""Does the drag rank themes as people's own figures do? Two exports; writes results/driver_scores.md.

    FEEDBACK_NLP_BENCH=DIR python tests/benchmarks/driver_scores.py [--cache FOLDER] [--draws 10] [--out FOLDER]

british-airways: runs with codebooks whose words were written from the seven sub-rating names alone are scored by
    DIR/score.py drivers: the share of pairs of sub-ratings, whose order is sure, that the drags order alike.
    maps/NAME.json says which theme is which sub-rating. How one writer understands a name moves the figures more than
    any setting, so five codebooks are scored: BOOKS says how each came about. The table of drags is the first's.
nhs-fft: truth = `rank_drivers` on the themes that people gave, with the sentiment that people gave the response (4–5
    negative, 1–2 positive). Rows: responses with labels, and those with nothing to label. Themes: with at least 20
    scored negative responses; general praise and complaint apart. Compared are the drags of a codebook without labels,
    and of classifiers trained on a random part of the labelled responses, on the responses that were not drawn ("held
    out", truth of the same rows) and on all, over `draws` draws. tau: Kendall's; slope: of the drag on the truth;
    error: root mean square in points; top 3: how many of the true three worst are among the three worst.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from codebook_scores import BENCH, HERE, ROOT, statements
from scipy.stats import kendalltau

from feedback_nlp import analyze, load_config
from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import nps, rank_drivers
from feedback_nlp.embed import Embedder, open_embedder
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.schema import Vectors
from feedback_nlp.text import polarity
from feedback_nlp.themes import Codebook, ThemeModel, assign, codebook_model, load_codebook
from feedback_nlp.train import fit_classifier

AIRLINE, NHS = "british-airways", "nhs-fft"
GENERIC = ("Positive experience & gratitude", "Negative experience & dissatisfaction",
           "General praise", "General complaint")  # fmt: skip
SIGN = {"1": 1.0, "2": 1.0, "3": 0.0, "4": -1.0, "5": -1.0}  # of people's sentiment
MIN_NEGATIVE = 20
BESIDE = ("drag", "drag_shrunk", "leave_one_out", "n_negative", "n_responses", "nps")
BOOKS = {
    "british-airways": "first of three writers who knew the names alone",
    "british-airways-2": "second",
    "british-airways-3": "third",
    "british-airways-4": "an earlier writer, names alone, ground service with delays and cancellations",
    "british-airways-merged": "words that two of the three list, examples of all three",
}
WRITERS = 4  # the first so many are one writer's each; "merged" was meant to be the one to count, and reads too much


class Target(NamedTuple):
    """One line of the table: what is asked, what was reached, and whether that is enough."""

    figure: str
    required: str
    reached: float
    least: float
    most: float = float("inf")

    def line(self) -> str:
        """As a row of Markdown."""
        verdict = "yes" if self.least <= self.reached <= self.most else "**no**"
        return f"| {self.figure} | {self.required} | {self.reached:.3f} | {verdict} |"


# ---- british-airways


def airline(codebook: Codebook, cache: str, folder: Path) -> tuple[pd.DataFrame, dict, dict]:
    """(themes.csv, score.py on all sub-ratings, score.py without value) of a run."""
    config = load_config(ROOT / "tests" / "bench" / f"{AIRLINE}.toml").with_values({"embed": {"cache": cache}})
    analyze([BENCH / AIRLINE / "input.csv"], config, codebook).save(folder, overwrite=True)
    scored = []
    for name in (AIRLINE, f"{AIRLINE}-without-value"):
        script = [BENCH / "score.py", "drivers", AIRLINE, folder, HERE / "maps" / f"{name}.json"]
        done = subprocess.run([sys.executable, *map(str, script)], capture_output=True, text=True, check=True)
        scored.append(json.loads(done.stdout))
    return pd.read_csv(folder / "themes.csv"), *scored


def airline_lines(label: str, scored: tuple[dict, dict]) -> list[str]:
    """Concordance of each figure, on all sub-ratings and without value."""
    figures = ("drag", "leave_one_out", "count", "mean_of_mentioners")
    return [
        f"| {label} | {where} | {found['sure_pairs']} of {found['of']} | "
        + " | ".join(f"{found['concordance'][figure]:.3f}" for figure in figures) + " |"
        for where, found in zip(("all", "without value"), scored, strict=True)
    ]  # fmt: skip


def airline_targets(scored: list[tuple[dict, dict]]) -> list[Target]:
    """What a codebook from the names alone has to reach: the first one, and the median of the writers."""
    targets = []
    for place, (where, least) in enumerate((("all sub-ratings", 0.70), ("without value", 0.78))):
        agree = pd.DataFrame([found[place]["concordance"] for found in scored])
        leads = {
            "concordance of the drag": (agree["drag"], least),
            "its lead over the mean NPS of mentioners": (agree["drag"] - agree["mean_of_mentioners"], 0.15),
            "its lead over counts of mentions": (agree["drag"] - agree["count"], 0.10),
        }
        for figure, (values, needed) in leads.items():
            name = f"{AIRLINE}, {where}: {figure}"
            targets.append(Target(f"{name}, first codebook", f"≥ {needed:.2f}", values[0], needed))
            targets.append(Target(f"{name}, median of {WRITERS} writers", f"≥ {needed:.2f}", values.median(), needed))
    return targets


def airline_figures(themes: pd.DataFrame, found: dict) -> list[str]:
    """The drag of each theme beside the other figures and what the sub-ratings say."""
    columns = json.loads((HERE / "maps" / f"{AIRLINE}.json").read_text(encoding="utf-8"))
    lines = [
        "| theme | drag | 95 % | shrunk | leave-one-out | mentions | complaints | NPS of mentioners | sub-ratings |"
    ]
    lines.append("|---|---|---|---|---|---|---|---|---|")
    for row in themes[themes["name"].isin(columns)].itertuples():
        said = found["reference"].get(columns[row.name], float("nan"))
        lines.append(
            f"| {row.name} | {row.drag:.2f} | {row.drag_low:.2f} to {row.drag_high:.2f} | {row.drag_shrunk:.2f} | "
            f"{row.leave_one_out:.2f} | {row.n_responses} | {row.n_negative} | {row.nps:.1f} | "
            f"{'too few rated' if np.isnan(said) else f'{said:.2f}'} |"
        )
    return lines


# ---- nhs-fft


@dataclass(frozen=True)
class Export:
    """nhs-fft: who scored what, their statements, and the themes and sentiment that people gave."""

    responses: pd.DataFrame
    segments: pd.DataFrame
    vectors: Vectors
    embed: Embedder
    human: pd.DataFrame  # as MENTIONS: response_id, theme_id (a label's name), polarity

    @property
    def encoder(self) -> tuple[str, str]:
        """Name and space."""
        return self.embed.encoder.name, self.embed.encoder.space

    def mentions(self, model: ThemeModel) -> pd.DataFrame:
        """MENTIONS by a model, the theme's name as its id."""
        found = polarity(assign(self.segments, self.vectors, model), self.vectors, self.encoder[1])
        return found.assign(theme_id=found["theme_id"].map(model.themes.set_index("theme_id")["name"]))


def read_export(cache: str) -> Export:
    """The export, linked and embedded; responses that people did not label, though they say something, are left out."""
    config = load_config(ROOT / "tests" / "bench" / f"{NHS}.toml").with_values({"embed": {"cache": cache}})
    responses = link_ratings(read_exports([BENCH / NHS / "input.csv"], config.ingest), config.link).responses
    segments, embed = statements(NHS), open_embedder(config.embed)
    gold = pd.read_csv(BENCH / NHS / "gold.csv", dtype=str)
    sentiment = pd.read_csv(BENCH / NHS / "sentiment.csv", dtype=str).set_index("response_id")["sentiment"].map(SIGN)
    human = gold.rename(columns={"theme": "theme_id"}).assign(polarity=gold["response_id"].map(sentiment))
    has_labels = responses["response_id"].isin(gold["response_id"])
    responses = responses[has_labels | ~responses["response_id"].isin(segments["response_id"])]
    return Export(responses, segments, embed(segments["bare"].tolist()), embed, human)


def figures_of(responses: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """`rank_drivers` of these responses, one row per name of a theme."""
    mentions = mentions[mentions["response_id"].isin(responses["response_id"])]
    names = sorted(mentions["theme_id"].dropna().unique())
    kinds = ["generic" if name in GENERIC else "topic" for name in names]
    themes = pd.DataFrame({"theme_id": names, "kind": kinds})
    return rank_drivers(responses, mentions, themes, DriversConfig(n_draws=200)).table.set_index("theme_id")


def ranked_themes(truth: pd.DataFrame) -> list[str]:
    """Names of the themes that are compared."""
    return sorted(truth.index[(truth["n_negative"] >= MIN_NEGATIVE) & ~truth.index.isin(GENERIC)])


def agreement(found: pd.DataFrame, truth: pd.DataFrame, names: list[str], figure: str = "drag") -> pd.Series:
    """tau, slope, error, top3 of a figure against the true drag; a theme that was not found has drag 0."""
    signs = {"n_negative": -1, "n_responses": -1}
    estimate = found[figure].reindex(names).astype(float).fillna(0.0) * signs.get(figure, 1)
    true = truth["drag"].reindex(names).astype(float).dropna()  # some are too rare where few responses are held out
    estimate = estimate[true.index]
    worst = set(true.nsmallest(3).index) & set(estimate.nsmallest(3).index)
    error = float(np.sqrt(((estimate - true) ** 2).mean()))
    tau, slope = kendalltau(estimate, true).statistic, np.polyfit(true, estimate, 1)[0]
    return pd.Series({"tau": tau, "slope": slope, "error": error, "top3": len(worst)})


def trained(n: int, draw: int, adviser: ThemeModel | None, export: Export, names: list[str]) -> pd.Series:
    """Agreement of a classifier of n random labelled responses: tau … of the held out, all_tau … of all."""
    labelled = sorted(set(export.human["response_id"]) & set(export.segments["response_id"]))
    drawn = set(np.random.default_rng(draw).permutation(np.array(labelled))[:n])
    labels = export.human[export.human["response_id"].isin(drawn)].rename(columns={"theme_id": "theme"})
    model = fit_classifier(
        export.segments, export.vectors, labels, embed=export.embed, encoder=export.encoder, adviser=adviser
    )
    mentions = export.mentions(model)
    rest = export.responses[~export.responses["response_id"].isin(drawn)]
    true, found = figures_of(rest, export.human), figures_of(rest, mentions)
    everyone = agreement(figures_of(export.responses, mentions), figures_of(export.responses, export.human), names)
    shrunk = agreement(found, true, names, "drag_shrunk")[["tau"]].rename({"tau": "tau_shrunk"})
    return pd.concat([agreement(found, true, names), shrunk, everyone.add_prefix("all_")])


def split_half(export: Export, names: list[str], figure: str, draws: int = 20) -> float:
    """Mean tau between the drags of two halves of the people, both by human labels, of themes common enough in both."""
    rng, people = np.random.default_rng(0), np.array(sorted(export.responses["respondent_id"].dropna().unique()))
    taus = []
    for _ in range(draws):
        half = export.responses["respondent_id"].isin(set(rng.permutation(people)[: len(people) // 2]))
        halves = [figures_of(rows, export.human)[figure] for rows in (export.responses[half], export.responses[~half])]
        both = pd.concat([column.reindex(names).astype(float) for column in halves], axis=1).dropna().to_numpy()
        taus.append(kendalltau(both[:, 0], both[:, 1]).statistic)
    return float(np.mean(taus))


def nps_errors(export: Export) -> tuple[float, float]:
    """Standard error of the NPS, as if all answers were independent and by respondent."""
    scored = export.responses.dropna(subset=["category"])
    errors = []
    for people in (None, scored["respondent_id"]):
        estimate = nps(scored["category"], respondents=people)
        errors.append((estimate.high - estimate.low) / 2 / 1.959964)
    return errors[0], errors[1]


def sources_of_error(export: Export, mentions: pd.DataFrame, truth: pd.DataFrame, names: list[str]) -> list[str]:
    """Lines: whose themes and whose polarity, and what is left of the agreement."""
    sentiment = export.human.drop_duplicates("response_id").set_index("response_id")["polarity"]
    own = mentions.groupby("response_id")["polarity"].mean()
    cases = {
        "product | product": mentions,
        "product | people": mentions.assign(polarity=mentions["response_id"].map(sentiment)),
        "people | product": export.human.assign(polarity=export.human["response_id"].map(own)),
    }
    lines = ["| themes | polarity | tau | slope | error | top 3 |", "|---|---|---|---|---|---|"]
    for who, given in cases.items():
        found = agreement(figures_of(export.responses, given), truth, names)
        lines.append(f"| {who} | {found.tau:.3f} | {found.slope:.2f} | {found.error:.2f} | {found.top3:.0f} |")
    return lines


def theme_lines(zero: pd.DataFrame, truth: pd.DataFrame, names: list[str]) -> list[str]:
    """Each theme's drag by people, and the codebook's figures beside it."""
    lines = ["| theme | true drag | 95 % | drag | shrunk | leave-one-out | mentions | complaints (people's) | NPS |"]
    lines.append("|---|---|---|---|---|---|---|---|---|")
    for name in truth["drag"].loc[names].sort_values().index:
        true, found = truth.loc[name], zero.loc[name]
        lines.append(
            f"| {name} | {true.drag:.2f} | {true.drag_low:.2f} to {true.drag_high:.2f} | {found.drag:.2f} | "
            f"{found.drag_shrunk:.2f} | {found.leave_one_out:.2f} | {found.n_responses} | "
            f"{found.n_negative} ({true.n_negative}) | {found.nps:.1f} |"
        )
    return lines


def nhs_targets(zero: pd.Series, taught: pd.DataFrame, label: str) -> list[Target]:
    """What the codebook and 500 labels have to reach."""
    mean = taught.mean()
    return [
        Target(f"{NHS}, codebook without labels: tau", "≥ .50 (aim .70)", zero.tau, 0.50),
        Target("slope", "≥ .55", zero.slope, 0.55),
        Target("of the top 3", "≥ 2 (aim 3)", zero.top3, 2),
        Target(f"{NHS}, 500 labels, {label}, held out: slope", ".80–1.1", mean.slope, 0.80, 1.1),
        Target("error in points", "≤ .45 (aim ≤ .25)", mean.error, 0.0, 0.45),
    ]


def trained_lines(taught: dict[tuple[int, str], pd.DataFrame]) -> list[str]:
    """Mean ± standard deviation over the draws; and the mean over all responses."""
    lines = ["| labels | codebook | tau | tau, shrunk | slope | error | top 3 | on all: tau | slope | error | top 3 |"]
    lines.append("|---|---|---|---|---|---|---|---|---|---|---|")
    for (n, adviser), table in taught.items():
        mean, spread = table.mean(), table.std()
        cells = [f"{mean[key]:.2f} ± {spread[key]:.2f}" for key in ("tau", "tau_shrunk", "slope", "error")]
        cells += [f"{mean[key]:.2f}" for key in ("top3", "all_tau", "all_slope", "all_error", "all_top3")]
        lines.append(f"| {n:,} | {adviser} | {' | '.join(cells)} |")
    return lines


# ---- the report


def airline_report(cache: str, folder: Path) -> tuple[list[Target], list[str]]:
    """Targets and section of british-airways."""
    found = {name: airline(load_codebook(HERE / "codebooks" / f"{name}.toml"), cache, folder / name) for name in BOOKS}
    scored = {name: (both, without) for name, (_, both, without) in found.items()}
    themes, first, _ = found[AIRLINE]
    lines = [
        f"## {AIRLINE}: sure pairs ordered alike", "",
        "| codebook | sub-ratings | sure pairs | drag | leave-one-out | counts | mean NPS |",
        "|---|---|---|---|---|---|---|",
        *(line for name, label in BOOKS.items() for line in airline_lines(label, scored[name])),
        "", *airline_figures(themes, first), "",
    ]  # fmt: skip
    return airline_targets([scored[name] for name in list(BOOKS)[:WRITERS]]), lines


def nhs_report(cache: str, draws: int) -> tuple[list[Target], list[str]]:
    """Targets and section of nhs-fft."""
    export = read_export(cache)
    truth = figures_of(export.responses, export.human)
    names = ranked_themes(truth)
    book = codebook_model(load_codebook(HERE / "codebooks" / f"{NHS}.toml"), export.embed, export.encoder)
    mentions = export.mentions(book)
    zero = figures_of(export.responses, mentions)
    against = partial(agreement, zero, truth, names)
    taught = {
        (n, label): pd.DataFrame([trained(n, draw, adviser, export, names) for draw in range(draws)])
        for n in (500, 1500) for label, adviser in (("without", None), ("with", book))
    }  # fmt: skip
    alone, by_person = nps_errors(export)
    halves = [split_half(export, names, figure) for figure in ("drag", "drag_shrunk")]
    lines = [
        f"## {NHS}: {len(export.responses):,} responses, {len(names)} themes", "",
        f"Human labels against themselves, two halves of the people: tau {halves[0]:.2f}, shrunk {halves[1]:.2f}.", "",
        f"Standard error of the NPS as if independent {alone:.2f}, by respondent {by_person:.2f}.", "",
        "Codebook without labels, tau with the true drag of each figure: "
        + ", ".join(f"{figure} {against(figure).tau:.2f}" for figure in BESIDE) + ".", "",
        *sources_of_error(export, mentions, truth, names), "", *trained_lines(taught), "",
        *theme_lines(zero, truth, names),
    ]  # fmt: skip
    zero_agreement = against()
    targets = nhs_targets(zero_agreement, taught[500, "without"], "without codebook")
    return targets + nhs_targets(zero_agreement, taught[500, "with"], "with codebook")[3:], lines


def main() -> None:
    """Prints the tables and writes them to results/driver_scores.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", default=os.environ.get("FEEDBACK_NLP_CACHE", ""))
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--out", type=Path, help="keeps the run folders here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        sections = [
            airline_report(options.cache, options.out or Path(temporary)),
            nhs_report(options.cache, options.draws),
        ]
    lines = [
        "# Drivers of real exports", "",
        f"Made by `python tests/benchmarks/driver_scores.py --draws {options.draws}`, which says what the figures are.",
        "",
        "| figure | required | reached | |", "|---|---|---|---|",
        *(target.line() for targets, _ in sections for target in targets), "",
        *(line for _, section in sections for line in section),
    ]  # fmt: skip
    text = "\n".join(lines) + "\n"
    print(text)
    (HERE / "results" / "driver_scores.md").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
