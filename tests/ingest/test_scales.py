"""Scores: the presets' buckets, what counts as missing, and what stops the reading."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.config import LinkConfig
from feedback_nlp.errors import ConfigError, InputError
from feedback_nlp.ingest.scales import SCALES, Scores, read_scores

# preset: the promoters, passives and detractors that DESIGN promises
PROMISED = {
    "nps": ([9, 10], [7, 8], [0, 1, 2, 3, 4, 5, 6]),
    "1-10": ([9, 10], [7, 8], [1, 2, 3, 4, 5, 6]),
    "0-100": ([90, 95.5, 100], [70, 89, 89.9], [0, 35, 69.5]),
    "1-5": ([5], [4], [1, 2, 3]),
    "stars": ([5], [4], [1, 2, 3]),
    "5-1": ([1], [2], [3, 4, 5]),
    "1-7": ([7], [6], [1, 2, 3, 4, 5]),
    "7-1": ([1], [2], [3, 4, 5, 6, 7]),
    "thumbs": ([1], [], [-1]),
    "yes-maybe-no": ([2], [1], [0]),
}


def read(values: list[str | None], **settings: object) -> Scores:
    return read_scores(pd.Series(values, dtype="str"), LinkConfig.model_validate(settings), "q3.csv: column 'score'")


def categories(read_as: Scores) -> list[str | None]:
    return read_as.categories.astype(object).where(read_as.categories.notna(), None).tolist()


def test_every_preset_is_promised_and_every_promise_a_preset() -> None:
    assert set(SCALES) == set(PROMISED)


@pytest.mark.parametrize("name", PROMISED)
def test_the_buckets_of_a_preset_are_as_promised(name: str) -> None:
    buckets = zip(("promoter", "passive", "detractor"), PROMISED[name], strict=True)
    for category, scores in buckets:
        assert [SCALES[name].category(score) for score in scores] == [category] * len(scores)


@pytest.mark.parametrize("name", PROMISED)
def test_a_step_beyond_either_end_is_outside(name: str) -> None:
    scores = [score for bucket in PROMISED[name] for score in bucket]
    assert SCALES[name].category(min(scores) - 1) is SCALES[name].category(max(scores) + 1) is None


def test_the_score_keeps_its_own_scale() -> None:
    read_as = read(["1", "2", "5"], scale="5-1")
    assert (read_as.scores.tolist(), categories(read_as)) == ([1, 2, 5], ["promoter", "passive", "detractor"])


def test_null_words_in_any_case_and_declared_codes_are_missing_not_outside() -> None:
    read_as = read(["9", "NA", "n/a", " NaN ", "null", "None", "-", None, "99", "99.0"], scale="nps", missing=("99",))
    assert (int(read_as.scores.notna().sum()), read_as.n_outside) == (1, 0)


def test_numbers_may_have_blanks_and_decimals() -> None:
    assert read(["9", "9.0", " 9 "], scale="nps").scores.tolist() == [9, 9, 9]


def test_labelled_numbers_are_read_if_all_are_numbers() -> None:
    assert read(["10 - Extremely likely", "5", "0 - Not at all"], scale="nps").scores.tolist() == [10, 5, 0]


def test_labelled_numbers_are_not_read_among_other_texts() -> None:
    read_as = read(["10 - Extremely likely", "5", "perhaps"], scale="nps")
    assert (read_as.n_outside, set(read_as.outside)) == (2, {"10 - Extremely likely", "perhaps"})


def test_a_fraction_on_a_whole_scale_is_outside_but_not_on_0_100() -> None:
    assert read(["8.5", "9"], scale="nps").n_outside == 1
    assert categories(read(["89.5"], scale="0-100")) == ["passive"]


def test_words_of_a_scale_are_read_in_any_case() -> None:
    assert read(["Yes", "MAYBE", "no"], scale="yes-maybe-no").scores.tolist() == [2, 1, 0]
    assert read(["👍", "Thumbs down", "up"], scale="thumbs").scores.tolist() == [1, -1, 1]


def test_a_custom_scale_reads_numbers_and_words() -> None:
    lists = {"promoter": ("4", "very good"), "passive": ("3",), "detractor": ("1", "2")}
    read_as = read(["4", "Very good", "3.0", "2"], scale="custom", **lists)
    assert read_as.scores.tolist() == [4, 1, 3, 2]
    assert categories(read_as) == ["promoter", "promoter", "passive", "detractor"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"scale": "npss"}, "unknown scale 'npss'; did you mean 'nps'"),
        ({"scale": "custom"}, "need each other"),
        ({"promoter": ("9",)}, "need each other"),
        ({"scale": "custom", "promoter": ("9",), "detractor": ("9",)}, "'9' is listed 2 times"),
    ],
)
def test_an_impossible_scale_is_a_config_error(settings: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read(["9"], **settings)


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        (["0", "6", "10"], "nps"),
        (["1", "6", "10"], "1-10"),
        (["0", "3", "8"], "nps"),
        (["0", "55", "100"], "0-100"),
        (["yes", "No", "Maybe"], "yes-maybe-no"),
        (["up", "down"], "thumbs"),
    ],
)
def test_a_scale_is_guessed_where_the_values_leave_no_choice(values: list[str], scale: str) -> None:
    read_as = read(values)
    assert read_as.scale == scale
    assert read_as.evidence.startswith(("values", "its values"))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["1", "3", "5"], r"values 1 to 5: say --scale 1-5 \(5 is best\) or 5-1 \(1 is best\)"),
        (["1", "6"], r"say --scale 1-7 \(7 is best\) or 7-1 \(1 is best\)"),
        (["0", "5"], "values 0 to 5: say --scale NAME"),
        (["-3", "8"], "values -3 to 8: say --scale NAME"),
        (["8.5", "3"], "values 3 to 8.5: say --scale NAME"),
        (["9", "8", "0", "7"] * 30 + ["99"], "only 1 above 10: say --scale, and --missing CODE"),
    ],
)
def test_a_scale_that_can_not_be_told_is_asked_for(values: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(values)


@pytest.mark.parametrize("values", [["good", "bad"], [None, "N/A"]])
@pytest.mark.parametrize("scale", ["", "nps"])
def test_a_column_without_one_score_is_an_error(values: list[str | None], scale: str) -> None:
    with pytest.raises(InputError, match=r"column 'score': none of its values is a score.*--score none"):
        read(values, scale=scale)


def test_many_values_outside_the_scale_name_both_ways_out() -> None:
    with pytest.raises(InputError) as caught:
        read(["1"] * 90 + ["6"] * 4 + ["7"] * 6, scale="5-1")
    says = str(caught.value)
    assert "10 of 100 scores lie outside the scale 5-1 ('7' x 6, '6' x 4)" in says
    assert "--scale NAME" in says
    assert "--missing 7 --missing 6" in says


@pytest.mark.parametrize(("n_inside", "n_outside"), [(10, 4), (500, 5), (990, 10)])
def test_few_or_rare_values_outside_are_counted_with_examples(n_inside: int, n_outside: int) -> None:
    read_as = read(["9"] * n_inside + ["11"] * n_outside, scale="nps")
    assert (read_as.n_outside, read_as.outside) == (n_outside, ("11",))
    assert int(read_as.scores.isna().sum()) == n_outside


def test_one_more_than_a_percent_is_too_many() -> None:
    with pytest.raises(InputError, match="11 of 1,001 scores lie outside"):
        read(["9"] * 990 + ["11"] * 11, scale="nps")


def test_no_more_than_five_examples_are_kept() -> None:
    assert len(read(["9"] * 990 + [str(n) for n in range(11, 20)], scale="nps").outside) == 5


@given(st.lists(st.sampled_from(["0", "6", "7", "8", "9", "10", "NA", ""]), min_size=1).map(lambda v: ["5", *v]))
def test_a_score_has_a_category_and_the_reverse(values: list[str]) -> None:
    read_as = read([value or None for value in values], scale="nps")
    np.testing.assert_array_equal(read_as.scores.notna(), read_as.categories.notna())
    expected = [{"9": "promoter", "10": "promoter", "7": "passive", "8": "passive"}.get(v) for v in values]
    assert [c if c != "detractor" else None for c in categories(read_as)] == expected
