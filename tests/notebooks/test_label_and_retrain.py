"""What the notebook on labelling and retraining promises its reader."""

import re
from collections.abc import Callable

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:(jupyter|nb|zmq|traitlets|ipykernel).*"),
]


@pytest.fixture(scope="module")
def printed(printed_by: Callable[[str], str]) -> str:
    return printed_by("label-and-retrain")


def _figure(printed: str, about: str) -> float:
    found = re.search(rf"{re.escape(about)}.*?: (-?[\d.]+)", printed)
    assert found, f"no '{about}' in {printed!r}"
    return float(found.group(1))


def test_the_model_trained_in_the_notebook_finds_themes_in_responses_it_never_saw(printed: str) -> None:
    assert _figure(printed, "macro F1") > 0.65


def test_the_drags_found_in_the_notebook_come_in_the_order_of_the_planted_ones(printed: str) -> None:
    assert _figure(printed, "rank correlation") > 0.4


def test_most_planted_drags_lie_inside_their_intervals(printed: str) -> None:
    inside, of = map(int, re.search(r"(\d+) of (\d+)", printed).groups())  # type: ignore[union-attr]
    assert inside / of > 0.6
