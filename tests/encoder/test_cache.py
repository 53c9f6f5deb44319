"""Kept embeddings: only what changed is computed again, and nothing is told of the texts."""

from pathlib import Path

import numpy as np
import pytest

from recommender.encoder import CachedEncoder, StaticEncoder, load_encoder
from recommender.encoder.vectors import first_axis
from recommender.errors import EncoderError
from tests.encoder.conftest import TINY_VECTORS, write_static_folder
from tests.encoder.keeping import TEXTS, CountingEncoder, computed, stored


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "embeddings.sqlite3"


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
    stored(file, "UPDATE embeddings SET vector = ?", first_axis(128).tobytes())
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
    computed(file, ["叉车"], "queries")
    cached = CachedEncoder(load_encoder(), file)
    cached.encode_passages(["叉车", "电工"])
    cached.forget_unused()
    assert stored(file, f"SELECT count(*) FROM embeddings WHERE model = '{other.name}'") == [(1,)]
    assert computed(file, ["焊工", "叉车", "电工"]) == ["焊工"]
    assert computed(file, ["叉车"], "queries") == ["叉车"]
