"""Figures to compare with: how a user's table is read, and how sure it is to be above each."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.drivers import nps
from feedback_nlp.drivers.benchmarks import COLUMNS, against_benchmarks, read_benchmarks
from feedback_nlp.errors import ConfigError, FeedbackError, InputError

HEADER = "industry,source,value,n,year\n"
OURS = ["promoter"] * 90 + ["passive"] * 60 + ["detractor"] * 50  # NPS 20


@pytest.fixture
def read(tmp_path):
    def write_and_read(text, encoding="utf-8"):
        path = tmp_path / "figures.csv"
        path.write_text(text, encoding=encoding, newline="")
        return read_benchmarks(path)

    return write_and_read


def table(*rows):
    return pd.DataFrame(rows, columns=list(COLUMNS))


def test_figures_are_read_with_their_types_and_sorted(read):
    figures = read(HEADER + "Retail,Report,45,1500,2024\nAirlines,Panel,-3.5,,2023\n")
    assert figures["industry"].tolist() == ["Airlines", "Retail"]
    assert figures["value"].tolist() == [-3.5, 45.0]
    assert figures["n"].tolist() == [pd.NA, 1500]
    assert figures.dtypes.astype(str).tolist() == ["str", "str", "float64", "Int64", "Int64"]


def test_a_table_saved_by_a_spreadsheet_of_another_country_is_read(read):
    text = "Industry;Source;Value;N;Year;Link\r\nRetail;Smith, Jones;45,5;1500;2024;x\r\n;;;;;\r\nAir;B;−3;;2020;\r\n"
    figures = read(text, encoding="utf-8-sig")
    assert figures["value"].tolist() == [-3.0, 45.5]
    assert figures["source"].tolist() == ["B", "Smith, Jones"]


def test_the_order_of_columns_and_blank_lines_do_not_matter(read):
    plain = read(HEADER + "Retail,Report,45,1500,2024\n")
    other = read("\n\n year\tvalue\tn\tsource\tindustry\n2024\t45\t1500\tReport\t Retail \n\n")
    pd.testing.assert_frame_equal(plain, other)


def test_a_header_without_figures_is_an_empty_table(read):
    assert len(read(HEADER)) == 0
    assert len(against_benchmarks(OURS, read(HEADER))) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "figures.csv: empty; expected a header with industry, source, value, n, year"),
        ("industrie,source,value,n,year\na,b,1,2,2020\n", "no column 'industry'; .*did you mean 'industrie'"),
        (HEADER.replace("year", "n"), "column 'n' is there more than once|no column 'year'"),
        (HEADER + "a,b,145,2,2020\n", "row 1: column 'value': found '145'; give an NPS from -100 to 100"),
        (HEADER + "a,b,45%,2,2020\n", "row 1: column 'value': found '45%'"),
        (HEADER + "a,b,nan,2,2020\n", "row 1: column 'value': found 'nan'"),
        (HEADER + "a,b,,2,2020\n", "row 1: column 'value': found nothing"),
        (HEADER + "a,b,1_0,2,2020\n", "row 1: column 'value': found '1_0'"),
        (HEADER + "a,b,45,1.5,2020\n", "row 1: column 'n': found '1.5'; give a whole number of answers"),
        (HEADER + "a,b,45,0,2020\n", "row 1: column 'n': found '0'"),
        (HEADER + 'a,b,45,"1,500",2020\n', "row 1: column 'n': found '1,500'"),
        (HEADER + "a,b,45,10,20\n", "row 1: column 'year': found '20'; give a year such as 2024"),
        (HEADER + "a,b,45,10,\n", "row 1: column 'year': found nothing"),
        (HEADER + ",b,45,10,2020\n", "row 1: column 'industry': found nothing; every figure needs one"),
        (HEADER + "a,b,45,10,2020\n\n,,,,\na,c,x,1,2020\n", "row 4: column 'value': found 'x'"),
        (HEADER + "a,b,45,10,2020\nA, B ,46,,2020\n", "row 2 has the industry, source and year of row 1"),
        (HEADER + "a,b,c,45,10,2020\n", "Expected 5 fields in line 2, saw 6; put quotes around texts"),
        (HEADER + 'a,"b,45,10,2020\n', "EOF inside string starting at row 1; put quotes"),
    ],
)
def test_a_bad_table_is_one_line_that_says_where(read, text, message):
    with pytest.raises(InputError, match=message) as error:
        read(text)
    assert str(error.value).startswith("figures.csv: ")
    assert "\n" not in str(error.value)


def test_a_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "benchmarks.csv").write_text(HEADER)
    with pytest.raises(InputError, match=r"no such file; did you mean 'benchmarks.csv'"):
        read_benchmarks(tmp_path / "benchmark.csv")


def test_another_encoding_is_named(read):
    with pytest.raises(InputError, match="byte 0 is not UTF-8; save it as CSV in UTF-8"):
        read(HEADER, encoding="utf-16")


@given(st.binary(max_size=200))
def test_whatever_the_bytes_the_answer_is_a_table_or_one_line(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "figures.csv"
    path.write_bytes(HEADER.encode() + content)
    message = ""
    try:
        assert read_benchmarks(path)["value"].between(-100, 100).all()
    except FeedbackError as error:
        message = str(error)
    assert message == "" or message.isprintable()


def test_against_an_exact_figure_only_our_own_error_counts():
    row = against_benchmarks(OURS, table(("a", "b", 12.0, None, 2024))).iloc[0]
    own = nps(OURS)
    assert (row["nps"], row["difference"]) == (20.0, pytest.approx(8.0))
    assert (row["low"], row["high"]) == (pytest.approx(own.low - 12), pytest.approx(own.high - 12))
    assert row["taken_as_exact"]


def test_the_probability_is_the_normal_one_of_the_two_centres():
    row = against_benchmarks(OURS, table(("a", "b", 12.0, 400, 2024))).iloc[0]
    p, d = 90.75 / 203, 50.75 / 203
    own = math.sqrt((p + d - (p - d) ** 2) / 203)
    centre = 0.12 * 400 / 403
    theirs = math.sqrt((401.5 / 403 - centre**2) / 403)
    z = (p - d - centre) / math.hypot(own, theirs)
    assert row["p_above"] == pytest.approx(0.5 * math.erfc(-z / math.sqrt(2)))
    assert row["high"] == pytest.approx(100 * (p - d - centre + 1.959964 * math.hypot(own, theirs)))
    assert not row["taken_as_exact"]


def test_the_error_of_a_benchmark_is_the_largest_its_nps_allows():
    for passives in (0, 40, 80):
        theirs = ["promoter"] * (60 - passives // 2) + ["detractor"] * (40 - passives // 2) + ["passive"] * passives
        width = against_benchmarks(OURS, table(("a", "b", 20.0, 100, 2024))).eval("high - low")[0]
        own, other = ((e.high - e.low) / 2 for e in (nps(OURS), nps(theirs)))
        assert width / 2 >= math.hypot(own, other) - 1e-9


def test_for_large_n_the_error_is_that_of_v_1_minus_nps_squared():
    row = against_benchmarks(OURS, table(("a", "b", 40.0, 10**6, 2024))).iloc[0]
    own = nps(OURS)
    error = 1.959964 * 100 * math.sqrt((1 - 0.4**2) / 10**6)
    assert (row["high"] - row["low"]) / 2 == pytest.approx(math.hypot((own.high - own.low) / 2, error), rel=1e-5)


def test_the_same_nps_is_as_likely_above_as_below():
    balanced = ["promoter"] * 50 + ["detractor"] * 50
    for n in (None, 100):
        assert against_benchmarks(balanced, table(("a", "b", 0.0, n, 2024)))["p_above"][0] == pytest.approx(0.5)


@given(st.floats(-100, 100), st.one_of(st.none(), st.integers(1, 10**6)))
def test_the_difference_lies_in_its_interval(value, n):
    row = against_benchmarks(OURS, table(("a", "b", value, n, 2024))).iloc[0]
    assert -200 <= row["low"] <= row["difference"] <= row["high"] <= 200
    assert 0 <= row["p_above"] <= 1


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=8, unique=True))
def test_a_higher_benchmark_is_harder_to_be_above(values):
    rows = [("a", f"source {i}", value, None, 2024) for i, value in enumerate(sorted(values))]
    assert against_benchmarks(OURS, table(*rows))["p_above"].is_monotonic_decreasing


def test_the_probability_is_that_of_a_posterior_with_the_added_answers_as_prior():
    drawn = np.random.default_rng(0).dirichlet([90.75, 61.5, 50.75], size=100_000)
    for value in (12.0, 20.0, 30.0):
        share = np.mean(100 * (drawn[:, 0] - drawn[:, 2]) > value)
        p_above = against_benchmarks(OURS, table(("a", "b", value, None, 2024)))["p_above"][0]
        assert p_above == pytest.approx(share, abs=0.01)


def test_weights_and_people_enter_like_in_nps():
    weights, people = [1.0, 3.0] * 100, [i // 2 for i in range(200)]
    row = against_benchmarks(OURS, table(("a", "b", 0.0, None, 2024)), 0.9, weights, people).iloc[0]
    own = nps(OURS, weights, people, 0.9)
    assert (row["nps"], row["low"], row["high"]) == (own.value, own.low, own.high)


@pytest.mark.parametrize("own", [[], [None] * 50, ["promoter"] * 29])
def test_too_few_answers_have_no_figures(own):
    compared = against_benchmarks(own, table(("a", "b", 12.0, 400, 2024)))
    assert compared["too_few"].tolist() == [True]
    assert compared[["nps", "difference", "low", "high", "p_above"]].isna().all(axis=None)
    assert compared["value"].tolist() == [12.0]


def test_one_category_only_is_not_certain_to_be_above():
    row = against_benchmarks(["promoter"] * 30, table(("a", "b", 95.0, None, 2024))).iloc[0]
    assert 0.1 < row["p_above"] < 0.9
    assert row["low"] < row["high"]


def test_a_table_of_one_s_own_is_checked_like_a_file():
    with pytest.raises(InputError, match="benchmarks: row 2: column 'value': found 120"):
        against_benchmarks(OURS, table(("a", "b", 12.0, 1, 2024), ("a", "c", 120, 1, 2024)))
    with pytest.raises(InputError, match="benchmarks: no column 'year'; found industry"):
        against_benchmarks(OURS, table().drop(columns="year"))


def test_impossible_settings_are_refused():
    with pytest.raises(ConfigError, match="level = 95"):
        against_benchmarks(OURS, table(), level=95)
    with pytest.raises(InputError, match="own: row 1: 'promotor' is none of"):
        against_benchmarks(["promotor"], table())


def test_the_table_given_stays_as_it_was():
    figures = table(("b", "b", 12.0, None, 2024), ("a", "c", 2, 1, 2024))
    before = figures.copy()
    against_benchmarks(OURS, figures)
    pd.testing.assert_frame_equal(figures, before)
