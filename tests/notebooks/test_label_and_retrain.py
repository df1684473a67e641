"""The notebook as an analyst runs it: top to bottom, in an empty folder, without a network."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "label-and-retrain.ipynb"
TIMEOUT = 600  # seconds per cell

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:(jupyter|nb|zmq|traitlets|ipykernel).*")


@pytest.fixture(scope="module")
def notebook() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, notebook: Any) -> str:
    """What the last code cell prints, after all cells ran in this interpreter and an empty folder."""
    folder = tmp_path_factory.mktemp("notebook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(_kernel(folder / "jupyter")))
        client = nbclient.NotebookClient(
            nbformat.from_dict(notebook), timeout=TIMEOUT, kernel_name="this-python",
            resources={"metadata": {"path": str(folder)}},
        )  # fmt: skip
        ran = client.execute()
    last = [cell for cell in ran.cells if cell.cell_type == "code"][-1]
    return "".join(output.get("text", "") for output in last.outputs)


def _kernel(folder: Path) -> Path:
    """A kernel that is this interpreter with this checkout, offline, its temporary files inside the folder."""
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "this python",
        "language": "python",
        "env": {
            "HF_HUB_OFFLINE": "1",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "TMPDIR": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
        },
    }
    home = folder / "kernels" / "this-python"
    home.mkdir(parents=True)
    (home / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return folder


def _figure(printed: str, about: str) -> float:
    found = re.search(rf"{re.escape(about)}.*?: (-?[\d.]+)", printed)
    assert found, f"no '{about}' in {printed!r}"
    return float(found.group(1))


@pytest.mark.slow
def test_the_model_trained_in_the_notebook_finds_themes_in_responses_it_never_saw(printed: str) -> None:
    assert _figure(printed, "macro F1") > 0.65


@pytest.mark.slow
def test_the_drags_found_in_the_notebook_come_in_the_order_of_the_planted_ones(printed: str) -> None:
    assert _figure(printed, "rank correlation") > 0.4


@pytest.mark.slow
def test_most_planted_drags_lie_inside_their_intervals(printed: str) -> None:
    inside, of = map(int, re.search(r"(\d+) of (\d+)", printed).groups())  # type: ignore[union-attr]
    assert inside / of > 0.6


def test_the_notebook_is_kept_without_outputs(notebook: Any) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


def test_the_cells_of_the_notebook_are_short_enough_to_read_at_once(notebook: Any) -> None:
    longest = max(cell.source.count("\n") + 1 for cell in notebook.cells if cell.cell_type == "code")
    assert longest <= 20


def test_the_notebook_explains_each_step_before_it_takes_it(notebook: Any) -> None:
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") >= kinds.count("code")
