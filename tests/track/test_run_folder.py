"""A run folder is read back as it was written, and a damaged one is one clear line."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp import Run, analyze, load_config, load_run
from feedback_nlp.errors import ModelError, RunError
from feedback_nlp.track.files import write_json


@pytest.fixture(scope="module")
def saved(sample, quick_config, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("track")
    sample.head(700).to_csv(folder / "export.csv", index=False)
    return analyze([folder / "export.csv"], load_config(quick_config)).save(folder / "run")


@pytest.fixture
def copied(saved, tmp_path) -> Path:
    shutil.copytree(saved, tmp_path / "run")
    return tmp_path / "run"


def test_a_run_read_back_has_the_same_tables(saved):
    first, again = load_run(saved), load_run(saved)
    assert isinstance(first, Run)
    for name in ("responses", "comments", "mentions", "themes", "rejected"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
    assert first.summary == again.summary


def test_the_summary_counts_what_the_tables_hold(saved):
    run = load_run(saved)
    assert run.summary["n"] == len(run.responses)
    assert run.summary["n_scored"] == run.responses["category"].notna().sum()
    assert run.summary["n_statements"] == run.mentions["segment_id"].nunique()
    assert run.summary["n_rejected"] == len(run.rejected)


def test_nothing_in_a_run_folder_holds_an_address(saved, sample):
    assert sample["comment"].head(700).str.contains("@example.com").any()
    for path in saved.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            assert b"@example.com" not in path.read_bytes(), path
    for name in ("responses", "comments", "mentions"):
        table = pd.read_parquet(saved / f"{name}.parquet")
        assert not table.astype(str).apply(lambda column: column.str.contains("@example.com")).any(axis=None)


@pytest.mark.parametrize(
    "name", ["themes.csv", "drivers.json", "covariance.parquet", "responses.parquet", "report.html"]
)
def test_a_missing_file_is_named(copied, name):
    (copied / name).unlink()
    with pytest.raises(RunError, match=f"{name}: not found"):
        load_run(copied)


@pytest.mark.parametrize("name", ["themes.csv", "drivers.json", "covariance.parquet", "mentions.parquet"])
def test_a_damaged_file_is_one_line(copied, name):
    (copied / name).write_bytes(b'{"not": "what it was"}\n\xff\xfe')
    with pytest.raises(RunError) as caught:
        load_run(copied)
    assert "\n" not in str(caught.value)


def test_damaged_weights_are_one_line(copied):
    (copied / "model" / "weights.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="weights can't be read"):
        load_run(copied)


def test_a_newer_format_is_refused(copied):
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    write_json(copied / "manifest.json", {**manifest, "format_version": 2})
    with pytest.raises(RunError, match="format version 2, this release reads 1"):
        load_run(copied)


def test_missing_numbers_are_null_in_json(tmp_path):
    write_json(tmp_path / "a.json", {"a": float("nan"), "b": [float("inf"), 1.5], "c": pd.Series([1])[0]})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"a": None, "b": [None, 1.5], "c": 1}


def test_comparing_a_run_with_itself_finds_no_change(saved):
    from feedback_nlp.track import compare_runs

    run = load_run(saved)
    comparison = compare_runs(run, run)
    assert comparison.bridge.total.change.value == 0
    assert (comparison.table["share_change"].abs() < 1e-12).all()
    assert {"theme_id", "name", "kind", "polarity"} <= set(comparison.table)


def test_a_comparison_has_the_settings_of_its_runs(sample, quick_config, tmp_path):
    from feedback_nlp.themes import load_model
    from feedback_nlp.track import compare_runs

    sample.head(500).to_csv(tmp_path / "export.csv", index=False)
    config = load_config(quick_config)
    wide = analyze([tmp_path / "export.csv"], config)
    folder = wide.save(tmp_path / "wide")
    narrow = analyze([tmp_path / "export.csv"], config.with_values({"drivers": {"level": 0.5}}), load_model(folder))
    assert compare_runs(narrow, narrow).bridge.total.nps_a == narrow.drivers.nps
    with pytest.raises(RunError, match=r"other \[drivers\] settings"):
        compare_runs(wide, narrow)


def test_the_model_of_a_run_of_another_format_is_refused(copied):
    from feedback_nlp.themes import load_model

    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    write_json(copied / "manifest.json", {**manifest, "format_version": 9})
    with pytest.raises(ModelError, match="format version 9, this release reads 1"):
        load_model(copied)


def test_a_filter_by_an_address_leaves_no_address(sample, quick_config, tmp_path):
    table = sample.head(300).assign(mail=["jo@example.com", "al@example.com"] * 150)
    table.to_csv(tmp_path / "export.csv", index=False)
    config = load_config(quick_config).with_values({"ingest": {"where": ("mail=jo@example.com",)}})
    folder = analyze([tmp_path / "export.csv"], config).save(tmp_path / "run")
    for name in ("manifest.json", "rejected.csv", "report.html"):
        assert "jo@example.com" not in (folder / name).read_text(encoding="utf-8"), name


def test_the_report_counts_generic_themes_as_the_table_does(saved):
    from feedback_nlp.report import summarise

    run = load_run(saved)
    shown = {generic.name: generic.n_responses for generic in summarise(run).unknown.generic}
    table = run.themes[run.themes["kind"] == "generic"].set_index("name")["n_responses"]
    assert shown == table.to_dict()


def test_report_and_summary_count_the_same_silence(saved):
    from feedback_nlp.report import summarise

    run = load_run(saved)
    assert summarise(run).unknown.n_non_answers == run.summary["n_non_answers"] > 0
