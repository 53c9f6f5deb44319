"""The form of texts, arithmetic and fingerprints that every encoder shares."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.encoder.protocol import Vectors

FINGERPRINT_LENGTH = 12


def unit_rows(matrix: NDArray[np.floating], fallback: Vectors) -> Vectors:
    """Return `matrix` `(n, d)` as float32 with rows of length 1; a row without a direction becomes `fallback` `(d,)`."""
    rows = np.array(matrix, dtype=np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    lost = ~(np.isfinite(lengths) & (lengths > 0))
    rows[lost], lengths[lost] = fallback, 1.0
    rows /= lengths[:, None].astype(np.float32)
    return rows


def first_axis(dimension: int) -> Vectors:
    """Return the unit vector `(dimension,)` along the first axis: a direction for texts that have none."""
    axis = np.zeros(dimension, dtype=np.float32)
    axis[0] = 1.0
    return axis


def fingerprint(files: Iterable[Path]) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 over the content of `files`, in the order of their names, then of their folders."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda path: (path.name, path)):
        with file.open("rb") as stream:
            digest.update(file.name.encode() + hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:FINGERPRINT_LENGTH]
