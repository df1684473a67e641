"""HTML and control characters out of comments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.text.cleaning import plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Slow &amp; rude", "Slow & rude"),
        ("Slow &amp;amp; rude", "Slow & rude"),
        ("don&#8217;t &quot;ask&quot;", 'don’t "ask"'),
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ("<p>one</p>\n<p class='x'>two</p>", "one\ntwo"),
        ("Bad:<ul><li>late</li><li>rude</li></ul>", "Bad:\n• late\n• rude"),
        ("&lt;b&gt;very&lt;/b&gt; slow", "very slow"),
        ("<b>Ver</b>y <font color=red>slow</font>", "Very slow"),
        ("ok<script>alert('x')</script><style>p {}</style>!", "ok!"),
        ("<!-- secret -->shown", "shown"),
        ("<a href='https://example.com'>the site</a>", "the site"),
        ("a\0b\x07c", "ab c"),
        ("half \ud83d emoji", "half \ufffd emoji"),
    ],
)
def test_markup_becomes_plain_text(text, plain):
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "I <3 it", "a < b and c > d", "mail <support@example.com>", "Hi <name>, bye", "<b and c>", "AT&T", "R&D; fine",
        "?a=1&copy=2", "x -> y --> z", "1 <2> 3", "", " ", "\u202bمرحبا\u202c", "không có", "line\nline",
        "<script>never closed"[8:],
    ],
)  # fmt: skip
def test_what_is_no_markup_stays(text):
    assert plain_text(text) == text


def test_a_script_that_never_closes_hides_nothing():
    assert plain_text("<script>the app is slow") == "the app is slow"


@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "b", "br", "/", "&", "amp;", "lt;", "#38;", " ", "\n", "x", "=", "!--", "script", "-->"]
        ),
        max_size=40,
    )
)
def test_cleaning_twice_changes_nothing(pieces):
    plain = plain_text("".join(pieces))
    assert plain_text(plain) == plain


@given(st.text(st.characters(exclude_characters="<&", exclude_categories=["Cc", "Cs"]), max_size=80))
def test_a_text_without_angles_and_ampersands_stays(text):
    assert plain_text(text) == text


@pytest.mark.parametrize(
    "piece",
    ["<", "<a", "<!--", "<script>", "</", "&", "&amp;", "<a b=", "<p>", "<p ", "&#", "-->", "&&#35;38;", "&lt;"],
)
def test_a_million_characters_take_linear_time(piece, seconds):
    assert seconds(plain_text, piece * (1_000_000 // len(piece))) < 5


def test_what_markup_hid_within_an_entity_is_read_too():
    assert plain_text("5 &<b></b>lt; 6 minutes") == "5 < 6 minutes"
