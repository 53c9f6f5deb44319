"""What is loaded when, and which way imports point."""

import ast
import datetime
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.bootstrap import Workshop
from recommender.settings import Settings
from recommender.snapshot import Snapshot

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "sentence_transformers", "transformers", "pandas", "faiss", "sklearn", "scipy", "sqlalchemy")
FILES = sorted(path for folder in ("recommender", "api") for path in (ROOT / folder).rglob("*.py"))
MODULES = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in FILES]
PACKAGES = [name for name, path in zip(MODULES, FILES, strict=True) if path.name == "__init__.py"]


def loaded(program: str, *names: str) -> str:
    """Return which of the modules `names` a fresh interpreter has loaded after `program`."""
    report = f"\nimport sys; print(*sorted(set({names!r}) & set(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program + report], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_importing_the_library_loads_nothing_heavy() -> None:
    assert loaded("import recommender", *HEAVY, "numpy") == ""


def test_the_command_s_help_loads_nothing_heavy() -> None:
    assert loaded("import recommender.cli", *HEAVY) == ""


def test_the_application_itself_imports_no_pandas_and_no_torch() -> None:
    assert loaded("import api, api.server", "pandas", "openpyxl", "torch", "sentence_transformers") == ""


def test_starting_the_service_with_a_built_snapshot_loads_no_torch(
    tmp_path: Path, today: datetime.date, bundled_snapshot: Snapshot
) -> None:
    workshop = Workshop(Settings(state=tmp_path))
    workshop.import_catalogue(None, today=today)
    workshop.snapshots.save(bundled_snapshot)
    program = f"""
from pathlib import Path
from fastapi.testclient import TestClient
from api import create_app
from recommender.settings import Settings
from tests.callers import issue_key, showing
with TestClient(create_app(Settings(state=Path({str(tmp_path)!r})))) as client:
    client.headers.update(showing(issue_key(client.app.state.service.store)))
    assert client.get("/readyz").json()["snapshot"] == {bundled_snapshot.version!r}
    assert client.post("/v1/recommendations", json={{"goal": "焊工"}}).json()["items"]
"""
    # pandas may be there: scikit-learn, which computes the distances, imports it by itself
    assert loaded(program, "torch", "sentence_transformers", "transformers", "openpyxl", "faiss") == "faiss"


def test_imports_point_one_way() -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 kept, 0 broken" in ran.stdout


def public_names(path: Path) -> set[str]:
    """Return the public names that a package's `__init__.py` imports or defines."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("recommender", "api"):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_s_front_door_is_complete_and_opens(package: str) -> None:
    module = importlib.import_module(package)
    path = Path(str(module.__file__))
    names = list(getattr(module, "__all__", ()))
    offered = set(names)

    assert {name for name in offered if not hasattr(module, name)} == set()
    assert offered >= public_names(path) - used_inside(path)
    assert len(offered) == len(names)


def used_inside(path: Path) -> set[str]:
    """Return the names that an `__init__.py` uses in its own code, not only hands on."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


@pytest.mark.parametrize("path", FILES, ids=MODULES)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_pandas_and_sql_are_kept_to_their_own_packages() -> None:
    homes = {"pandas": "catalogue", "sqlalchemy": "store", "alembic": "store", "psycopg": "store"}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            found += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in found:
                home = homes.get(name.split(".")[0])
                assert home is None or home in path.parts, f"{path} imports {name}"
