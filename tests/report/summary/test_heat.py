"""The heat map: complaints of each group as the run's own table has them, and nothing of small groups."""

from dataclasses import replace

import pandas as pd

from feedback_nlp.report.summary.heat import MOST_VALUES, heat_maps
from feedback_nlp.track import Run


def test_a_cell_is_the_share_of_its_group(run: Run) -> None:
    channel = next(heat for heat in heat_maps(run) if heat.name == "channel")
    waiting = next(row for row in channel.rows if row.theme_id == "t01")
    cell = waiting.cells[channel.values.index("phone")]
    scored = run.responses[run.responses["category"].notna() & (run.responses["segment_channel"] == "phone")]
    complaints = run.mentions[(run.mentions["theme_id"] == "t01") & (run.mentions["polarity"] < 0)]["response_id"]
    assert cell.n == len(scored)
    assert cell.n_complain == scored["response_id"].isin(complaints).sum()
    assert cell.complain is not None
    assert cell.complain.value == cell.n_complain / cell.n


def test_groups_come_largest_first_and_themes_worst_first(run: Run) -> None:
    for heat in heat_maps(run):
        sizes = [cell.n for cell in heat.rows[0].cells]
        assert sizes == sorted(sizes, reverse=True)
        assert heat.rows[0].theme_id == "t01"


def test_a_small_group_has_no_figure(run: Run) -> None:
    few = run.responses["segment_channel"].where(run.responses.index >= 8, "letter")
    channel = next(heat for heat in heat_maps(replace(run, responses=run.responses.assign(segment_channel=few)))
                   if heat.name == "channel")  # fmt: skip
    cells = [row.cells[channel.values.index("letter")] for row in channel.rows]
    assert {cell.complain for cell in cells} == {cell.n_complain for cell in cells} == {None}
    assert {cell.n for cell in cells} == {run.responses["category"].iloc[:8].notna().sum()}


def test_a_segment_of_small_groups_only_has_no_map(run: Run) -> None:
    alone = run.responses.assign(segment_channel=[f"agent {k}" for k in range(len(run.responses))])
    assert "channel" not in [heat.name for heat in heat_maps(replace(run, responses=alone))]


def test_many_groups_are_cut_and_counted(run: Run) -> None:
    many = pd.Series([f"g{k % 20:02d}" for k in range(len(run.responses))], index=run.responses.index, dtype="str")
    config = {**run.manifest["config"], "drivers": {"min_group": 5}}
    changed = replace(
        run, responses=run.responses.assign(segment_channel=many), manifest=run.manifest | {"config": config}
    )
    channel = next(heat for heat in heat_maps(changed) if heat.name == "channel")
    assert len(channel.values) == MOST_VALUES
    assert channel.n_more == 20 - MOST_VALUES


def test_without_segments_there_is_no_map(run: Run) -> None:
    plain = run.responses.drop(columns=[name for name in run.responses if name.startswith("segment_")])
    assert heat_maps(replace(run, responses=plain)) == ()


def test_responses_without_a_value_are_a_group_that_is_called_so(run: Run) -> None:
    some = run.responses["segment_channel"].where(run.responses.index % 3 > 0)
    channel = next(heat for heat in heat_maps(replace(run, responses=run.responses.assign(segment_channel=some)))
                   if heat.name == "channel")  # fmt: skip
    nowhere = channel.rows[0].cells[channel.values.index("not given")]
    assert nowhere.n == (run.responses["category"].notna() & some.isna()).sum()
    assert "nan" not in channel.values


def test_a_value_that_is_called_so_is_another_group(run: Run) -> None:
    some = run.responses["segment_channel"].where(run.responses.index % 3 > 0)
    some = some.where(run.responses.index % 3 != 1, "not given")
    channel = next(heat for heat in heat_maps(replace(run, responses=run.responses.assign(segment_channel=some)))
                   if heat.name == "channel")  # fmt: skip
    assert channel.values.count("not given") == 2
    assert sum(cell.n for cell in channel.rows[0].cells) == run.responses["category"].notna().sum()
