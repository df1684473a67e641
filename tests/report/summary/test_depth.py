"""What stands behind a theme: sides and scores add up, and what comes with it is beyond chance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.report.summary.depth import count_co_mentions, count_scores, count_sides
from feedback_nlp.report.summary.pairs import Pairs, of_enough_people, pairs_of, people_of
from feedback_nlp.track import Run

NAMES = {"a": "Waiting time", "b": "Price", "c": "Website"}


def pairs(said: dict[str, list[int]], n: int = 1000, n_speaking: int | None = None) -> Pairs:
    """Themes by the rows of the responses that mention them."""
    ids = sorted(said)
    theme = np.concatenate([np.full(len(said[one]), place) for place, one in enumerate(ids)])
    row = np.concatenate([np.array(said[one], dtype=np.intp) for one in ids])
    none = np.zeros(len(row), dtype=bool)
    responses = pd.DataFrame({"response_id": [f"r{k}" for k in range(n)], "score": 5.0, "category": "detractor"})
    return Pairs(responses, ids, theme, row, ~none, none, n_speaking or n)


def test_the_sides_add_up_to_the_figures_of_the_ranking(run: Run) -> None:
    sides, table = count_sides(pairs_of(run)), run.drivers.table.set_index("theme_id")
    for theme_id, figures in table.iterrows():
        own = sides[str(theme_id)]
        assert own.n_complain + own.n_both == figures["n_negative"]
        assert own.n_praise + own.n_both == figures["n_positive"]
        assert own.n_complain + own.n_praise + own.n_both + own.n_neutral == figures["n_responses"]


def test_a_response_that_says_both_is_neither_side(run: Run) -> None:
    one = run.mentions[run.mentions["theme_id"] == "t01"].iloc[[0, 0]]
    one = one.assign(polarity=[-0.5, 0.5], segment_id=["x1", "x2"])
    sides = count_sides(pairs_of(replace(run, mentions=one)))["t01"]
    assert (sides.n_complain, sides.n_praise, sides.n_both, sides.n_neutral) == (0, 0, 1, 0)


def test_the_scores_are_those_of_the_people_who_mention_it(run: Run) -> None:
    scores = count_scores(pairs_of(run), 30)["t01"]
    ids = set(run.mentions.loc[run.mentions["theme_id"] == "t01", "response_id"])
    given = run.responses[run.responses["response_id"].isin(ids)]["score"].value_counts()
    assert {one.score: one.n for one in scores if one.n} == given.to_dict()
    assert sum(one.share for one in scores) == pytest.approx(1)
    assert sum(one.share_all for one in scores) == pytest.approx(1)


def test_scores_nobody_of_the_theme_gave_are_there_too(run: Run) -> None:
    scores = count_scores(pairs_of(run), 30)
    given = sorted(run.responses["score"].dropna().unique())
    assert all([one.score for one in own] == given for own in scores.values())


def test_a_score_knows_its_category(run: Run) -> None:
    kinds = {one.score: one.category for one in count_scores(pairs_of(run), 30)["t01"]}
    assert kinds[0.0] == "detractor"
    assert kinds[7.0] == "passive"
    assert kinds[10.0] == "promoter"


def test_a_small_theme_shows_no_scores(run: Run) -> None:
    assert set(count_scores(pairs_of(run), 10_000)) == set()
    assert "t08" not in count_scores(pairs_of(run), 30)


def test_a_fine_scale_is_no_row_of_columns(run: Run) -> None:
    fine = run.responses.assign(score=np.linspace(0, 100, len(run.responses)))
    assert count_scores(pairs_of(replace(run, responses=fine)), 1) == {}


def test_what_comes_together_is_found() -> None:
    said = {"a": list(range(100)), "b": [*range(60), *range(500, 520)], "c": list(range(0, 1000, 10))}
    found = count_co_mentions(pairs(said), NAMES, 0.95)
    (price,) = found["a"]
    assert (price.name, price.n, price.share.value) == ("Price", 60, pytest.approx(0.6))
    assert price.share_all == pytest.approx(0.08)
    assert price.share.low is not None
    assert price.share.low < 0.6


def test_what_comes_together_by_chance_is_not() -> None:
    draw = np.random.default_rng(0)
    said = {name: np.flatnonzero(draw.random(1000) < 0.2).tolist() for name in NAMES}
    assert set(count_co_mentions(pairs(said), NAMES, 0.95).values()) == {()}


def test_few_together_are_not_told() -> None:
    assert count_co_mentions(pairs({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]}), NAMES, 0.95) == {"a": (), "b": ()}


def test_the_silent_do_not_make_a_theme_come_with_another() -> None:
    said = {"a": list(range(0, 100, 2)), "b": list(range(0, 100, 4))}
    assert count_co_mentions(pairs(said, n=100_000, n_speaking=50), NAMES, 0.95)["a"] == ()


def test_a_theme_without_a_name_is_not_told() -> None:
    said = {"a": list(range(50)), "generic": list(range(50))}
    assert count_co_mentions(pairs(said), {"a": "Waiting time"}, 0.95) == {}


def test_a_person_of_many_responses_is_one(run: Run) -> None:
    everybody = replace(run, responses=run.responses.assign(respondent_id="c1"))
    assert pairs_of(everybody).themes_of_enough(2) == set()
    assert pairs_of(everybody).themes_of_enough(1) == set(pairs_of(run).theme_ids)
    assert "t01" in pairs_of(run).themes_of_enough(20)


def test_people_without_an_id_are_each_their_own() -> None:
    responses = pd.DataFrame({"response_id": ["a", "b", "c"], "respondent_id": ["x", None, "x"]})
    numbers = people_of(responses)
    assert numbers[0] == numbers[2] != numbers[1]


def test_the_order_of_rows_does_not_matter(run: Run) -> None:
    shuffled = replace(run, responses=run.responses.iloc[::-1], mentions=run.mentions.sample(frac=1, random_state=2))
    one, other = pairs_of(run), pairs_of(shuffled)
    assert count_sides(one) == count_sides(other)
    assert count_scores(one, 30) == count_scores(other, 30)
    assert one.themes_of_enough(30) == other.themes_of_enough(30)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), max_size=60), st.integers(1, 5))
def test_enough_people_are_counted_and_no_more(said: list[tuple[int, int]], least: int) -> None:
    value, person = (np.array([one[k] for one in said], dtype=np.intp) for k in (0, 1))
    has_enough = of_enough_people(value, person, least)
    for wanted in range(4):
        assert has_enough(wanted) == (len({who for own, who in said if own == wanted}) >= least)


def test_one_person_who_speaks_very_often_does_not_hide_the_others() -> None:
    person = np.array([0] * 10_000 + [1, 2, 3, 4], dtype=np.intp)
    has_enough = of_enough_people(np.zeros(len(person), dtype=np.intp), person, 5)
    assert has_enough(0)
