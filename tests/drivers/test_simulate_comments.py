"""The bank of statements and the comments made of it."""

from collections import Counter
from difflib import SequenceMatcher
from html import unescape

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.drivers.simulation.comments import (
    NON_ANSWERS,
    OFF_TOPIC,
    _deal,
    _mid_sentence,
    _with_typos,
    compose_comments,
    statements,
)
from feedback_nlp.drivers.simulation.export import SAMPLE_SETTINGS, SAMPLE_THEMES
from feedback_nlp.drivers.simulation.world import Simulation, SimulationSettings, ThemeSettings, simulate
from feedback_nlp.errors import ConfigError
from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE


@pytest.fixture(scope="module")
def bank() -> pd.DataFrame:
    return statements()


@pytest.fixture(scope="module")
def world() -> Simulation:
    return simulate(4000, SAMPLE_THEMES, 11, SAMPLE_SETTINGS)


@pytest.fixture(scope="module")
def comments(world: Simulation) -> pd.DataFrame:
    return compose_comments(world, 11)


# --- the bank


def test_the_bank_has_at_least_480_statements_about_12_themes(bank: pd.DataFrame):
    topics = bank[~bank["theme_id"].isin([GENERIC_COMPLAINT, GENERIC_PRAISE, OFF_TOPIC, NON_ANSWERS])]
    assert topics["theme_id"].nunique() == 12
    assert len(topics) >= 480


def test_every_theme_has_at_least_18_complaints_and_18_praises(bank: pd.DataFrame):
    counts = bank.value_counts(["theme_id", "polarity"])
    for theme in SAMPLE_THEMES:
        assert counts[theme.theme_id, -1] >= 18
        assert counts[theme.theme_id, 1] >= 18


def test_generic_and_off_topic_statements_and_non_answers_are_there(bank: pd.DataFrame):
    counts = bank.value_counts(["theme_id", "polarity"])
    assert counts[GENERIC_COMPLAINT, -1] >= 15
    assert counts[GENERIC_PRAISE, 1] >= 15
    assert counts[OFF_TOPIC, 0] >= 20
    assert counts[NON_ANSWERS, 0] >= 15


def test_no_statement_comes_twice(bank: pd.DataFrame):
    plain = bank["text"].str.casefold().str.replace(r"[^a-z0-9]+", " ", regex=True).str.strip()
    assert plain[bank["theme_id"] != NON_ANSWERS].duplicated().sum() == 0
    assert bank["text"].str.casefold().is_unique


def test_no_two_statements_are_variants_of_one_template(bank: pd.DataFrame):
    """No pair shares four fifths of its words: "The app is slow" beside "The app is bad" would."""
    words = [frozenset(text.casefold().split()) for text in bank["text"] if len(text.split()) >= 4]
    alike = [
        (sorted(a), sorted(b))
        for i, a in enumerate(words)
        for b in words[:i]
        if len(a & b) >= 0.8 * max(len(a), len(b))
    ]
    assert alike == []


def test_statements_are_as_long_as_real_ones(bank: pd.DataFrame):
    lengths = bank.loc[bank["theme_id"] != NON_ANSWERS, "text"].str.split().map(len)
    assert lengths.max() <= 25
    assert lengths.quantile(0.1) <= 5 < 11 <= lengths.quantile(0.9)


def test_statements_are_clean_text(bank: pd.DataFrame):
    spoken = bank.loc[bank["theme_id"] != NON_ANSWERS, "text"]
    assert (spoken == spoken.str.strip()).all()
    assert spoken.map(str.isascii).all()
    assert not spoken.str.contains(r"\.$|\n|  ", regex=True).any()
    assert spoken.str[0].map(str.isupper).all()


def test_a_changed_copy_of_the_bank_leaves_the_bank_alone(bank: pd.DataFrame):
    copy = statements()
    copy.loc[0, "text"] = "changed"
    assert statements().equals(bank)


# --- comments


def test_about_thirty_percent_say_nothing_and_four_percent_next_to_nothing(comments: pd.DataFrame):
    shares = comments["kind"].value_counts(normalize=True)
    assert 0.26 < shares["empty"] < 0.34
    assert 0.025 < shares["non-answer"] < 0.055


def test_about_twelve_percent_have_typos(comments: pd.DataFrame):
    assert 0.09 < comments["has_typos"].mean() < 0.15


def test_a_comment_has_one_to_four_statements(comments: pd.DataFrame):
    sizes = comments.loc[comments["kind"] == "comment", "statements"].map(len)
    assert set(sizes) == {1, 2, 3, 4}


def test_statements_of_a_comment_are_its_mentions(world: Simulation, comments: pd.DataFrame, bank: pd.DataFrame):
    of = {row.text: (row.theme_id, float(row.polarity)) for row in bank.itertuples()}
    said = comments[["response_id", "statements"]].explode("statements").dropna()
    pairs = {(row.response_id, *of[row.statements]) for row in said.itertuples()}
    told = set(world.true_mentions[["response_id", "theme_id", "polarity"]].itertuples(index=False, name=None))
    assert {pair for pair in pairs if pair[1] != OFF_TOPIC} == told


def test_comments_without_typos_hold_their_statements_word_for_word(comments: pd.DataFrame):
    exact = comments[(comments["kind"] == "comment") & ~comments["has_typos"] & (comments["comment"] != "=good")]
    for row in exact.itertuples():
        text = unescape(row.comment).replace(" & ", " and ").casefold()
        assert all(s.casefold() in text for s in row.statements)


def test_comments_with_typos_stay_close_to_their_statements(comments: pd.DataFrame):
    for row in comments[comments["has_typos"] & (comments["comment"] != "=good")].itertuples():
        written = " ".join(row.statements).casefold()
        text = unescape(row.comment).casefold()
        assert (
            SequenceMatcher(None, text[: len(written) + 5 * len(row.statements)], written, autojunk=False).ratio()
            > 0.75
        )


def test_but_joins_only_praise_and_complaint(comments: pd.DataFrame, bank: pd.DataFrame):
    polarity = dict(zip(bank["text"], bank["polarity"], strict=True))
    for row in comments[comments["statements"].map(len) == 2].itertuples():
        first, second = row.statements
        if f" but {_mid_sentence(second)}" in row.comment and not row.has_typos:
            assert polarity[first] * polarity[second] == -1


def test_no_statement_is_worn_out(comments: pd.DataFrame):
    uses = Counter(s for said in comments.loc[:2013, "statements"] for s in said)
    assert max(uses.values()) <= 15


def test_all_ways_of_dirt_occur(comments: pd.DataFrame):
    text = comments["comment"].dropna()
    for pattern in (r"@example\.com", r"555-01\d\d", "&amp;", "^=good$", r"\n", " but ", ", and "):
        assert text.str.contains(pattern).any(), pattern


def test_addresses_and_numbers_are_of_the_reserved_ranges(comments: pd.DataFrame):
    text = comments["comment"].dropna()
    assert set(text.str.extractall(r"@(\S+)")[0]) == {"example.com"}
    assert text.str.extractall(r"(\d{3}-\d{4})")[0].str.match(r"555-01\d\d").all()


def test_the_same_seed_writes_the_same_comments(world: Simulation, comments: pd.DataFrame):
    assert compose_comments(world, 11).equals(comments)
    assert not compose_comments(world, 12)["comment"].equals(comments["comment"])


def test_a_theme_the_bank_does_not_know_is_named():
    world = simulate(50, [ThemeSettings("Response tiem", 0.4)], settings=SimulationSettings(population=0))
    with pytest.raises(ConfigError, match="'response-tiem'; did you mean 'response-time'"):
        compose_comments(world)


# --- the pieces


@given(st.integers(1, 20), st.integers(0, 100))
def test_dealing_uses_every_text_equally_often(n_texts: int, count: int):
    dealt = Counter(_deal([str(i) for i in range(n_texts)], count, np.random.default_rng(0)))
    assert sum(dealt.values()) == count
    assert max(dealt.values(), default=0) - min((dealt[str(i)] for i in range(n_texts)), default=0) <= 1


@given(st.sampled_from(statements()["text"].tolist()), st.integers(0, 50))
def test_typos_change_at_most_two_words_but_for_case_and_full_stop(text: str, seed: int):
    mistyped = _with_typos(f"{text}.", np.random.default_rng(seed))
    pairs = zip(mistyped.rstrip(".").casefold().split(" "), text.rstrip(".").casefold().split(" "), strict=True)
    assert sum(a != b for a, b in pairs) <= 2


def test_typos_are_there():
    rng = np.random.default_rng(1)
    texts = [f"{text}." for text in statements()["text"] if len(text) > 20]
    assert np.mean([_with_typos(text, rng) != text for text in texts]) > 0.95
