"""Fixed shapes: every text in exactly one batch, and rows back in their order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_nlp.embed.batches import run_side_by_side, token_batches, unit_rows

LENGTHS = (4, 8, 16)
TOKENS = st.lists(st.integers(0, 16), max_size=60)


@given(TOKENS, st.integers(1, 9))
def test_every_text_is_in_one_batch_that_holds_it(n_tokens, size):
    batches = list(token_batches(n_tokens, LENGTHS, size))
    assert sorted(i for _, members in batches for i in members) == list(range(len(n_tokens)))
    assert all(n_tokens[i] <= length for length, members in batches for i in members)
    assert all(1 <= len(members) <= size for _, members in batches)


@given(TOKENS)
def test_a_text_gets_the_shortest_length_that_holds_it(n_tokens):
    for length, members in token_batches(n_tokens, LENGTHS, 4):
        shorter = [one for one in LENGTHS if one < length]
        assert all(n_tokens[i] > max(shorter, default=-1) for i in members)


@given(TOKENS.filter(bool))
def test_rows_come_back_in_the_order_of_the_texts(n_tokens):
    batches = list(token_batches(n_tokens, LENGTHS, 3))
    rows = run_side_by_side(batches, lambda _, members: np.array(members, np.float32)[:, None])
    assert rows.ravel().tolist() == list(range(len(n_tokens)))


@pytest.mark.parametrize("row", [[1e-22, 1e-22], [-3e-38, 0.0], [3.0, 4.0], [1e18, -1e18]])
def test_rows_of_any_size_get_length_one(row):
    assert np.linalg.norm(unit_rows(np.array([row], np.float32))) == pytest.approx(1, abs=1e-6)
