"""Duplicates: which rows are one response, which are kept, which are rejected, and that each is counted."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_nlp.config import IngestConfig, LinkConfig
from feedback_nlp.ingest import link_ratings, read_exports
from feedback_nlp.ingest.linking.duplicates import Bursts, find_bursts, fold_text
from feedback_nlp.schema import Linked

WHO = {"respondent": "who", "id": "none"}
PLEA = "Please bring back the dark mode!"


def linked(path: Path, link: dict[str, object] | None = None, **ingest: object) -> Linked:
    roles = {"comment": ("why",), "score": "nps", "segment": ("none",), "rating": ("none",), **ingest}
    answers = read_exports([path], IngestConfig.model_validate(roles))
    return link_ratings(answers, LinkConfig.model_validate({"scale": "nps", **(link or {})}))


def reasons(result: Linked) -> list[list[object]]:
    return result.reasons[["fate", "reason", "rows"]].to_numpy().tolist()


@pytest.fixture
def twins(write_export) -> Path:
    rows = [["p1", "9", "Kind staff"], ["p1", "9", "Kind staff"], ["p2", "9", "Kind staff"], ["p1", "9", "Low price"]]
    return write_export([["who", "nps", "why"], *rows])


# --- identical rows --------------------------------------------------------------------------------------------------


def test_identical_rows_of_one_person_are_one_response(twins: Path) -> None:
    result = linked(twins, **WHO)
    assert len(result.responses) == 3
    assert reasons(result) == [["merged", "identical row", 1]]
    assert result.facts["identical_rows"] == {"merged": 1, "rejected": 0, "kept": 0}


def test_identical_rows_can_be_kept(twins: Path) -> None:
    result = linked(twins, {"identical_rows": "keep"}, **WHO)
    assert (len(result.responses), reasons(result)) == (4, [])
    assert result.facts["identical_rows"]["kept"] == 1


def test_identical_rows_can_be_rejected_with_what_was_read_of_them(twins: Path) -> None:
    result = linked(twins, {"identical_rows": "reject"}, **WHO)
    row = result.rejected.iloc[0]
    assert (row["row"], row["reason"]) == (2, "identical to row 1 of export.csv")
    assert json.loads(row["content"]) == {"who": "p1", "nps": "9", "why": "Kind staff"}
    assert reasons(result) == [["rejected", "identical row", 1]]


def test_merging_and_rejecting_leave_the_same_responses(twins: Path) -> None:
    merged, rejected = (linked(twins, {"identical_rows": rule}, **WHO).responses for rule in ("merge", "reject"))
    pd.testing.assert_frame_equal(merged, rejected)


def test_rows_without_a_person_or_a_moment_are_kept_and_noted(write_export) -> None:
    result = linked(write_export([["nps", "why"], ["9", "Great"], ["9", "Great"]]), {"identical_rows": "reject"})
    assert (len(result.responses), result.facts["identical_rows"]["kept"]) == (2, 1)
    assert any("1 row is identical" in note for note in result.notes)


@pytest.mark.parametrize(
    ("dates", "n"),
    [
        (["2024-07-01 09:30", "2024-07-01 09:30", "2024-07-02 10:00"], 2),
        (["2024-07-01", "2024-07-01", "2024-07-02"], 3),
        (["2024-07-01 00:00:00", "2024-07-01 00:00:00", "2024-07-02 00:00:00"], 3),
        (["2024-07-01 12:00", "2024-07-01 12:00", "2024-07-02 12:00"], 3),  # noon is what a tool writes for a day
    ],
)
def test_a_time_of_day_tells_moments_apart_and_a_day_does_not(write_export, dates: list[str], n: int) -> None:
    path = write_export([["nps", "date", "why"], *[["9", date, "Great"] for date in dates]])
    assert len(linked(path, date="date").responses) == n


def test_rows_that_differ_in_a_segment_are_not_identical(write_export) -> None:
    path = write_export([["who", "nps", "plan", "why"], ["p1", "9", "pro", "Great"], ["p1", "9", "basic", "Great"]])
    assert len(linked(path, **{**WHO, "segment": ("plan",)}).responses) == 2


def test_rows_that_differ_in_a_rating_are_not_identical_and_keep_their_ids(write_export) -> None:
    rows = [["p1", "9", "5", "Great"], ["p1", "9", "2", "Great"], ["p1", "9", "5", "Great"]]
    roles = {**WHO, "rating": ("csat",)}
    header = ["who", "nps", "csat", "why"]
    one = linked(write_export([header, *rows]), **roles).responses
    other = linked(write_export([header, *rows[::-1]]), **roles).responses
    assert sorted(one["rating_csat"]) == [2, 5]
    pd.testing.assert_frame_equal(one, other)


def test_rows_that_share_an_id_are_merged_by_it(write_export) -> None:
    path = write_export([["id", "nps", "why"], ["r1", "9", "Great"], ["r1", "9", "Great"]])
    assert reasons(linked(path, {"identical_rows": "reject"}, id="id")) == [["merged", "same id", 1]]


def test_rows_joined_by_respondent_and_day_say_so(write_export) -> None:
    rows = [["p1", "2024-07-01", "9", "What?", "Kind"], ["p1", "2024-07-01", "9", "Else?", "Cheap"]]
    path = write_export([["who", "date", "nps", "question", "why"], *rows])
    result = linked(path, respondent="who", date="date", question="question")
    assert reasons(result) == [["merged", "same respondent and day", 1]]


# --- bursts ----------------------------------------------------------------------------------------------------------


def burst_file(write_export, minutes: list[int], text: str = PLEA) -> Path:
    rows = [["9", f"2024-07-01 10:{minute:02d}", text] for minute in minutes]
    others = [["3", f"2024-07-01 10:{minute:02d}", f"Slow reply number {minute}"] for minute in range(3)]
    return write_export([["nps", "date", "why"], *rows, *others])


def test_a_burst_is_counted_kept_and_noted_without_its_text(write_export) -> None:
    result = linked(burst_file(write_export, [0, 1, 2, 3, 4]), date="date")
    assert result.facts["bursts"] == {"bursts": 1, "responses": 5, "rejected": 0}
    (note,) = [note for note in result.notes if "bursts" in note]
    assert "rows 1, 2, 3, 4 and 5 of export.csv" in note
    assert "dark mode" not in note
    assert len(result.responses) == 8


def test_a_burst_can_be_rejected_but_for_its_first(write_export) -> None:
    result = linked(burst_file(write_export, [3, 1, 2, 0, 4]), {"bursts": "reject"}, date="date")
    assert result.rejected["row"].tolist() == [1, 2, 3, 5]
    assert set(result.rejected["reason"]) == {"same text as row 4 of export.csv within 10 minutes"}
    assert reasons(result) == [["rejected", "same text within minutes", 4]]
    assert result.facts["bursts"]["rejected"] == 4


@pytest.mark.parametrize(
    ("minutes", "n"), [([0, 1, 2, 3], 0), ([0, 5, 10, 15, 20], 0), ([0, 2, 4, 6, 10], 5), ([0, 2, 4, 6, 10, 12], 6)]
)
def test_the_window_slides(write_export, minutes: list[int], n: int) -> None:
    assert linked(burst_file(write_export, minutes), date="date").facts["bursts"]["responses"] == n


def test_short_texts_are_no_burst(write_export) -> None:
    result = linked(burst_file(write_export, [0, 1, 2, 3, 4], "Great service"), date="date")
    assert result.facts["bursts"]["bursts"] == 0


def test_without_times_of_day_no_burst_is_told(write_export) -> None:
    path = write_export([["nps", "date", "why"], *[["9", "2024-07-01", PLEA]] * 8])
    result = linked(path, date="date")
    assert result.facts["bursts"] == {"bursts": 0, "responses": 0, "rejected": 0}


def test_one_response_that_repeats_itself_is_no_burst(write_export) -> None:
    rows = [["r1", "9", f"2024-07-01 10:0{i}", PLEA] for i in range(6)] + [["r2", "3", "2024-07-01 09:00", "Slow"]]
    path = write_export([["id", "nps", "date", "why"], *rows])
    assert linked(path, id="id", date="date").facts["bursts"]["bursts"] == 0


def test_case_blanks_and_punctuation_are_folded() -> None:
    assert fold_text("PLEASE  bring back — the dark-mode") == fold_text("please, bring back the dark mode!!")


def brute_force(texts: list[str], minutes: list[int], size: int, window: int) -> set[int]:
    """The responses that are in some burst: in every window that starts at a comment, counted one by one."""
    found: set[int] = set()
    for i, start in enumerate(minutes):
        inside = {j for j, t in enumerate(minutes) if texts[j] == texts[i] and start <= t <= start + window}
        found |= inside if len(inside) >= size else set()
    return found


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40)), min_size=1, max_size=25),
    st.integers(2, 4), st.integers(1, 10), st.integers(0, 999),
)  # fmt: skip
def test_bursts_are_those_of_a_count_one_by_one_in_any_order(
    said: list[tuple[str, int]], size: int, window: int, seed: int
) -> None:
    def find(order: np.ndarray) -> Bursts:
        texts = pd.Series([said[i][0] * 30 for i in order], dtype="str")
        moments = pd.Series([pd.Timestamp("2024-07-01") + pd.Timedelta(minutes=said[i][1]) for i in order])
        return find_bursts(texts, order, moments.astype("datetime64[us]"), len(said), size, window)

    one, other = find(np.arange(len(said))), find(np.random.default_rng(seed).permutation(len(said)))
    members = set(np.flatnonzero(one.first_of >= 0)) | set(one.first_of[one.first_of >= 0])
    assert members == brute_force([t for t, _ in said], [m for _, m in said], size, window)
    assert one.first_of.tolist() == other.first_of.tolist()
    assert (one.n_bursts, one.examples) == (other.n_bursts, other.examples)


def minutes(*values: int) -> pd.Series:
    start = pd.Timestamp("2024-07-01 10:00")
    return pd.Series([start + pd.Timedelta(value, unit="min") for value in values]).astype("datetime64[us]")


@pytest.mark.parametrize(("length", "n"), [(19, 0), (20, 1)])
def test_a_burst_takes_twenty_letters(length: int, n: int) -> None:
    assert find_bursts(pd.Series(["x" * length] * 2), np.array([0, 1]), minutes(0, 1), 2, 2, 5).n_bursts == n


@pytest.mark.parametrize(
    ("responses", "first_of"),
    [
        ([0, 1, 1, 2], [-1, -1, 1]),  # the first of the second burst repeats the first one, and stays
        ([0, 2, 1, 2], [-1, -1, 0]),  # who takes part in two bursts repeats the first one
    ],
)
def test_who_takes_part_in_two_bursts_stays_if_first_in_one(responses: list[int], first_of: list[int]) -> None:
    texts = pd.Series(["a plea for the dark mode"] * 2 + ["b plea for the dark mode"] * 2)
    assert find_bursts(texts, np.array(responses), minutes(0, 1, 2, 3), 3, 2, 5).first_of.tolist() == first_of


def test_rejected_twins_make_no_burst(write_export) -> None:
    times = ["2024-07-01 09:30", "2024-07-01 09:30", "2024-07-01 09:32", "2024-07-02 11:00"]
    rows = [[who, time, "9", PLEA] for who, time in zip("aabc", times, strict=True)]
    link = {"identical_rows": "reject", "burst_size": 3, "burst_minutes": 10}
    result = linked(write_export([["who", "date", "nps", "why"], *rows]), link, **WHO)
    assert result.facts["identical_rows"]["rejected"] == 1
    assert result.facts["bursts"]["bursts"] == 0


def test_identical_rows_that_nobody_can_tell_apart_are_counted_as_kept(write_export) -> None:
    result = linked(write_export([["nps", "why"], ["9", "Great"], ["9", "Great"]]))
    assert result.facts["identical_rows"] == {"merged": 0, "rejected": 0, "kept": 1}
