"""The documents hold: every room is on the map, every path in them exists, README code runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_of_a_document_leads_somewhere(root, document):
    text = (root / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (root / target).exists(), target


def test_the_map_names_every_room_and_nothing_else(root):
    text = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    on_map = set(re.findall(r"^\| `feedback_nlp/(\w+)(?:/|\.py)` \|", text, re.MULTILINE))
    package = root / "feedback_nlp"
    rooms = {p.name for p in package.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    modules = {p.stem for p in package.glob("*.py")} - {"__init__", "__main__"}
    assert on_map == rooms | modules


def test_the_files_that_the_map_points_to_exist(root):
    text = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:ingest|text|embed|themes|drivers|track)/\w+\.py)`", text):
        assert (root / "feedback_nlp" / path).is_file(), path


def test_the_map_lists_the_rooms_in_the_order_of_the_import_rule(root):
    import tomllib

    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    ordered = [name.strip().removeprefix("feedback_nlp.") for layer in layers for name in layer.split("|")]
    text = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    places = [text.index(f"| `feedback_nlp/{name}") for name in ordered]
    assert places == sorted(places)


def test_pipeline_stays_a_page_long(root):
    assert (root / "feedback_nlp" / "pipeline.py").read_text(encoding="utf-8").count("\n") < 100


def test_the_readme_code_runs(root, tmp_path):
    code = re.search(r"```python\n(.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    text = code[1].replace('"data/sample"', repr(str(root / "data" / "sample")))
    done = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs" / "sample" / "report.html").is_file()
    assert "drag" in done.stdout


def test_the_public_names_are_all_there():
    import feedback_nlp

    assert all(getattr(feedback_nlp, name) for name in feedback_nlp.__all__)
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        feedback_nlp.analyse  # noqa: B018


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, feedback_nlp; print(sorted({'pandas', 'numpy', 'torch'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_no_word_of_this_repository_is_executable_pickle(root):
    for path in Path(root / "feedback_nlp").rglob("*.py"):
        assert not re.search(
            r"^\s*(?:import|from) (?:pickle|joblib|dill)\b", path.read_text(encoding="utf-8"), re.MULTILINE
        )
