"""What the statistics say of two real exports, on labels and ratings that people gave: no text is read here."""

import json
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from feedback_nlp import load_config
from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import nps, rank_drivers
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.themes import load_codebook

pytestmark = pytest.mark.bench

QUICK = DriversConfig(n_draws=1000)
GENERIC = ("Positive experience & gratitude", "Negative experience & dissatisfaction")
SIGN = {"1": 1.0, "2": 1.0, "3": 0.0, "4": -1.0, "5": -1.0}
Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def responses_of(name: str, root: Path, bench: Path) -> pd.DataFrame:
    config = load_config(root / "tests" / "bench" / f"{name}.toml")
    return link_ratings(read_exports([bench / name / "input.csv"], config.ingest), config.link).responses


def kendall(first: pd.Series, second: pd.Series) -> float:
    both = pd.concat([first.astype(float), second.astype(float)], axis=1).dropna().to_numpy()
    return float(kendalltau(both[:, 0], both[:, 1]).statistic)


@pytest.fixture(scope="module")
def patients(root, bench) -> Tables:
    """Responses, mentions and themes of nhs-fft: people's themes, each with people's sentiment of the response."""
    responses = responses_of("nhs-fft", root, bench)
    gold = pd.read_csv(bench / "nhs-fft" / "gold.csv", dtype=str)
    sentiment = pd.read_csv(bench / "nhs-fft" / "sentiment.csv", dtype=str).set_index("response_id")["sentiment"]
    mentions = gold.rename(columns={"theme": "theme_id"})
    mentions["polarity"] = mentions["response_id"].map(sentiment.map(SIGN))
    names = sorted(mentions["theme_id"].unique())
    kinds = ["generic" if name in GENERIC else "topic" for name in names]
    return responses, mentions, pd.DataFrame({"theme_id": names, "kind": kinds})


@pytest.fixture(scope="module")
def drivers(patients):
    return rank_drivers(*patients, QUICK)


@pytest.fixture(scope="module")
def halves(patients) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """The figures of two halves of the people, ten times."""
    responses, mentions, themes = patients
    people, rng = np.array(sorted(responses["respondent_id"].dropna().unique())), np.random.default_rng(0)
    pairs = []
    for _ in range(10):
        is_first = responses["respondent_id"].isin(set(rng.permutation(people)[: len(people) // 2]))
        parts = []
        for rows in (responses[is_first], responses[~is_first]):
            own = mentions[mentions["response_id"].isin(rows["response_id"])]
            parts.append(rank_drivers(rows, own, themes, QUICK).table.set_index("theme_id"))
        pairs.append((parts[0], parts[1]))
    return pairs


def compared(drivers) -> list[str]:
    """The themes with at least twenty complaints, general ones apart."""
    table = drivers.table
    return table["theme_id"][(table["n_negative"] >= 20) & ~table["theme_id"].isin(GENERIC)].tolist()


def test_twenty_themes_have_twenty_complaints(drivers):
    assert len(compared(drivers)) == 20


def test_the_account_of_real_answers_adds_up(drivers):
    assert drivers.account["contribution"].sum() == pytest.approx(drivers.nps.value, abs=1e-9)


def test_waiting_is_what_patients_suffer_from_most(drivers):
    worst = drivers.table.set_index("theme_id").loc["Timeliness of care"]
    assert worst["rank"] == worst["rank_low"] == worst["rank_high"] == 1
    assert worst["p_top3"] == 1.0


def test_complaints_of_real_people_drag_and_none_lifts_for_sure(drivers):
    table = drivers.table.set_index("theme_id").loc[compared(drivers)]
    assert (table["drag_low"] < 0).all()
    assert (table["drag_high"] < 0).mean() >= 0.5


def test_general_complaint_is_not_ranked(drivers):
    assert drivers.table.set_index("theme_id").loc[list(GENERIC), "rank"].isna().all()


def test_two_answers_of_one_person_widen_the_interval(patients):
    scored = patients[0].dropna(subset=["category"])
    alone = nps(scored["category"])
    by_person = nps(scored["category"], respondents=scored["respondent_id"])
    errors = [(estimate.high - estimate.low) / 2 / 1.959964 for estimate in (alone, by_person)]
    assert errors == pytest.approx([0.85, 1.18], abs=0.01)


def test_one_half_of_the_people_ranks_as_the_other_does(drivers, halves):
    names = compared(drivers)
    tau = np.mean([kendall(a["drag"].loc[names], b["drag"].loc[names]) for a, b in halves])
    assert 0.55 < tau < 0.75


def test_shrunk_drags_agree_better_from_half_to_half(drivers, halves):
    names = compared(drivers)
    raw, shrunk = (
        np.mean([kendall(a[figure].loc[names], b[figure].loc[names]) for a, b in halves])
        for figure in ("drag", "drag_shrunk")
    )
    assert shrunk > raw + 0.02


def test_leave_one_out_claims_more_than_there_is_to_explain(drivers):
    table = drivers.table.set_index("theme_id").loc[compared(drivers)]
    blamed = table["leave_one_out"].clip(upper=0).sum()
    assert blamed < 1.3 * table["drag"].sum()


def test_the_drag_of_low_ratings_is_what_another_implementation_finds(root, bench):
    """`score.py` regresses on the flags with numpy's least squares; here each flag is a complaint."""
    responses = responses_of("british-airways", root, bench).dropna(subset=["category"])
    ratings = pd.read_csv(bench / "british-airways" / "subratings.csv", dtype=str).set_index("response_id")
    ratings = ratings.apply(pd.to_numeric, errors="coerce").reindex(responses["response_id"])
    ratings = ratings.where(ratings > 0)
    flags = pd.concat(
        [ratings <= 2, ratings.isna().loc[:, ratings.isna().mean() > 0.02].add_suffix(" unrated")], axis=1
    )
    marks = flags.rename_axis(columns="theme_id").stack()
    mentions = marks[marks].reset_index()[["response_id", "theme_id"]].assign(polarity=-1.0)
    themes = pd.DataFrame({"theme_id": list(flags), "kind": "topic"})
    table = rank_drivers(responses, mentions, themes, QUICK).table.set_index("theme_id")

    reference = runpy.run_path(str(bench / "score.py"))["reference_orders"]
    points = responses["category"].map({"promoter": 100.0, "passive": 0.0, "detractor": -100.0}).to_numpy()
    drags, leave_one_out, _ = reference(points, ratings.reset_index(drop=True))
    assert table.loc[list(ratings), "drag"].to_numpy() == pytest.approx(drags, abs=1e-8)
    assert table.loc[list(ratings), "leave_one_out"].to_numpy() == pytest.approx(leave_one_out, abs=1e-8)


@pytest.mark.parametrize("name", ["british-airways", "british-airways-without-value"])
def test_every_mapped_theme_is_in_the_codebook_and_every_column_among_the_ratings(root, bench, name):
    benchmarks = root / "tests" / "benchmarks"
    columns = json.loads((benchmarks / "maps" / f"{name}.json").read_text(encoding="utf-8"))
    codebook = load_codebook(benchmarks / "codebooks" / "british-airways.toml")
    ratings = pd.read_csv(bench / "british-airways" / "subratings.csv", nrows=1).columns[1:]
    left_out = {"ValueForMoney"} if name.endswith("value") else set()
    assert set(columns.values()) == set(ratings) - left_out
    assert set(columns) <= {theme.name for theme in codebook.themes}


def test_the_airline_codebook_has_the_names_of_the_sub_ratings_and_no_other(root, bench):
    codebook = load_codebook(root / "tests" / "benchmarks" / "codebooks" / "british-airways.toml")
    ratings = pd.read_csv(bench / "british-airways" / "subratings.csv", nrows=1).columns[1:]
    names = {"".join(theme.name.replace(" and ", "&").split()).casefold() for theme in codebook.themes}
    assert names == {column.casefold() for column in ratings}
