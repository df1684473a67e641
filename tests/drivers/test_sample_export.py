"""The sample export: its files, its planted truth, and that it can be made again byte for byte."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from feedback_nlp.drivers.simulation.comments import compose_comments
from feedback_nlp.drivers.simulation.export import SAMPLE_SETTINGS, SAMPLE_THEMES, export_table, simulate_export
from feedback_nlp.drivers.simulation.world import simulate
from feedback_nlp.errors import ConfigError, RunError

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3")


@pytest.fixture(scope="module")
def export() -> pd.DataFrame:
    parts = [pd.read_csv(path, keep_default_na=False, na_values=[""]) for path in sorted(SAMPLE.glob("support-*.csv"))]
    return pd.concat([part.assign(quarter=q) for part, q in zip(parts, QUARTERS, strict=True)], ignore_index=True)


@pytest.fixture(scope="module")
def planted() -> dict:
    return json.loads((SAMPLE / "truth" / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def labels() -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "truth" / "labels.csv")


def drags(planted: dict, side: str = "negative") -> dict[str, float]:
    return {theme["theme"]: theme[side]["true_drag"] for theme in planted["themes"]}


def values(export: pd.DataFrame) -> pd.Series:
    return 100.0 * (export["score"] >= 9) - 100.0 * (export["score"] <= 6)


# --- made again


def test_the_committed_sample_is_made_again_byte_for_byte(tmp_path: Path):
    written = simulate_export(tmp_path / "again")
    committed = sorted(p.relative_to(SAMPLE) for p in SAMPLE.rglob("*") if p.is_file())
    assert sorted(p.relative_to(tmp_path / "again") for p in written) == committed
    for name in committed:
        assert (tmp_path / "again" / name).read_bytes() == (SAMPLE / name).read_bytes(), name


def test_another_seed_makes_another_export(tmp_path: Path):
    for seed in (1, 2):
        simulate_export(tmp_path / str(seed), n=60, seed=seed)
    name = "support-2025-q1.csv"
    assert (tmp_path / "1" / name).read_bytes() != (tmp_path / "2" / name).read_bytes()


@pytest.mark.parametrize("n", [1, 3, 40])
def test_small_exports_have_all_files_and_rows(tmp_path: Path, n: int):
    written = simulate_export(tmp_path / "small", n=n, seed=n)
    assert all(path.is_file() for path in written)
    assert sum(len(pd.read_csv(path)) for path in written if path.name.startswith("support")) == n


def test_files_are_utf8_with_plain_newlines():
    for path in SAMPLE.rglob("*.*"):
        content = path.read_bytes()
        assert b"\r" not in content
        assert content.decode("utf-8").endswith("\n")


def test_a_folder_with_files_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "mine.csv").write_text("keep me")
    with pytest.raises(RunError, match="exists already"):
        simulate_export(tmp_path, n=10)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="exists already"):
        simulate_export(tmp_path / "file", n=10)


def test_an_empty_folder_is_used(tmp_path: Path):
    assert simulate_export(tmp_path, n=5)[0].parent == tmp_path


def test_nothing_is_written_when_the_number_is_impossible(tmp_path: Path):
    with pytest.raises(ConfigError, match="at least 1 response"):
        simulate_export(tmp_path / "none", n=0)
    assert not (tmp_path / "none").exists()


# --- the rows


def test_there_are_2014_responses_in_three_quarters(export: pd.DataFrame, planted: dict):
    assert len(export) == planted["n"] == 2014
    assert export.groupby("quarter").size().between(550, 800).all()


def test_columns_are_those_of_a_survey_tool(export: pd.DataFrame):
    columns = ["response_id", "customer_id", "date", "channel", "agent", "score", "comment", "quarter"]
    assert export.columns.tolist() == columns


def test_ids_are_unique_and_dates_iso_within_their_quarter(export: pd.DataFrame):
    assert export["response_id"].is_unique
    assert export["response_id"].str.fullmatch(r"R-\d{6}").all()
    dates = pd.to_datetime(export["date"], format="%Y-%m-%d")
    assert (dates.dt.to_period("Q").astype(str) == export["quarter"].str.replace("-", "")).all()


def test_scores_are_whole_numbers_and_a_few_are_missing(export: pd.DataFrame):
    assert export["score"].dropna().isin(range(11)).all()
    assert 0.004 < export["score"].isna().mean() < 0.02


def test_eighteen_agents_work_in_three_channels(export: pd.DataFrame):
    assert export.groupby("channel")["agent"].nunique().to_dict() == {"chat": 6, "e-mail": 6, "phone": 6}


def test_about_one_customer_in_seven_answers_again_in_another_quarter(export: pd.DataFrame):
    assert 0.12 < (export["customer_id"].value_counts() > 1).mean() < 0.18
    assert not export.duplicated(["customer_id", "quarter"]).any()


def test_about_thirty_percent_have_no_comment(export: pd.DataFrame):
    assert 0.27 < export["comment"].isna().mean() < 0.33


def test_the_export_holds_the_composed_comments(export: pd.DataFrame):
    world = simulate(2014, SAMPLE_THEMES, 7, SAMPLE_SETTINGS)
    table = export_table(world, compose_comments(world, 7))
    assert table["comment"].fillna("").tolist() == export["comment"].fillna("").tolist()


# --- the planted truth


def test_nps_is_moderately_good(export: pd.DataFrame, planted: dict):
    nps = values(export)[export["score"].notna()].mean()
    assert planted["nps"]["overall"] == pytest.approx(nps, abs=1e-3)
    assert 15 <= nps <= 30


def test_the_planted_order_is_the_one_intended(planted: dict):
    order = sorted(drags(planted), key=drags(planted).__getitem__)
    assert order[:3] == ["Response time", "Reaching a person", "First-contact resolution"]
    assert order[-1] == "Self-service"
    assert drags(planted)["Self-service"] > -0.2


def test_agent_attitude_is_the_largest_lift(planted: dict):
    assert max(drags(planted, "positive"), key=drags(planted, "positive").__getitem__) == "Agent attitude"


def test_response_time_grows_worse_and_billing_improves(planted: dict):
    by_quarter = {
        theme["theme"]: [theme["negative"]["by_quarter"][q]["true_drag"] for q in QUARTERS]
        for theme in planted["themes"]
    }
    assert by_quarter["Response time"][2] < by_quarter["Response time"][1] - 2
    assert by_quarter["Price and billing"][2] > by_quarter["Price and billing"][0] + 1.5


def test_drag_is_negative_lift_positive_and_both_are_part_of_the_total(planted: dict):
    for theme in planted["themes"]:
        assert theme["negative"]["total_drag"] <= theme["negative"]["true_drag"] <= 0
        assert 0 <= theme["positive"]["true_drag"] <= theme["positive"]["total_drag"]


def test_the_sum_of_drags_is_less_than_the_scale_allows(planted: dict):
    assert -60 < sum(drags(planted).values()) < -15


def test_planted_shares_are_those_of_the_labels(planted: dict, labels: pd.DataFrame):
    counts = labels.value_counts(["theme", "polarity"]) / 2014
    for theme in planted["themes"]:
        for side, polarity in (("negative", -1), ("positive", 1)):
            share = theme[side]["share"]
            assert counts[theme["theme"], polarity] == pytest.approx(share, abs=4 * np.sqrt(share / 2014))


def test_labels_name_responses_that_have_a_comment(export: pd.DataFrame, labels: pd.DataFrame):
    assert set(labels["response_id"]) <= set(export.loc[export["comment"].notna(), "response_id"])
    assert not labels.duplicated(["response_id", "theme"]).any()
    assert set(labels["polarity"]) == {-1, 1}


def test_who_complains_of_a_dragging_theme_scores_lower(export: pd.DataFrame, labels: pd.DataFrame, planted: dict):
    score = export.set_index("response_id")["score"]
    complaints = labels[labels["polarity"] == -1].groupby("theme")["response_id"]
    for theme, drag in drags(planted).items():
        if drag < -1:
            assert score[complaints.get_group(theme)].mean() < score.mean() - 0.5, theme


def test_least_squares_on_the_labels_finds_the_planted_drags(export: pd.DataFrame, labels: pd.DataFrame, planted: dict):
    scored = export[export["score"].notna()].set_index("response_id")
    topics = labels[~labels["theme"].str.startswith("Generic")]
    columns = pd.crosstab(topics["response_id"], [topics["theme"], topics["polarity"]]).clip(upper=1)
    X = columns.reindex(scored.index, fill_value=0)
    design = np.column_stack([np.ones(len(X)), X])
    slopes = np.linalg.lstsq(design, values(scored).to_numpy(), rcond=None)[0][1:]
    found = X.mean() * slopes
    themes = list(drags(planted))
    assert kendalltau([found[theme, -1] for theme in themes], list(drags(planted).values()))[0] >= 0.7
    assert found.idxmin() == ("Response time", -1)
    assert found.idxmax() == ("Agent attitude", 1)
