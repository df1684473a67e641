"""The customer-support codebook that ships, on the sample, whose true themes are known."""

import pandas as pd
import pytest

from feedback_nlp.config import EmbedConfig
from feedback_nlp.embed import open_embedder
from feedback_nlp.text import prepare, split
from feedback_nlp.themes import assign, codebook_model, load_codebook

# the sample's own names of what the codebook's themes mean; the sample knows fewer
TRUE = {
    "Agent attitude": "Agent attitude", "Agent knowledge": "Agent knowledge", "Ease of use": "Ease of use",
    "Call and voice quality": "Call and voice quality", "First-contact resolution": "First-contact resolution",
    "Transfers and hand-overs": "First-contact resolution", "Follow-up": "Follow-up communication",
    "Onboarding and set-up": "Onboarding", "Price and value": "Price and billing",
    "Billing and payment": "Price and billing", "Refunds and credits": "Price and billing",
    "Reliability and outages": "Product reliability", "Bugs and errors": "Product reliability",
    "Reaching a person": "Reaching a person", "Hold time and queues": "Reaching a person",
    "Response time": "Response time", "Self-service": "Self-service", "Documentation": "Self-service",
    "General praise": "Generic praise", "General complaint": "Generic complaint",
}  # fmt: skip


@pytest.fixture(scope="module")
def codebook(root):
    return load_codebook(root / "configs" / "codebooks" / "customer-support.toml")


def test_it_has_about_forty_themes_on_two_levels(codebook):
    assert 35 <= len(codebook.leaves) <= 45
    assert 5 <= len(codebook.themes) - len(codebook.leaves) <= 10
    assert codebook.several


def test_every_theme_has_a_description_and_phrases(codebook):
    for theme in codebook.leaves:
        assert len(theme.description) > 20
        assert 4 <= len(theme.examples) <= 8
        assert theme.include or theme.kind == "generic"


def test_no_keyword_belongs_to_two_themes(codebook):
    said = [keyword for theme in codebook.leaves for keyword in theme.include]
    assert sorted({keyword for keyword in said if said.count(keyword) > 1}) == []


@pytest.fixture(scope="module")
def found(root, sample, codebook) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(response_id, theme) as assigned, by the sample's names, and as it truly is."""
    rows = sample.drop_duplicates("response_id")
    table = {"response_id": rows["response_id"], "question": "why", "comment": rows["comment"].replace("", None)}
    segments = split(prepare(pd.DataFrame(table)))
    embed = open_embedder(EmbedConfig())
    model = codebook_model(codebook, embed, (embed.encoder.name, embed.encoder.fingerprint))
    mentions = assign(segments, embed(segments["bare"].tolist()), model)
    names = mentions["theme_id"].map(model.themes.set_index("theme_id")["name"]).map(TRUE)
    pairs = mentions.assign(theme=names)[["response_id", "theme"]].dropna().drop_duplicates()
    return pairs, pd.read_csv(root / "data" / "sample" / "truth" / "labels.csv")[["response_id", "theme"]]


@pytest.mark.slow
def test_the_sample_s_themes_are_found(found):
    pairs, truth = found
    right = pairs.merge(truth)["theme"].value_counts()
    n_found, n_true = pairs["theme"].value_counts(), truth["theme"].value_counts()
    f1 = (2 * right / (n_found + n_true)).reindex(n_true.index).fillna(0)
    assert f1.mean() > 0.6  # measured .65
    assert f1.min() > 0.3


@pytest.mark.slow
def test_what_is_found_is_mostly_right(found):
    pairs, truth = found
    assert len(pairs.merge(truth)) / len(pairs) > 0.74  # measured .79
