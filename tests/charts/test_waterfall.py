"""The walks to NPS: every step starts where the last one ended, and nothing is lost on the way."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.charts import account_chart, account_data, bridge_chart, bridge_data
from feedback_nlp.errors import InputError

NAMES = {"t1": "Waiting time", "t2": "Billing", "t3": "Agent attitude"}
TERMS = st.lists(
    st.tuples(
        st.sampled_from(["t1", "t2", "t3", "t4", "other", "generic"]),
        st.sampled_from(["negative", "positive"]),
        st.floats(-20, 20),
    ),
    max_size=12,
)


def test_complaints_come_worst_first_then_praise_then_the_rest(account) -> None:
    assert account_data(account, NAMES)["label"].tolist() == [
        "Base",
        "Waiting time: complaints",
        "Billing: complaints",
        "Agent attitude: praise",
        "Waiting time: praise",
        "Themes too small to rank: complaints",
        "NPS",
    ]


@given(TERMS, st.integers(1, 5))
def test_the_account_ends_at_its_sum_whatever_is_joined(terms, most: int) -> None:
    rows = [("base", None, 30.0), *terms]
    table = pd.DataFrame(rows, columns=["theme_id", "polarity", "contribution"])
    walk = account_data(table, NAMES, most)
    assert walk["end"].iloc[-1] == pytest.approx(table["contribution"].sum(), abs=1e-9)
    assert walk["start"].iloc[1:-1].tolist() == pytest.approx(walk["end"].iloc[:-2].tolist())


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random) -> None:
    rows = [("base", None, 31.0), ("t1", "negative", -6.0), ("t2", "negative", -6.0), ("t3", "positive", 5.0)]
    shuffled = random.sample(rows, len(rows))
    one, two = (pd.DataFrame(r, columns=["theme_id", "polarity", "contribution"]) for r in (rows, shuffled))
    pd.testing.assert_frame_equal(account_data(one, NAMES), account_data(two, NAMES))


def test_what_could_be_chance_is_marked_and_said(account) -> None:
    walk = account_data(account.assign(low=-9.0, high=1.0), NAMES).set_index("label")
    assert walk.loc["Billing: complaints", "is_chance"]
    assert walk.loc["Billing: complaints", "words"] == "Billing: complaints −2.0 (−9.0 to 1.0); could be chance"


def test_without_an_interval_nothing_is_said_of_chance(account) -> None:
    assert not account_data(account, NAMES)["is_chance"].any()


def test_the_smaller_terms_are_summed_in_sight(account) -> None:
    more = [(f"s{k}", "negative", -0.1 * k) for k in range(1, 6)]
    long = pd.concat([account, pd.DataFrame(more, columns=account.columns)])
    walk = account_data(long, NAMES, most=4).set_index("label")
    assert walk.loc["5 smaller terms: complaints", "value"] == pytest.approx(-1.5)


def test_the_bridge_goes_from_one_nps_to_the_next_by_the_largest_moves_first(moves, parts, ends) -> None:
    walk = bridge_data(moves, parts, ends)
    assert list(zip(walk["label"], walk["value"].round(1), walk["kind"], strict=True)) == [
        ("NPS Q3", 27.0, "total"),
        ("Waiting time: complaints", -3.4, "drag"),
        ("Agent attitude: praise", 1.2, "lift"),
        ("Billing: complaints", -0.1, "drag"),
        ("Base: the unexplained part", -1.7, "rest"),
        ("NPS Q4", 23.0, "total"),
    ]


def test_the_steps_of_the_bridge_add_up_to_the_change(moves, parts, ends) -> None:
    walk = bridge_data(moves, parts, ends)
    assert walk["value"].iloc[1:-1].sum() == pytest.approx(23.0 - 27.0)


def test_a_move_is_chance_only_where_neither_of_its_parts_is_sure(moves, parts, ends) -> None:
    walk = bridge_data(moves, parts, ends).set_index("label")["is_chance"]
    assert walk[walk].index.tolist() == ["Billing: complaints", "Base: the unexplained part"]


def test_a_moves_words_hold_both_parts_with_their_intervals(moves, parts, ends) -> None:
    words = bridge_data(moves, parts, ends).set_index("label")["words"]
    assert words["Waiting time: complaints"] == (
        "Waiting time: complaints −3.4: mentioned more or less −3.0 (−4.5 to −1.5), "
        "hurts or helps more or less −0.4 (−1.4 to 0.6); could be chance"
    )
    assert words["NPS Q4"] == "NPS Q4: 23.0 (19.0 to 27.0)"


def test_small_moves_are_summed(moves, parts, ends) -> None:
    many = pd.concat([moves.assign(name=f"Theme {k}") for k in range(4)])
    walk = bridge_data(many, parts, ends, most=5)
    assert "7 smaller moves" in walk["label"].tolist()
    assert len(walk) == 1 + 5 + 1 + 1 + 1


def test_two_long_names_that_read_alike_once_cut_keep_their_own_rows(moves, parts, ends) -> None:
    twin = moves.iloc[[1, 1]].assign(name=["A very " + "long " * 40 + end for end in ("one", "two")])
    labels = bridge_data(twin, parts, ends)["axis_label"]
    assert labels.is_unique
    assert labels.str.len().max() < 60


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="account: no column 'contribution'; did you mean 'contributions'"):
        account_data(pd.DataFrame({"theme_id": [], "polarity": [], "contributions": []}), {})


def test_the_charts_are_valid(account, moves, parts, ends) -> None:
    assert account_chart(account_data(account, NAMES)).to_dict()["title"]["text"] == "From base to NPS"
    assert len(bridge_chart(bridge_data(moves, parts, ends)).to_dict()["layer"]) == 6


def test_nothing_is_written_into_the_tables_given(account, moves, parts, ends) -> None:
    before = [table.copy() for table in (account, moves, parts, ends)]
    account_data(account, NAMES)
    bridge_data(moves, parts, ends)
    for table, copy in zip((account, moves, parts, ends), before, strict=True):
        pd.testing.assert_frame_equal(table, copy)
