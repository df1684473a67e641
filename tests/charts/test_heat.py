"""The heat map of segments: shares in words, small groups as "too few"."""

from feedback_nlp.charts import segments_chart, segments_data


def texts(column) -> list[str]:
    return column.str.replace("\N{NO-BREAK SPACE}", " ").tolist()


def test_cells_read_as_shares_or_too_few(cells) -> None:
    data = segments_data(cells)
    assert data["value"].tolist()[:3] == ["chat", "not given", "phone"]
    assert texts(data["figure"]) == ["9 %", "too few (8)", "21 %", "0 %", "too few (8)", "5 %"]


def test_a_small_groups_share_is_nowhere(cells) -> None:
    small = segments_data(cells.fillna({"share": 0.5, "share_low": 0.1, "share_high": 0.9})).iloc[1]
    assert small[["share", "low", "high"]].isna().all()
    assert small["words"] == "Waiting time, not given: too few (8)"


def test_words_carry_interval_n_and_what_is_beyond_chance(cells) -> None:
    words = texts(segments_data(cells)["words"])
    assert words[2] == (
        "Waiting time, phone: 21 % (17 % to 26 %), 63 of 300 responses complain; differs from all others beyond chance"
    )


def test_themes_keep_their_order_and_the_largest_values_stay(cells) -> None:
    data = segments_data(cells.iloc[::-1], most_values=2)
    assert data["theme"].drop_duplicates().tolist() == ["Billing", "Waiting time"]
    assert data["value"].drop_duplicates().tolist() == ["chat", "phone"]


def test_the_chart_is_valid_even_where_all_are_too_few(cells) -> None:
    chart = segments_chart(segments_data(cells.assign(too_few=True)), "channel").to_dict()
    assert chart["title"]["text"] == "Who complains about what, by channel"
    assert chart["layer"]
