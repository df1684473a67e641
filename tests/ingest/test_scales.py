"""Scores: the presets' buckets, what counts as missing, and what stops the reading."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import LinkConfig
from feedback_nlp.errors import ConfigError, InputError
from feedback_nlp.ingest.scores.labels import ladders
from feedback_nlp.ingest.scores.numbers import Number, read_number, read_numbers
from feedback_nlp.ingest.scores.scales import SCALES, Scores, is_score_text, likely_missing_codes, read_scores
from feedback_nlp.schema import CATEGORIES

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
    "0-1": ([1], [], [0]),
    "thumbs": ([1], [], [-1]),
    "good-bad": ([1], [], [-1]),
    "yes-maybe-no": ([2], [1], [0]),
    "nps-groups": ([1], [0], [-1]),
    "smileys-3": ([3], [2], [1]),
    "quality-3": ([3], [2], [1]),
    "quality-4": ([4], [3], [1, 2]),
}
FIVE = (
    "likelihood likelihood-plain likelihood-extremely satisfaction satisfaction-plain satisfaction-extremely agreement "
    "agreement-plain ease ease-plain ease-extremely effort quality quality-excellent smileys"
).split()
SEVEN = "likelihood-7 satisfaction-7 agreement-7 ease-7".split()
PROMISED |= {name: ([5], [4], [1, 2, 3]) for name in FIVE} | {name: ([7], [6], [1, 2, 3, 4, 5]) for name in SEVEN}


def read(values: list[str | None], **link: object) -> Scores:
    return read_scores(pd.Series(values, dtype="str"), LinkConfig.model_validate(link), "q3.csv: column 'score'")


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
    ("link", "says"),
    [
        ({"scale": "npss"}, "unknown scale 'npss'; did you mean 'nps'"),
        ({"scale": "custom"}, "need each other"),
        ({"promoter": ("9",)}, "need each other"),
        ({"scale": "custom", "promoter": ("9",), "detractor": ("9",)}, "'9' is listed 2 times"),
        ({"scale": "custom", "promoter": ("9",), "detractor": ("9.0",)}, "'9' and '9.0' overlap"),
        ({"scale": "custom", "promoter": ("6..10",), "detractor": ("0..6",)}, "'0..6' and '6..10' overlap"),
        ({"scale": "custom", "promoter": ("10..9",)}, "the range '10..9' runs backwards"),
        ({"scale": "satisfied"}, "did you mean 'satisfaction'"),
    ],
)
def test_an_impossible_scale_is_a_config_error(link: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read(["9"], **link)


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        (["0", "6", "10"], "nps"),
        (["1", "6", "10"], "1-10"),
        (["0", "3", "8"], "nps"),
        (["0", "55", "100"], "0-100"),
        (["0", "11", "51"], "0-100"),
        (["yes", "No", "Maybe"], "yes-maybe-no"),
        (["up", "down"], "thumbs"),
        (["4/5", "1/5"], "1-5"),
        (["★★★★☆", "★★★★★"], "1-5"),
        (["4 von 5", "5 von 5"], "1-5"),
        (["9/10", "0/10"], "nps"),
        (["80 %", "100%", "5%"], "0-100"),
        (["5 - Very satisfied", "3", "1 - Very dissatisfied"], "1-5"),
        (["1 = sehr gut", "2", "5 = mangelhaft"], "5-1"),
        (["1 (Strongly disagree)", "4", "7 (Strongly agree)"], "1-7"),
        (["8,0", "10,0", "0"], "nps"),
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
        (["0.5", "10.5"], "values 0.5 to 10.5: say --scale NAME"),
        (["4", "14", "20"], "values 4 to 20: say --scale NAME"),  # marks out of 20
        (["8.5", "3"], "values 3 to 8.5: say --scale NAME"),
        (["9", "8", "0", "7"] * 30 + ["55"], "only 1 above 10: say --scale, and --missing CODE"),
        (["1", "2", "3", "5", "0"], "say --missing 0 if it means 'no score', or --scale NAME if not"),
        (["1", "2", "4", "5", "-99", "-1"], "say --missing -99 --missing -1 if they mean 'no score'"),
        (["1", "0", "0"], "say --scale 0-1"),
        (["2022", "2024"], "values 2022 to 2024: say --scale NAME"),
        (["9", "8", "0", "7"] * 30 + ["99"], "values 0 to 99: say --missing 99 if it means 'no score'"),
    ],
)
def test_a_scale_that_can_not_be_told_is_asked_for(values: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(values)


@pytest.mark.parametrize("values", [["crimson", "blue"], [None, "N/A"]])
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


@pytest.mark.parametrize(
    ("text", "value", "top"),
    [
        ("9", 9, None), ("8,0", 8, None), ("-1", -1, None), ("9/10", 9, 10), ("9 / 10", 9, 10), ("4 von 5", 4, 5),
        ("4 out of 5 stars", 4, 5), ("4,5 sur 5", 4.5, 5), ("4 stars out of 5", 4, 5),
        ("5 Sterne", 5, 5), ("★★★★☆", 4, 5), ("⭐⭐⭐", 3, 5), ("★★★★★★★☆☆☆", 7, 10), ("80 %", 80, 100),
    ],
)  # fmt: skip
def test_a_score_is_read_however_it_is_written(text: str, value: float, top: float | None) -> None:
    assert read_number(text) == Number(value, top)


@pytest.mark.parametrize(
    ("text", "value", "label"),
    [
        ("10 - Extremely likely", 10, "Extremely likely"), ("10 = sehr wahrscheinlich", 10, "sehr wahrscheinlich"),
        ("1 (gar nicht)", 1, "gar nicht"), ("(2)\xa0Minor.", 2, "Minor"), ("Very satisfied (5)", 5, "Very satisfied"),
    ],
)  # fmt: skip
def test_a_label_beside_a_number_is_told_apart(text: str, value: float, label: str) -> None:
    assert read_number(text) == Number(value, None, label)


@pytest.mark.parametrize(
    "text", ["", "1,000", "12/10", "4/5/24", "9 to 10", "nine", "1e5", "9" * 70, "⭐" * 11, "120 %"]
)
def test_what_writes_no_single_score_is_none(text: str) -> None:
    assert read_number(text) is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_number_reader(text: str) -> None:
    number = read_number(text.strip())
    assert number is None or np.isfinite(number.value)


def test_labelled_numbers_count_only_if_all_are_numbers_but_clear_ones_always() -> None:
    assert sorted(read_numbers(pd.Index(["5 points lost", "9", "8/10", "perhaps"]))) == ["8/10", "9"]


@pytest.mark.parametrize("text", ["9", "9/10", "★★★☆☆", "Very Satisfied", "stimme eher zu", "👍🏽", " yes. ", "Good"])
def test_scores_and_words_of_presets_look_like_scores(text: str) -> None:
    assert is_score_text(text)


@pytest.mark.parametrize("text", ["Too slow", "", "don't know", "The agent was very good and friendly", "2024-03-01"])
def test_other_texts_do_not_look_like_scores(text: str) -> None:
    assert not is_score_text(text)


def test_answers_without_a_score_are_missing_and_counted() -> None:
    read_as = read(["9", "Don't know", "don’t know", "Weiß nicht", "8"], scale="nps")
    assert (read_as.n_no_answer, read_as.n_outside, int(read_as.scores.notna().sum())) == (3, 0, 2)
    assert read_as.no_answer == ("Don't know", "Weiß nicht", "don’t know")


def test_a_custom_scale_may_score_what_is_no_answer_elsewhere() -> None:
    read_as = read(["Yes", "Not sure"], scale="custom", promoter=("yes",), passive=("not sure",))
    assert (categories(read_as), read_as.n_no_answer) == (["promoter", "passive"], 0)


def test_a_custom_scale_reads_ranges_with_both_ends() -> None:
    lists = {"promoter": ("9..10",), "passive": ("7..8",), "detractor": ("0..6",)}
    read_as = read(["10", "9", "8.0", "7", "6", "0"], scale="custom", **lists)
    assert categories(read_as) == ["promoter"] * 2 + ["passive"] * 2 + ["detractor"] * 2


def test_a_misspelt_value_of_a_custom_scale_is_pointed_out() -> None:
    with pytest.raises(InputError, match="did you mean 'Very hapy'"):
        read(["Very happy"] * 9 + ["Sad"] * 9, scale="custom", promoter=("Very hapy",), detractor=("sad",))


def test_the_inverted_scale_with_its_codes_is_read_when_they_are_declared() -> None:
    read_as = read(["1"] * 90 + ["5"] * 4 + ["6"] * 4 + ["7"] * 6, scale="5-1", missing=("6", "7"))
    assert (read_as.categories.value_counts().to_dict(), read_as.n_outside) == ({"promoter": 90, "detractor": 4}, 0)


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (["1", "3", "5", "0"], ("0",)), (["1", "3", "5", "-1", "99"], ("-1", "99")), (["0", "7", "999"], ("999",)),
        (["1", "2", "3", "4", "5", "9"], ("9",)), (["10", "55", "80", "-99"], ("-99",)), (["1", "3", "5"], ()),
        (["0", "3", "8", "9"], ()), (["1", "-1"], ()), (["0", "55", "99"], ()), (["good"], ()), (["5", "0"], ()),
    ],
)  # fmt: skip
def test_codes_that_may_mean_no_score_are_suggested(values: list[str], codes: tuple[str, ...]) -> None:
    assert likely_missing_codes(pd.Series(values, dtype="str")) == codes


def test_zero_below_a_scale_from_one_names_the_flag() -> None:
    with pytest.raises(InputError, match=r"10 of 100 scores lie outside the scale 1-5 .*--missing 0 if"):
        read(["5"] * 90 + ["0"] * 10, scale="1-5")


@given(st.sampled_from(sorted(SCALES)), st.data())
def test_every_score_of_a_preset_has_exactly_one_bucket(name: str, data: st.DataObject) -> None:
    scale = SCALES[name]
    low, high = scale.ends
    score = data.draw(st.integers(int(low), int(high)) if scale.is_whole else st.floats(low, high))
    is_between_two = scale.passive is None and not {score} & set(scale.ends)
    assert (scale.category(score) is None) == is_between_two


@pytest.mark.parametrize("name", SCALES)
def test_buckets_run_from_best_to_worst(name: str) -> None:
    rank = {category: position for position, category in enumerate(CATEGORIES)}
    low, high = (int(end) for end in SCALES[name].ends)
    ranks = [rank[category] for score in range(low, high + 1) if (category := SCALES[name].category(score))]
    assert ranks in (sorted(ranks), sorted(ranks, reverse=True))


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(sorted(ladders())), st.randoms(use_true_random=False))
def test_neither_case_nor_blanks_nor_the_order_of_rows_matter(name: str, random) -> None:
    words = sorted(SCALES[name].words)
    disguised = [f"  {word.upper() if random.random() < 0.5 else word.title()} " for word in words]
    order = random.sample(range(len(words)), len(words))
    plain, other = read(words, scale=name), read([disguised[position] for position in order], scale=name)
    assert [categories(plain)[position] for position in order] == categories(other)
    assert other.n_outside == 0


def test_the_index_of_the_column_is_kept() -> None:
    values = pd.Series(["9", None, " 3"], index=[7, 7, 2], dtype="str")
    read_as = read_scores(values, LinkConfig(scale="nps"), "score")
    assert read_as.scores.index.tolist() == read_as.categories.index.tolist() == [7, 7, 2]


def test_a_million_values_take_seconds_not_minutes() -> None:
    values = pd.Series(np.array(["9", "10", "Very likely", "0"])[np.arange(1_000_000) % 4 % 2], dtype="str")
    start = time.process_time()
    assert read_scores(values, LinkConfig(scale="nps"), "score").scores.notna().all()
    assert time.process_time() - start < 3  # 0.3 s on an idle machine


@pytest.mark.parametrize(("column", "scale"), [("q3.csv: column 'NPS'", "nps"), ("q3.csv: column 'rating'", "1-10")])
def test_a_few_scores_in_a_column_called_nps_are_on_that_scale_without_a_zero(column, scale) -> None:
    assert read_scores(pd.Series(["3", "9", "10"]), LinkConfig(), column).scale == scale
    assert read_scores(pd.Series(["3", "9", "10"] * 300), LinkConfig(), column).scale == "1-10"


@pytest.mark.parametrize(("n", "scale"), [(166, "nps"), (167, "1-10")])
def test_a_column_called_nps_without_a_single_zero_is_nps_while_it_is_short(n: int, scale: str) -> None:
    assert read_scores(pd.Series(["1", "6", "10"] * n, dtype="str"), LinkConfig(), "column 'NPS'").scale == scale


def test_the_next_number_after_a_scale_is_no_missing_code() -> None:
    assert likely_missing_codes(pd.Series([str(score) for score in range(1, 9)])) == ()
    assert likely_missing_codes(pd.Series([*map(str, range(1, 8)), "9"])) == ("9",)
