"""NPS and complaints over periods: small periods have no figure, labels do not lie on each other."""

import numpy as np
import pandas as pd

from feedback_nlp.charts import complaints_chart, complaints_data, trend_chart, trend_data


def test_a_small_period_says_so_and_has_no_figure(periods) -> None:
    row = trend_data(periods).iloc[1]
    assert (row["label"], row["words"]) == ("too few (8)", "2024 Q3: too few (8)")
    assert row[["nps", "low", "high"]].isna().all()


def test_a_period_carries_its_interval_and_n(periods) -> None:
    assert trend_data(periods)["words"].iloc[2] == "2024 Q4: NPS 23.0 (19.0 to 27.0), 1,450 responses"


def test_periods_keep_their_own_order(periods) -> None:
    turned = trend_data(periods.iloc[::-1])
    assert turned["period"].tolist() == ["2024 Q4", "2024 Q3", "2024 Q2"]
    assert trend_chart(turned).to_dict()["layer"][0]["encoding"]["x"]["sort"] == ["2024 Q4", "2024 Q3", "2024 Q2"]


def test_the_themes_most_complained_of_in_the_latest_period_come_first(over_periods) -> None:
    data = complaints_data(over_periods, most=2)
    assert data.drop_duplicates("theme_id")["name"].tolist() == ["Billing", "Waiting time"]


def test_a_latest_period_that_is_small_does_not_choose_the_themes(over_periods) -> None:
    only_small_last = over_periods[over_periods["period"] != "Q4"]
    assert complaints_data(only_small_last, most=1)["name"].unique().tolist() == ["Waiting time"]


def test_shares_of_small_periods_are_missing(over_periods) -> None:
    data = complaints_data(over_periods)
    small = data[data["period"] == "Q3"]
    assert small["share"].isna().all()
    assert small["words"].iloc[0] == "Billing, Q3: too few (8)"


def test_words_carry_share_interval_and_n(over_periods) -> None:
    words = complaints_data(over_periods)["words"].str.replace("\N{NO-BREAK SPACE}", " ")
    assert words.iloc[-1] == "Agent attitude, Q4: 2 % (0 % to 4 %) of 900 responses complain"


def test_labels_at_the_lines_ends_keep_their_distance(over_periods) -> None:
    ends = complaints_data(over_periods).dropna(subset="end_label").sort_values("end_share")
    assert ends["end_label"].tolist() == ["Agent attitude", "Waiting time", "Billing"]
    assert np.diff(ends["end_share"]).min() >= 0.07 * 0.151 - 1e-12


def test_no_large_period_gives_no_row(over_periods) -> None:
    data = complaints_data(over_periods.assign(too_few=True))
    assert len(data) == 0
    assert complaints_data(over_periods.iloc[:0]).empty


def test_the_order_of_themes_does_not_matter(over_periods) -> None:
    shuffled = over_periods.sort_values(["period", "theme_id"], ascending=[True, False])
    pd.testing.assert_frame_equal(complaints_data(over_periods), complaints_data(shuffled))


def test_each_theme_has_a_shape_beside_its_colour(over_periods) -> None:
    dots = complaints_chart(complaints_data(over_periods)).to_dict()["layer"][1]["encoding"]
    assert dots["shape"]["scale"]["range"] == ["circle", "square", "diamond"]
    assert len(set(dots["color"]["scale"]["range"])) == 3
