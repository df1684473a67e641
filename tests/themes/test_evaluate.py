"""The figures that say how far themes can be trusted, on cases small enough to reckon by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, f1_score

from feedback_nlp.embed import HashEncoder
from feedback_nlp.errors import InputError
from feedback_nlp.themes import assign
from feedback_nlp.themes.evaluate import (
    agreement,
    best_nodes,
    calibration_error,
    evaluate_themes,
    f1_table,
    name_proxies,
    one_to_one,
    same_share,
    stability,
)

PAIRS = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("xyz")), min_size=1, max_size=20)


def labels_of(*pairs):
    return pd.DataFrame(pairs, columns=["response_id", "theme"])


def mentions_of(*pairs):
    return pd.DataFrame(pairs, columns=["response_id", "theme_id"])


def themes_of(**kinds):
    return pd.DataFrame({"theme_id": list(kinds), "kind": list(kinds.values())})


# a, b, c say price; c, d say staff; e says delivery. T1 holds a, b, d; T2 holds c, d; G holds e. f is unlabelled
LABELS = labels_of(("a", "price"), ("b", "price"), ("c", "price"), ("c", "staff"), ("d", "staff"), ("e", "delivery"))
MENTIONS = mentions_of(
    ("a", "T1"), ("a", "T1"), ("b", "T1"), ("d", "T1"), ("c", "T2"), ("d", "T2"), ("e", "G"), ("f", "T1")
)
THEMES = themes_of(T1="topic", T2="topic", G="generic")


def test_best_match_is_the_mean_of_the_best_f1_of_each_label():
    scores = evaluate_themes(LABELS, MENTIONS, THEMES)
    # price: T1 2*2/(3+3), T2 2*1/(3+2); staff: T1 2*1/(2+3), T2 2*2/(2+2); delivery: G 1
    assert scores.best_match == pytest.approx((4 / 6 + 1 + 1) / 3)
    assert scores.weighted == pytest.approx((3 * 4 / 6 + 2 * 1 + 1 * 1) / 6)
    assert scores.pairs.to_numpy().tolist()[0] == ["price", 3, "T1", pytest.approx(2 / 3)]


def test_coverage_and_counts_are_over_labelled_responses():
    scores = evaluate_themes(LABELS, MENTIONS, THEMES)
    assert (scores.n_labels, scores.n_topics, scores.n_responses) == (3, 2, 5)
    assert scores.coverage == 1
    assert scores.themes_per_response == pytest.approx(6 / 5)
    assert scores.largest_theme == pytest.approx(3 / 5)


def test_a_response_without_a_theme_lowers_coverage_only():
    without = MENTIONS.assign(theme_id=MENTIONS["theme_id"].where(MENTIONS["response_id"] != "e"))
    scores = evaluate_themes(LABELS, without, THEMES)
    assert scores.coverage == pytest.approx(4 / 5)
    assert scores.themes_per_response == pytest.approx(5 / 4)


def test_one_to_one_gives_a_theme_to_one_label_only():
    table = np.array([[0.9, 0.2], [0.8, 0.1], [0.7, 0.0]])
    assert one_to_one(table).tolist() == [0.9, 0.1, 0.0]
    assert one_to_one(np.zeros((2, 0))).tolist() == [0, 0]


def test_other_themes_and_parents_are_left_out():
    themes = themes_of(T1="topic", T2="topic", P1="topic", O="other").assign(parent_id=["P1", "P1", None, None])
    scores = evaluate_themes(LABELS, mentions_of(("a", "O"), ("b", "P1"), ("c", "T2")), themes)
    assert scores.n_topics == 2
    assert scores.coverage == pytest.approx(1 / 5)


def test_themes_that_no_statement_has_score_nothing():
    scores = evaluate_themes(LABELS, mentions_of(("a", None)), THEMES)
    assert (scores.best_match, scores.coverage, scores.themes_per_response, scores.largest_theme) == (0, 0, 0, 0)
    assert scores.pairs["theme_id"].isna().all()


@given(PAIRS)
def test_themes_equal_to_the_labels_are_perfect(pairs):
    labels = labels_of(*pairs)
    scores = evaluate_themes(labels, mentions_of(*pairs), themes_of(x="topic", y="topic", z="topic"))
    assert (scores.best_match, scores.weighted, scores.one_to_one, scores.coverage) == pytest.approx((1, 1, 1, 1))


@given(PAIRS, PAIRS, st.randoms())
def test_order_and_repeats_of_rows_do_not_matter(labelled, found, random):
    themes = themes_of(x="topic", y="topic", z="topic")
    once = evaluate_themes(labels_of(*labelled), mentions_of(*found), themes)
    twice = [*found, *found]
    random.shuffle(twice)
    again = evaluate_themes(labels_of(*reversed(labelled)).drop_duplicates(), mentions_of(*twice), themes)
    assert once.best_match == pytest.approx(again.best_match)
    assert once.one_to_one == pytest.approx(again.one_to_one)


@given(st.integers(0, 999))
def test_f1_is_that_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    gold, found = rng.random((12, 2)) < 0.5, rng.random((12, 3)) < 0.5
    theirs = [[f1_score(gold[:, label], found[:, theme], zero_division=0) for theme in range(3)] for label in range(2)]
    assert f1_table(gold, found) == pytest.approx(np.array(theirs))


@pytest.mark.parametrize("column", ["response_id", "theme"])
def test_a_missing_column_is_named(column):
    with pytest.raises(InputError, match=f"labels: no column '{column}'"):
        evaluate_themes(LABELS.drop(columns=column), MENTIONS, THEMES)


def test_labels_without_a_row_are_refused():
    with pytest.raises(InputError, match="no row has both"):
        evaluate_themes(LABELS.iloc[:0], MENTIONS, THEMES)


def test_the_best_node_may_be_a_merge():
    statements = pd.DataFrame({"response_id": list("abcd"), "cluster": [0, 1, 2, None]})
    labels = labels_of(("a", "price"), ("b", "price"), ("c", "staff"), ("d", "staff"))
    leaves = best_nodes(labels, statements, [(0,), (1,), (2,)])
    assert leaves == pytest.approx([2 / 3, 2 / 3])
    assert best_nodes(labels, statements, [(0,), (1,), (2,), (0, 1), (0, 1, 2)]) == pytest.approx([1, 2 / 3])


def assigned(*themes):
    return pd.DataFrame({"segment_id": [f"s{n}" for n in range(len(themes))], "theme_id": themes})


def test_agreement_is_the_adjusted_rand_index_whatever_the_names():
    one, other = ["A", "A", "B", "B", "C"], ["x", "x", "y", "z", "z"]
    assert agreement(assigned(*one), assigned(*other)) == pytest.approx(adjusted_rand_score(one, other))


def test_agreement_counts_only_what_both_hold():
    assert agreement(assigned("A", "A", "B", "B"), assigned("x", "x", "y")) == 1
    assert np.isnan(agreement(assigned("A"), assigned("A").assign(segment_id="other")))


def test_statements_without_a_theme_are_a_class_of_their_own():
    assert agreement(assigned("A", "A", None, None), assigned("x", "x", "y", "y")) == 1


def test_planted_themes_are_stable(segments, discover_in, vectors_of):
    def again(part, seed):
        return assign(part, vectors_of(part), discover_in(part, seed=seed, n_themes=3))

    found = stability(segments, again, seeds=(0, 1))
    assert found["seed"].tolist() == [1]
    assert found[["between_seeds", "subsample"]].to_numpy().min() > 0.9


def test_themes_drawn_by_lot_are_not_stable(segments):
    def lots(part, seed):
        drawn = np.random.default_rng(seed + len(part)).integers(0, 5, len(part))
        return part[["segment_id"]].assign(theme_id=drawn.astype(str))

    found = stability(segments, lots, seeds=(0, 1, 2))
    assert found[["between_seeds", "subsample"]].abs().to_numpy().max() < 0.1


def test_generic_statements_do_not_flatter_stability(segments):
    with_generic = segments.assign(generic=["generic-praise"] * 200 + [None] * (len(segments) - 200))

    def lots(part, seed):
        drawn = np.random.default_rng(seed).integers(0, 5, len(part)).astype(str)
        return part[["segment_id"]].assign(theme_id=np.where(part["generic"].notna(), "generic-praise", drawn))

    assert stability(with_generic, lots, seeds=(0, 1))["between_seeds"].abs().max() < 0.5


def test_the_share_alike_counts_repeats():
    assert same_share(np.array([0, 1]), np.array([0, 0]), np.array([3.0, 1.0])) == 0.75
    assert np.isnan(same_share(np.zeros(0, int), np.zeros(0, int)))


def test_calibration_error_is_the_gap_between_confidence_and_truth():
    confidence = np.array([0.95, 0.95, 0.15, 0.15])
    # bin .9-1: .95 against 1/2; bin .1-.2: .15 against 0; both hold half of the rows
    assert calibration_error(confidence, np.array([True, False, False, False])) == pytest.approx((0.45 + 0.15) / 2)
    assert np.isnan(calibration_error(np.zeros(0), np.zeros(0, bool)))


def test_confidence_that_is_as_often_right_as_it_says_has_no_error():
    rng = np.random.default_rng(0)
    confidence = rng.random(200_000)
    assert calibration_error(confidence, rng.random(200_000) < confidence) < 0.01
    assert calibration_error(np.ones(5), np.ones(5, bool)) == 0


encode = HashEncoder().encode


def test_names_are_measured_by_their_own_cluster_and_by_the_label():
    centroids = encode(["waiting time", "parcel delivery"])
    right = name_proxies(["Waiting time", "Parcel delivery"], centroids, encode, ["Waiting time", None])
    assert right == {"own_cluster": 1.0, "to_label": pytest.approx(1, abs=1e-5)}
    swapped = name_proxies(["Parcel delivery", "Waiting time"], centroids, encode, ["Waiting time", None])
    assert swapped["own_cluster"] == 0
    assert swapped["to_label"] < 0.9


def test_names_without_labels_or_no_names_have_no_figure():
    assert np.isnan(name_proxies(["Price"], encode(["price"]), encode)["to_label"])
    assert np.isnan(name_proxies([], encode([]), encode)["own_cluster"])
