"""The notebooks are one course of five short chapters, which run as they stand, without a complaint, and are kept without outputs."""

import os
import re
from importlib.resources import files
from pathlib import Path

import nbformat
import pytest
from fontTools.ttLib import TTFont
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHAPTERS = ["01_network", "02_one_inner_product", "03_encoder", "04_evaluation", "05_where_supply_is_missing"]
MOST_CODE_CELLS, MOST_LINES = 8, 30  # of a chapter; of one of its code cells

of_each_chapter = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


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


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def pictures(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for output in cell.outputs if "image/png" in output.get("data", {})]


def linked(text: str) -> list[str]:
    """Return the stems of the notebooks that a text in Markdown links to."""
    return re.findall(r"]\((\w+)\.ipynb\)", text)


def test_the_course_has_five_chapters() -> None:
    assert [path.stem for path in NOTEBOOKS] == CHAPTERS


@of_each_chapter
def test_a_chapter_runs_without_a_complaint_and_ends_with_a_picture(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = read(path)
    run(notebook, monkeypatch)
    assert complaints(notebook) == []
    assert len(pictures(code_cells(notebook)[-1])) == 1


@of_each_chapter
def test_a_chapter_is_short(path: Path) -> None:
    lines = [len(cell.source.splitlines()) for cell in code_cells(read(path))]
    assert len(lines) <= MOST_CODE_CELLS
    assert max(lines) <= MOST_LINES


@of_each_chapter
def test_a_chapter_opens_with_its_question_and_the_chapter_before(path: Path) -> None:
    opening, number = read(path).cells[0], NOTEBOOKS.index(path)
    assert opening.cell_type == "markdown"
    assert re.match(rf"# {number + 1} · .+\n\n\*\*.+\?\*\* ", opening.source)
    assert number == 0 or linked(opening.source) == [CHAPTERS[number - 1]]


@of_each_chapter
def test_a_chapter_ends_by_naming_the_next(path: Path) -> None:
    ending, number = read(path).cells[-1], NOTEBOOKS.index(path)
    assert ending.cell_type == "markdown"
    assert linked(ending.source) == [(CHAPTERS + CHAPTERS[:1])[number + 1]]  # the last one, the first


@of_each_chapter
def test_a_chapter_is_kept_without_outputs(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert all(re.fullmatch("[a-z][a-z-]+", cell.id) for cell in notebook.cells)  # names, so that they stay
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code_cells(notebook))


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
