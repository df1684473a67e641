"""Thresholds by F1 and calibrated chances."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import f1_score

from feedback_nlp.themes.student import Student
from feedback_nlp.train.thresholds import best_threshold, calibrate, choose_thresholds, found_held_out

SCORES = arrays.arrays(np.float64, 12, elements=st.integers(-4, 4).map(float))
TRUTH = arrays.arrays(np.bool_, 12)


@settings(deadline=None, max_examples=50)
@given(SCORES, TRUTH)
def test_no_other_threshold_has_a_higher_f1(scores: np.ndarray, truth: np.ndarray) -> None:
    chosen = f1_score(truth, scores >= best_threshold(scores, truth), zero_division=0)
    others = [f1_score(truth, scores >= cut, zero_division=0) for cut in np.unique(scores)]
    assert chosen >= max(others) - 1e-12


def test_a_response_without_statements_is_never_found() -> None:
    scores, truth = np.array([-np.inf, -np.inf, 2.0, 1.0]), np.array([True, True, True, False])
    assert best_threshold(scores, truth) == 1.5
    assert np.isfinite(best_threshold(scores, np.array([True, True, False, False])))


def test_a_theme_with_few_examples_takes_its_threshold_from_the_others() -> None:
    rng = np.random.default_rng(0)
    truth = np.zeros((300, 3), bool)
    truth[:100, 0] = truth[:100, 1] = True
    truth[0, 2] = True
    scores = np.where(truth, 1.0, -1.0) + rng.normal(0, 0.1, truth.shape)
    scores[0, 2] = 9.0
    chosen = choose_thresholds(scores, truth)
    own = [best_threshold(scores[:, j], truth[:, j]) for j in range(3)]
    assert abs(chosen[2] - np.median(own)) < 0.3 < abs(own[2] - np.median(own))
    assert abs(chosen[0] - own[0]) < 0.1


def test_what_is_found_in_a_fold_does_not_depend_on_its_own_labels() -> None:
    rng = np.random.default_rng(1)
    scores, truth = rng.normal(size=(100, 2)), rng.random((100, 2)) < 0.4
    folds = np.arange(100) % 5
    turned = np.where((folds == 2)[:, None], ~truth, truth)
    before, after = found_held_out(scores, truth, folds), found_held_out(scores, turned, folds)
    assert np.array_equal(before[folds == 2], after[folds == 2])
    assert not np.array_equal(before, after)


def test_calibration_changes_chances_but_not_what_is_found() -> None:
    rng = np.random.default_rng(2)
    truth = rng.random((500, 1)) < 0.3
    scores = 4 * truth + rng.normal(0, 2, (500, 1))
    student = Student(np.array([[1.0]]), np.array([0.0]))
    cut = choose_thresholds(scores, truth)
    calibrated, thresholds = calibrate(student, cut, scores, truth)
    chance = 1 / (1 + np.exp(-calibrated.logits(scores.astype(np.float32))))
    assert np.array_equal(chance >= thresholds, scores.astype(np.float32) >= cut)


def test_calibrated_chances_are_right_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(0, 3, (5000, 1))
    truth = rng.random((5000, 1)) < 1 / (1 + np.exp(-(0.5 * scores - 1)))  # scores twice too sure of themselves
    calibrated, _ = calibrate(Student(np.array([[1.0]]), np.array([0.0])), np.zeros(1), scores, truth)
    chance = 1 / (1 + np.exp(-calibrated.logits(scores.astype(np.float32))))
    for low in (0.1, 0.3, 0.5, 0.7):
        inside = (chance > low) & (chance <= low + 0.2)
        assert abs(truth[inside].mean() - chance[inside].mean()) < 0.05


def test_a_score_that_runs_against_the_labels_keeps_its_direction() -> None:
    scores, truth = np.arange(20.0)[:, None], np.arange(20)[:, None] < 10
    calibrated, thresholds = calibrate(Student(np.array([[1.0]]), np.array([0.0])), np.array([5.0]), scores, truth)
    assert calibrated.coefficients[0, 0] == 1.0
    assert 0 < thresholds[0] < 1
