"""Assignment with a codebook: its words decide, on fitted and on new statements alike."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.errors import ModelError
from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE, THEMES
from feedback_nlp.themes import Codebook, CodebookTheme, assign, codebook_model, load_model
from feedback_nlp.themes.chances import chances
from feedback_nlp.themes.codebook import Weights

PRICE = CodebookTheme("price", "Price", "What it costs.", ("expensive invoice price", "the invoice price"), ("cost*",))
WAITING = CodebookTheme("waiting", "Waiting", "Waiting on the phone line.", ("phone line waiting queue",), ("on hold",))
PARCEL = CodebookTheme("parcel", "Parcel", "", ("damaged parcel delivery",), ("parcel", "package*"), ("parcel shelf",))
BOOK = Codebook((PRICE, WAITING, PARCEL), "Shop")


@pytest.fixture(scope="module")
def model_of(embed):
    return lambda book: codebook_model(book, embed, ("hash", embed.encoder.fingerprint))


@pytest.fixture(scope="module")
def shop(model_of):
    return model_of(BOOK)


@pytest.fixture(scope="module")
def themes_of(segments_of, vectors_of):
    """Comments and a model -> the set of theme ids of each."""

    def run(model, *comments: str) -> list[set[object]]:
        segments = segments_of(list(comments))
        mentions = assign(segments, vectors_of(segments), model)
        given = mentions.groupby("response_id")["theme_id"].agg(lambda ids: set(ids.dropna()))
        return given.tolist()

    return run


def test_a_statement_like_an_example_has_its_theme(shop, themes_of):
    assert themes_of(shop, "the expensive invoice price", "phone line queue waiting") == [{"price"}, {"waiting"}]


def test_a_keyword_gives_its_theme(shop, themes_of):
    assert themes_of(shop, "It COSTS a lot", "on hold for the phone line") == [{"price"}, {"waiting"}]


def test_a_keyword_that_the_meaning_speaks_against_is_outweighed(shop, themes_of):
    assert themes_of(shop, "damaged parcel delivery costs") == [{"parcel"}]


def test_a_statement_that_nothing_fits_has_no_theme_but_a_chance(shop, segments_of, vectors_of):
    segments = segments_of(["yellow submarines float quietly"])
    mentions = assign(segments, vectors_of(segments), shop)
    assert mentions["theme_id"].isna().all()
    assert mentions["confidence"].between(0, 0.5, inclusive="left").all()


def test_an_exclude_keyword_rules_a_theme_out(shop, themes_of):
    assert themes_of(shop, "damaged parcel delivery", "damaged parcel delivery on the parcel shelf") == [
        {"parcel"},
        set(),
    ]


def test_several_themes_only_where_the_codebook_says_so(model_of, themes_of):
    said = "the parcel package with invoice costs"
    assert len(themes_of(model_of(BOOK), said)[0]) == 1
    assert themes_of(model_of(replace(BOOK, several=True)), said) == [{"price", "parcel"}]


def test_a_keyword_decides_where_the_codebook_says_so(model_of, themes_of):
    said = "phone line waiting queue, phone line waiting queue costs"
    decided = model_of(replace(BOOK, rules="decide"))
    assert "price" in themes_of(decided, said)[0]


def test_the_least_confidence_is_that_of_the_codebook(model_of, themes_of):
    assert themes_of(model_of(replace(BOOK, min_confidence=1.0)), "the expensive invoice price") == [set()]
    assert themes_of(model_of(replace(BOOK, min_confidence=0.0)), "yellow submarines") != [set()]


def test_generic_praise_goes_by_rule_unless_a_theme_has_a_keyword(shop, themes_of, model_of):
    assert themes_of(shop, "Excellent service!", "Terrible.") == [{GENERIC_PRAISE}, {GENERIC_COMPLAINT}]
    service = CodebookTheme("service", "Service", examples=("waiters",), include=("service",))
    named = model_of(replace(BOOK, themes=(*BOOK.themes, service)))
    assert themes_of(named, "Excellent service!") == [{"service"}]


def test_a_generic_theme_of_the_codebook_keeps_the_rule_and_gives_it_its_name(model_of, themes_of):
    thanks = CodebookTheme(GENERIC_PRAISE, "Gratitude", examples=("thank you",), include=("thank*",), kind="generic")
    model = model_of(replace(BOOK, themes=(*BOOK.themes, thanks)))
    assert model.themes.set_index("theme_id").loc[GENERIC_PRAISE, "name"] == "Gratitude"
    assert model.themes["theme_id"].is_unique
    assert themes_of(model, "Excellent!", "thank the driver") == [{GENERIC_PRAISE}, {GENERIC_PRAISE}]


def test_parents_are_themes_that_no_statement_gets(model_of, themes_of):
    money = CodebookTheme("money", "Money", "Prices, bills.")
    model = model_of(replace(BOOK, themes=(money, replace(PRICE, parent="Money"), WAITING)))
    assert model.class_ids == model.topic_ids == ["price", "waiting"]
    assert model.themes.set_index("theme_id").loc["price", "parent_id"] == "money"
    assert themes_of(model, "Prices, bills.") != [{"money"}]


def test_themes_are_checked_columns_in_the_order_of_the_codebook(shop):
    THEMES.validate(shop.themes)
    assert shop.themes["theme_id"].tolist() == ["price", "waiting", "parcel", GENERIC_PRAISE, GENERIC_COMPLAINT]
    assert shop.themes.loc[0, "exemplars"] == list(PRICE.examples)


def test_one_theme_alone_goes_by_its_keywords(model_of, themes_of):
    alone = model_of(Codebook((PARCEL,)))
    assert themes_of(alone, "my parcel", "something else entirely") == [{"parcel"}, set()]


def test_confidence_is_the_chance(shop, segments, vectors_of):
    vectors = vectors_of(segments)
    found = chances(segments, vectors, shop)
    mentions = assign(segments, vectors, shop)
    chosen = np.where(found.is_given.any(axis=1), (found.chance * found.is_given).max(axis=1), found.chance.max(axis=1))
    assert mentions["confidence"].to_numpy() == pytest.approx(chosen, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_statements_themes_do_not_depend_on_its_company(shop, segments, vectors_of, random):
    rows = random.sample(range(len(segments)), 12)
    whole = assign(segments, vectors_of(segments), shop).set_index("segment_id")
    some = assign(segments.iloc[rows].reset_index(drop=True), vectors_of(segments)[rows], shop).set_index("segment_id")
    pd.testing.assert_frame_equal(some, whole.loc[some.index])


def test_parts_of_a_large_table_give_what_the_whole_gives(monkeypatch, shop, segments, vectors_of):
    import sys

    whole = assign(segments, vectors_of(segments), shop)
    monkeypatch.setattr(sys.modules["feedback_nlp.themes.assign"], "_PART", 50)
    pd.testing.assert_frame_equal(assign(segments, vectors_of(segments), shop), whole)


def test_the_order_of_examples_and_keywords_does_not_matter(model_of, segments, vectors_of):
    turned = tuple(replace(theme, examples=theme.examples[::-1], include=theme.include[::-1]) for theme in BOOK.themes)
    vectors = vectors_of(segments)
    before, after = (
        assign(segments, vectors, model_of(replace(BOOK, themes=themes))) for themes in (BOOK.themes, turned)
    )
    assert before["theme_id"].equals(after["theme_id"])
    assert before["confidence"].to_numpy() == pytest.approx(after["confidence"].to_numpy(), abs=1e-4)


def test_a_saved_model_assigns_alike_and_has_the_same_bytes(shop, segments, vectors_of, tmp_path):
    shop.save(tmp_path / "a")
    loaded = load_model(tmp_path / "a")
    loaded.save(tmp_path / "b")
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == ["CARD.md", "codebook.toml", "edits.jsonl", "model.json", "weights.safetensors"]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)
    assert loaded.fingerprint == shop.fingerprint
    vectors = vectors_of(segments)
    pd.testing.assert_frame_equal(assign(segments, vectors, loaded), assign(segments, vectors, shop))


def test_a_model_made_twice_is_the_same(model_of, shop):
    assert model_of(BOOK).fingerprint == shop.fingerprint


@pytest.mark.parametrize(
    "change", [{"several": True}, {"rules": "decide"}, {"min_confidence": 0.4}, {"themes": BOOK.themes[::-1]}]
)
def test_the_fingerprint_covers_the_codebook(model_of, shop, change):
    assert model_of(replace(BOOK, **change)).fingerprint != shop.fingerprint


def test_the_fingerprint_covers_exclude_keywords(model_of, shop):
    changed = replace(BOOK, themes=(PRICE, WAITING, replace(PARCEL, exclude=("box",))))
    assert model_of(changed).fingerprint != shop.fingerprint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('"parcel", ', ""), "is not the codebook of model.json"),
        (lambda text: text.replace('id = "price"', 'id = "cost"'), "is not the codebook of model.json"),
        (lambda text: text.split("[[theme]]")[0], "no theme"),
        (lambda text: text.rsplit("[[theme]]", 1)[0], "weights of 3 themes"),
    ],
)
def test_a_codebook_of_another_model_is_refused(shop, tmp_path, change, said):
    shop.save(tmp_path)
    path = tmp_path / "codebook.toml"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ModelError, match=said):
        load_model(tmp_path)


def test_a_model_without_its_codebook_is_refused(shop, tmp_path):
    shop.save(tmp_path)
    (tmp_path / "codebook.toml").unlink()
    with pytest.raises(ModelError, match="no such codebook file"):
        load_model(tmp_path)


def test_a_codebook_that_contradicts_itself_is_refused(model_of):
    with pytest.raises(ModelError, match="Shop: 2 themes have the name 'Price'"):
        model_of(replace(BOOK, themes=(PRICE, PRICE)))


def test_weights_of_another_encoder_are_refused(model_of):
    weights = Weights(("price",), np.zeros((1, 64)), np.zeros(1), ("minilm", "abc"))
    with pytest.raises(ModelError, match=r"set embed\.model to 'minilm', or delete the line `weights`"):
        model_of(replace(BOOK, weights=weights))


def test_no_segments_give_an_empty_table(shop, segments):
    assert len(assign(segments.iloc[:0], np.zeros((0, 64), np.float32), shop)) == 0


@pytest.mark.parametrize("text", ["x" * 100_000, "parcel " * 20_000, "\u202eparcel", "=parcel()", "<b>parcel</b>"])
def test_hostile_statements_are_only_text(shop, segments, vectors_of, text):
    said = segments.iloc[:1].assign(text=text, end=len(text))
    assert len(assign(said, vectors_of(segments)[:1], shop)) == 1
