"""Themes that hold other themes: counted over the family, their drags summed with the covariance."""

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers import rank_drivers
from feedback_nlp.schema import FIGURES

SETTINGS = DriversConfig(min_mentions=3)


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """400 responses; billing and fees belong to "money", staff to nobody."""
    draw = np.random.default_rng(3)
    ids = [f"r{i:03d}" for i in range(400)]
    said = {theme: draw.random(400) < share for theme, share in [("billing", 0.3), ("fees", 0.2), ("staff", 0.25)]}
    pain = 60 * said["billing"] + 40 * said["fees"] - 30 * said["staff"] + draw.normal(0, 40, 400)
    category = np.select([pain < 10, pain < 40], ["promoter", "passive"], "detractor")
    mentions = [
        {"response_id": ids[row], "theme_id": theme, "polarity": 1.0 if theme == "staff" else -1.0}
        for theme, rows in said.items() for row in np.flatnonzero(rows)
    ]  # fmt: skip
    themes = pd.DataFrame(
        {
            "theme_id": ["money", "billing", "fees", "staff"],
            "kind": "topic",
            "parent_id": [None, "money", "money", None],
        }
    )
    return pd.DataFrame({"response_id": ids, "category": category}), pd.DataFrame(mentions), themes


def test_a_parent_counts_the_responses_of_its_family_once(tables):
    responses, mentions, themes = tables
    table = rank_drivers(responses, mentions, themes, SETTINGS).table.set_index("theme_id")
    family = mentions[mentions["theme_id"].isin(["billing", "fees"])]["response_id"].nunique()
    assert table.loc["money", "n_responses"] == table.loc["money", "n_negative"] == family
    assert table.loc["money", "share"] == pytest.approx(family / 400)


def test_the_drag_of_a_parent_is_the_sum_with_the_interval_of_the_sum(tables):
    drivers = rank_drivers(*tables, SETTINGS)
    table = drivers.table.set_index("theme_id")
    assert table.loc["money", "drag"] == pytest.approx(table.loc[["billing", "fees"], "drag"].sum())
    at = drivers.account.index[drivers.account["theme_id"].isin(["billing", "fees"])]
    error = np.sqrt(drivers.covariance[np.ix_(at, at)].sum())
    half = (table.loc["money", "drag_high"] - table.loc["money", "drag_low"]) / 2
    assert half == pytest.approx(1.959964 * error, rel=1e-5)


def test_the_nps_of_a_parent_is_that_of_a_theme_with_all_its_mentions(tables):
    responses, mentions, themes = tables
    joined = mentions.assign(theme_id=mentions["theme_id"].replace({"billing": "money", "fees": "money"}))
    one_level = rank_drivers(responses, joined, themes[["theme_id", "kind"]], SETTINGS).table.set_index("theme_id")
    two_levels = rank_drivers(responses, mentions, themes, SETTINGS).table.set_index("theme_id")
    for figure in ("nps", "nps_low", "nps_high", "leave_one_out", "share_low", "share_high"):
        assert two_levels.loc["money", figure] == pytest.approx(one_level.loc["money", figure])


def test_a_parent_has_no_rank_and_changes_nobody_elses_figures(tables):
    responses, mentions, themes = tables
    alone = rank_drivers(responses, mentions, themes.iloc[1:][["theme_id", "kind"]], SETTINGS).table
    table = rank_drivers(responses, mentions, themes, SETTINGS).table
    assert table.loc[0, ["rank", "p_top3", "flagged", "drag_shrunk"]].isna().all()
    pd.testing.assert_frame_equal(table.iloc[1:].reset_index(drop=True), alone)
    assert list(table.columns) == ["theme_id", *FIGURES]


def test_without_scores_a_parent_has_counts(tables):
    responses, mentions, themes = tables
    table = rank_drivers(responses.assign(category=None), mentions, themes, SETTINGS).table
    assert table.loc[0, "n_responses"] > table.loc[1, "n_responses"]
    assert pd.isna(table.loc[0, "drag"])
