"""Kept embeddings: only what changed is computed, nothing is told of the texts, and a bad file costs time, not answers."""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from recommender.encoder import CachedEncoder, StaticEncoder, Vectors, bundled_model_folder, load_encoder
from recommender.errors import EncoderError
from recommender.language import Bilingual
from tests.encoder.conftest import TINY_VECTORS, write_static_folder

TEXTS = [f"第{number}期数控车床操作" for number in range(600)]


class CountingEncoder(StaticEncoder):
    """The bundled encoder, remembering what it was asked; it tires after so many texts."""

    def __init__(self, tires_after: int = 10_000) -> None:
        super().__init__(bundled_model_folder())
        self.asked: list[str] = []
        self._tires_after = tires_after

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        if len(self.asked) > self._tires_after:
            raise EncoderError(Bilingual("累了", "tired"))
        return super().encode_queries(texts)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "embeddings.sqlite3"


def computed(file: Path, texts: Sequence[str], kind: str = "passages") -> list[str]:
    """Return which of `texts` a new process computes, having checked that its rows are those of the encoder itself."""
    encoder = CountingEncoder()
    rows = getattr(CachedEncoder(encoder, file), f"encode_{kind}")(texts)
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, load_encoder().encode_passages(texts))
    return encoder.asked


def stored(file: Path, statement: str = "SELECT count(*) FROM embeddings") -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(statement).fetchall()


def test_only_changed_texts_are_computed_again(file: Path) -> None:
    assert computed(file, TEXTS) == TEXTS
    assert computed(file, TEXTS) == []
    assert computed(file, [*TEXTS[:300], "电焊", *TEXTS[301:], "叉车"]) == ["电焊", "叉车"]


def test_rows_stand_in_the_order_asked_and_a_text_given_twice_is_computed_once(file: Path) -> None:
    assert computed(file, ["焊工", "叉车", "焊工"]) == ["焊工", "叉车"]
    assert computed(file, ["叉车", "电工", "焊工", "叉车", "电工"]) == ["电工"]


def test_no_texts_give_no_rows(file: Path) -> None:
    assert CachedEncoder(load_encoder(), file).encode_queries([]).shape == (0, 256)


def test_queries_are_kept_apart_from_passages(file: Path, transformer_folder: Path) -> None:
    encoder = load_encoder(str(transformer_folder))
    for _ in range(2):
        cached = CachedEncoder(encoder, file)
        np.testing.assert_array_equal(cached.encode_passages(["数控"]), encoder.encode_passages(["数控"]))
        np.testing.assert_array_equal(cached.encode_queries(["数控"]), encoder.encode_queries(["数控"]))
    assert stored(file, "SELECT kind FROM embeddings ORDER BY kind") == [("passage",), ("query",)]


def test_another_models_rows_are_not_taken(file: Path, tmp_path: Path) -> None:
    here, there = (
        StaticEncoder(write_static_folder(tmp_path / place / "tiny", vectors))
        for place, vectors in (("a", TINY_VECTORS), ("b", TINY_VECTORS[:, ::-1].copy()))
    )
    for encoder in (here, there, here):
        np.testing.assert_array_equal(
            CachedEncoder(encoder, file).encode_passages(["焊 接"]), encoder.encode_passages(["焊 接"])
        )
    assert stored(file) == [(2,)]


def test_rows_of_another_dimension_are_not_taken(file: Path) -> None:
    computed(file, TEXTS[:3])
    stored(file, "UPDATE embeddings SET vector = substr(vector, 1, 512)")
    assert computed(file, TEXTS[:3]) == TEXTS[:3]
    assert computed(file, TEXTS[:3]) == []


def test_a_cached_encoder_says_it_is_the_encoder_it_keeps_for(file: Path) -> None:
    encoder = load_encoder()
    cached = CachedEncoder(encoder, file)
    assert (cached.name, cached.dimension) == (encoder.name, encoder.dimension)


def test_no_text_stands_in_the_file(file: Path) -> None:
    secret = "Wang Xiaoming wants 绞吸船"
    computed(file, [secret])
    content = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert len(content) > 4 * 256
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        assert secret.encode(encoding) not in content
        assert "绞吸船".encode(encoding) not in content


def test_progress_is_told_of_what_was_computed_and_of_all_there_is(file: Path) -> None:
    told: list[tuple[int, int]] = []
    for texts in (TEXTS + TEXTS[:50], TEXTS, [*TEXTS, "电焊"]):
        CachedEncoder(load_encoder(), file, lambda done, total: told.append((done, total))).encode_passages(texts)
    assert told == [(256, 600), (512, 600), (600, 600), (601, 601)]


def test_what_was_computed_before_a_failure_is_kept(file: Path) -> None:
    with pytest.raises(EncoderError, match="tired"):
        CachedEncoder(CountingEncoder(tires_after=512), file).encode_passages(TEXTS)
    assert computed(file, TEXTS) == TEXTS[512:]


def test_what_was_not_asked_for_is_forgotten_and_other_models_are_left_alone(file: Path, static_folder: Path) -> None:
    other = StaticEncoder(static_folder)
    CachedEncoder(other, file).encode_passages(["焊 接"])
    computed(file, ["焊工", "叉车"])
    computed(file, ["焊工"], "queries")
    cached = CachedEncoder(load_encoder(), file)
    cached.encode_passages(["叉车", "电工"])
    cached.forget_unused()
    assert stored(file, f"SELECT count(*) FROM embeddings WHERE model = '{other.name}'") == [(1,)]
    assert computed(file, ["焊工", "叉车", "电工"]) == ["焊工"]
    assert computed(file, ["焊工"], "queries") == ["焊工"]


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
    "rows of NaN": lambda file: stored(
        file, "UPDATE embeddings SET vector = CAST(replace(hex(zeroblob(256)), '00', 'ÿÿ') AS BLOB)"
    ),
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


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions mean nothing to root")
@pytest.mark.parametrize("content", ["none", "some", "damaged"])
def test_a_folder_that_cannot_be_written_still_answers(file: Path, content: str) -> None:
    if content != "none":
        computed(file, TEXTS[:10])
    if content == "damaged":
        file.write_bytes(b"no database at all" * 500)
    for path in (file, file.parent):
        if path.exists():
            path.chmod(0o500)
    try:
        assert computed(file, TEXTS) == (TEXTS[10:] if content == "some" else TEXTS)
        CachedEncoder(load_encoder(), file).forget_unused()
    finally:
        file.parent.chmod(0o700)
