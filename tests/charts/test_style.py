"""What all charts share: words cut at their ends, plain values, no heavy import before a chart is drawn."""

import subprocess
import sys

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.charts.palette import PAGE
from feedback_nlp.charts.style import Look, numbered, records, wrapped
from feedback_nlp.charts.trend import trend_chart, trend_data


@given(st.text(max_size=300), st.integers(5, 30), st.integers(1, 3))
def test_a_label_never_has_more_lines_or_letters_than_there_is_room_for(text: str, width: int, most: int) -> None:
    lines = wrapped(text, width, most).split("\n")
    assert len(lines) <= most
    assert all(len(line) <= width + 1 for line in lines)


@given(st.lists(st.sampled_from(["a", "b", "a (2)", ""]), max_size=8))
def test_numbered_labels_differ(labels: list[str]) -> None:
    assert len(set(numbered(labels))) == len(labels)


def test_records_hold_only_plain_values() -> None:
    table = pd.DataFrame({"n": np.array([1, 2]), "x": [0.5, np.nan], "ok": [True, False], "name": ["a", None]})
    rows = records(table)
    assert rows == [{"n": 1, "x": 0.5, "ok": True, "name": "a"}, {"n": 2, "x": None, "ok": False, "name": None}]
    assert {type(value) for row in rows for value in row.values()} == {int, float, bool, str, type(None)}


def test_a_chart_for_a_page_names_its_table_and_uses_the_pages_colours(periods) -> None:
    chart = trend_chart(trend_data(periods), Look(PAGE, "container", for_page=True)).to_dict()
    assert chart["data"] == {"name": "periods"}
    assert "datasets" not in chart
    assert "title" not in chart
    assert "#" not in str(chart["layer"])


def test_altair_is_imported_only_when_a_chart_is_drawn() -> None:
    code = "import sys, feedback_nlp.charts, feedback_nlp.track.plots; print('altair' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
