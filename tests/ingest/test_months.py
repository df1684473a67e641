"""Names of months and weekdays: every language of CLDR, and what a column's names mean together."""

from datetime import date

import pytest
from babel import Locale, dates
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.errors import InputError
from feedback_nlp.ingest.dates.months import all_names, folded, is_beside, month_spans, months_of, tokens
from feedback_nlp.ingest.dates.texts import read_day

COLUMN = "q3.csv: column 'date'"
SURVEY_LANGUAGES = "de fr es it nl pt pl cs sk hu ro sv da nb fi tr ru uk el bg hr lt lv et sl id vi hi ca".split()


def test_english_names_need_no_other_language() -> None:
    assert months_of({"jan": 1, "september": 2, "may": 1}, COLUMN) == {"jan": 1, "september": 9, "may": 5}


@pytest.mark.parametrize("language", SURVEY_LANGUAGES)
@pytest.mark.parametrize("width", ["wide", "abbreviated"])
def test_a_column_in_one_language_is_read_whole(language: str, width: str) -> None:
    names = Locale.parse(language).months["format"][width]
    spans = {month: words[slice(*next(month_spans(words)))] for month, name in names.items() if (words := tokens(name))}
    read = months_of({" ".join(name): 1 for name in spans.values()}, COLUMN)
    assert {month: read[" ".join(name)] for month, name in spans.items()} == {month: month for month in range(1, 13)}


@pytest.mark.parametrize("language", SURVEY_LANGUAGES)
def test_a_long_date_with_its_weekday_is_read_in_every_language(language: str) -> None:
    texts = [dates.format_date(date(2023, month, 19), "full", locale=language) for month in range(1, 13)]
    days = [read_day(text) for text in texts]
    assert {(day.a, day.c) for day in days if day} == {("2023", "19")}
    months = months_of({day.b: 1 for day in days if day}, COLUMN)
    assert [months[day.b] for day in days if day] == list(range(1, 13))


def test_an_ambiguous_name_is_decided_by_the_others_in_the_column() -> None:
    assert months_of({"listopad": 1, "srpanj": 1}, COLUMN)["listopad"] == 10  # Croatian
    assert months_of({"listopad": 1, "cerven": 1}, COLUMN)["listopad"] == 11  # Czech


def test_an_ambiguous_name_alone_is_asked_about() -> None:
    with pytest.raises(InputError, match=r"column 'date': is 'listopad' month 10 or 11\?"):
        months_of({"listopad": 4}, COLUMN)


def test_one_small_language_makes_no_doubt() -> None:
    assert months_of({"mai": 3}, COLUMN) == {"mai": 5}


def test_a_column_of_two_languages_is_read_where_no_doubt_is() -> None:
    assert months_of({"janvier": 9, "februar": 1}, COLUMN) == {"janvier": 1, "februar": 2}


def test_accents_and_case_do_not_matter() -> None:
    assert {folded(name) for name in ("FÉVRIER", "février", "fevrier")} == {"fevrier"}


def test_a_weekday_that_is_a_month_elsewhere_is_not_taken_for_the_month() -> None:
    assert read_day("mar 5 mag 2024") is not None
    assert read_day("mar 5 mag 2024").b == "mag"  # type: ignore[union-attr]
    assert read_day("mar. 5 mar. 2024").b == "mar"  # type: ignore[union-attr]


def test_numbers_are_never_names() -> None:
    assert all(not name.isdecimal() for name in all_names().any_month)
    assert list(month_spans(["2024", "3", "5"])) == []


@given(st.text(max_size=30))
def test_folding_is_idempotent(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize("word", ["people", "times", "slow", "x"])
def test_other_words_are_not_parts_of_a_date(word: str) -> None:
    assert not is_beside(word)
