"""The notebooks run as they stand, without a warning, and are kept without outputs."""

import os
from importlib.resources import files
from pathlib import Path

import nbformat
import pytest
from fontTools.ttLib import TTFont
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def run(notebook: nbformat.NotebookNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Execute a notebook in its folder, as Jupyter would, with this project importable."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT / "notebooks")}}).execute()


def complaints(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what a run notebook wrote to stderr: warnings, such as of a character that the font does not have."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]


def test_there_are_notebooks() -> None:
    names = ["01_network", "02_one_inner_product", "03_encoder", "04_evaluation"]
    assert [path.stem for path in NOTEBOOKS] == names


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_draws_and_warns_of_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = read(path)
    run(notebook, monkeypatch)
    drawings = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert complaints(notebook) == []
    assert len(drawings) == 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert cells
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


def test_a_character_that_the_font_lacks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    source = (
        "import drawing, matplotlib.pyplot as plt\ndrawing.use_style()\nplt.title('\\U0001f916 训课职这圳')\nplt.show()"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    run(notebook, monkeypatch)
    assert any("missing from font" in text for text in complaints(notebook))
    assert not any("CJK UNIFIED" in text for text in complaints(notebook))


def test_the_font_holds_every_character_of_the_bundled_data() -> None:
    font = TTFont(next(Path(str(files("notojp_matplotlib"))).rglob("*.otf")))
    data = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "recommender" / "data").rglob("*.csv"))
    assert {character for character in data if ord(character) not in font.getBestCmap()} - set("\r\n") == set()
