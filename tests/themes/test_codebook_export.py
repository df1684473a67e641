"""A model as a codebook: read again it assigns alike, and what people edit wins over the old weights."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.themes import Codebook, assign, codebook_model, load_codebook, write_codebook
from feedback_nlp.themes.codebook import CodebookTheme, check_codebook, phrase_key
from feedback_nlp.themes.codebook_export import as_codebook, remarks_on
from feedback_nlp.themes.model import Words, generic_themes
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


def test_the_round_trip_gives_every_statement_its_theme(book, themes_with, before, tmp_path):
    read = load_codebook(write_codebook(book, tmp_path / "book.toml"))
    assert (themes_with(read) == before).all()


def test_a_statement_that_the_model_left_out_is_left_out_again(model, segments, vectors_of, themes_with):
    soft = replace(model.student, temperature=model.student.temperature * 8)
    middle = float(np.median(soft.probabilities(vectors_of(segments)).max(axis=1)))
    strict = replace(model, student=soft, min_confidence=middle + 1e-4)
    left = assign(segments, vectors_of(segments), strict)["theme_id"].fillna("").to_numpy(str)
    assert 0 < (left == "").sum() < len(left)
    assert (themes_with(as_codebook(strict)) == left).all()


def test_phrases_that_the_weights_know_are_kept_as_hashes(book, tmp_path):
    written = write_codebook(book, tmp_path / "book.toml").with_suffix(".safetensors").read_bytes()
    example = book.themes[0].examples[0].strip(".")
    assert example.encode() not in written
    assert phrase_key("T01", example.lower()) in load_codebook(tmp_path / "book.toml").weights.known


def test_weights_that_know_no_phrases_are_read(book, tmp_path, themes_with, before):
    old = replace(book, weights=replace(book.weights, known=frozenset()))
    read = load_codebook(write_codebook(old, tmp_path / "book.toml"))
    assert read.weights.known == frozenset()
    assert (themes_with(read) == before).mean() > 0.9


def test_an_example_taken_to_another_theme_changes_little_else(book, themes_with, before, segments):
    first, second, *rest = book.themes
    moved = segments["text"][before == first.theme_id].iloc[0]
    after = themes_with(replace(book, themes=(first, replace(second, examples=(*second.examples, moved)), *rest)))
    elsewhere = ~np.isin(before, [first.theme_id, second.theme_id])
    assert (after == before)[elsewhere].all()


def test_the_file_says_what_to_know_before_editing(model, book, tmp_path):
    path = write_codebook(book, tmp_path / "book.toml", remarks_on(model, book))
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Rename, merge, add or take out themes")
    assert "# The weights beside this file" in text
    assert load_codebook(path) == book


def test_what_people_wrote_can_always_be_read_again(model, tmp_path):
    table = model.themes.copy()
    table["name"] = ["x" * 300, "\x1b[2J", *table["name"][2:]]
    table["exemplars"] = [["so \x00rude", "...", "y" * 9_000], *table["exemplars"][1:]]
    book = as_codebook(replace(model, themes=table))
    assert load_codebook(write_codebook(book, tmp_path / "book.toml")) == book
    assert [len(text) for text in book.themes[0].examples] == [8, 5_000]


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
    assert own.intercepts[:3] == pytest.approx(student.intercepts / student.temperature - logit)


def test_a_classifiers_heaviest_words_become_keywords(model):
    words = Words(("dear", "too dear", "parcel", "line"), np.ones(4), np.array([[3, 2, -1, 0], [0, 0, 5, 1], [0] * 4]))
    classifier = replace(model, kind="classifier", thresholds=np.full(3, 0.5), words=words)
    book = as_codebook(classifier)
    assert [theme.include for theme in book.themes[:3]] == [("dear",), ("parcel", "line"), ()]
    assert "keeps only a part" in remarks_on(classifier, book)[0]


def test_a_classifier_taught_with_a_codebook_gives_that_codebooks_words(model, embed):
    own = CodebookTheme("x", model.themes.loc[0, "name"].upper(), "About it.", ("an example",), ("keyw*",), ("not",))
    taught = Codebook((own, CodebookTheme("y", "Elsewhere", "Another thing.")), min_confidence=0.4)
    adviser = codebook_model(taught, embed, ("hash", embed.encoder.fingerprint))
    classifier = replace(model, kind="classifier", thresholds=np.full(3, 0.5), adviser=adviser)
    book = as_codebook(classifier)
    first = check_codebook(book, "book").themes[0]
    assert (first.theme_id, first.include, first.exclude) == ("T01", ("keyw*",), ("not",))
    assert first.examples == ("an example", *model.themes.loc[0, "exemplars"])
    assert (book.weights, book.min_confidence) == (None, 0.4)
    assert "the codebook it was taught with" in remarks_on(classifier, book)[0]


def test_keyphrases_come_along_and_are_no_keywords(book, model, embed):
    assert [list(theme.keyphrases) for theme in book.themes[:3]] == model.themes["keyphrases"].tolist()[:3]
    assert not any(theme.include for theme in book.themes)
    made = codebook_model(book, embed, ("hash", embed.encoder.fingerprint))
    assert made.themes["keyphrases"].tolist()[:3] == model.themes["keyphrases"].tolist()[:3]
