"""A model as a codebook: read again it assigns mostly alike, and what people edit wins over the old weights."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.themes import assign, codebook_model, load_codebook, write_codebook
from feedback_nlp.themes.codebook import CodebookTheme, check_codebook
from feedback_nlp.themes.codebook_export import as_codebook
from feedback_nlp.themes.model import generic_themes
from feedback_nlp.themes.student import Student


@pytest.fixture(scope="module")
def book(model):
    return as_codebook(model)


@pytest.fixture(scope="module")
def themes_with(embed, segments, vectors_of):
    """A codebook -> the theme of every planted statement."""

    def run(codebook) -> np.ndarray:
        made = codebook_model(codebook, embed, ("hash", embed.encoder.fingerprint))
        mentions = assign(segments, vectors_of(segments), made).drop_duplicates("segment_id")
        return mentions["theme_id"].fillna("").to_numpy(str)

    return run


@pytest.fixture(scope="module")
def before(model, segments, vectors_of):
    return assign(segments, vectors_of(segments), model)["theme_id"].fillna("").to_numpy(str)


def test_a_codebook_of_a_discovered_model_can_be_used(book):
    check_codebook(book, "book")
    assert [theme.theme_id for theme in book.leaves] == ["T01", "T02", "T03", "generic-praise", "generic-complaint"]
    assert all(theme.examples and theme.description for theme in book.themes[:3])


def test_the_round_trip_gives_most_statements_their_theme(book, themes_with, before, tmp_path):
    read = load_codebook(write_codebook(book, tmp_path / "book.toml"))
    assert (themes_with(read) == before).mean() > 0.95


def test_a_rename_changes_no_assignment(book, themes_with):
    first, *rest = book.themes
    renamed = replace(book, themes=(replace(first, name="Zzyzx"), *rest))
    assert (themes_with(renamed) == themes_with(book)).mean() > 0.95


def test_a_theme_that_is_taken_out_is_gone(book, themes_with):
    fewer = replace(book, themes=book.themes[1:])
    assert "T01" not in set(themes_with(fewer))


def test_an_example_that_is_moved_wins_over_the_old_weights(book, themes_with, before, segments):
    first, second, *rest = book.themes
    moved = segments["text"][before == first.theme_id].iloc[0]
    edited = replace(book, themes=(
        replace(first, examples=(), include=()), replace(second, examples=(*second.examples, moved)), *rest,
    ))  # fmt: skip
    row = segments["text"].tolist().index(moved)
    assert themes_with(edited)[row] == second.theme_id


def test_a_keyword_that_is_added_wins_over_the_old_weights(book, themes_with, before, segments):
    first, second, *rest = book.themes
    edited = replace(book, themes=(
        replace(first, include=()), replace(second, include=(*second.include, "monday")), *rest,
    ))  # fmt: skip
    says_monday = segments["text"].str.contains("Monday").to_numpy() & (before == first.theme_id)
    assert says_monday.any()
    assert set(themes_with(edited)[says_monday]) == {second.theme_id}


def test_a_theme_that_is_added_gets_statements(book, themes_with, segments):
    added = CodebookTheme("monday", "Mondays", examples=("on monday",), include=("monday",))
    themes = themes_with(replace(book, themes=(*(replace(theme, include=()) for theme in book.themes), added)))
    assert set(themes[segments["text"].str.contains("Monday").to_numpy()]) == {"monday"}


def test_a_codebook_of_a_codebook_model_is_that_codebook(book, embed, themes_with):
    made = codebook_model(book, embed, ("hash", embed.encoder.fingerprint))
    again = as_codebook(made)
    assert again == book
    assert (themes_with(again) == themes_with(book)).mean() > 0.95


def test_parents_come_along_and_two_themes_of_one_name_are_told_apart(model, embed):
    table = model.themes.copy()
    parent = table.iloc[[0]].assign(theme_id="P1", name=table.loc[1, "name"].upper())
    table.loc[0, "parent_id"] = "P1"
    book = as_codebook(replace(model, themes=pd.concat([table, parent], ignore_index=True)))
    check_codebook(book, "book")
    assert book.parent_ids["T01"] == "P1"
    assert book.themes[-1].name == f"{table.loc[1, 'name'].upper()} (2)"
    codebook_model(book, embed, ("hash", embed.encoder.fingerprint))


def test_a_model_without_topics_is_a_codebook_of_the_generic_themes(model, embed):
    empty = replace(model, themes=generic_themes(), student=Student(np.zeros((0, 64)), np.zeros(0)))
    made = codebook_model(as_codebook(empty), embed, ("hash", embed.encoder.fingerprint))
    assert made.class_ids == ["generic-praise", "generic-complaint"]


def test_a_classifier_gives_several_themes(model):
    classifier = replace(model, kind="classifier", thresholds=np.array([0.5, 0.2, 0.9]))
    book = as_codebook(classifier, "Trained")
    assert (book.name, book.several) == ("Trained", True)
    own, student = book.weights, model.student
    logit = np.log([1, 0.25, 9])
    assert own.intercepts == pytest.approx(student.intercepts / student.temperature - logit)


def test_only_words_of_one_theme_become_keywords(book):
    said = {theme.theme_id: " ".join([theme.name, *theme.examples]).lower() for theme in book.themes}
    for theme in book.themes:
        for keyword in theme.include:
            others = [text for theme_id, text in said.items() if theme_id != theme.theme_id]
            assert any(all(word not in text.split() for text in others) for word in keyword.lower().split())
