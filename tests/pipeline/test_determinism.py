"""The same input gives the same bytes, whatever the order of rows: quick encoder, and once the real one."""

from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp import analyze, load_config

MAY_DIFFER = {"timings.json", "rejected.csv", "manifest.json"}  # for reordered rows; of the manifest only the inputs


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def shuffled(table: pd.DataFrame, path: Path) -> Path:
    table.sample(frac=1, random_state=3).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def once(sample, quick_config, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("once")
    sample.to_csv(folder / "export.csv", index=False)
    return analyze([folder / "export.csv"], load_config(quick_config)).save(folder / "run")


def test_two_runs_give_the_same_bytes(once, quick_config, tmp_path):
    again = files(analyze([once.parent / "export.csv"], load_config(quick_config)).save(tmp_path / "run"))
    first = files(once)
    assert set(first) == set(again)
    assert [name for name in first if first[name] != again[name]] in ([], ["timings.json"])


def test_shuffled_rows_give_the_same_bytes(once, sample, quick_config, tmp_path):
    path = shuffled(sample, tmp_path / "other-name.csv")
    again = files(analyze([path], load_config(quick_config)).save(tmp_path / "run"))
    first = files(once)
    differ = {name for name in first if first[name] != again[name]}
    assert differ <= MAY_DIFFER
    assert without_inputs(first["manifest.json"]) == without_inputs(again["manifest.json"])


def test_one_file_or_three_give_the_same_themes(once, root, quick_config, tmp_path):
    again = analyze([root / "data" / "sample"], load_config(quick_config)).save(tmp_path / "run")
    assert (again / "themes.csv").read_bytes() == (once / "themes.csv").read_bytes()


@pytest.mark.slow
def test_the_real_encoder_gives_the_same_bytes_for_shuffled_rows_and_one_thread(sample, quick_config, tmp_path):
    import torch

    config = load_config(quick_config).with_values({"embed": {"model": "minilm", "cache": "none"}})
    part = sample.head(300)
    part.to_csv(tmp_path / "export.csv", index=False)
    first = files(analyze([tmp_path / "export.csv"], config).save(tmp_path / "first"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        again = files(analyze([shuffled(part, tmp_path / "shuffled.csv")], config).save(tmp_path / "again"))
    finally:
        torch.set_num_threads(threads)
    assert {name for name in first if first[name] != again[name]} <= MAY_DIFFER


def without_inputs(manifest: bytes) -> dict:
    import json

    data = json.loads(manifest)
    del data["inputs"]
    return data
