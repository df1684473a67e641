"""`inspect` on one screen, the config file it writes, and what `run` says of its guesses."""

import json

import pandas as pd
import pytest

from feedback_nlp.config import load_config
from feedback_nlp.ingest import link_ratings, read_exports

KIND, RUDE = "Friendly staff and a great, helpful service", "Terrible service, the agent was rude and awful"


@pytest.fixture
def stars(tmp_path):
    """Five stars with words that fit them, a second rating and a channel; in one file."""
    rows = [
        {"id": f"r{i}", "stars": 1 + i % 5, "CSAT": 1 + i % 7, "channel": ["chat", "phone"][i % 2],
         "why": f"{RUDE if i % 5 < 3 else KIND}, visit number {i}"}
        for i in range(200)
    ]  # fmt: skip
    path = tmp_path / "stars.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_the_screen_says_layout_roles_scale_rows_and_fits(call, root):
    outcome = call("inspect", root / "data" / "sample")
    assert outcome.status == 0
    for words in (
        "csv, utf-8, comma", "guessed: column 'score': named like a rating", "scale nps", "runs with its words",
        "2025-Q1: 646 responses", "all: 2,014 = 2,009 + 0 + 5", "masked", "non answers 94",
    ):  # fmt: skip
        assert words in outcome.out
    assert len(outcome.out.splitlines()) <= 50


def test_the_config_file_reads_the_export_as_it_was_inspected(call, root, tmp_path):
    outcome = call("inspect", root / "data" / "sample", "--config-out", tmp_path / "sample.toml")
    assert outcome.status == 0
    settings = load_config(tmp_path / "sample.toml")
    by_config = link_ratings(read_exports([root / "data/sample"], settings.ingest), settings.link)
    by_guess = link_ratings(read_exports([root / "data/sample"]))
    assert by_config.facts["guessed"] == {}
    pd.testing.assert_frame_equal(by_config.responses, by_guess.responses)
    pd.testing.assert_frame_equal(by_config.comments, by_guess.comments)


def test_a_config_file_is_not_written_over(call, root, tmp_path):
    (tmp_path / "mine.toml").write_text("seed = 3\n", encoding="utf-8")
    outcome = call("inspect", root / "data" / "sample", "--config-out", tmp_path / "mine.toml")
    assert outcome.status == 1
    assert "--overwrite" in outcome.err
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == "seed = 3\n"


def test_where_numbers_can_not_tell_which_end_is_best_the_words_do(call, stars, tmp_path):
    outcome = call("inspect", stars, "--config-out", tmp_path / "stars.toml")
    assert outcome.status == 0, outcome.err
    assert "The comments speak for --scale 1-5" in outcome.out
    assert load_config(tmp_path / "stars.toml").link.scale == "1-5"


def test_a_scale_upside_down_is_told_by_its_words(call, stars, tmp_path):
    table = pd.read_csv(stars)
    table.assign(stars=6 - table["stars"]).to_csv(tmp_path / "worst.csv", index=False)
    assert "The comments speak for --scale 5-1" in call("inspect", tmp_path / "worst.csv").out


def test_run_still_wants_the_scale_said(call, stars, tmp_path):
    outcome = call("run", stars, "--out", tmp_path / "run", "--quiet")
    assert outcome.status == 1
    assert "--scale 1-5 (5 is best) or 5-1 (1 is best)" in outcome.err


def test_columns_are_shown_where_a_role_can_not_be_told(call, tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("id,score,rating,why\nr1,9,2,Slow reply from the agent\n", encoding="utf-8")
    outcome = call("inspect", path)
    assert outcome.status == 1
    assert "rating: 1 filled, 1 different, e.g. '2'" in outcome.out
    assert "several columns may hold the score" in outcome.err


def test_what_an_export_holds_can_not_control_the_terminal(call, tmp_path):
    path = tmp_path / "esc.csv"
    path.write_text("id,nps,why \x1b[31m\nr1,9,Slow \x1b]0;title\x07 reply\n", encoding="utf-8")
    outcome = call("inspect", path, "--config-out", tmp_path / "c.toml")
    assert "\x1b" not in outcome.out + outcome.err
    assert load_config(tmp_path / "c.toml").ingest.comment == ("why \x1b[31m",)


def test_run_says_what_it_guessed_and_keeps_it_in_the_manifest(call, stars, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text('[embed]\nmodel = "hash"\n[link]\nscale = "stars"\n', encoding="utf-8")
    outcome = call("run", stars, "--out", tmp_path / "run", "--config", config)
    assert outcome.status == 0, outcome.err
    assert "guessed --comment: column 'why'" in outcome.err
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["guessed"]) == {"id", "score", "comment", "rating", "segment"}
    assert manifest["facts"]["direction"]["verdict"] == "agrees"
    assert manifest["facts"]["comments"]["languages"] == {"en": 200}


def test_each_rating_can_be_the_score_and_the_others_are_read_beside_it(call, stars, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text('[embed]\nmodel = "hash"\n', encoding="utf-8")
    for score, scale, other in (("stars", "stars", "csat"), ("CSAT", "1-7", "stars")):
        flags = ["--score", score, "--scale", scale, "--config", config, "--quiet"]
        assert call("run", stars, "--out", tmp_path / score, *flags).status == 0
        responses = pd.read_parquet(tmp_path / score / "responses.parquet")
        assert responses[f"rating_{other}"].notna().all()
        assert f"rating_{score.lower()}" not in responses


def test_a_score_that_runs_against_its_words_is_reported(call, stars, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text('[embed]\nmodel = "hash"\n', encoding="utf-8")
    outcome = call("run", stars, "--out", tmp_path / "run", "--scale", "5-1", "--config", config)
    assert outcome.status == 0
    assert "note: The score runs against its words" in outcome.err
    assert "Try --scale 1-5" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")


def test_the_file_name_is_a_segment_on_request(call, stars, tmp_path):
    (tmp_path / "shops").mkdir()
    for shop in ("north", "south"):
        pd.read_csv(stars).assign(id=lambda t, shop=shop: shop + t["id"]).to_csv(tmp_path / f"shops/{shop}.csv")
    answers = read_exports(
        [tmp_path / "shops"], load_config_with(tmp_path, '[ingest]\nfile_segment = "shop"\nscore = "stars"\n').ingest
    )
    assert set(answers.table["segment_shop"]) == {"north", "south"}


def load_config_with(folder, text: str):
    (folder / "own.toml").write_text(text, encoding="utf-8")
    return load_config(folder / "own.toml")
