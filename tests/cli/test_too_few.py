"""Exports with next to nothing to read: a run that says so, without a crash and without a warning."""

import json
import warnings

import pandas as pd
import pytest

EXPORTS = {
    "one comment": ["I waited an hour on the phone"],
    "two statements": ["The agent was friendly. I waited an hour on the phone"],
    "a thousand equal comments": ["I waited an hour on the phone"] * 1_000,
    "non-answers alone": ["n/a", "none", "-", "no comment", "."],
    "pictures alone": ["👍", "😡😡", "❤️", "🙂 🙂", "👍👍"],
    "no comment at all": ["", "", ""],
}


@pytest.fixture(params=EXPORTS)
def outcome(request, call, tmp_path):
    """The comments of an export, what the command said about it, and the run folder."""
    comments = EXPORTS[request.param]
    table = pd.DataFrame({"id": range(len(comments)), "score": [n % 11 for n in range(len(comments))]})
    table.assign(comment=comments).to_csv(tmp_path / "export.csv", index=False)
    (tmp_path / "quick.toml").write_text('[embed]\nmodel = "hash"\n', encoding="utf-8")
    flags = ["--score", "score", "--comment", "comment", "--id", "id", "--scale", "nps", "--quiet"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = call(
            "run", tmp_path / "export.csv", "--out", tmp_path / "run", "--config", tmp_path / "quick.toml", *flags
        )
    return comments, said, tmp_path / "run"


def test_the_run_ends_well_and_accounts_for_every_row(outcome):
    comments, said, folder = outcome
    assert (said.status, said.err) == (0, "")
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["n"] == len(comments)
    themes = pd.read_csv(folder / "themes.csv")
    assert summary["n_topics"] == (themes["kind"] == "topic").sum() <= 1
    page = (folder / "report.html").read_text(encoding="utf-8")
    few = ("No theme was found: too few statements say something alike", "There is no statement to read")
    assert summary["n_topics"] == 1 or any(words in page for words in few)


def test_every_response_can_be_asked_why(outcome, call):
    _, _, folder = outcome
    answer = call("why", folder, "0")
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith("Response 0: ")
