"""Every command answers at once, says what it does with an example, and is in the README."""

import subprocess
import sys
import time

import pytest

COMMANDS = (
    "run", "demo", "inspect", "simulate", "report", "why", "compare", "codebook", "train", "evaluate",
    "explain", "what-if", "audit", "passives", "second-opinion", "retention", "experiment", "benchmark",
    "followup",
)  # fmt: skip


def test_help_is_quick_because_nothing_heavy_is_imported():
    code = "import sys; sys.argv=['feedback-nlp','--help']\nfrom feedback_nlp.cli import main\n"
    code += "try: main()\nexcept SystemExit: pass\n"
    code += "print(sorted({'pandas', 'numpy', 'torch', 'spacy', 'bertopic', 'pydantic'} & set(sys.modules)))"
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert time.perf_counter() - start < 2  # .1 s on an idle machine; the machines that test are seldom idle


def test_version(call):
    from feedback_nlp import __version__

    assert call("--version").out.strip() == f"feedback-nlp {__version__}"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_shows_an_example(call, command):
    outcome = call(command, "--help")
    assert outcome.status == 0
    assert f"feedback-nlp {command}" in outcome.out


def test_the_table_of_commands_is_complete():
    from feedback_nlp.cli import app

    assert sorted(COMMANDS) == sorted(c.name or c.callback.__name__ for c in app.registered_commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_each_command(root, command):
    assert f"feedback-nlp {command}" in (root / "README.md").read_text(encoding="utf-8")


def test_inspect_says_what_would_be_read(call, root):
    outcome = call("inspect", root / "data" / "sample")
    assert outcome.status == 0
    for part in ("score", "comment", "704 = 702 + 0 + 2", "nps"):
        assert part in outcome.out


def test_simulate_writes_the_committed_sample_byte_for_byte(call, root, tmp_path):
    outcome = call("simulate", "--out", tmp_path / "sample")
    assert outcome.status == 0
    written = {
        p.relative_to(tmp_path / "sample"): p.read_bytes() for p in (tmp_path / "sample").rglob("*") if p.is_file()
    }
    committed = {
        p.relative_to(root / "data/sample"): p.read_bytes() for p in (root / "data/sample").rglob("*") if p.is_file()
    }
    assert written == committed
