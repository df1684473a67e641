"""What the notebook on exploring an export promises its reader."""

import re
from collections.abc import Callable

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:(jupyter|nb|zmq|traitlets|ipykernel).*"),
]


@pytest.fixture(scope="module")
def printed(printed_by: Callable[[str], str]) -> str:
    return printed_by("explore-an-export")


def test_the_settings_that_inspection_writes_leave_nothing_to_guess(printed: str) -> None:
    assert "columns still guessed: 0\n" in printed


def test_every_row_of_the_sample_is_accounted_for(printed: str) -> None:
    rows = re.search(r"^rows: (\d+)$", printed, re.MULTILINE)
    fates = re.search(r"^responses \+ merged \+ rejected: (\d+)$", printed, re.MULTILINE)
    assert rows
    assert fates
    assert rows.group(1) == fates.group(1) == "2014"


def test_scores_turned_round_raise_the_alarm_and_the_delivered_ones_do_not(printed: str) -> None:
    assert "direction as delivered: agrees; turned round: against\n" in printed


def test_the_nps_by_hand_is_the_planted_one(printed: str) -> None:
    assert "NPS of all periods: 28.1\n" in printed
