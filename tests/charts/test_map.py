"""The map: colours for the largest themes, grey for all else, names that do not lie on each other."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.charts import map_chart, map_data, map_labels


def test_the_largest_themes_have_the_first_colours(points, labels) -> None:
    colours = map_data(points, labels).drop_duplicates("theme_id").set_index("theme_id")["colour"]
    assert colours.to_dict() == {"t2": "1", "t1": "2", "": "rest", "t9": "rest"}


def test_themes_beyond_the_most_are_grey_and_lie_below(points, labels) -> None:
    data = map_data(points, labels, most=1)
    assert data["colour"].tolist() == ["rest"] * 4 + ["1"]


def test_a_point_says_what_it_is(points, labels) -> None:
    words = map_data(points, labels).set_index("x")["words"]
    assert words[0.1] == "complaint"
    assert words[-0.5] == "3 statements"
    assert words[-0.4] == "praise"


@settings(max_examples=25)
@given(st.permutations(range(5)))
def test_the_order_of_points_does_not_matter(order) -> None:
    rows = [(0.1, 0.2, "t1", 1), (0.1, 0.3, "t1", 2), (0.0, 0.0, "t2", 3), (0.5, 0.5, "", 1), (0.4, 0.1, "t2", 1)]
    labels = pd.DataFrame({"theme_id": ["t1", "t2"], "name": ["One", "Two"]})
    table = pd.DataFrame(rows, columns=["x", "y", "theme_id", "n"])
    pd.testing.assert_frame_equal(map_data(table, labels), map_data(table.iloc[list(order)], labels))


def test_cells_join_statements_of_one_theme_and_lose_none(points, labels) -> None:
    data = map_data(points, labels, cells=10)
    assert data["n"].sum() == points["n"].sum()
    waiting = data[data["theme_id"] == "t1"]
    assert waiting[["x", "y", "n"]].to_numpy().tolist() == [[0.11, pytest.approx(0.205), 2]]
    assert set(data["text"]) == {""}


def test_points_on_the_border_fall_into_the_last_cell(labels) -> None:
    border = pd.DataFrame({"x": [1.0, -1.0], "y": [1.0, -1.0], "theme_id": "t1", "n": 1})
    assert map_data(border, labels, cells=4)["n"].tolist() == [1, 1]


def test_only_themes_with_statements_are_named(points, labels) -> None:
    names = map_labels(map_data(points, labels), labels)
    assert names[["theme_id", "label", "n"]].to_numpy().tolist() == [["t1", "Waiting time", 2], ["t2", "Billing", 3]]


def test_a_theme_without_a_colour_is_named_where_there_is_room(points, labels) -> None:
    names = map_labels(map_data(points, labels, most=1), labels).set_index("theme_id")
    assert names.loc["t1", ["colour", "label", "narrow_label"]].tolist() == ["rest", "Waiting time", ""]
    crowded = labels.assign(x=0.0, y=0.0)
    assert map_labels(map_data(points, crowded, most=1), crowded)["label"].tolist() == ["", "Billing"]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=10))
def test_no_name_lies_on_another(places) -> None:
    ids = [f"t{k}" for k in range(len(places))]
    x, y = np.array(places).T
    labels = pd.DataFrame({"theme_id": ids, "name": "Waiting on the phone", "x": x, "y": y})
    data = map_data(labels.assign(n=1), labels)
    names = map_labels(data, labels)
    for prefix, half, tall in (("", 0.0105 * 20, 0.03), ("narrow_", 0.021 * 10, 0.088)):  # "Waiting on / the phone"
        heights, across = names[f"{prefix}y"].to_numpy(), names["x"].to_numpy()
        beside = np.abs(across[:, None] - across) < 2 * half
        near = np.abs(heights[:, None] - heights) < 2 * tall - 1e-9
        assert not (beside & near & ~np.eye(len(names), dtype=bool)).any()


def test_a_long_name_is_cut_at_a_words_end(points, labels) -> None:
    long = labels.assign(name="Waiting " * 40)
    names = map_labels(map_data(points, long), long)
    assert names["label"].iloc[0] == "Waiting Waiting\nWaiting Waiting…"
    assert names["name"].iloc[0] == "Waiting " * 40


def test_the_chart_of_no_point_is_valid(points, labels) -> None:
    data = map_data(points.iloc[:0], labels)
    assert map_chart(data, map_labels(data, labels)).to_dict()["layer"]


def test_hovering_shows_the_statement_and_its_theme(points, labels) -> None:
    data = map_data(points, labels)
    chart = map_chart(data, map_labels(data, labels.assign(anchor="theme-t1"))).to_dict()
    assert [tip["field"] for tip in chart["layer"][0]["encoding"]["tooltip"]] == ["text", "name", "words"]
    assert chart["layer"][0]["transform"][0]["from"]["fields"] == ["name", "anchor"]
