"""Bars of drag and lift: worst first, with n and interval in words."""

import pandas as pd
import pytest

from feedback_nlp.charts import drivers_chart, drivers_data
from feedback_nlp.errors import InputError


def test_themes_come_worst_drag_first_with_both_sides(themes) -> None:
    data = drivers_data(themes, 2014)
    assert data[["name", "side", "value"]].to_numpy().tolist() == [
        ["Waiting time", "drag", -6.1],
        ["Waiting time", "lift", 0.8],
        ["Billing", "drag", -2.2],
        ["Agent attitude", "drag", -0.4],
        ["Agent attitude", "lift", 5.0],
    ]


def test_words_carry_interval_and_n(themes) -> None:
    words = drivers_data(themes, 2014)["words"]
    assert words[0] == "Waiting time, drag: −6.1 points (−8.0 to −4.2); 271 of 2,014 responses complain"
    assert words[1] == "Waiting time, lift: +0.8 points (no interval); 41 of 2,014 responses praise"


def test_what_could_be_chance_is_said(themes) -> None:
    data = drivers_data(themes, 2014)
    assert data.loc[data["is_chance"], "words"].tolist() == [
        "Agent attitude, drag: −0.4 points (−1.1 to 0.3: could be chance); 20 of 2,014 responses complain"
    ]


def test_only_so_many_themes_are_shown(themes) -> None:
    assert drivers_data(themes, 2014, most=1)["name"].unique().tolist() == ["Waiting time"]


def test_the_order_of_rows_does_not_matter(themes) -> None:
    pd.testing.assert_frame_equal(drivers_data(themes, 9), drivers_data(themes.sample(frac=1, random_state=3), 9))


def test_no_theme_with_a_drag_gives_no_row(themes) -> None:
    data = drivers_data(themes.assign(drag=None), 2014)
    assert data.empty
    assert drivers_chart(data).to_dict()["layer"]


def test_a_missing_column_is_named(themes) -> None:
    with pytest.raises(InputError, match="themes: no column 'lift_low'"):
        drivers_data(themes.drop(columns="lift_low"), 2014)


def test_drag_and_lift_keep_their_colours(themes) -> None:
    bars = drivers_chart(drivers_data(themes, 2014)).to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert bars == {"domain": ["drag", "lift"], "range": ["#b23a0e", "#1f5fa8"]}
