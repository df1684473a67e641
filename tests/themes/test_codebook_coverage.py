"""What a codebook covers badly: a withheld theme is found as a gap."""

import numpy as np
import pytest

from feedback_nlp.themes import Codebook, CodebookTheme, assign, codebook_model
from feedback_nlp.themes.codebook_coverage import codebook_coverage

PRICE = CodebookTheme("price", "Price", examples=("the invoice price", "expensive invoice price"), include=("price",))
WAITING = CodebookTheme("waiting", "Waiting", examples=("waiting for the phone line",), include=("phone line",))
UNUSED = CodebookTheme("unused", "Unused", examples=("zebra crossing colours",))


@pytest.fixture(scope="module")
def coverage_of(embed, segments, vectors_of):
    def run(*themes: CodebookTheme, order=None):
        model = codebook_model(Codebook(themes, min_confidence=0.6), embed, ("hash", embed.encoder.fingerprint))
        table = segments if order is None else segments.iloc[order].reset_index(drop=True)
        vectors = vectors_of(table)
        return codebook_coverage(assign(table, vectors, model), table, vectors, model)

    return run


@pytest.fixture(scope="module")
def without_parcels(coverage_of):
    return coverage_of(PRICE, WAITING, UNUSED)


def test_a_withheld_theme_is_a_gap(without_parcels, planted):
    assert len(without_parcels.gaps)
    shown = {planted[text] for examples in without_parcels.gaps["examples"] for text in examples}
    assert shown == {"parcel"}


def test_gaps_hold_most_of_what_has_no_theme(without_parcels):
    assert without_parcels.gaps["n_without"].sum() > 0.8 * without_parcels.n_without
    assert (without_parcels.gaps["share_without"] >= 0.5).all()


def test_every_theme_has_its_figures(without_parcels):
    table = without_parcels.themes.set_index("theme_id")
    assert table.index.tolist() == ["price", "waiting", "unused"]
    assert table.loc["price", "n_by_keyword"] == table.loc["price", "n"] == 72
    assert table["near"].sum() == without_parcels.n_without
    assert np.isnan(table.loc["unused", "mean_confidence"])


def test_nothing_is_lost(without_parcels, segments):
    n = without_parcels
    assert n.n_statements == len(segments)
    assert n.themes["n"].sum() + n.n_without == len(segments)


def test_the_order_of_rows_does_not_matter(coverage_of, without_parcels, segments):
    order = np.random.default_rng(1).permutation(len(segments))
    shuffled = coverage_of(PRICE, WAITING, UNUSED, order=order)
    assert shuffled.themes.equals(without_parcels.themes)
    assert shuffled.gaps.equals(without_parcels.gaps)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_few_statements_have_no_gaps(n, embed, segments, vectors_of):
    model = codebook_model(Codebook((PRICE, WAITING)), embed, ("hash", embed.encoder.fingerprint))
    few = segments.iloc[:n]
    coverage = codebook_coverage(assign(few, vectors_of(few), model), few, vectors_of(few), model)
    assert (len(coverage.gaps), coverage.n_statements) == (0, n)


def test_a_discovered_model_can_be_looked_at_too(model, segments, vectors_of):
    coverage = codebook_coverage(assign(segments, vectors_of(segments), model), segments, vectors_of(segments), model)
    assert coverage.themes["n"].sum() == len(segments)
