"""Where a comment is cut, where it is not, and that nothing of it is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.text.statements import bare_statement, has_content, statement_spans, words_of

PIECES = st.lists(
    st.sampled_from(
        [
            "slow reply",
            "The agent was rude",
            "but",
            "however",
            ",",
            ". ",
            "!",
            "?! ",
            " ",
            "\n",
            "\r\n",
            " - ",
            " – ",
            "(",
            ") ",
            "and",
            " and the price",
            "1,200",
            "3.50",
            "5 - 10",
            "; ",
            "/ ",
            "👍",
            "很好",
            "▮phone▮",
            "\u202b",
            "\x00",
            "e.g. ",
            "\t",
            "\u00a0",
            '"',
            "’",
            "•",
            "I",
            "a.m. ",
            "...",
        ]
    ),
    max_size=25,
)
TEXTS = PIECES.map("".join) | st.text(max_size=60)


def statements(text: str) -> list[str]:
    return [text[start:end] for start, end in statement_spans(text)]


@given(TEXTS)
def test_statements_stand_in_order_and_never_overlap(text):
    edges = [edge for span in statement_spans(text) for edge in span]
    assert edges == sorted(edges)
    assert all(start < end for start, end in statement_spans(text))
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))


@given(TEXTS)
def test_every_letter_and_digit_of_a_comment_is_in_a_statement(text):
    inside = {i for start, end in statement_spans(text) for i in range(start, end)}
    lost = [character for i, character in enumerate(text) if i not in inside]
    assert not re.search(r"\w", "".join(lost))


@given(TEXTS)
def test_no_word_is_cut_in_two(text):
    edges = {edge for span in statement_spans(text) for edge in span}
    assert not [m for m in re.finditer(r"\w+", text) if any(m.start() < edge < m.end() for edge in edges)]


@given(TEXTS)
def test_statements_without_content_stand_only_alone(text):
    found = statements(text)
    assert len(found) < 2 or all(has_content(statement) for statement in found)


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("The line was busy. Nobody called back!", ["The line was busy.", "Nobody called back!"]),
        ("Fast delivery but the box was torn", ["Fast delivery", "but the box was torn"]),
        ("Slow website\n- high prices\n\n• rude staff", ["Slow website", "high prices", "rude staff"]),
        ("price, service, staff", ["price", "service", "staff"]),
        ("The agent said no. The manager was rude", ["The agent said no.", "The manager was rude"]),
        ("Waited 40 mins. Then they hung up", ["Waited 40 mins.", "Then they hung up"]),
        ("Slow website (on mobile) and rude staff", ["Slow website", "on mobile", "and rude staff"]),
        ("Cold food; warm beer", ["Cold food", "warm beer"]),
        ("Good value – slow courier", ["Good value", "slow courier"]),
        ("1. Slow website 2. Rude staff 3. High prices", ["1. Slow website", "2. Rude staff", "3. High prices"]),
        ("服务很好，但是价格太贵。送货也慢！", ["服务很好", "但是价格太贵。", "送货也慢！"]),
        ("الخدمة ممتازة، ولكن السعر مرتفع. شكرا", ["الخدمة ممتازة", "ولكن السعر مرتفع.", "شكرا"]),
        ("Très bon produit, mais la livraison est lente", ["Très bon produit", "mais la livraison est lente"]),
        ("Livraison lente, et le colis est abîmé", ["Livraison lente", "et le colis est abîmé"]),
        ("Sehr gut aber zu teuer", ["Sehr gut", "aber zu teuer"]),
        ("Rất tốt nhưng giá hơi cao", ["Rất tốt", "nhưng giá hơi cao"]),
    ],
)
def test_a_comment_is_cut_where_another_point_begins(comment, expected):
    assert statements(comment) == expected


@pytest.mark.parametrize(
    "comment",
    [
        "Dr. Smith listened to my mother",
        "I paid 1,200 pounds for it",
        "It costs 3.50 a month",
        "Das kostet 3,50 Euro",
        "At 5 p.m. on Friday nobody came",
        "The U.S. site is slow",
        "Charged for extras e.g. the luggage",
        "Waited 5 - 10 minutes for a reply",
        "Room no. 5 was dirty",
        "Took 40 mins. to get a reply",
        "See https://example.com/a,b?c=1.5 for the photo",
        "Version 2.3.1 crashes daily",
        "See https://example.com/a,and,b for more",
        'They showed "Rock, Paper and Scissors" again',
        "I read « Vite, bien et pas cher » everywhere",
        "I live in flat 2. b",
        "Mail jo.bloggs@example.com about it",
        "The member(s) of staff were rude",
        "Very kind and helpful",
    ],
)
def test_a_comment_is_not_cut_inside_one_point(comment):
    assert statements(comment) == [comment]


@pytest.mark.parametrize("comment", ["and", "I think", "...!", "👍👍", "\u202b\u202c", "▮", "\x00", "1"])
def test_a_comment_without_content_stays_one_statement(comment):
    assert len(statements(comment)) == 1


@pytest.mark.parametrize("comment", ["", " ", "\n" * 50, "(((", " - ", "\u00a0"])
def test_white_space_and_brackets_are_no_statement(comment):
    assert statements(comment) == []


def test_an_empty_clause_joins_its_neighbour():
    assert statements("However. The food was cold. I think so.") == ["However. The food was cold. I think so."]


def test_right_to_left_text_keeps_its_offsets():
    comment = "\u202bשירות טוב\u202c, אבל יקר"
    assert statements(comment) == ["\u202bשירות טוב\u202c", "אבל יקר"]


@pytest.mark.parametrize(
    "piece", [" ", "!", ".", "\n", " \n", "\t", ",", ", ", " and", " but", " - ", "(", '."', "▮", "x. ", "👍", "/ "]
)
def test_a_comment_of_one_repeated_piece_takes_linear_time(piece, seconds):
    assert seconds(statement_spans, "a" + piece * 50_000 + "b") < 2


def test_two_megabytes_take_seconds(seconds):
    assert seconds(statement_spans, "The agent was slow, and the price is high. " * 48_000) < 10


def test_five_thousand_line_breaks_are_one_cut():
    assert statements("slow" + "\n" * 5000 + "rude") == ["slow", "rude"]


@given(TEXTS)
def test_the_bare_statement_is_lower_case_and_bare_already(text):
    bare = bare_statement(text)
    assert bare == bare.lower()
    assert bool(bare) == bool(text)


@pytest.mark.parametrize(
    ("statement", "bare"),
    [
        ("But the agent was RUDE!", "the agent was rude"),
        ("and  so, then", "and so, then"),
        ("▮phone▮", "▮phone▮"),
        ("@acme #fail slow", "fail slow"),
        ("Android app", "android app"),
        ("2. Rude staff", "rude staff"),
        ("mais la livraison est lente", "la livraison est lente"),
    ],
)
def test_the_bare_statement_leaves_out_connectives_and_handles(statement, bare):
    assert bare_statement(statement) == bare


@given(st.text(max_size=40))
def test_words_have_no_apostrophe_at_their_ends(text):
    assert all(word == word.strip("'") and word for word in words_of(text))
