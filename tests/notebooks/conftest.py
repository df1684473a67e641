"""Notebooks as an analyst runs them: top to bottom, in an empty folder, without a network."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TIMEOUT = 600  # seconds per cell


@pytest.fixture(scope="session")
def printed_by(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """What the last code cell of a notebook prints, after all its cells ran once in this interpreter."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    known: dict[str, str] = {}

    def run(name: str) -> str:
        folder = tmp_path_factory.mktemp("notebook")
        notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("JUPYTER_PATH", str(_kernel(folder / "jupyter")))
            client = nbclient.NotebookClient(
                notebook, timeout=TIMEOUT, kernel_name="this-python", resources={"metadata": {"path": str(folder)}}
            )
            ran = client.execute()
        last = [cell for cell in ran.cells if cell.cell_type == "code"][-1]
        return "".join(output.get("text", "") for output in last.outputs)

    def printed(name: str) -> str:
        if name not in known:
            known[name] = run(name)
        return known[name]

    return printed


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
