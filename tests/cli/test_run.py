"""`run` and what follows from it, on the sample with the encoder that needs no weights."""

import json

import pandas as pd
import pytest

from feedback_nlp.schema import FIGURES, THEME_COLUMNS

FILES = {
    "manifest.json", "responses.parquet", "comments.parquet", "mentions.parquet", "themes.csv", "drivers.json",
    "covariance.parquet", "summary.json", "rejected.csv", "model", "report.html", "timings.json",
    "segments.csv", "segment_themes.csv", "contradictions.csv", "map.parquet",
}  # fmt: skip


def test_the_run_folder_holds_every_file_of_the_contract(quarters):
    assert {path.name for path in quarters["q1"].iterdir()} == FILES


def test_nothing_is_left_beside_the_run_folder(quarters):
    assert {path.name for path in quarters["q1"].parent.iterdir()} == {"q1", "q3"}


def test_themes_csv_has_the_columns_of_the_contract(quarters):
    themes = pd.read_csv(quarters["q1"] / "themes.csv")
    assert tuple(themes.columns) == THEME_COLUMNS
    assert set(FIGURES) <= set(themes)


def test_topics_come_first_and_the_worst_drag_leads(quarters):
    themes = pd.read_csv(quarters["q1"] / "themes.csv")
    kinds = themes["kind"].tolist()
    assert kinds == sorted(kinds, key=lambda kind: kind != "topic")
    drags = themes.loc[themes["kind"] == "topic", "drag"].dropna()
    assert drags.is_monotonic_increasing
    assert themes.loc[0, "rank"] == 1


def test_every_statement_stands_in_its_comment(quarters):
    mentions = pd.read_parquet(quarters["q1"] / "mentions.parquet")
    comments = pd.read_parquet(quarters["q1"] / "comments.parquet")
    both = mentions.merge(comments, on=["response_id", "question"])
    assert len(both) == len(mentions) > 500
    assert all(
        comment[start:end] == text for comment, start, end, text in both[["comment", "start", "end", "text"]].to_numpy()
    )


def test_the_ledger_adds_up(quarters):
    manifest = json.loads((quarters["q1"] / "manifest.json").read_text(encoding="utf-8"))
    for entry in [*manifest["inputs"], manifest["ledger"]["input"]]:
        assert entry["rows"] == entry["responses"] + entry["merged"] + entry["rejected"] > 0
    assert manifest["ledger"]["input"]["responses"] == len(pd.read_parquet(quarters["q1"] / "responses.parquet"))
    assert manifest["ledger"]["input"]["rejected"] == len(pd.read_csv(quarters["q1"] / "rejected.csv"))


def test_the_account_adds_up_to_the_nps(quarters):
    data = json.loads((quarters["q1"] / "drivers.json").read_text(encoding="utf-8"))
    total = data["base"] + sum(term["contribution"] for term in data["terms"]) + data["generic"] + data["other"]
    assert total == pytest.approx(data["nps"], abs=1e-9)


def test_drags_of_themes_csv_are_the_terms_of_the_account(quarters):
    data = json.loads((quarters["q1"] / "drivers.json").read_text(encoding="utf-8"))
    themes = pd.read_csv(quarters["q1"] / "themes.csv").set_index("theme_id")
    negative = {t["theme_id"]: t["contribution"] for t in data["terms"] if t["polarity"] == "negative"}
    assert themes["drag"].dropna().to_dict() == pytest.approx(negative, abs=1e-12)


def test_the_covariance_has_a_row_for_every_term_base_included(quarters):
    covariance = pd.read_parquet(quarters["q1"] / "covariance.parquet")
    assert list(covariance.index) == list(covariance.columns)
    assert covariance.index[0] == "base"
    assert (covariance.to_numpy().diagonal() > 0).all()


def test_the_same_model_gives_the_second_quarter_the_same_theme_ids(quarters):
    first, third = (pd.read_csv(quarters[q] / "themes.csv").set_index("theme_id")["name"] for q in ("q1", "q3"))
    assert first.to_dict() == third.to_dict()
    model = [(quarters[q] / "model" / "weights.safetensors").read_bytes() for q in ("q1", "q3")]
    assert model[0] == model[1]


def test_compare_writes_the_bridge(call, quarters, tmp_path):
    outcome = call("compare", quarters["q1"], quarters["q3"], "--out", tmp_path / "bridge")
    assert outcome.status == 0
    data = json.loads((tmp_path / "bridge" / "bridge.json").read_text(encoding="utf-8"))
    total = data["total"]
    parts = sum(total[name]["value"] for name in ("mix", "rate", "base"))
    assert parts == pytest.approx(total["change"]["value"], abs=1e-9)
    assert (data["a"], data["b"]) == ("2025-Q1", "2025-Q3")
    assert "<html" in (tmp_path / "bridge" / "compare.html").read_text(encoding="utf-8")
    assert len(pd.read_csv(tmp_path / "bridge" / "bridge.csv")) == len(data["terms"])


def test_compare_refuses_runs_with_other_themes(call, quarters, root, quick_config, tmp_path):
    assert (
        call(
            "run", root / "data/sample/support-2025-q3.csv", "--config", quick_config, "--out", tmp_path / "own", "-q"
        ).status
        == 0
    )
    outcome = call("compare", quarters["q1"], tmp_path / "own", "--out", tmp_path / "bridge")
    assert outcome.status == 1
    assert "--model" in outcome.err
    assert not (tmp_path / "bridge").exists()


def test_a_run_read_back_is_the_run(quarters):
    from feedback_nlp import load_run

    run = load_run(quarters["q1"])
    again = run.save(quarters["q1"].parent.parent / f"again-{quarters['q1'].name}", overwrite=True)
    for name in sorted(FILES - {"model", "timings.json"}):
        assert (again / name).read_bytes() == (quarters["q1"] / name).read_bytes(), name


def test_the_report_is_rendered_again_with_the_same_bytes(call, quarters, tmp_path):
    outcome = call("report", quarters["q1"], "--out", tmp_path / "again.html")
    assert outcome.status == 0
    assert (tmp_path / "again.html").read_bytes() == (quarters["q1"] / "report.html").read_bytes()


def test_without_a_score_there_are_themes_and_no_drags(call, root, quick_config, tmp_path):
    config = tmp_path / "no-score.toml"
    config.write_text(
        quick_config.read_text(encoding="utf-8").replace('score = "score"', 'score = "none"'), encoding="utf-8"
    )
    outcome = call("run", root / "data/sample/support-2025-q1.csv", "--config", config, "--out", tmp_path / "run", "-q")
    assert outcome.status == 0
    themes = pd.read_csv(tmp_path / "run" / "themes.csv")
    assert themes["n_responses"].sum() > 0
    assert themes[["drag", "lift", "nps", "rank"]].isna().all(axis=None)


def test_where_and_period_take_effect(call, root, quick_config, tmp_path):
    outcome = call(
        "run", root / "data/sample", "--config", quick_config, "--out", tmp_path / "run", "--where", "channel=chat",
        "--period", "spring", "--themes", "8", "-q",
    )  # fmt: skip
    assert outcome.status == 0, outcome.err
    responses = pd.read_parquet(tmp_path / "run" / "responses.parquet")
    assert set(responses["segment_channel"]) == {"chat"}
    assert set(responses["period"]) == {"spring"}
    themes = pd.read_csv(tmp_path / "run" / "themes.csv")
    assert (themes["kind"] == "topic").sum() <= 8


@pytest.mark.parametrize("suffix", [".tsv", ".xlsx", ".parquet", ".jsonl"])
def test_every_format_gives_the_responses_of_the_csv(call, root, quick_config, tmp_path, suffix):
    from feedback_nlp.config import load_config
    from feedback_nlp.ingest import link_ratings, read_exports

    table = pd.read_csv(root / "data/sample/support-2025-q1.csv", keep_default_na=False, na_values=[""])
    table = table[table["comment"] != "=good"]  # what writes the workbook here would make a formula of it
    source = tmp_path / "export.csv"
    table.to_csv(source, index=False)
    path = tmp_path / f"export{suffix}"
    {
        ".tsv": lambda: table.to_csv(path, sep="\t", index=False),
        ".xlsx": lambda: table.to_excel(path, index=False),
        ".parquet": lambda: table.to_parquet(path, index=False),
        ".jsonl": lambda: table.to_json(path, orient="records", lines=True),
    }[suffix]()
    config = load_config(quick_config)
    expected, found = (link_ratings(read_exports([p], config.ingest), config.link) for p in (source, path))
    pd.testing.assert_frame_equal(found.responses, expected.responses)
    pd.testing.assert_frame_equal(found.comments, expected.comments)
