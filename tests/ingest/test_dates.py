"""Dates: what is read, which order the values tell, and when to ask."""

from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.dates.columns import Dates, is_date_text, read_dates
from feedback_nlp.ingest.dates.periods import periods


def read(values: list[str | None], order: str = "") -> Dates:
    return read_dates(pd.Series(values, dtype="str"), order, "q3.csv: column 'date'")


@pytest.mark.parametrize(
    "text",
    ["2023-11-19", "2023/11/19", "19 November 2023", "19th November 2023", "Sunday, 19 Nov 2023", "November 19, 2023",
     "Nov 19th 2023", "19-Nov-23", "19th of November 2023", "2023-11-19T00:00:00Z",
     "19.11.2023", "11/19/2023", "20.11.2023"],
)  # fmt: skip
def test_one_day_is_read_however_it_is_written(text: str) -> None:
    assert read([text]).dates[0].date().isoformat() in {"2023-11-19", "2023-11-20"}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-07-01 09:30", "2024-07-01 09:30:00"),
        ("2024-07-01T09:30:15.250Z", "2024-07-01 09:30:15.250000"),
        ("2024-07-01 09:30:00 -0800", "2024-07-01 17:30:00"),
        ("2024-07-01T09:30:00+05:30", "2024-07-01 04:00:00"),
        ("2024-07-01 3:02:25 pm CET", "2024-07-01 15:02:25"),
        ("2024-07-01 12:05 AM", "2024-07-01 00:05:00"),
        ("July 1, 2024 at 12:05 p.m.", "2024-07-01 12:05:00"),
    ],
)
def test_times_are_kept_and_offsets_become_utc(text: str, time: str) -> None:
    assert read([text]).dates[0] == pd.Timestamp(time)


def test_the_dtype_is_the_schemas() -> None:
    assert read(["2024-07-01", None]).dates.dtype == "datetime64[us]"


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["03/04/2024", "13/04/2024"], "dmy"),
        (["03/04/2024", "04/13/2024"], "mdy"),
        (["2024-04-03"], "ymd"),
        (["3 April 2024"], None),
        (["23/04/01", "23/04/17", "23/04/30"], "ymd"),
        (["01.04.23", "17.04.23", "30.04.23"], "dmy"),
    ],
)
def test_the_order_is_told_from_all_values(values: list[str], order: str | None) -> None:
    assert read(values).order == order


def test_an_order_that_can_not_be_told_is_asked_for_with_an_example() -> None:
    with pytest.raises(InputError, match=r"column 'date': is '03/04/2024' dmy, or mdy.* --date-order dmy, mdy or ymd"):
        read(["03/04/2024", "05/06/2024"])


def test_the_example_is_one_that_the_orders_read_differently() -> None:
    with pytest.raises(InputError, match=r"is '05/06/2024' dmy, or mdy"):
        read(["01/01/2024", "05/06/2024"])
    with pytest.raises(InputError, match=r"is '01/01/2024' dmy, or mdy"):
        read(["01/01/2024"])


def test_values_that_contradict_each_other_are_asked_about() -> None:
    with pytest.raises(InputError, match=r"but '04/13/2024' is mdy.*--date-order"):
        read(["13/04/2024", "14/04/2024", "04/13/2024"])


def test_a_given_order_wins_and_what_does_not_fit_is_counted() -> None:
    dates = read(["03/04/2024", "05/04/2024", "04/13/2024"], "dmy")
    assert (dates.dates[0].month, dates.n_unread, dates.order) == (4, 1, "dmy")
    assert pd.isna(dates.dates[2])


def test_days_that_do_not_exist_are_unread_not_shifted() -> None:
    dates = read(["31/02/2024", "28/02/2024", "27/02/2024"])
    assert (dates.n_unread, dates.dates.isna().tolist()) == (1, [True, False, False])


def test_missing_dates_are_not_unread() -> None:
    dates = read(["2024-07-01", None, "N/A", ""])
    assert (dates.n_unread, int(dates.dates.isna().sum())) == (0, 3)


def test_mostly_unreadable_dates_are_an_error() -> None:
    with pytest.raises(InputError, match=r"2 of 3 values are no dates, e.g. 'last week'"):
        read(["last week", "2024-07-01", "some day"])


def test_a_column_of_missing_dates_is_no_error() -> None:
    assert read([None, "NA"]).dates.isna().all()


@pytest.mark.parametrize("text", ["12", "1.5", "2024", "May", "19 people came", "", "9" * 500, "1/2/3/4"])
def test_what_is_no_date_does_not_look_like_one(text: str) -> None:
    assert not is_date_text(text)


@given(st.datetimes(pd.Timestamp("1970-01-01"), pd.Timestamp("2199-12-31")))
def test_iso_timestamps_round_trip(moment: datetime) -> None:
    assert read([moment.isoformat()]).dates[0] == pd.Timestamp(moment)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dates(date(2020, 1, 1), date(2024, 12, 31)), min_size=1))
def test_the_order_of_the_rows_does_not_matter(days: list[date]) -> None:
    assume(any(day.day > 12 for day in days))
    values = [f"{day.day}/{day.month}/{day.year}" for day in days]
    shuffled = read(values[::-1])
    assert shuffled.order == "dmy"
    assert shuffled.dates[::-1].tolist() == read(values).dates.tolist() == [pd.Timestamp(day) for day in days]


def test_periods_are_quarters_months_or_one_name() -> None:
    dates = pd.Series(pd.to_datetime(["2024-01-31", "2024-12-01", None]))
    assert periods(dates, "", "quarter").fillna("none").tolist() == ["2024-Q1", "2024-Q4", "none"]
    assert periods(dates, "", "month").fillna("none").tolist() == ["2024-01", "2024-12", "none"]
    assert periods(dates, "", "none").isna().all()
    assert periods(dates, "spring", "quarter").tolist() == ["spring"] * 3


# --- what else survey tools and people write -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19. November 2023", "2023-11-19"), ("le 3 mars 2024", "2024-03-03"), ("3 de marzo de 2024", "2024-03-03"),
        ("1er août 2024", "2024-08-01"), ("3 марта 2024 г.", "2024-03-03"), ("2024. március 3.", "2024-03-03"),
        ("2024年3月5日", "2024-03-05"), ("2024년 3월 5일", "2024-03-05"), ("٣ مارس ٢٠٢٤", "2024-03-03"),
        ("ngày 19 tháng 11 năm 2023", "2023-11-19"), ("Sonntag, 19.11.2023", "2023-11-19"), ("20240131", "2024-01-31"),
        ("2024-01-31 (Wed)", "2024-01-31"), ("March 2024", "2024-03-01"), ("Q3 2024", "2024-07-01"),
        ("2024-Q3", "2024-07-01"), ("31/12/69", "1969-12-31"), ("31/12/68", "2068-12-31"),
    ],
)  # fmt: skip
def test_days_of_many_languages_and_forms(text: str, day: str) -> None:
    assert read([text]).dates[0] == pd.Timestamp(day)
    assert is_date_text(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon Jul 01 09:30:00 +0000 2024", "2024-07-01 09:30"),
        ("Mon Jul 01 2024 09:30:00 GMT+0200 (CEST)", "2024-07-01 07:30"),
        ("20240701T093000Z", "2024-07-01 09:30"),
        ("14:30, 1 July 2024", "2024-07-01 14:30"),
        ("1 juillet 2024 à 14h30", "2024-07-01 14:30"),
        ("1. Juli 2024, 14:30 Uhr", "2024-07-01 14:30"),
        ("2024년 7월 1일 오후 3:02", "2024-07-01 15:02"),
        ("Jul 1, 2024, 9:30:00\u202fPM", "2024-07-01 21:30"),
        ("2024/07/01 3:02:25 pm CET", "2024-07-01 15:02:25"),
    ],
)
def test_moments_of_many_forms(text: str, moment: str) -> None:
    assert read([text]).dates[0] == pd.Timestamp(moment)


@pytest.mark.parametrize("text", ["25:10 1 July 2024", "2024-07-01 24:30", "2024-02-30", "1899-12-31", "2262-01-01"])
def test_moments_that_do_not_exist_are_unread(text: str) -> None:
    assert read(["2024-07-01", "2024-07-02", text]).n_unread == 1


@pytest.mark.parametrize(
    ("number", "moment", "kind"),
    [
        ("45474", "2024-07-01", "spreadsheet day numbers"),
        ("45474.395833333336", "2024-07-01 09:30", "spreadsheet day numbers"),
        ("45474,5", "2024-07-01 12:00", "spreadsheet day numbers"),
        ("1719826200", "2024-07-01 09:30", "seconds since 1970"),
        ("1719826200250", "2024-07-01 09:30:00.250", "milliseconds since 1970"),
    ],
)
def test_numbers_are_dates_where_the_column_has_no_other(number: str, moment: str, kind: str) -> None:
    dates = read([number, number, "n/a"])
    assert (dates.dates[0], dates.kind) == (pd.Timestamp(moment), kind)
    assert not is_date_text(number)


def test_numbers_among_dates_are_unread() -> None:
    dates = read(["2024-07-01", "2024-07-02", "45474"])
    assert (dates.n_unread, dates.unread, dates.kind) == (1, "45474", "")


@pytest.mark.parametrize("numbers", [["1", "2", "3"], ["2024", "2023"], ["90000", "99999"], ["3000000000000000"]])
def test_other_numbers_are_no_dates(numbers: list[str]) -> None:
    with pytest.raises(InputError, match="are no dates"):
        read(numbers)


@settings(max_examples=40, deadline=None)
@given(st.integers(20_000, 79_999), st.integers(0, 86_399))
def test_spreadsheet_days_round_trip(day: int, second: int) -> None:
    moment = pd.Timestamp("1899-12-30") + pd.Timedelta(days=day, seconds=second)
    assert read([repr(day + second / 86_400)]).dates[0] == moment


def test_a_name_of_a_month_that_languages_read_differently_is_asked_about() -> None:
    with pytest.raises(InputError, match=r"column 'date': is 'listopad' month 10 or 11"):
        read(["3. listopad 2024"])


@pytest.mark.parametrize(
    ("values", "timed"),
    [
        (["2024-07-01 09:30", "2024-07-02 10:00"], [True, True]),
        (["2024-07-01 00:00:00", "2024-07-02 10:00"], [False, True]),
        (["2024-07-01 12:00", "2024-07-02 12:00"], [False, False]),  # noon stands for the day
        (["2024-07-01T00:00:00+02:00", "2024-07-02T00:00:00+01:00"], [False, False]),
        (["1 July 2024 09:30", "2 July 2024"], [True, False]),
        (["2024-07-01", "n/a"], [False, False]),
    ],
)
def test_which_dates_have_a_time_of_day(values: list[str], timed: list[bool]) -> None:
    assert read(values).has_time.tolist() == timed


@pytest.mark.parametrize(
    "text", ["19 people came in 2024", "3 times 2024", "10 out of 10", "May 3", "Q5 2024", "12:30"]
)
def test_words_and_numbers_are_no_date(text: str) -> None:
    assert not is_date_text(text)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=70))
def test_no_text_crashes_the_reader(text: str) -> None:
    dates = read(["2024-07-01", "2024-07-02", text])
    assert dates.dates[:2].notna().all()


@settings(max_examples=40, deadline=None)
@given(
    st.datetimes(pd.Timestamp("1970-01-01"), pd.Timestamp("2199-12-31")),
    st.sampled_from(["%d %B %Y %H:%M:%S", "%a %b %d %H:%M:%S %Y", "%Y/%m/%d %I:%M:%S %p"]),
)
def test_written_out_timestamps_round_trip(moment: datetime, form: str) -> None:
    whole = moment.replace(microsecond=0)
    assert read([whole.strftime(form)]).dates[0] == pd.Timestamp(whole)


@pytest.mark.parametrize("start", range(1, 13))
def test_a_fiscal_year_has_four_quarters_of_three_months_and_is_named_after_its_end(start: int) -> None:
    months = pd.Series(pd.date_range("2023-01-15", periods=36, freq="MS"))
    named = periods(months, "", "quarter", start)
    whole = named[named.map(named.value_counts()) == 3]
    assert len(whole) >= 33
    ends = months.groupby(named).max()[whole.unique()]
    assert [name.removeprefix("FY")[:4] for name in ends.index if name.endswith("Q4")] == [
        str(end.year) for name, end in ends.items() if str(name).endswith("Q4")
    ]
    assert named.str.startswith("FY").all() == (start != 1)


def test_months_and_missing_dates_know_no_fiscal_year() -> None:
    dates = pd.Series(pd.to_datetime(["2024-07-01", None]))
    assert periods(dates, "", "month", 4).fillna("none").tolist() == ["2024-07", "none"]
    assert periods(dates, "", "quarter", 4).fillna("none").tolist() == ["FY2025-Q2", "none"]


def test_years_of_two_digits_come_first_where_nothing_else_exists() -> None:
    assert read(["99/04/30", "98/05/29"]).order == "ymd"
