"""Learning statements from labels of whole responses."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from feedback_nlp.train.bags import (
    N_FOLDS,
    Bags,
    Names,
    best_scores,
    fit_themes,
    held_out_scores,
    logits,
    make_bags,
    make_folds,
)


def _names(rows: object, n_words: int = 0) -> Names:
    vectors = np.array(rows, np.float32)
    words = sparse.csr_matrix((len(vectors), n_words), dtype=np.float32)
    return Names(vectors, words, np.zeros((len(vectors), 0), np.float32), np.zeros((len(vectors), 0), bool))


NAMES = _names([[1, 0, 0], [0, 1, 0]])


def _bags(n: int = 24) -> tuple[Bags, np.ndarray]:
    """Response i says axis 0 (theme 0) or axis 1 (theme 1), and beside it always axis 2, which is no theme."""
    rng = np.random.default_rng(0)
    owner = np.repeat(np.arange(n), 2)
    vectors = np.eye(3)[[axis for i in range(n) for axis in (i % 2, 2)]] + rng.normal(0, 0.05, (2 * n, 3))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    texts = [f"statement {i}" for i in range(2 * n)]
    is_labelled = np.arange(n)[:, None] % 2 == np.arange(2)
    return Bags([f"r{i:02d}" for i in range(n)], vectors, owner, texts), is_labelled


def test_the_statement_that_carries_a_label_scores_higher_than_its_neighbour() -> None:
    bags, is_labelled = _bags()
    logits = fit_themes(bags, is_labelled, NAMES).logits(bags.vectors)
    own = logits[np.arange(0, 48, 2), np.arange(24) % 2]
    beside = logits[np.arange(1, 48, 2), np.arange(24) % 2]
    assert (own > 0).all()
    assert (beside < 0).all()


def test_held_out_scores_tell_the_labels_apart() -> None:
    bags, is_labelled = _bags()
    scores = held_out_scores(bags, is_labelled, NAMES, make_folds(bags.wordings, is_labelled))
    assert scores[is_labelled].min() > scores[~is_labelled].max()


def test_held_out_scores_of_labels_by_chance_are_no_better_than_chance() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(400, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    bags = Bags([f"r{i:03d}" for i in range(400)], vectors, np.arange(400), [f"t{i}" for i in range(400)])
    truth = rng.random((400, 1)) < 0.5
    scores = held_out_scores(bags, truth, _names(np.eye(1, 8)), make_folds(bags.wordings, truth))[:, 0]
    higher = (scores[truth[:, 0]][:, None] > scores[~truth[:, 0]]).mean()
    assert 0.4 < higher < 0.6


def test_words_tell_apart_what_vectors_do_not() -> None:
    bags, is_labelled = _bags()
    same = np.full_like(bags.vectors, 3**-0.5)
    words = sparse.csr_matrix(np.eye(3, dtype=np.float32)[[axis for i in range(24) for axis in (i % 2, 2)]])
    blind = Bags(bags.response_ids, same, bags.owner, bags.texts, words)
    names = _names(np.full((2, 3), 3**-0.5), n_words=3)
    scores = best_scores(blind, fit_themes(blind, is_labelled, names))
    assert scores[is_labelled].min() > scores[~is_labelled].max()


def test_logits_are_the_sum_of_both_parts() -> None:
    bags, is_labelled = _bags(4)
    both = Bags(bags.response_ids, bags.vectors, bags.owner, bags.texts, sparse.eye(8, format="csr", dtype=np.float32))
    student = fit_themes(both, is_labelled, _names([[1, 0, 0], [0, 1, 0]], n_words=8))
    dense = np.hstack([bags.vectors, np.eye(8)]) @ student.coefficients.T + student.intercepts
    assert np.allclose(logits(both, student), dense)


def test_a_codebook_theme_of_the_same_name_is_believed_before_there_are_many_labels() -> None:
    bags, is_labelled = _bags(4)
    advice = np.eye(2, dtype=np.float32)[[i % 2 for i in range(4) for _ in range(2)]]
    advised = Bags(bags.response_ids, bags.vectors, bags.owner, bags.texts, advice=advice)
    believed = replace(NAMES, advice=np.eye(2, dtype=np.float32), is_advised=np.eye(2, dtype=bool))
    unknown = replace(believed, is_advised=np.zeros((2, 2), bool))
    some, none = (fit_themes(advised, is_labelled, names).coefficients[:, 3:5] for names in (believed, unknown))
    assert (np.diag(some) > np.diag(none) + 1).all()


def test_the_name_teaches_where_there_are_few_examples() -> None:
    bags, is_labelled = _bags(4)
    toward = fit_themes(bags, is_labelled, NAMES).coefficients[0]
    away = fit_themes(bags, is_labelled, _names([[0, 0, 1], [0, 1, 0]])).coefficients[0]
    assert toward[2] < 0 < away[2]


def test_a_response_without_statements_scores_below_everything() -> None:
    bags, is_labelled = _bags()
    silent = Bags([*bags.response_ids, "silent"], bags.vectors, bags.owner, bags.texts)
    scores = best_scores(silent, fit_themes(bags, is_labelled, NAMES))
    assert np.isneginf(scores[-1]).all()
    assert np.isfinite(scores[:-1]).all()
    assert silent.has_statements.tolist() == [True] * 24 + [False]


def test_responses_without_statements_do_not_change_the_fit() -> None:
    bags, is_labelled = _bags()
    silent = Bags([*bags.response_ids, "silent"], bags.vectors, bags.owner, bags.texts)
    more = np.vstack([is_labelled, [True, True]])
    assert np.array_equal(
        fit_themes(silent, more, NAMES).coefficients, fit_themes(bags, is_labelled, NAMES).coefficients
    )


def test_bags_do_not_depend_on_the_order_of_segments(segments: pd.DataFrame, embed) -> None:  # type: ignore[no-untyped-def]
    vectors = embed(segments["text"].tolist())
    order = np.random.default_rng(3).permutation(len(segments))
    one = make_bags(segments, vectors, ["r01", "r00"])
    other = make_bags(segments.iloc[order], vectors[order], ["r00", "r01"])
    assert one.texts == other.texts
    assert np.array_equal(one.vectors, other.vectors)
    assert one.response_ids == ["r00", "r01"]


def test_a_part_keeps_the_statements_of_its_responses() -> None:
    bags, _ = _bags(4)
    part = bags.part(np.array([False, True, False, True]))
    assert part.response_ids == ["r01", "r03"]
    assert part.texts == ["statement 2", "statement 3", "statement 6", "statement 7"]
    assert part.owner.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("n", [5, 7, 30])
def test_a_theme_with_five_or_more_wordings_is_in_every_fold(n: int) -> None:
    is_labelled = np.zeros((100, 2), bool)
    is_labelled[:n, 0] = True
    is_labelled[:, 1] = True
    folds = make_folds([f"wording {i}" for i in range(100)], is_labelled)
    assert set(folds[:n]) == set(range(N_FOLDS))
    assert np.bincount(folds).tolist() == [20] * 5


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=30), st.randoms())
def test_folds_keep_equal_wordings_together_in_any_order(wordings: list[str], random) -> None:  # type: ignore[no-untyped-def]
    is_labelled = np.array([[wording < "c", wording == "h"] for wording in wordings])
    order = random.sample(range(len(wordings)), len(wordings))
    folds = make_folds(wordings, is_labelled)
    shuffled = make_folds([wordings[i] for i in order], is_labelled[order])
    assert shuffled.tolist() == folds[order].tolist()
    assert len(set(zip(wordings, folds.tolist(), strict=True))) == len(set(wordings))
