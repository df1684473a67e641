"""Segments side by side in the report."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from feedback_nlp.report import render_report, summarise
from feedback_nlp.report.summary.segments import summarise_segments
from feedback_nlp.track import Run


def table_of(values: dict[str, tuple[int, float, bool]]) -> pd.DataFrame:
    """A table of segments: value -> n, NPS, whether it is flagged."""
    rows = [
        {
            "segment": "agent", "value": value, "n": n, "nps": nps, "nps_low": nps - 9, "nps_high": nps + 9,
            "difference": nps - 20, "difference_low": nps - 30, "difference_high": nps - 10, "nps_shrunk": nps,
            "flagged": flagged, "too_few": n < 30,
        }
        for value, (n, nps, flagged) in values.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table.loc[table["too_few"], ["nps", "nps_low", "nps_high", "difference", "nps_shrunk"]] = np.nan
    return table


def test_the_lowest_nps_comes_first_and_too_few_last() -> None:
    (agents,) = summarise_segments(table_of({"A": (50, 30, False), "B": (8, 0, False), "C": (60, 10, False)}))
    assert [row.value for row in agents.rows] == ["C", "A", "B"]
    assert agents.rows[2].nps is None


def test_of_many_values_the_flagged_are_always_listed() -> None:
    values = {f"A{i:02d}": (100 + i, 20.0 + i, False) for i in range(30)} | {"bad": (31, -40.0, True)}
    (agents,) = summarise_segments(table_of(values))
    assert agents.rows[0].value == "bad"
    assert agents.n_more == 31 - len(agents.rows) > 0


def test_the_report_shows_each_segment_with_its_difference(run: Run) -> None:
    page = render_report(run)
    assert "NPS by <bdi>channel</bdi>, lowest first" in page
    assert {segment.name for segment in summarise(run).segments} >= {"channel"}


def test_a_group_of_one_person_has_no_figure(run: Run) -> None:
    channel = ["fax", *["phone"] * (len(run.responses) - 1)]
    responses = run.responses.assign(segment_channel=channel)
    (channels,) = (s for s in summarise(replace(run, responses=responses)).segments if s.name == "channel")
    assert [(row.value, row.nps is None) for row in channels.rows][-1] == ("fax", True)
    assert "too few (1)" in render_report(replace(run, responses=responses))


def test_the_name_of_a_group_is_text_and_never_markup(run: Run) -> None:
    hostile = run.responses.assign(segment_channel="<script>alert(1)</script>")
    assert "<script>alert" not in render_report(replace(run, responses=hostile))


def test_without_scores_there_are_no_segments_to_compare(run: Run) -> None:
    from feedback_nlp.drivers import rank_drivers

    responses = run.responses.assign(score=float("nan"), category=None)
    silent = replace(run, responses=responses, drivers=rank_drivers(responses, run.mentions, run.model.themes))
    assert summarise(silent).segments == ()


def test_commenters_and_the_silent_stand_side_by_side(run: Run) -> None:
    silence = summarise(run).unknown.silence
    assert silence is not None
    assert silence.difference.value == pytest.approx(silence.commenters.value - silence.silent.value)
    assert "those who gave only a score" in render_report(run)


def test_words_against_scores_are_counted(run: Run) -> None:
    scores = run.responses.assign(score=10.0, category="promoter")
    notes = summarise(replace(run, responses=scores)).unknown.contradictions
    assert any("promoters with words complain seriously" in note for note in notes)
