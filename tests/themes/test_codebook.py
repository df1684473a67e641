"""Codebooks as files: read, checked with one line for what is wrong, written and read back equal."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.errors import ModelError
from feedback_nlp.themes import Codebook, CodebookTheme, load_codebook, write_codebook
from feedback_nlp.themes.codebook import Weights, slugs
from feedback_nlp.themes.codebook_file import codebook_text, parse_codebook

GOOD = """
name = "Shop"
several = true
owner = "Research"

[[theme]]
name = "Money"
description = "Prices and bills."

[[theme]]
name = "Price"
parent = "Money"
description = "What it costs."
examples = ["too expensive", "good value"]
include = ["price*", "too dear"]
exclude = ["price tag"]
owner = "Sales"

[[theme]]
name = "Delivery time"
id = "D7"
examples = ["the parcel was late"]
"""


@pytest.fixture
def book(tmp_path):
    """Writes TOML into a file and gives its path."""

    def write(text: str):
        path = tmp_path / "book.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refusal(path) -> str:
    with pytest.raises(ModelError) as caught:
        load_codebook(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_codebook_is_read(book):
    codebook = load_codebook(book(GOOD))
    assert [theme.theme_id for theme in codebook.themes] == ["money", "price", "D7"]
    assert (codebook.name, codebook.owner, codebook.several, codebook.rules) == ("Shop", "Research", True, "weigh")
    price = codebook.themes[1]
    assert (price.include, price.exclude, price.owner) == (("price*", "too dear"), ("price tag",), "Sales")


def test_parents_get_no_statements(book):
    codebook = load_codebook(book(GOOD))
    assert [theme.name for theme in codebook.leaves] == ["Price", "Delivery time"]
    assert codebook.parent_ids == {"money": None, "price": "money", "D7": None}


def test_a_parent_may_be_named_by_its_id(book):
    assert load_codebook(book(GOOD.replace('parent = "Money"', 'parent = "money"'))).parent_ids["price"] == "money"


THEME = '[[theme]]\nname = "Price"\nexamples = ["too dear"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no theme; add a [[theme]]"),
        ("[[theme]\n", "not a TOML file"),
        (THEME + 'includes = ["x"]', "theme 'Price': unknown key 'includes'; did you mean 'include'?"),
        ("severl = true\n" + THEME, "unknown key 'severl'; did you mean 'several'?"),
        ('several = "yes"\n' + THEME, "several = 'yes' is not true or false"),
        ('rules = "decides"\n' + THEME, "rules = 'decides'; did you mean 'decide'?"),
        ("min_confidence = 1.5\n" + THEME, "min_confidence = 1.5, must lie between 0 and 1"),
        ("theme = [1]", "theme 1 is not a [[theme]] table"),
        ("[theme]\nname = 'x'", "is not a list of tables; write [[theme]] above each"),
        (THEME + 'include = ["bill"]\nexclude = ["BILL*"]', "include keyword 'bill' never counts"),
        (THEME + 'description = "a\\u0000b"', "description 'a b' holds a control character"),
        (THEME + f'include = ["{"x" * 201}"]', "has 201 characters, at most 200 are allowed"),
        ('[[theme]]\nexamples = ["x"]', "the name is empty"),
        ('[[theme]]\nname = " "\nexamples = ["x"]', "the name is empty"),
        ('[[theme]]\nname = "Price"', "theme 'Price': says nothing beyond its name"),
        ('[[theme]]\nname = "Price"\nexamples = ["ok", " "]', "theme 'Price': an example is empty"),
        ('[[theme]]\nname = "Price"\nexamples = "dear"', "theme 'Price': examples = 'dear' is not a list of texts"),
        (THEME + "include = [3]", "theme 'Price': include = [3] is not a list of texts"),
        (THEME + 'include = ["(((("]', "theme 'Price': include keyword '((((': holds no word"),
        (THEME + 'exclude = ["w*it"]', "theme 'Price': exclude keyword 'w*it': '*' may only end a word"),
        (THEME + 'kind = "topics"', "theme 'Price': kind 'topics'; did you mean 'topic'?"),
        (THEME + 'id = "other"', "theme 'Price': id 'other' can't be used"),
        (THEME + 'id = "generic-praise"', "theme 'Price': the id 'generic-praise' is that of a generic theme"),
        (THEME + THEME, "2 themes have the name 'Price'"),
        (THEME + THEME.replace("Price", "PRICÉ"), "2 themes have the name 'Price'"),
        (THEME + 'id = "a"\n' + THEME.replace("Price", "Cost") + 'id = "a"', "theme 'Price': 2 themes have the id 'a'"),
        (GOOD.replace('parent = "Money"', 'parent = "Mony"'), "no theme is called 'Mony'; did you mean 'Money'?"),
        (THEME + 'parent = "Price"', "theme 'Price': is its own parent"),
        (GOOD.replace('id = "D7"', 'parent = "Price"'), "theme 'Price': is a parent and gets no statement"),
        (
            '[[theme]]\nname = "A"\nparent = "B"\n[[theme]]\nname = "B"\nparent = "A"',
            "theme 'A': its parent 'B' has a parent; there are two levels",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(book, text, said):
    path = book(text)
    message = refusal(path)
    assert message.startswith(str(path))
    assert said in message


def test_a_missing_file_a_folder_and_other_bytes_are_refused(tmp_path):
    assert "no such codebook file" in refusal(tmp_path / "none.toml")
    assert "no such codebook file" in refusal(tmp_path)
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    assert "not a TOML file" in refusal(tmp_path / "x.toml")


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path):
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert len(load_codebook(tmp_path / "x.toml").themes) == 3


def test_a_pattern_that_would_take_exponential_time_is_no_pattern(book):
    codebook = load_codebook(book(THEME + 'include = ["(a+)+$", "(x|x)*"]\n'.replace(')*"', ')"')))
    assert codebook.themes[0].include == ("(a+)+$", "(x|x)")


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
SAID = TEXT.map(lambda text: f"said {text}")
INCLUDE, EXCLUDE = st.sampled_from(["wait*", 'a "b"', "退款"]), st.sampled_from(["c\\d", "e-mail", "giá", "on hold"])


@st.composite
def codebooks(draw) -> Codebook:
    numbers = range(draw(st.integers(1, 4)))
    include, exclude = (st.lists(words, max_size=3).map(tuple) for words in (INCLUDE, EXCLUDE))
    themes = tuple(
        CodebookTheme(
            f"id{n}", f"{n} {draw(TEXT)}".strip(), draw(TEXT).strip(),
            tuple(draw(st.lists(SAID, min_size=1, max_size=3))), draw(include), draw(exclude),
            kind=draw(st.sampled_from(["topic", "generic", "other"])), owner=draw(TEXT).strip(),
        )
        for n in numbers
    )  # fmt: skip
    several, rules = draw(st.booleans()), draw(st.sampled_from(["weigh", "decide"]))
    return Codebook(themes, draw(TEXT), draw(TEXT), several, rules, draw(st.floats(0, 1)))


@given(codebooks())
def test_a_codebook_that_was_written_is_read_back_equal(codebook):
    import tomllib

    assert parse_codebook(tomllib.loads(codebook_text(codebook)), "book") == codebook


def test_weights_travel_beside_the_file(tmp_path, book):
    rows = np.random.default_rng(0).normal(size=(2, 8))
    weights = Weights(("price", "D7"), rows, np.array([0.5, -1]), ("hash", "abc"))
    path = write_codebook(replace(load_codebook(book(GOOD)), weights=weights), tmp_path / "out" / "mine.toml")
    assert sorted(file.name for file in path.parent.iterdir()) == ["mine.safetensors", "mine.toml"]
    read = load_codebook(path).weights
    assert (read.theme_ids, read.encoder) == (weights.theme_ids, weights.encoder)
    assert np.array_equal(read.coefficients, rows)
    before = [file.read_bytes() for file in sorted(path.parent.iterdir())]
    write_codebook(load_codebook(path), path)
    assert [file.read_bytes() for file in sorted(path.parent.iterdir())] == before


@pytest.mark.parametrize("name", ["gone.safetensors", "../book.toml", "/etc/passwd", ".."])
def test_weights_that_are_not_beside_the_file_are_refused(book, name):
    assert "no such file beside it" in refusal(book(f'weights = "{name}"\n{THEME}'))


@pytest.mark.parametrize("content", [b"", b"x" * 40, b"\x02\x00\x00\x00\x00\x00\x00\x00{}"])
def test_damaged_weights_are_refused(book, tmp_path, content):
    (tmp_path / "w.safetensors").write_bytes(content)
    assert "not the weights of a codebook" in refusal(book(f'weights = "w.safetensors"\n{THEME}'))


def test_a_place_that_cannot_be_written_is_one_line(book, tmp_path):
    codebook = load_codebook(book(GOOD))
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelError, match="can't be written"):
        write_codebook(codebook, tmp_path / "file" / "book.toml")


@given(st.lists(TEXT, max_size=8))
def test_ids_differ_and_are_never_reserved(names):
    ids = slugs(names)
    assert len(set(ids)) == len(names)
    assert not set(ids) & {"base", "generic", "other"}
