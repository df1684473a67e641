"""Assignment: every statement is there, with chances between 0 and 1."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.themes import assign


@pytest.fixture(scope="module")
def classifier(model):
    """The three topics as a classifier of many labels: a theme is given from a chance of one half on."""
    return replace(model, kind="classifier", thresholds=np.full(3, 0.5))


@pytest.fixture(scope="module")
def random_vectors():
    rows = np.random.default_rng(0).normal(size=(1000, 64)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def n_of(segments, n, **columns):
    return segments.iloc[:n].reset_index(drop=True).assign(**columns)


@pytest.mark.parametrize("kind", ["discovered", "classifier"])
def test_every_segment_is_there_in_order(kind, model, classifier, segments, random_vectors):
    mentions = assign(segments, random_vectors[: len(segments)], model if kind == "discovered" else classifier)
    assert mentions["segment_id"].drop_duplicates().tolist() == segments["segment_id"].tolist()
    assert mentions["confidence"].between(0, 1).all()
    assert mentions["polarity"].isna().all()


def test_a_discovered_model_gives_one_theme_a_statement(model, segments, vectors_of):
    assert assign(segments, vectors_of(segments), model)["segment_id"].is_unique


def test_confidence_is_the_students_best_chance(model, segments, vectors_of):
    vectors = vectors_of(segments)
    expected = model.student.probabilities(vectors).max(axis=1)
    assert assign(segments, vectors, model)["confidence"].to_numpy() == pytest.approx(expected, abs=1e-6)


def test_below_the_least_confidence_a_statement_has_no_theme_but_a_chance(model, segments, vectors_of):
    mentions = assign(segments, vectors_of(segments), replace(model, min_confidence=1.0))
    assert mentions.loc[mentions["confidence"] < 1, "theme_id"].isna().all()
    assert mentions["confidence"].gt(0).all()


@pytest.mark.parametrize("generic", [GENERIC_PRAISE, GENERIC_COMPLAINT])
def test_a_statement_that_only_evaluates_has_its_generic_theme_for_sure(generic, model, segments, vectors_of):
    said = n_of(segments, 4, generic=[generic, None, generic, None])
    mentions = assign(said, vectors_of(said), model)
    assert mentions["theme_id"].isin([generic]).tolist() == [True, False, True, False]
    assert mentions.loc[[0, 2], "confidence"].tolist() == [1, 1]


def test_a_generic_theme_that_the_model_lacks_is_not_given(model, segments, vectors_of):
    said = n_of(segments, 3, generic=GENERIC_PRAISE)
    without = replace(model, themes=model.themes[model.themes["kind"] == "topic"])
    assert not assign(said, vectors_of(said), without)["theme_id"].eq(GENERIC_PRAISE).any()


def test_segments_need_no_generic_column(model, segments, vectors_of):
    said = segments.drop(columns="generic")
    pd.testing.assert_frame_equal(
        assign(said, vectors_of(segments), model), assign(segments, vectors_of(segments), model)
    )


def test_a_classifier_gives_every_theme_above_its_threshold(classifier, segments, random_vectors):
    vectors = random_vectors[: len(segments)]
    chance = 1 / (1 + np.exp(-classifier.student.logits(vectors)))
    mentions = assign(segments, vectors, classifier)
    pairs = set(zip(mentions["segment_id"], mentions["theme_id"], strict=True))
    expected = {
        (segments["segment_id"][i], classifier.topic_ids[k]) for i, k in zip(*np.nonzero(chance >= 0.5), strict=True)
    }
    assert {pair for pair in pairs if isinstance(pair[1], str)} == expected


def test_a_statement_no_label_reaches_is_one_row_with_the_best_chance(classifier, segments, vectors_of):
    mentions = assign(segments, vectors_of(segments), replace(classifier, thresholds=np.full(3, 1.1)))
    assert len(mentions) == len(segments)
    assert mentions["theme_id"].isna().all()
    assert mentions["confidence"].between(0, 1).all()


def test_a_classifiers_own_label_goes_before_the_generic_theme(classifier, segments, vectors_of):
    said = n_of(segments, 1, generic=GENERIC_PRAISE)
    labelled = assign(said, vectors_of(said), replace(classifier, thresholds=np.zeros(3)))
    unlabelled = assign(said, vectors_of(said), replace(classifier, thresholds=np.full(3, 1.1)))
    assert labelled["theme_id"].tolist() == classifier.topic_ids
    assert unlabelled["theme_id"].tolist() == [GENERIC_PRAISE]


@pytest.mark.parametrize("kind", ["discovered", "classifier"])
def test_no_segments_give_an_empty_table(kind, model, segments):
    empty = assign(segments.iloc[:0], np.zeros((0, 64), np.float32), replace(model, kind=kind, thresholds=np.zeros(3)))
    assert len(empty) == 0


def test_vectors_of_other_rows_are_refused(model, segments, vectors_of):
    with pytest.raises(ValueError, match="216 segments, but 215 vectors"):
        assign(segments, vectors_of(segments)[:-1], model)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_theme_of_a_statement_does_not_depend_on_its_company(model, segments, vectors_of, random):
    rows = random.sample(range(len(segments)), 20)
    all_of_them = assign(segments, vectors_of(segments), model).set_index("segment_id")
    some = assign(segments.iloc[rows].reset_index(drop=True), vectors_of(segments)[rows], model).set_index("segment_id")
    pd.testing.assert_frame_equal(some, all_of_them.loc[some.index])
