"""Dates: what is read, which order the values tell, and when to ask."""

from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.dates import Dates, is_date_text, periods, read_dates


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
