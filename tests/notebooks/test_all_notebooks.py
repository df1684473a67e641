"""What holds for every notebook in the repository, as it is kept."""

import ast
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:(jupyter|nb|zmq|traitlets|ipykernel).*")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Any:
    return nbformat.read(request.param, as_version=4)


def _code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_notebook_is_run_by_a_test_of_its_own() -> None:
    files = {path.stem.removeprefix("test_").replace("_", "-") for path in Path(__file__).parent.glob("test_*.py")}
    assert files >= {path.stem for path in NOTEBOOKS}


def test_a_notebook_is_valid(notebook: Any) -> None:
    nbformat.validate(notebook)


def test_a_notebook_is_kept_without_outputs(notebook: Any) -> None:
    assert _code(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in _code(notebook))


def test_the_cells_of_a_notebook_are_short_enough_to_read_at_once(notebook: Any) -> None:
    assert max(cell.source.count("\n") + 1 for cell in _code(notebook)) <= 20


def test_the_lines_of_a_notebook_fit_a_screen(notebook: Any) -> None:
    assert max(len(line) for cell in notebook.cells for line in cell.source.splitlines()) <= 125


def test_a_notebook_begins_and_ends_with_words_and_explains_as_often_as_it_computes(notebook: Any) -> None:
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert kinds[-1] == "markdown"
    assert kinds.count("markdown") >= kinds.count("code")


def test_the_code_of_a_notebook_uses_no_private_name_of_the_package(notebook: Any) -> None:
    trees = [ast.parse(cell.source) for cell in _code(notebook)]
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert imports
    assert not [name.name for node in imports for name in node.names if name.name.startswith("_")]
