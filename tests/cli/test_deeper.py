"""Commands that look deeper into a finished run."""

import json
from pathlib import Path

import pandas as pd
import pytest

from feedback_nlp import analyze, load_config, load_run


@pytest.fixture(scope="module")
def run_folder(sample, quick_config, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("deeper")
    sample.to_csv(folder / "export.csv", index=False)
    return analyze([folder / "export.csv"], load_config(quick_config)).save(folder / "run")


@pytest.fixture(scope="module")
def worst(run_folder) -> tuple[str, str]:
    themes = pd.read_csv(run_folder / "themes.csv")
    return themes["theme_id"][0], themes["name"][0]


def test_explain_takes_a_name_in_any_case(call, run_folder, worst):
    outcome = call("explain", run_folder, worst[1].upper())
    assert outcome.status == 0
    assert f"complain of “{worst[1]}”" in outcome.out
    assert "1 of" in outcome.out


def test_explain_without_a_theme_says_all_that_are_ranked(call, run_folder):
    ranked = pd.read_csv(run_folder / "themes.csv")["rank"].notna().sum()
    assert len(call("explain", run_folder).out.splitlines()) == ranked > 3


def test_an_unknown_theme_is_one_line_with_the_nearest(call, run_folder, worst):
    outcome = call("explain", run_folder, worst[1] + "x")
    assert outcome.status == 1
    assert f"did you mean '{worst[1]}'?" in outcome.err


def test_what_if_prints_the_range_and_the_caveat(call, run_folder, worst):
    half = pd.read_csv(run_folder / "themes.csv")["drag"][0] / -2
    outcome = call("what-if", run_folder, f"{worst[0]}=50%")
    assert f"a change of +{half:.1f} points" in outcome.out
    assert "not a forecast" in outcome.out


@pytest.mark.parametrize("cut", ["Waiting", "=50%", "Waiting=much", "Waiting=150%"])
def test_what_if_refuses_what_is_no_share(call, run_folder, cut):
    outcome = call("what-if", run_folder, cut)
    assert outcome.status == 1
    assert len(outcome.err.splitlines()) == 1


def test_a_perfect_audit_corrects_nothing(call, run_folder, tmp_path):
    run = load_run(run_folder)
    said = run.mentions[run.mentions["theme_id"].notna() & (run.mentions["polarity"] != 0)]
    truth = said[["response_id", "theme_id"]].assign(polarity=said["polarity"].map(lambda p: "-" if p < 0 else "+"))
    silent = pd.DataFrame(
        {"response_id": run.responses["response_id"][~run.responses["response_id"].isin(said["response_id"])]}
    )
    pd.concat([truth, silent]).to_csv(tmp_path / "audit.csv", index=False)
    assert call("audit", run_folder, tmp_path / "audit.csv", "--out", tmp_path / "out.csv").status == 0
    table = pd.read_csv(tmp_path / "out.csv")
    corrected = table[table["drag_corrected"].notna()]
    assert len(corrected) > 3
    assert (corrected["drag_corrected"] - corrected["drag"]).abs().max() < 1e-6


def test_passives_split_each_drag_into_two_steps(call, run_folder, tmp_path):
    assert call("passives", run_folder, "--out", tmp_path / "p.csv").status == 0
    table = pd.read_csv(tmp_path / "p.csv")
    both = table["detractor_passive"] + table["passive_promoter"]
    assert (both - table["contribution"]).abs().max() < 1e-9


def test_the_nearest_passives_are_listed_with_their_themes(call, run_folder, tmp_path):
    call("passives", run_folder, "--nearest", "--most", 5, "--out", tmp_path / "p.csv")
    table = pd.read_csv(tmp_path / "p.csv")
    categories = load_run(run_folder).responses.set_index("response_id")["category"]
    assert table["side"].value_counts().to_dict() == {"promoter": 5, "detractor": 5}
    assert set(categories[table["response_id"]]) == {"passive"}


def test_a_second_opinion_stands_beside_the_first(call, run_folder, tmp_path):
    outcome = call("second-opinion", run_folder, "--out", tmp_path / "o.csv")
    table, themes = (
        pd.read_csv(path).set_index("theme_id") for path in (tmp_path / "o.csv", run_folder / "themes.csv")
    )
    assert (table["drag_linear"] - themes["drag"].reindex(table.index)).abs().max() < 1e-9
    assert "Kendall" in outcome.err


def test_retention_by_category_and_theme(call, run_folder):
    outcome = call("retention", run_folder, "channel", "--kept", "phone")
    assert outcome.status == 0
    assert "promoter" in outcome.out


def test_an_experiment_says_what_it_supposes(call, run_folder):
    outcome = call("experiment", run_folder, "channel", "--treated", "phone", "--control", "chat")
    assert outcome.out.startswith("treated: ")
    assert "at random" in outcome.err


def test_an_experiment_with_a_baseline_is_a_difference_of_differences(call, run_folder):
    arguments = ("experiment", run_folder, "channel", "--treated", "phone", "--control", "chat")
    outcome = call(*arguments, "--before", "2025-Q1", "--after", "2025-Q3")
    assert "baseline difference: " in outcome.out


def test_a_benchmark_file_gives_the_probability_of_being_above(call, run_folder, tmp_path):
    path = tmp_path / "industry.csv"
    path.write_text(
        "industry,source,value,n,year\nSoftware,=cmd(),-80,500,2024\nRetail,them,95,,2024\n", encoding="utf-8"
    )
    assert call("benchmark", run_folder, path, "--out", tmp_path / "b.csv").status == 0
    table = pd.read_csv(tmp_path / "b.csv").set_index("industry")
    assert table["p_above"]["Software"] > 0.99
    assert table["p_above"]["Retail"] < 0.01
    assert table["source"]["Software"] == "'=cmd()"  # a spreadsheet must not run it


def test_a_table_is_not_written_over(call, run_folder, tmp_path):
    (tmp_path / "there.csv").write_text("mine", encoding="utf-8")
    assert call("passives", run_folder, "--out", tmp_path / "there.csv").status == 1
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") == "mine"


def test_two_segments_of_one_run_are_compared(call, run_folder, tmp_path):
    outcome = call(
        "compare", run_folder, "--between", "channel=phone,chat", "--out", tmp_path / "c", "--segment", "agent"
    )
    assert outcome.status == 0
    total = json.loads((tmp_path / "c" / "bridge.json").read_text(encoding="utf-8"))["total"]
    parts = sum(total[name]["value"] for name in ("segments", "mix", "rate", "base"))
    assert parts == pytest.approx(total["change"]["value"], abs=1e-9)


@pytest.mark.parametrize("between", ["channel", "channel=phone", "=phone,chat"])
def test_segments_to_compare_have_to_be_two(call, run_folder, tmp_path, between):
    outcome = call("compare", run_folder, "--between", between, "--out", tmp_path / "c")
    assert outcome.status == 2
    assert "channel=phone,chat" in outcome.err


def test_a_comparison_needs_a_second_side(call, run_folder, tmp_path):
    assert call("compare", run_folder, "--out", tmp_path / "c").status == 2


def test_an_unknown_segment_value_is_answered_with_the_known(call, run_folder, tmp_path):
    outcome = call("compare", run_folder, "--between", "channel=phone,chatt", "--out", tmp_path / "c")
    assert outcome.status == 1
    assert "did you mean 'chat'" in outcome.err


def test_the_run_folder_holds_segments_and_contradictions(run_folder):
    segments = pd.read_csv(run_folder / "segments.csv")
    assert segments["segment"].unique().tolist() == ["agent", "channel"]
    assert set(pd.read_csv(run_folder / "contradictions.csv")) >= {"response_id", "score", "kind", "theme_id", "text"}
    themes = pd.read_csv(run_folder / "segment_themes.csv")
    of_channel = themes[themes["segment"] == "channel"].groupby("theme_id")["drag_from"].sum(min_count=1)
    drags = pd.read_csv(run_folder / "themes.csv").set_index("theme_id")["drag"].reindex(of_channel.index)
    assert (of_channel - drags).abs().max() < 1e-9  # over all groups it is the whole drag
