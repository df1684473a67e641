"""The direction of a score: the area against its definition, the verdicts, and real exports read from either end."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from feedback_nlp.config import LinkConfig
from feedback_nlp.ingest.scores.direction import Direction, area, check_direction, directions_against
from feedback_nlp.ingest.scores.scales import read_scores

BENCH = Path(os.environ.get("FEEDBACK_NLP_BENCH", Path(__file__).parents[2] / "../shared/bench"))
POLARITIES = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=2, max_size=40).map(np.array)


def survey(n: int, kinder_by: float, seed: int = 1) -> tuple[pd.Series, pd.Series]:
    random = np.random.default_rng(seed)
    is_promoter = np.arange(n) % 2 == 0
    polarity = np.clip(random.normal(0, 0.4, n) + np.where(is_promoter, kinder_by / 2, -kinder_by / 2), -1, 1)
    return pd.Series(np.where(is_promoter, "promoter", "detractor")).astype("str"), pd.Series(polarity)


@settings(max_examples=50, deadline=None)
@given(POLARITIES, POLARITIES)
def test_the_area_is_the_share_of_pairs_with_ties_half(higher: np.ndarray, lower: np.ndarray) -> None:
    pairs = (higher[:, None] > lower).mean() + 0.5 * (higher[:, None] == lower).mean()
    assert area(higher, lower)[0] == pytest.approx(pairs)


@settings(max_examples=50, deadline=None)
@given(POLARITIES, POLARITIES)
def test_the_area_agrees_with_scikit_learn(higher: np.ndarray, lower: np.ndarray) -> None:
    truth = np.r_[np.ones(len(higher)), np.zeros(len(lower))]
    assert area(higher, lower)[0] == pytest.approx(roc_auc_score(truth, np.r_[higher, lower]))


@settings(max_examples=50, deadline=None)
@given(POLARITIES, POLARITIES)
def test_the_other_way_round_is_one_minus_the_area_with_the_same_error(higher: np.ndarray, lower: np.ndarray) -> None:
    (value, error), (other, other_error) = area(higher, lower), area(lower, higher)
    assert (value + other, error) == pytest.approx((1, other_error))


def test_the_standard_error_is_that_of_repeated_surveys() -> None:
    random = np.random.default_rng(0)
    drawn = [area(np.round(random.normal(0.5, 1, 60), 1), np.round(random.normal(0, 1, 40), 1)) for _ in range(2000)]
    values, errors = zip(*drawn, strict=True)
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.05)


@pytest.mark.parametrize(("kinder_by", "verdict"), [(0.4, "agrees"), (-0.4, "against"), (0.0, "can't tell")])
def test_the_verdict_follows_the_words(kinder_by: float, verdict: str) -> None:
    assert check_direction(*survey(400, kinder_by)).verdict == verdict


def test_a_score_without_relation_is_seldom_called_against() -> None:
    verdicts = [check_direction(*survey(200, 0.0, seed)).verdict for seed in range(400)]
    assert verdicts.count("against") <= 8  # 0.5 % are meant


@pytest.mark.parametrize("n", [0, 2, 38])
def test_few_responses_say_nothing(n: int) -> None:
    direction = check_direction(*survey(n, -1.5))
    assert (direction.verdict, direction.n_promoters) == ("can't tell", n // 2)
    assert (
        f"takes comments of 20 promoters and 20 detractors, and there are {n // 2} and {n // 2}" in direction.sentence()
    )


def test_words_that_say_nothing_are_no_evidence() -> None:
    categories, _ = survey(400, 0)
    direction = check_direction(categories, pd.Series(np.zeros(400)))
    assert (direction.auc, direction.verdict) == (0.5, "can't tell")
    assert direction.sentence().endswith("which may be chance.")


def test_passives_and_nulls_do_not_count() -> None:
    categories, polarities = survey(400, 0.4)
    more = pd.concat([categories, pd.Series(["passive", None, "promoter"], dtype="str")], ignore_index=True)
    direction = check_direction(more, pd.concat([polarities, pd.Series([-1, -1, np.nan])], ignore_index=True))
    assert (direction.n_promoters, direction.auc) == (200, check_direction(categories, polarities).auc)


@pytest.mark.parametrize(
    ("scale", "flag"),
    [
        ("1-5", "--scale 5-1."),
        ("5-1", "--scale 1-5."),
        ("stars", "--scale 5-1."),
        ("7-1", "--scale 1-7."),
        ("nps", "custom"),
    ],
)
def test_a_score_against_its_words_names_the_flag(scale: str, flag: str) -> None:
    says = check_direction(*survey(400, -0.8), scale).sentence()
    assert says.startswith("The score runs against its words: a promoter's words are kinder than a detractor's in ")
    assert flag in says


def test_the_order_of_responses_does_not_matter() -> None:
    categories, polarities = survey(100, 0.2)
    mixed = np.random.default_rng(0).permutation(100)
    assert check_direction(categories[mixed], polarities[mixed]) == check_direction(categories, polarities)


def test_one_reversed_file_is_found_among_sound_ones() -> None:
    sound, reversed_ = survey(600, 0.6), survey(200, -0.6)
    categories, polarities = (pd.concat(both, ignore_index=True) for both in zip(sound, reversed_, strict=True))
    files = pd.Series(["a.csv"] * 300 + ["b.csv"] * 300 + ["c.csv"] * 200, dtype="str")
    found = directions_against(categories, polarities, {"file": files}, "1-5")
    assert check_direction(categories, polarities).verdict == "agrees"
    assert list(found["file"]) == ["c.csv"]


def _real(name: str, scale: str, missing: tuple[str, ...] = ()) -> Direction:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    table = pd.read_csv(BENCH / name / "input.csv", dtype="str")
    table = table[table["comment"].notna()].sample(1500, random_state=0)
    analyzer = SentimentIntensityAnalyzer()
    polarity = pd.Series(
        [analyzer.polarity_scores(text[:500])["compound"] for text in table["comment"]], index=table.index
    )
    read = read_scores(table["score"], LinkConfig(scale=scale, missing=missing), "score")
    return check_direction(read.categories, polarity, scale)


@pytest.mark.bench
@pytest.mark.skipif(not BENCH.is_dir(), reason="the benchmarks are absent")
@pytest.mark.parametrize(
    ("name", "scale", "missing", "verdict"),
    [
        ("nhs-fft", "5-1", ("6", "7"), "agrees"), ("nhs-fft", "1-5", ("6", "7"), "against"),
        ("british-airways", "1-10", (), "agrees"),
    ],
)  # fmt: skip
def test_real_exports_are_told_from_their_wrong_end(
    name: str, scale: str, missing: tuple[str, ...], verdict: str
) -> None:
    assert _real(name, scale, missing).verdict == verdict
