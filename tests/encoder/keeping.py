"""What the tests of kept embeddings share."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from recommender.encoder import CachedEncoder, StaticEncoder, Vectors, bundled_model_folder, load_encoder
from recommender.errors import EncoderError
from recommender.language import Bilingual

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


def computed(file: Path, texts: Sequence[str], kind: str = "passages") -> list[str]:
    """Return which of `texts` a new process computes, having checked that its rows are those of the encoder itself."""
    encoder = CountingEncoder()
    rows = getattr(CachedEncoder(encoder, file), f"encode_{kind}")(texts)
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, load_encoder().encode_passages(texts))
    return encoder.asked


def stored(
    file: Path, statement: str = "SELECT count(*) FROM embeddings", *parameters: object
) -> list[tuple[object, ...]]:
    """Return the answer to `statement` in the file of kept embeddings."""
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(statement, parameters).fetchall()
