"""What the notebook on trusting themes says in words must be so in its figures."""

import re
from collections.abc import Callable

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:(jupyter|nb|zmq|traitlets|ipykernel).*"),
]

COLUMNS = ("themes", "best match", "one to one", "coverage", "by luck", "other quarter", "calibration error")


@pytest.fixture(scope="module")
def printed(printed_by: Callable[[str], str]) -> str:
    return printed_by("how-far-to-trust-themes")


@pytest.fixture(scope="module")
def found(printed: str) -> dict[str, float]:
    return _row(printed, "found")


@pytest.fixture(scope="module")
def codebook(printed: str) -> dict[str, float]:
    return _row(printed, "codebook")


def _row(printed: str, name: str) -> dict[str, float]:
    line = next(line for line in printed.splitlines() if re.match(rf"{re.escape(name)} +\d", line))
    return dict(zip(COLUMNS, map(float, line.removeprefix(name).split()), strict=True))


def _figure(printed: str, about: str) -> float:
    found = re.search(rf"^{re.escape(about)}.*: (-?[\d.]+)$", printed, re.MULTILINE)
    assert found, f"no '{about}' in {printed!r}"
    return float(found.group(1))


def test_themes_found_are_far_better_than_luck(found: dict[str, float]) -> None:
    assert found["best match"] > found["by luck"] + 0.15


def test_themes_found_are_far_from_what_people_say(found: dict[str, float]) -> None:
    assert found["best match"] < 0.75


def test_one_to_one_is_never_above_best_match(found: dict[str, float], codebook: dict[str, float]) -> None:
    assert found["one to one"] <= found["best match"]
    assert codebook["one to one"] <= codebook["best match"]


def test_themes_hold_on_a_quarter_they_were_not_made_from(found: dict[str, float]) -> None:
    assert found["other quarter"] > found["best match"] - 0.1


def test_the_codebook_matches_the_planted_themes_better(printed: str, codebook: dict[str, float]) -> None:
    assert codebook["best match"] > max(_row(printed, name)["best match"] for name in ("found", "found, many"))


def test_confidence_means_more_with_a_codebook(found: dict[str, float], codebook: dict[str, float]) -> None:
    assert found["calibration error"] > 0.2
    assert codebook["calibration error"] < 0.15


def test_themes_come_out_again_with_another_seed_and_on_fewer_responses(printed: str) -> None:
    assert _figure(printed, "agreement with another seed") > 0.4
    assert _figure(printed, "agreement on 80 %") > 0.4
