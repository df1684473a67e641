"""Themes whose complaints come together: their joint drag."""

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.drivers.groups import _components


def with_complaints(survey, **counts):
    """The survey with more themes, each complained of by the first so many scored responses."""
    responses, mentions, themes = survey(n_themes=2)
    ids = responses["response_id"][responses["category"].notna()]
    added = [pd.DataFrame({"response_id": ids[:n], "theme_id": t, "polarity": -1.0}) for t, n in counts.items()]
    more = pd.DataFrame({"theme_id": list(counts), "kind": "topic"})
    return responses, pd.concat([mentions, *added]), pd.concat([themes, more])


def test_a_group_has_the_sum_of_the_drags_with_the_interval_of_the_sum(survey):
    drivers = rank_drivers(*with_complaints(survey, queue=60, wait=54))
    (group,) = drivers.groups.to_dict("records")
    drags = drivers.table.set_index("theme_id")["drag"]
    places = np.flatnonzero(drivers.account["theme_id"].isin(["queue", "wait"]))
    half = 1.959964 * np.sqrt(drivers.covariance[np.ix_(places, places)].sum())
    assert group["theme_ids"] == ["queue", "wait"]
    assert group["drag"] == pytest.approx(drags["queue"] + drags["wait"])
    assert group["drag_high"] - group["drag"] == pytest.approx(half, rel=1e-6)
    assert group["share"] == pytest.approx(60 / drivers.n)


def test_the_sum_is_surer_than_its_parts(survey):
    drivers = rank_drivers(*with_complaints(survey, queue=60, wait=54))
    width = (drivers.table["drag_high"] - drivers.table["drag_low"]).tail(2)
    group = drivers.groups.iloc[0]
    assert group["drag_high"] - group["drag_low"] < width.max()


def test_the_drag_of_a_group_is_that_of_the_theme_both_halves_make(survey):
    responses, mentions, themes = with_complaints(survey, queue=60, twin=60)
    drivers = rank_drivers(responses, mentions, themes)
    alone = rank_drivers(responses, mentions[mentions["theme_id"] != "twin"], themes)
    assert drivers.groups["theme_ids"].tolist() == [["queue", "twin"]]  # the twin's own column was dropped
    assert drivers.groups["drag"][0] == pytest.approx(alone.table.set_index("theme_id")["drag"]["queue"])


def test_without_overlap_there_is_no_group(survey):
    drivers = rank_drivers(*survey())
    assert drivers.groups.empty
    assert list(drivers.groups.columns) == ["group", "theme_ids", "share", "drag", "drag_low", "drag_high"]


def test_the_limit_is_a_setting(survey):
    tables = with_complaints(survey, queue=60, wait=54)  # Jaccard .9
    assert rank_drivers(*tables, DriversConfig(overlap=0.95)).groups.empty


def test_what_overlaps_with_a_member_joins_its_group():
    assert _components(((0, 1), (4, 5), (1, 2), (6, 5))) == [[0, 1, 2], [4, 5, 6]]


def test_pairs_that_meet_late_are_joined():
    assert _components(((0, 1), (2, 3), (1, 3))) == [[0, 1, 2, 3]]
