"""The map as a stage of a run: of a sample of its statements, saved with it and read again."""

import pandas as pd
import pytest

from feedback_nlp import analyze, load_config, load_run
from feedback_nlp.schema import MAP


@pytest.fixture(scope="module")
def export(sample, tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "export.csv"
    sample.head(250).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def run(export, quick_config):
    return analyze([export], load_config(quick_config).with_values({"report": {"n_map": 60}}))


def test_as_many_statements_are_placed_as_the_settings_say(run):
    assert len(MAP.validate(run.map)) == 60
    assert set(run.map["segment_id"]) <= set(run.mentions["segment_id"])


def test_the_map_is_a_stage_of_its_own(run):
    stages = list(run.timings)
    assert stages.index("assign") < stages.index("map") < stages.index("report")


def test_a_saved_run_has_the_same_map(run, tmp_path):
    again = load_run(run.save(tmp_path / "run"))
    pd.testing.assert_frame_equal(again.map, run.map, check_exact=True)


def test_a_run_may_have_no_map(export, quick_config):
    without = analyze([export], load_config(quick_config).with_values({"report": {"n_map": 0}}))
    assert without.map.empty
    assert without.report.startswith("<!")
