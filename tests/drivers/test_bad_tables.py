"""Surveys that say little or are broken: figures with the right words beside them, or one clear line."""

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.drivers import rank_drivers
from feedback_nlp.errors import InputError
from feedback_nlp.schema import FIGURES

THEMES = pd.DataFrame({"theme_id": ["wait", "price"], "kind": "topic"})
NO_MENTIONS = pd.DataFrame({"response_id": [], "theme_id": [], "polarity": []})


def responses_of(categories, **columns):
    return pd.DataFrame({"response_id": [f"r{i}" for i in range(len(categories))], "category": categories, **columns})


def complaints(responses, theme="wait", first=12):
    return pd.DataFrame({"response_id": responses["response_id"][:first], "theme_id": theme, "polarity": -1.0})


def test_fewer_than_thirty_scored_responses_are_said_to_be_too_few():
    responses = responses_of(["promoter", "detractor"] * 12)
    drivers = rank_drivers(responses, complaints(responses), THEMES)
    assert drivers.notes[0] == "too few scored responses: 24, figures can be relied on from 30 on"
    assert drivers.table["drag"].notna().tolist() == [True, False]


def test_thirty_are_enough():
    responses = responses_of(["promoter", "detractor"] * 15)
    assert not any("too few" in note for note in rank_drivers(responses, complaints(responses), THEMES).notes)


@pytest.mark.parametrize(("category", "nps"), [("promoter", 100.0), ("passive", 0.0), ("detractor", -100.0)])
def test_one_category_only_has_no_drivers_and_says_so(category, nps):
    responses = responses_of([category] * 40)
    drivers = rank_drivers(responses, complaints(responses), THEMES)
    assert drivers.table[["drag", "drag_low", "rank", "p_top3", "flagged"]].isna().all(axis=None)
    assert drivers.account[["theme_id", "contribution"]].values.tolist() == [["base", nps]]
    assert drivers.covariance.shape == (1, 1)
    assert f"everybody is a {category}" in drivers.notes[0]
    assert drivers.table["nps"][0] == nps


def test_a_theme_on_every_response_has_no_drag_and_is_named():
    responses = responses_of(["promoter", "detractor"] * 20)
    drivers = rank_drivers(responses, complaints(responses, first=40), THEMES)
    assert drivers.table["drag"].isna().all()
    assert "dropped complaints of 'wait'" in drivers.notes[0]
    assert drivers.account["contribution"].sum() == pytest.approx(drivers.nps.value)


def test_no_theme_at_all_leaves_the_base():
    drivers = rank_drivers(responses_of(["promoter", "detractor"] * 20), NO_MENTIONS, THEMES.head(0))
    assert list(drivers.table.columns) == ["theme_id", *FIGURES]
    assert len(drivers.table) == 0
    assert drivers.account["contribution"].tolist() == [drivers.nps.value]


def test_no_comment_at_all_gives_counts_of_zero():
    drivers = rank_drivers(responses_of(["promoter", "detractor"] * 20), NO_MENTIONS, THEMES)
    assert drivers.table["n_responses"].tolist() == [0, 0]
    assert drivers.table["share"].tolist() == [0.0, 0.0]
    assert drivers.table["drag"].isna().all()


def test_no_response_at_all_is_no_score():
    drivers = rank_drivers(responses_of([]), NO_MENTIONS, THEMES)
    assert (drivers.n, len(drivers.account), np.isnan(drivers.nps.value)) == (0, 0, True)


def test_all_answers_of_one_person_have_no_interval():
    responses = responses_of(["promoter", "detractor"] * 20, respondent_id="ann")
    table = rank_drivers(responses, complaints(responses), THEMES).table
    assert table["drag_low"].isna().all()
    assert table["rank_low"].isna().all()


@pytest.mark.parametrize("weight", [-1.0, np.inf, None, "much"])
def test_an_impossible_weight_is_one_line_with_its_row(weight):
    weights = pd.Series([1.0] * 39 + [weight], dtype=object)
    with pytest.raises(InputError, match=r"responses: weight: row 40: .* give every answer a number >= 0"):
        rank_drivers(responses_of(["promoter", "detractor"] * 20, weight=weights), NO_MENTIONS, THEMES)


def test_a_weight_of_zero_takes_the_response_out():
    responses = responses_of(["promoter", "detractor"] * 20, weight=[1.0, 0.0] * 20)
    assert rank_drivers(responses, NO_MENTIONS, THEMES).nps.value == 100.0


def test_weights_of_zero_only_are_an_error():
    with pytest.raises(InputError, match="all of them are 0"):
        rank_drivers(responses_of(["promoter"] * 3, weight=0.0), NO_MENTIONS, THEMES)


@pytest.mark.parametrize("table", ["responses", "themes"])
def test_an_id_that_is_there_twice_is_an_error(table):
    responses, themes = responses_of(["promoter"] * 3), THEMES
    if table == "responses":
        responses = responses.assign(response_id=["a", "b", "a"])
    else:
        themes = pd.concat([themes, themes.head(1)])
    with pytest.raises(InputError, match=rf"{table}: .*_id: '.*' is there more than once"):
        rank_drivers(responses, NO_MENTIONS, themes)
