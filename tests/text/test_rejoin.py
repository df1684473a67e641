"""Statements that can't stand alone, and what is embedded of them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE
from feedback_nlp.text.rejoin import Statement, rejoined


def parts(comment, *pieces):
    """Statements of a comment from its pieces in order; a piece marked with + only evaluates."""
    found, at = [], 0
    for piece in pieces:
        text = piece.removeprefix("+")
        start = comment.index(text, at)
        at = start + len(text)
        found.append(Statement(start, at, text, GENERIC_PRAISE if piece != text else None))
    return found


def said(comment, *pieces):
    return [comment[one.start : one.end] for one in rejoined(comment, parts(comment, *pieces))]


@pytest.mark.parametrize(
    ("comment", "pieces", "expected"),
    [
        ("Clean car, very helpful", ("Clean car", "+very helpful"), ["Clean car, very helpful"]),
        ("Excellent, fast delivery", ("+Excellent", "fast delivery"), ["Excellent, fast delivery"]),
        ("The driver came. He was late", ("The driver came.", "He was late"), ["The driver came. He was late"]),
        ("Parcel torn. And it leaked", ("Parcel torn.", "And it leaked"), ["Parcel torn. And it leaked"]),
    ],
)
def test_what_cannot_stand_alone_is_joined(comment, pieces, expected):
    assert said(comment, *pieces) == expected


@pytest.mark.parametrize(
    ("comment", "pieces"),
    [
        ("Slow reply, but great", ("Slow reply", "+but great")),
        ("Slow reply. Great service", ("Slow reply.", "+Great service")),
        ("Slow reply\nGreat", ("Slow reply", "+Great")),
        ("Great. It was late", ("+Great.", "It was late")),
        ("服务很慢。很好", ("服务很慢。", "+很好")),
        ("Slow reply. However it was cheap", ("Slow reply.", "However it was cheap")),
        ("Bus late. He told us all about his very long day", ("Bus late.", "He told us all about his very long day")),
        ("Cheap flight, cold food", ("Cheap flight", "cold food")),
        ("Great, perfect", ("+Great", "+perfect")),
    ],
)  # fmt: skip
def test_what_says_something_else_stays_apart(comment, pieces):
    assert said(comment, *pieces) == [piece.removeprefix("+") for piece in pieces]


def test_only_the_topic_of_a_joined_statement_is_embedded():
    comment = "Excellent, fast delivery, very good"
    (one,) = rejoined(comment, parts(comment, "+Excellent", "fast delivery", "+very good"))
    assert (one.topical, one.generic) == ("fast delivery", None)


def test_a_sentence_that_goes_on_is_embedded_with_what_it_goes_on_about():
    comment = "The driver came. He was late"
    assert rejoined(comment, parts(comment, "The driver came.", "He was late"))[0].topical == comment


def test_the_table_embeds_the_topic_and_keeps_the_offsets(segments_of):
    segments = segments_of("Clean car, very helpful.")
    assert segments[["text", "bare"]].to_numpy().tolist() == [["Clean car, very helpful.", "clean car"]]
    assert segments["generic"].isna().all()


def test_a_chain_of_short_sentences_ends_at_a_length(seconds):
    comment = "Bus. " + "It was late. " * 20_000
    pieces = [Statement(0, 4, "Bus.", None)]
    pieces += [Statement(at, at + 12, "It was late.", None) for at in range(5, len(comment) - 1, 13)]
    assert seconds(rejoined, comment, pieces) < 3
    assert max(one.end - one.start for one in rejoined(comment, pieces)) <= 400


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Bus late", "It was cold", "but dear", "great", "They ran"]),
            st.sampled_from([". ", ", ", "\n", " "]),
            st.sampled_from([None, GENERIC_PRAISE, GENERIC_COMPLAINT]),
        ),
        max_size=8,
    )
)
def test_joining_keeps_order_edges_and_text(pieces):
    comment, statements = "", []
    for text, gap, generic in pieces:
        statements.append(Statement(len(comment), len(comment) + len(text), text, generic))
        comment += text + gap
    found = rejoined(comment, statements)
    assert {one.start for one in found} <= {one.start for one in statements}
    assert {one.end for one in found} <= {one.end for one in statements}
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert bool(found) == bool(statements)
