"""Why a response got its themes, as data and as text."""

from dataclasses import replace

import numpy as np
import pytest

from feedback_nlp.themes import Codebook, CodebookTheme, assign, codebook_model
from feedback_nlp.themes.explain import explain

PRICE = CodebookTheme("price", "Price", examples=("expensive invoice price", "the price"), include=("price", "cost*"))
WAITING = CodebookTheme(
    "waiting", "Waiting", examples=("phone line waiting",), include=("line",), exclude=("invoice line",)
)
COMMENTS = ["The price costs me. Waiting on the phone line.", "Excellent!", "the invoice line", "blue whales sing"]


@pytest.fixture(scope="module")
def why(embed, segments_of, vectors_of):
    """Number of a comment -> its explanation."""
    segments = segments_of(COMMENTS)
    vectors = vectors_of(segments)
    model = codebook_model(Codebook((PRICE, WAITING)), embed, ("hash", embed.encoder.fingerprint))
    mentions = assign(segments, vectors, model).assign(polarity=-0.5)
    return lambda number: explain(f"r{number:05d}", segments, vectors, mentions, model, embed)


def test_a_response_is_read_statement_by_statement(why):
    explanation = why(0)
    assert [statement.text for statement in explanation.statements] == [
        "The price costs me.",
        "Waiting on the phone line.",
    ]
    assert [statement.given[0].theme.name for statement in explanation.statements] == ["Price", "Waiting"]


def test_the_keywords_that_fired_are_named(why):
    assert why(0).statements[0].given[0].keywords == ("price", "cost*")


def test_examples_come_nearest_first(why, embed):
    examples = why(0).statements[0].given[0].examples
    assert examples[0].text == "the price"
    expected = float(embed(["the price"])[0] @ embed(["the price costs me"])[0])
    assert examples[0].cosine == pytest.approx(expected, abs=1e-4)
    assert examples[0].cosine >= examples[-1].cosine


def test_the_runner_up_is_the_best_theme_not_given(why):
    runner_up = why(0).statements[0].runner_up
    assert runner_up.name == "Waiting"
    assert 0 <= runner_up.confidence < why(0).statements[0].given[0].theme.confidence


def test_a_keyword_that_ruled_a_theme_out_is_named(why):
    assert why(2).statements[0].excluded == (("Waiting", "invoice line"),)


def test_the_generic_rule_is_named(why):
    given = why(1).statements[0].given[0]
    assert (given.theme.theme_id, given.by_rule) == ("generic-praise", "only evaluates")


def test_a_statement_without_a_theme_has_a_runner_up(why):
    statement = why(3).statements[0]
    assert (statement.given[0].theme.theme_id, statement.given[0].theme.name) == (None, "no theme")
    assert statement.runner_up.theme_id in {"price", "waiting"}


def test_an_unknown_response_has_no_statements(why):
    assert why(99).statements == ()


def test_the_text_says_what_the_data_say(why):
    text = why(0).as_text()
    for said in (
        "“The price costs me.”",
        "Price, confidence",
        "complaint (-0.50)",
        "keywords: price, cost*",
        "next: Waiting",
    ):
        assert said in text
    assert "ruled out Waiting: invoice line" in why(2).as_text()
    assert "rule: it only evaluates" in why(1).as_text()


def test_a_discovered_model_is_explained_too(model, segments, vectors_of, embed):
    mentions = assign(segments, vectors_of(segments), model)
    statement = explain("r00000", segments, vectors_of(segments), mentions, model, embed).statements[0]
    given = statement.given[0]
    assert given.theme.theme_id == mentions["theme_id"][0]
    assert given.polarity is None
    assert len(given.examples) == 3
    assert statement.runner_up.confidence == pytest.approx(
        np.sort(model.student.probabilities(vectors_of(segments)[:1])[0])[-2], abs=1e-6
    )


def test_a_comment_cannot_move_the_terminals_cursor(embed, segments_of, vectors_of):
    segments = segments_of(["the price"]).assign(text="the price \x1b[2J\u202e\x9b31m now")
    vectors = vectors_of(segments)
    model = codebook_model(Codebook((PRICE, WAITING)), embed, ("hash", embed.encoder.fingerprint))
    text = explain("r00000", segments, vectors, assign(segments, vectors, model), model, embed).as_text()
    assert "“the price [2J 31m now”" in text
    assert all(character.isprintable() or character == "\n" for character in text)


def test_what_is_not_read_is_said_last_and_on_one_line_each(why):
    told = replace(why(1), unread=("“why”: “n/a \x1b[31m\n” is a non-answer.", "“and?”: no comment was given."))
    assert told.as_text().endswith("\n\n“why”: “n/a [31m ” is a non-answer.\n“and?”: no comment was given.\n")


def test_statements_are_counted_in_words(why):
    assert why(0).as_text().startswith("Response r00000: 2 statements\n")
    assert why(1).as_text().startswith("Response r00001: 1 statement\n")
    assert replace(why(1), statements=()).as_text() == "Response r00001: no statements\n"
