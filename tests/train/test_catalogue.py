"""Ids, phrases and exemplars of trained themes; the card's Markdown."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.train.card import plain
from feedback_nlp.train.catalogue import describe_themes, generic_id, theme_ids

TEXTS = ["slow reply", "Slow reply.", "a slow answer", "high price", "price too high", "the weather"]
POSITIVE = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0]], bool).T
CHANCES = np.array([[0.7, 0.6, 0.9, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.8, 0.9, 0.3]]).T


@given(st.lists(st.text(min_size=1, max_size=8), unique=True))
def test_ids_are_distinct_and_never_those_with_another_meaning(names: list[str]) -> None:
    ids = theme_ids(names)
    assert len(set(ids)) == len(names)
    assert not {"base", "other", "generic", "generic-praise", "generic-complaint"} & set(ids)


def test_an_id_stays_when_another_theme_is_added() -> None:
    assert theme_ids(["Price", "Response time"]) == theme_ids(["Price", "Parking", "Response time"])[::2]


def test_ids_of_names_in_other_scripts_keep_their_letters() -> None:
    assert theme_ids(["Wartezeit für Ärzte", "等候时间"]) == ["wartezeit-für-ärzte", "等候时间"]


def test_generic_themes_are_known_by_their_name_and_by_their_id() -> None:
    assert [generic_id(name) for name in ("General Praise", "generic-complaint", "Praise")] == [
        "generic-praise",
        "generic-complaint",
        None,
    ]


def test_exemplars_are_the_likeliest_statements_each_said_once() -> None:
    themes = describe_themes(["Speed", "Price"], TEXTS, CHANCES, POSITIVE)
    assert themes["exemplars"].tolist()[:2] == [["a slow answer", "slow reply"], ["price too high", "high price"]]


def test_phrases_are_those_said_in_the_theme_more_than_elsewhere() -> None:
    themes = describe_themes(["Speed", "Price"], TEXTS, CHANCES, POSITIVE)
    assert themes["keyphrases"][0][0] in {"slow", "slow reply"}
    assert themes["keyphrases"][1][0] in {"price", "high"}


def test_masked_data_is_no_phrase() -> None:
    themes = describe_themes(["Mail"], ["▮e-mail▮ me", "▮e-mail▮ him"], np.ones((2, 1)), np.ones((2, 1), bool))
    assert not any("mail" in phrase for phrase in themes["keyphrases"][0])


def test_statements_of_stop_words_alone_give_no_phrases() -> None:
    themes = describe_themes(["It"], ["it is", "so be it"], np.ones((2, 1)), np.ones((2, 1), bool))
    assert themes["keyphrases"][0] == []


@given(st.text())
def test_a_name_in_the_card_is_one_line_without_live_markup(name: str) -> None:
    shown = plain(name)
    assert "\n" not in shown
    assert "<" not in shown
    assert shown.count("|") == shown.count("\\|")
