"""What the three tables may hold, and what is said when they hold something else."""

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.drivers import rank_drivers
from feedback_nlp.drivers.sample import NEEDED, read_sample
from feedback_nlp.errors import InputError

NAMES = ("responses", "mentions", "themes")


@pytest.mark.parametrize(("name", "column"), [(name, column) for name in NAMES for column in NEEDED[name]])
def test_a_missing_column_is_named(survey, name, column):
    tables = list(survey())
    tables[NAMES.index(name)] = tables[NAMES.index(name)].drop(columns=column)
    with pytest.raises(InputError, match=f"{name}: no column '{column}'; found "):
        rank_drivers(*tables)


def test_the_nearest_column_is_offered(survey):
    responses, mentions, themes = survey()
    with pytest.raises(InputError, match="did you mean 'categorie'"):
        rank_drivers(responses.rename(columns={"category": "categorie"}), mentions, themes)


def test_a_mention_of_an_unknown_response_is_an_error(survey):
    responses, mentions, themes = survey()
    stray = pd.concat([mentions, mentions.iloc[:1].assign(response_id="nobody")])
    with pytest.raises(InputError, match=rf"response_id: row {len(stray)}: 'nobody' is not in responses"):
        rank_drivers(responses, stray, themes)


def test_a_mention_of_an_unknown_theme_is_an_error_with_the_nearest_one(survey):
    responses, mentions, themes = survey()
    stray = mentions.assign(theme_id=mentions["theme_id"].replace("theme B", "theme Bee"))
    with pytest.raises(InputError, match="'theme Bee' is not in themes; did you mean 'theme B'"):
        rank_drivers(responses, stray, themes)


def test_a_mention_without_a_response_is_an_error(survey):
    responses, mentions, themes = survey()
    with pytest.raises(InputError, match="mentions: response_id: row 1"):
        rank_drivers(responses, mentions.assign(response_id=None), themes)


@pytest.mark.parametrize("table", [0, 2])
def test_an_id_that_is_there_twice_is_an_error(survey, table):
    tables = list(survey())
    tables[table] = pd.concat([tables[table], tables[table].iloc[[2]]])
    with pytest.raises(InputError, match="is there more than once"):
        rank_drivers(*tables)


def test_a_response_without_an_id_is_an_error(survey):
    responses, mentions, themes = survey()
    nameless = pd.concat([responses, pd.DataFrame({"response_id": [None], "category": ["passive"]})])
    with pytest.raises(InputError, match=f"row {len(nameless)} has no id"):
        rank_drivers(nameless, mentions, themes)


def test_an_unknown_kind_category_or_polarity_is_an_error(survey):
    responses, mentions, themes = survey()
    with pytest.raises(InputError, match="'topics' is none of topic, generic, other"):
        rank_drivers(responses, mentions, themes.assign(kind="topics"))
    with pytest.raises(InputError, match="responses: category: row 1: 'happy' is none of"):
        rank_drivers(responses.assign(category="happy"), mentions, themes)
    with pytest.raises(InputError, match="'bad' is no number from -1 to 1"):
        rank_drivers(responses, mentions.assign(polarity="bad"), themes)


def test_an_impossible_weight_is_an_error_but_not_that_of_an_unscored_response(survey):
    responses, mentions, themes = survey()
    scored = responses["category"].notna()
    assert rank_drivers(responses.assign(weight=np.where(scored, 1.0, np.nan)), mentions, themes).n == scored.sum()
    with pytest.raises(InputError, match="responses: weight: row"):
        rank_drivers(responses.assign(weight=np.where(scored, np.nan, 1.0)).assign(
            weight=lambda t: t["weight"].where(t.index != t.index[scored][0], 2.0)), mentions, themes)  # fmt: skip


def test_a_weight_column_of_nulls_is_no_weight(survey):
    responses, mentions, themes = survey()
    plain = rank_drivers(responses, mentions, themes).table
    pd.testing.assert_frame_equal(rank_drivers(responses.assign(weight=np.nan), mentions, themes).table, plain)


def test_ids_may_be_numbers():
    responses = pd.DataFrame({"response_id": [10, 9], "category": ["promoter", "detractor"]})
    mentions = pd.DataFrame({"response_id": [9], "theme_id": [1], "polarity": [-1.0]})
    sample = read_sample(responses, mentions, pd.DataFrame({"theme_id": [1, 2], "kind": "topic"}))
    assert sample.points.tolist() == [100.0, -100.0]  # "10" before "9"
    assert sample.negative.toarray().tolist() == [[0, 0], [1, 0]]


def test_a_mention_counts_once_and_by_its_sign():
    responses = pd.DataFrame({"response_id": ["a", "b", "c"], "category": ["promoter", "detractor", "passive"]})
    mentions = pd.DataFrame(
        {"response_id": ["a", "a", "a", "b", "c"], "theme_id": "t", "polarity": [-0.1, -0.9, 0.2, 0.0, None]}
    )
    sample = read_sample(responses, mentions, pd.DataFrame({"theme_id": ["t"], "kind": "topic"}))
    assert sample.mentioned.toarray().ravel().tolist() == [1, 1, 1]
    assert sample.negative.toarray().ravel().tolist() == [1, 0, 0]
    assert sample.positive.toarray().ravel().tolist() == [1, 0, 0]


def test_mentions_of_unscored_responses_and_rows_without_a_theme_are_ignored(survey):
    responses, mentions, themes = survey()
    unscored = responses["response_id"][responses["category"].isna()]
    extra = pd.DataFrame({"response_id": unscored, "theme_id": "theme A", "polarity": -1.0})
    unthemed = pd.DataFrame({"response_id": responses["response_id"], "theme_id": None, "polarity": -1.0})
    more = rank_drivers(responses, pd.concat([mentions, extra, unthemed]), themes)
    pd.testing.assert_frame_equal(more.table, rank_drivers(responses, mentions, themes).table)


def test_nothing_is_written_into_the_arguments(survey):
    tables = survey(weighted=True, people=50)
    before = [table.copy(deep=True) for table in tables]
    rank_drivers(*tables)
    for table, copy in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)
