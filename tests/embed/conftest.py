"""The bundled weights, loaded once."""

import pytest

from feedback_nlp.embed import SentenceEncoder, load_encoder


@pytest.fixture(scope="session")
def minilm() -> SentenceEncoder:
    return load_encoder()  # type: ignore[return-value]
