"""Where a comment is cut, where it is not, and that nothing of it is lost."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.text.lexicons import lexicons
from feedback_nlp.text.statements import bare_statement, has_content, statement_spans
from feedback_nlp.text.words import words_of

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


# a letter, a vowel sign or a mark of every script that a comment is likely in, with the marks between statements
SCRIPTS = st.text(
    st.sampled_from(
        "abé ßЖи ελ שלو مرحبا、，。！？｡；．،؛؟۔।॥।हिदी சேவை บริการ ดี 服务很贵 とても カタ 한국어 ေကာင်း។ ថ្លៃ "
        "3３.,;!?\n-–()/&•«»“”'’"
    ),
    max_size=80,
)
MANY = TEXTS | SCRIPTS
LANGUAGES = st.sampled_from([None, "en", *lexicons(), "ar", "hi", "ja", "th", "vi", "zh", "xx"])


def statements(text: str, language: str | None = None) -> list[str]:
    return [text[start:end] for start, end in statement_spans(text, language)]


@given(MANY, LANGUAGES)
def test_statements_stand_in_order_and_never_overlap(text, language):
    spans = statement_spans(text, language)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(start < end for start, end in spans)
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))


@given(MANY, LANGUAGES)
def test_every_letter_sign_and_digit_of_a_comment_is_in_a_statement(text, language):
    inside = {i for start, end in statement_spans(text, language) for i in range(start, end)}
    lost = "".join(character for i, character in enumerate(text) if i not in inside)
    assert not re.search(r"\w", lost)
    assert not [character for character in lost if unicodedata.category(character) in ("Mn", "Mc")]


@given(MANY, LANGUAGES)
def test_no_word_is_cut_in_two(text, language):
    edges = {edge for span in statement_spans(text, language) for edge in span}
    assert not [m for m in re.finditer(r"\w+", text) if any(m.start() < edge < m.end() for edge in edges)]


@given(MANY, LANGUAGES)
def test_statements_without_content_stand_only_alone(text, language):
    found = statements(text, language)
    assert len(found) < 2 or all(has_content(statement, language) for statement in found)


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
    ("language", "comment", "expected"),
    [
        ("fr", "Accueil et conseils parfaits", ["Accueil", "et conseils parfaits"]),
        ("fr", "Bon accueil, les prix sont élevés", ["Bon accueil", "les prix sont élevés"]),
        ("fr", "L'accueil est froid et il n'y a pas de choix", ["L'accueil est froid", "et il n'y a pas de choix"]),
        ("fr", "Je pense que. Les prix montent", ["Je pense que. Les prix montent"]),
        ("de", "Das Personal ist nett und die Preise sind hoch", ["Das Personal ist nett", "und die Preise sind hoch"]),
        ("es", "Buen trato, no hay aparcamiento", ["Buen trato", "no hay aparcamiento"]),
        ("it", "Prezzi onesti, il parcheggio è pieno", ["Prezzi onesti", "il parcheggio è pieno"]),
        ("nl", "Prijs en kwaliteit", ["Prijs", "en kwaliteit"]),
        ("pt", "Boa comida, o quarto era sujo", ["Boa comida", "o quarto era sujo"]),
        ("zh", "服务很周到，价格也合理。排队太久！", ["服务很周到", "价格也合理。", "排队太久！"]),
        ("zh", "价格、服务、质量", ["价格", "服务", "质量"]),
        ("ja", "店員さんは、とても親切でした。値段は高いです", ["店員さんは、とても親切でした。", "値段は高いです"]),
        ("th", "พนักงานบริการดีมาก แต่ราคาค่อนข้างแพง", ["พนักงานบริการดีมาก", "แต่ราคาค่อนข้างแพง"]),
        ("hi", "सेवा अच्छी है। कीमत ज़्यादा है॥ धन्यवाद", ["सेवा अच्छी है।", "कीमत ज़्यादा है॥", "धन्यवाद"]),
        ("ar", "هل الخدمة جيدة؟ السعر مرتفع۔ شكرا", ["هل الخدمة جيدة؟", "السعر مرتفع۔", "شكرا"]),
        ("ar", "السعر، الخدمة، الجودة", ["السعر", "الخدمة", "الجودة"]),
        ("ko", "직원이 친절해요. 가격이 비싸요!", ["직원이 친절해요.", "가격이 비싸요!"]),
        ("ru", "Цены высокие. Персонал вежливый", ["Цены высокие.", "Персонал вежливый"]),
        ("vi", "Giá rẻ, nhân viên tốt, giao hàng nhanh", ["Giá rẻ", "nhân viên tốt", "giao hàng nhanh"]),
        ("zh", "• 价格贵\n• 服务差", ["价格贵", "服务差"]),
        ("zh", "店铺很大．停车方便", ["店铺很大．", "停车方便"]),
    ],
)
def test_a_comment_is_cut_by_the_words_and_marks_of_its_language(language, comment, expected):
    assert statements(comment, language) == expected


@pytest.mark.parametrize(
    ("language", "comment"),
    [
        ("de", "Am 3. Mai kam z. B. niemand"),
        ("de", "Der Termin bzw. Besuch fiel aus"),
        ("fr", "M. Dupont et Mme. Durand étaient absents"),
        ("fr", "Cela coûte 3,50 euros"),
        ("es", "La Sra. García no contesta"),
        ("it", "Il dott. Rossi mi ha ascoltato"),
        ("zh", "价格３．５元一个"),
        ("zh", "请看https://example.com/a,but/b.html的照片"),
        ("zh", "他们说「很好，很便宜，很快」三次"),
        ("de", "Ich las „Schnell, gut und billig“ überall"),
        ("th", "ราคา 300 บาท"),
        ("ja", "店員さんは、とても親切"),
    ],
)
def test_a_comment_in_another_language_is_not_cut_inside_one_point(language, comment):
    assert statements(comment, language) == [comment]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("je pense que", "fr", False),
        ("贵", "zh", True),
        ("é", "fr", False),
        ("och jag", "sv", False),
        ("und", "de", False),
    ],
)
def test_content_is_told_by_the_function_words_of_the_language(text, language, expected):
    assert has_content(text, language) == expected


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
    "piece",
    [" ", "!", ".", "\n", " \n", "\t", ",", ", ", " and", " but", " - ", "(", '."', "▮", "x. ", "👍", "/ ", " et le",
     "，", "、", "服务很好，", "ดีมากๆๆๆๆ ", "。", "．", "3. ", "।"],
)  # fmt: skip
def test_a_comment_of_one_repeated_piece_takes_linear_time(piece, seconds):
    assert seconds(statement_spans, "a" + piece * 50_000 + "b", "fr") < 2


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
        ("服务很好。", "服务很好"),
        ("السعر مرتفع؟", "السعر مرتفع"),
    ],
)
def test_the_bare_statement_leaves_out_connectives_and_handles(statement, bare):
    assert bare_statement(statement) == bare


@given(st.text(max_size=40))
def test_words_have_no_apostrophe_at_their_ends(text):
    assert all(word == word.strip("'") and word for word in words_of(text))
