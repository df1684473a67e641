"""Two scales in one column are refused with their counts; ordinary surveys, however uneven, never are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import LinkConfig
from feedback_nlp.errors import InputError
from feedback_nlp.ingest.scores.mixed import check_kinds, shorter_groups
from feedback_nlp.ingest.scores.numbers import read_numbers
from feedback_nlp.ingest.scores.scales import Scores, read_scores

ZERO_TO_TEN = np.arange(11.0)
GOOD = [3, 1, 2, 3, 3, 8, 9, 20, 30, 25, 46]  # of 150 on 0-10
SHORT = [0, 5, 8, 12, 30, 95, 0, 0, 0, 0, 0]  # of 150 on 1-5


def read(values: list[str], groups: dict[str, list[str | None]] | None = None, **link: object) -> Scores:
    labels = {name: pd.Series(own, dtype="str") for name, own in (groups or {}).items()}
    return read_scores(pd.Series(values, dtype="str"), LinkConfig.model_validate(link), "column 'score'", labels)


def spelled(counts: list[int]) -> list[str]:
    return [str(score) for score, n in enumerate(counts) for _ in range(n)]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (
            ["Very satisfied"] * 30 + ["5"] * 20,
            r"words x 30 \('Very satisfied' x 30\) beside numbers x 20 \('5' x 20\)",
        ),
        (["4/5"] * 30 + ["8/10"] * 20, r"numbers out of 5 x 30 \('4/5' x 30\) beside numbers out of 10 x 20"),
        (["80 %"] * 30 + ["4/5"] * 20, "numbers out of 5 x 20 .* beside percent x 30"),
        (["4/5"] * 30 + ["8"] * 20, "numbers out of 5 x 30 .* beside other numbers than out of 5 x 20"),
        (["9", "7", "10"] * 20 + ["90", "70", "85"] * 20, "numbers up to 10 x 60 .* beside tens up to 100 x 60"),
        (["80 %", "90%"] * 20 + ["9", "8"] * 20, "percent x 40 .* beside other numbers than out of 100 x 40"),
    ],
)
def test_two_kinds_of_values_are_refused_with_their_counts(values: list[str], says: str) -> None:
    with pytest.raises(InputError, match=f"two scales in one column: {says}"):
        read(values)


def test_a_scale_by_flag_does_not_unmix_a_column() -> None:
    with pytest.raises(InputError, match=r"words x 30 .* beside numbers x 20 .*--where COL=VALUE.*custom"):
        read(["Very satisfied"] * 30 + ["5"] * 20, scale="satisfaction")


def test_a_custom_scale_reads_any_mixture() -> None:
    lists = {"promoter": ("very satisfied", "5"), "detractor": ("1..4",)}
    assert read(["Very satisfied"] * 30 + ["5"] * 20 + ["2"] * 9, scale="custom", **lists).n_outside == 0


def test_a_few_values_of_another_kind_are_slips() -> None:
    assert read(["9"] * 50 + ["0"] * 20 + ["Yes"] * 4).n_outside == 4


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        (["9/10"] * 30 + ["8"] * 20 + ["0"], "nps"),
        (["10 - Very likely"] * 30 + ["8"] * 20 + ["0"], "nps"),
        (["1", "3", "44", "90", "70", "100"] * 20, "0-100"),
        (["0", "5", "20", "90", "70", "100"] * 20, "0-100"),
    ],
)
def test_values_that_go_together_are_one_scale(values: list[str], scale: str) -> None:
    assert read(values).scale == scale


def test_a_file_on_a_shorter_scale_is_refused_with_both_counts() -> None:
    files = ["old.csv"] * sum(SHORT) + ["new.csv"] * sum(GOOD)
    with pytest.raises(InputError) as caught:
        read(spelled(SHORT) + spelled(GOOD), {"file": files})
    assert "no score above 5 in file 'old.csv' (150 scores), but 130 of 150 up to 10 in 'new.csv'" in str(caught.value)


def test_a_shorter_scale_is_refused_whatever_the_flag_and_the_name_of_the_group() -> None:
    quarters = ["2024-Q1"] * sum(SHORT) + ["2024-Q2"] * sum(GOOD)
    with pytest.raises(InputError, match="no score above 5 in quarter '2024-Q1'"):
        read(spelled(SHORT) + spelled(GOOD), {"file": ["a.csv"] * 300, "quarter": quarters}, scale="nps")


def test_rows_without_a_group_or_score_do_not_count() -> None:
    values = [*spelled(GOOD), *spelled(SHORT), "", "NA"]
    labels = ["a"] * sum(GOOD) + [None] * sum(SHORT) + ["b", "b"]
    assert read(values, {"file": labels}).scale == "nps"


def test_an_index_with_repeats_is_no_hindrance() -> None:
    values = pd.Series(spelled(GOOD) * 2, index=[0] * 300, dtype="str")
    groups = {"file": pd.Series(["a"] * 150 + ["b"] * 150, index=[0] * 300, dtype="str")}
    assert read_scores(values, LinkConfig(), "score", groups).scale == "nps"


@pytest.mark.parametrize(("n", "is_told"), [(29, False), (200, True)])
def test_a_small_group_says_nothing(n: int, is_told: bool) -> None:
    small = np.round(np.array(SHORT) / 150 * n).astype(int)
    _, is_short = shorter_groups(np.array([small, GOOD]), ZERO_TO_TEN)
    assert is_short.tolist() == [is_told, False]


def test_a_really_bad_quarter_is_no_other_scale() -> None:
    bad = [60, 20, 20, 15, 10, 10, 6, 4, 3, 1, 1]
    assert not shorter_groups(np.array([bad, GOOD]), ZERO_TO_TEN)[1].any()


def test_a_file_of_detractors_only_is_no_other_scale() -> None:
    detractors = [60, 20, 20, 15, 10, 10, 25, 0, 0, 0, 0]
    promoters = [0, 0, 0, 0, 0, 0, 0, 0, 0, 80, 90]
    assert not shorter_groups(np.array([detractors, promoters]), ZERO_TO_TEN)[1].any()


def test_a_shorter_scale_within_seven_and_within_a_hundred_are_told() -> None:
    of_seven = np.array([[10, 10, 20, 40, 70, 0, 0], [5, 5, 10, 20, 30, 40, 40]])
    assert shorter_groups(of_seven, np.arange(1.0, 8))[0] == 5
    of_hundred = np.array([[10, 30, 60, 0, 0, 0], [0, 0, 5, 20, 40, 40]])
    assert shorter_groups(of_hundred, np.array([5.0, 8, 10, 40, 80, 100]))[0] == 10


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0])
def test_ordinary_surveys_are_hardly_ever_refused(spread: float) -> None:
    """2,000 surveys of 2-12 groups of 30-5,000, skewed, and with `spread` 1 some groups far worse than others."""
    random = np.random.default_rng(3)
    n_refused = 0
    for _ in range(2000):
        values = [np.arange(0.0, 11), np.arange(1.0, 11), np.arange(1.0, 8), np.arange(0.0, 101)][random.integers(4)]
        z = (values - values.mean()) / values.std()
        shares = random.dirichlet(np.full(len(values), random.choice([0.15, 0.5, 2]))) * np.exp(
            random.normal(0.8, 1) * z
        )
        sizes = np.exp(random.uniform(np.log(30), np.log(5000), random.integers(2, 13))).astype(int)
        own = [shares * np.exp(random.normal(0, spread) * z) for _ in sizes]
        counts = np.array([random.multinomial(n, p / p.sum()) for n, p in zip(sizes, own, strict=True)])
        n_refused += bool(shorter_groups(counts, values)[1].any())
    assert n_refused <= 2  # below 1 in 1,000


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 300), min_size=11, max_size=11), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_the_order_of_groups_does_not_matter(counts: list[list[int]], random) -> None:
    order = random.sample(range(len(counts)), len(counts))
    top, is_short = shorter_groups(np.array(counts), ZERO_TO_TEN)
    other_top, other = shorter_groups(np.array(counts)[order], ZERO_TO_TEN)
    assert (top, is_short[order].tolist()) == (other_top, other.tolist())


def test_high_numbers_beyond_a_hundred_are_no_tens_beside_a_short_scale() -> None:
    counts = pd.Series({"1": 40, "2": 40, "90": 40, "200": 40})
    check_kinds(counts, read_numbers(counts.index), "column 'score'")
    with pytest.raises(InputError, match="numbers up to 10 x 80"):
        check_kinds(counts.rename({"200": "100"}), read_numbers(pd.Index(["1", "2", "90", "100"])), "column 'score'")
