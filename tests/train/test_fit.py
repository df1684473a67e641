"""The whole fit on a tiny survey with three clear themes."""

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.embed import Embedder
from feedback_nlp.errors import InputError
from feedback_nlp.schema import GENERIC_COMPLAINT, GENERIC_PRAISE, THEMES
from feedback_nlp.themes import ThemeModel, assign
from feedback_nlp.train import fit_classifier


def _fit(segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder, **options: object) -> ThemeModel:
    return fit_classifier(segments, embed(segments["text"].tolist()), labels, embed=embed, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def model(segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder) -> ThemeModel:
    return _fit(segments, labels, embed, encoder=("hash", embed.encoder.fingerprint), origin="labels.csv (72 rows)")


def test_themes_are_sorted_by_name_with_ids_from_names_and_the_generic_ones_last(model: ThemeModel) -> None:
    THEMES.validate(model.themes)
    assert model.themes["name"].tolist()[:3] == ["Agent attitude", "Price", "Response time"]
    assert model.topic_ids == ["agent-attitude", "price", "response-time"]
    assert model.themes["theme_id"].tolist()[3:] == [GENERIC_PRAISE, GENERIC_COMPLAINT]
    assert model.kind == "classifier"


def test_statements_it_never_saw_get_their_theme(model: ThemeModel, embed: Embedder) -> None:
    texts = ["waiting for a slow reply", "the invoice price was too high", "the rude agent"]
    table = pd.DataFrame(
        {"segment_id": list("abc"), "response_id": list("abc"), "question": "why", "start": 0, "end": 9}
    )
    mentions = assign(table.assign(text=texts), embed(texts), model)
    found = mentions.groupby("segment_id")["theme_id"].agg(lambda ids: sorted(ids.dropna()))
    assert found.tolist() == [["response-time"], ["price"], ["agent-attitude"]]


def test_exemplars_and_phrases_of_a_theme_are_about_it(model: ThemeModel) -> None:
    price = model.themes.set_index("name").loc["Price"]
    assert 1 <= len(price["exemplars"]) <= 6
    assert all("price" in text.lower() or "invoice" in text.lower() for text in price["exemplars"])
    assert {"price", "invoice"} & {word for phrase in price["keyphrases"] for word in phrase.split()}


def test_the_order_of_rows_changes_nothing(
    model: ThemeModel, segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder
) -> None:
    shuffled = _fit(
        segments.sample(frac=1, random_state=1), labels.sample(frac=1, random_state=2), embed,
        encoder=("hash", embed.encoder.fingerprint), origin="labels.csv (72 rows)",
    )  # fmt: skip
    assert shuffled.fingerprint == model.fingerprint
    assert shuffled.card == model.card


def test_a_theme_with_too_few_examples_is_left_out_and_the_card_says_so(
    segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder
) -> None:
    rare = pd.DataFrame({"response_id": ["r00", "r01", "r02", "r03"], "theme": "Parking"})
    model = _fit(segments, pd.concat([labels, rare]), embed)
    assert "Parking" not in model.themes["name"].tolist()
    assert "Left out: 'Parking', in 4 different texts" in model.card


def test_repeated_texts_count_once_among_the_examples(
    segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder
) -> None:
    one = segments[segments["response_id"] == "r00"]
    copies = [one.assign(response_id=f"copy{i}", segment_id=one["segment_id"] + str(i)) for i in range(8)]
    same = pd.DataFrame({"response_id": [f"copy{i}" for i in range(8)], "theme": "Parking"})
    model = _fit(pd.concat([segments, *copies], ignore_index=True), pd.concat([labels, same]), embed)
    assert "Left out: 'Parking', in 1 different texts" in model.card


def test_a_theme_that_every_response_has_is_left_out(
    segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder
) -> None:
    everyone = pd.DataFrame({"response_id": labels["response_id"].unique(), "theme": "Survey"})
    assert "Left out: 'Survey'" in _fit(segments, pd.concat([labels, everyone]), embed).card


def test_labels_that_mean_generic_praise_are_left_to_the_rule(
    segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder
) -> None:
    praise = pd.DataFrame({"response_id": [f"r{n:02d}" for n in range(9)], "theme": "Generic praise"})
    model = _fit(segments, pd.concat([labels, praise]), embed)
    assert model.themes["theme_id"].tolist().count(GENERIC_PRAISE) == 1
    assert len(model.topic_ids) == 3
    assert "Not learned: 'Generic praise'" in model.card


def test_too_few_labels_are_refused_with_what_is_missing(
    segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder
) -> None:
    with pytest.raises(InputError, match=r"labels: no theme can be learned: 5 different texts .* has [1-4] and"):
        _fit(segments, labels.head(6), embed)


def test_labels_of_generic_themes_alone_are_refused(segments: pd.DataFrame, embed: Embedder) -> None:
    praise = pd.DataFrame({"response_id": [f"r{n:02d}" for n in range(9)], "theme": "General praise"})
    with pytest.raises(InputError, match="only generic praise or complaint"):
        _fit(segments, praise, embed)


def test_a_single_theme_can_be_learned_from_responses_that_lack_it(
    segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder
) -> None:
    price = labels.assign(theme=labels["theme"].where(labels["theme"] == "Price"))
    assert _fit(segments, price, embed).topic_ids == ["price"]


def test_segments_and_vectors_must_match(segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder) -> None:
    with pytest.raises(ValueError, match="segments, but 2 vectors"):
        fit_classifier(segments, np.zeros((2, 64), np.float32), labels, embed=embed)


def test_the_fit_leaves_its_arguments_as_they_were(
    segments: pd.DataFrame, labels: pd.DataFrame, embed: Embedder
) -> None:
    before = segments.copy(), labels.copy()
    _fit(segments, labels, embed)
    pd.testing.assert_frame_equal(segments, before[0])
    pd.testing.assert_frame_equal(labels, before[1])


def test_the_card_says_where_from_how_well_and_how_far(model: ThemeModel) -> None:
    for said in ("labels.csv (72 rows)", "48 labelled responses", "macro F1", "| Response time |", "## Limits"):
        assert said in model.card


def test_the_held_out_figures_of_clear_themes_are_high(model: ThemeModel) -> None:
    macro = float(model.card.split("macro F1 ")[1][:5])
    assert macro > 0.8
