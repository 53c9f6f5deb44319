"""A file of kept embeddings that is damaged, or that cannot be, costs time and not answers."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.encoder import CachedEncoder, load_encoder
from tests.encoder.keeping import TEXTS, computed, stored


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "embeddings.sqlite3"


def overwrite(start: float, content: bytes) -> Callable[[Path], object]:
    """Return what writes `content` over a file from the share `start` of its pages on."""

    def damage(file: Path) -> None:
        whole = bytearray(file.read_bytes())
        at = int(len(whole) // 4096 * start) * 4096
        whole[at : at + len(content)] = content
        file.write_bytes(whole)

    return damage


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no database": lambda file: file.write_bytes(b"no database at all" * 500),
    "empty": lambda file: file.write_bytes(b""),
    "half of it": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "its first page": overwrite(0, b"\x00" * 4096),
    "its first table": overwrite(1 / 690, b"\x00" * 4096),
    "many pages": overwrite(0.25, b"\xff" * 200_000),
    "rows of NaN": lambda file: stored(file, "UPDATE embeddings SET vector = ?", b"\xff" * 1024),
    "rows of zeros": lambda file: stored(file, "UPDATE embeddings SET vector = zeroblob(1024)"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_made_anew(file: Path, damage: str) -> None:
    computed(file, TEXTS)
    DAMAGES[damage](file)
    assert computed(file, TEXTS) == TEXTS
    assert computed(file, TEXTS) == []


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    file = tmp_path / "not" / "yet" / "embeddings.sqlite3"
    computed(file, TEXTS)
    assert computed(file, TEXTS) == []


@pytest.mark.parametrize("obstacle", ["the folder is a file", "the file is a folder", "the table is another"])
def test_a_file_that_cannot_be_costs_time_and_nothing_else(tmp_path: Path, obstacle: str) -> None:
    file = tmp_path / "state" / "embeddings.sqlite3"
    (tmp_path / "state").touch() if obstacle == "the folder is a file" else (tmp_path / "state").mkdir()
    if obstacle == "the file is a folder":
        file.mkdir()
    if obstacle == "the table is another":
        stored(file, "CREATE TABLE embeddings (something)")
    for _ in range(2):
        assert computed(file, TEXTS) == TEXTS
    CachedEncoder(load_encoder(), file).forget_unused()


def test_a_full_disk_costs_time_and_nothing_else(file: Path) -> None:
    resource = pytest.importorskip("resource")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, usual[1]))
    try:
        assert computed(file, TEXTS) == TEXTS
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    computed(file, TEXTS)
    assert computed(file, TEXTS) == []


@pytest.mark.parametrize("content", ["none", "some", "damaged"])
def test_a_folder_that_cannot_be_written_still_answers(file: Path, content: str) -> None:
    if content != "none":
        computed(file, TEXTS[:10])
    if content == "damaged":
        file.write_bytes(b"no database at all" * 500)
    for path in filter(Path.exists, (file, file.parent)):
        path.chmod(0o500)
    try:
        if os.access(file.parent, os.W_OK):
            pytest.skip("permissions mean nothing to root")
        for _ in range(2):
            assert computed(file, TEXTS) == (TEXTS[10:] if content == "some" else TEXTS)
        CachedEncoder(load_encoder(), file).forget_unused()
    finally:
        file.parent.chmod(0o700)
