"""Places of statements on the map: which ones, where, and always the same."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness
from threadpoolctl import threadpool_limits

from feedback_nlp.schema import MAP
from feedback_nlp.themes import assign, lay_out
from feedback_nlp.themes.plane import lay_on_plane, nearest, push, sunflower


@pytest.fixture(scope="module")
def vectors(segments, vectors_of) -> np.ndarray:
    return vectors_of(segments)


@pytest.fixture(scope="module")
def mentions(segments, vectors, model) -> pd.DataFrame:
    return assign(segments, vectors, model)


@pytest.fixture(scope="module")
def places(segments, vectors, mentions) -> pd.DataFrame:
    return lay_out(segments, vectors, mentions)


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def groups_of_vectors(n_groups: int, n: int, seed: int = 0, spread: float = 0.35) -> tuple[np.ndarray, np.ndarray]:
    """Returns unit vectors around some directions, and the number of each one's direction."""
    draw = np.random.default_rng(seed)
    own = np.arange(n) % n_groups
    return unit(unit(draw.normal(size=(n_groups, 24)))[own] + spread * unit(draw.normal(size=(n, 24)))), own


def made_up(n: int, words: list[str] | None = None, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    """Returns segments, vectors and mentions of statements without a theme; same words have the same vector."""
    words = words or [f"statement {number}" for number in range(n)]
    numbers = pd.factorize(np.array(words, dtype=object))[0] if n else np.zeros(0, int)
    rows = unit(np.random.default_rng(seed).normal(size=(n, 12)))[numbers]
    segments = pd.DataFrame({"segment_id": [f"s{number:04d}" for number in range(n)], "text": words[:n]})
    return segments, rows, segments.assign(theme_id=None, confidence=0.1)


def same_theme_nearby(places: np.ndarray, theme: np.ndarray, n: int = 5) -> float:
    apart = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    return float((theme[np.argsort(apart, axis=1)[:, :n]] == theme[:, None]).mean())


def test_every_statement_has_a_place_on_the_map(places, segments):
    assert MAP.validate(places) is not None
    assert sorted(places["segment_id"]) == sorted(segments["segment_id"])
    assert np.isfinite(places[["x", "y"]].to_numpy()).all()


def test_the_map_is_filled(places):
    assert (places[["x", "y"]].max() > 0.9).all()
    assert (places[["x", "y"]].min() < -0.9).all()


def test_statements_of_a_theme_lie_together(places, segments, planted):
    theme = segments.set_index("segment_id").loc[places["segment_id"], "text"].map(planted).to_numpy()
    assert same_theme_nearby(places[["x", "y"]].to_numpy(), theme) > 0.95


def test_the_order_of_rows_changes_no_byte(places, segments, vectors, mentions):
    order = np.random.default_rng(5).permutation(len(segments))
    mixed = lay_out(
        segments.iloc[order].reset_index(drop=True), vectors[order], mentions.sample(frac=1, random_state=2)
    )
    pd.testing.assert_frame_equal(mixed, places, check_exact=True)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_number_of_threads_changes_no_byte(places, segments, vectors, mentions, threads):
    with threadpool_limits(threads):
        pd.testing.assert_frame_equal(lay_out(segments, vectors, mentions), places, check_exact=True)


def test_nothing_is_written_into_the_arguments(segments, vectors, mentions):
    before = segments.copy(), vectors.copy(), mentions.copy()
    lay_out(segments, vectors, mentions)
    pd.testing.assert_frame_equal(segments, before[0])
    pd.testing.assert_frame_equal(mentions, before[2])
    assert np.array_equal(vectors, before[1])


def test_at_most_so_many_statements_are_shown(segments, vectors, mentions):
    assert len(lay_out(segments, vectors, mentions, 40)) == 40


@pytest.mark.parametrize("n", [0, -1])
def test_no_statements_wished_is_no_map(segments, vectors, mentions, n):
    assert lay_out(segments, vectors, mentions, n).empty


def test_a_smaller_sample_is_part_of_a_larger_one(segments, vectors, mentions):
    small, large = (set(lay_out(segments, vectors, mentions, n)["segment_id"]) for n in (30, 90))
    assert small < large


def test_most_of_the_sample_stays_when_rows_come(segments, vectors, mentions):
    fewer = np.arange(len(segments)) % 10 > 0
    before = set(lay_out(segments[fewer].reset_index(drop=True), vectors[fewer], mentions, 100)["segment_id"])
    after = set(lay_out(segments, vectors, mentions, 100)["segment_id"])
    assert len(before & after) >= 80


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 30, 31])
def test_few_statements_have_places_of_their_own(n):
    found = lay_out(*made_up(n))
    assert len(found.drop_duplicates(["x", "y"])) == len(found) == n


def test_the_same_words_form_a_disc(recwarn):
    found = lay_out(*made_up(60, ["good food"] * 60))
    assert len(found.drop_duplicates(["x", "y"])) == 60
    assert np.hypot(found["x"], found["y"]).max() < 0.05
    assert not recwarn.list


def test_other_words_with_the_same_vector_have_places(recwarn):
    segments, _, mentions = made_up(50)
    same = np.repeat(unit(np.ones((1, 12))), 50, axis=0)
    assert np.isfinite(lay_out(segments, same, mentions)[["x", "y"]].to_numpy()).all()
    assert not recwarn.list


def test_a_vector_of_zeros_does_no_harm(recwarn):
    segments, vectors, mentions = made_up(50)
    vectors[3] = 0
    assert np.isfinite(lay_out(segments, vectors, mentions.assign(theme_id="t1"))[["x", "y"]].to_numpy()).all()
    assert not recwarn.list


def test_a_theme_draws_its_statements_together():
    vectors, theme = groups_of_vectors(4, 300, spread=2)
    segments, _, mentions = made_up(300)
    plain = lay_out(segments, vectors, mentions)
    drawn = lay_out(segments, vectors, mentions.assign(theme_id=[f"t{number}" for number in theme]))
    plain_share, drawn_share = (same_theme_nearby(found[["x", "y"]].to_numpy(), theme) for found in (plain, drawn))
    assert drawn_share > plain_share + 0.1


def test_the_surest_of_several_themes_draws(segments, vectors, mentions, places):
    second = mentions.assign(theme_id="a-second-one", confidence=0.0)
    both = pd.concat([second, mentions], ignore_index=True)
    pd.testing.assert_frame_equal(lay_out(segments, vectors, both), places)


def test_statements_beyond_those_laid_lie_by_the_most_similar(monkeypatch):
    vectors, own = groups_of_vectors(4, 400)
    segments, _, mentions = made_up(400)
    monkeypatch.setattr("feedback_nlp.themes.map._MOST_LAID", 200)
    found = lay_out(segments, vectors, mentions)
    assert same_theme_nearby(found[["x", "y"]].to_numpy(), own) > 0.95


def test_neighbours_stay_neighbours():
    vectors, own = groups_of_vectors(8, 500)
    places = lay_on_plane(vectors)
    assert trustworthiness(vectors, places, n_neighbors=10, metric="cosine") > 0.85
    assert same_theme_nearby(places, own) > 0.95


def test_the_push_is_that_of_all_pairs():
    places = np.random.default_rng(1).normal(size=(300, 2)) * 12
    apart = places[:, None] - places[None]
    q = 1 / (1 + (apart**2).sum(axis=2))
    np.fill_diagonal(q, 0)
    exact = (q[:, :, None] ** 2 * apart).sum(axis=1) / q.sum()
    assert np.corrcoef(push(places).ravel(), exact.ravel())[0, 1] > 0.95


def test_the_push_on_a_plane_wider_than_the_grid_points_away():
    places = np.array([[-150.0, 0], [-149, 0], [150, 0], [150, 1]])
    away = push(places)
    assert away[0, 0] < 0 < away[2, 0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(-30, 30), st.floats(-30, 30)), min_size=2, max_size=30, unique=True))
def test_pushes_are_mutual(points):
    pushed = push(np.array(points))
    assert np.abs(pushed.sum(axis=0)).max() <= 0.001 * np.abs(pushed).sum() + 1e-4


def test_two_places_push_each_other_apart():
    apart = push(np.array([[0.0, 0.0], [4.0, 0.0]]))
    assert apart[0, 0] == pytest.approx(-2 / 17, rel=0.15)  # -4 / 17² over the sum of both q, 2 / 17
    assert apart[:, 1] == pytest.approx([0, 0], abs=1e-4)


def test_nearest_are_those_of_all_pairs():
    vectors, _ = groups_of_vectors(3, 80)
    similar = vectors @ vectors.T
    np.fill_diagonal(similar, -2)
    assert np.array_equal(nearest(vectors, vectors, 4, same=True), np.argsort(-similar, axis=1)[:, :4])


@given(st.integers(1, 400))
def test_a_sunflower_keeps_its_distance(n):
    places = sunflower(np.arange(n))
    apart = ((places[:, None] - places[None]) ** 2).sum(axis=2) + 9 * np.eye(n)
    assert apart.min() > 0.9 if n > 1 else True
