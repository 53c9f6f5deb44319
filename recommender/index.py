"""Exact maximum inner product search by FAISS."""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from recommender.errors import SnapshotError
from recommender.language import Bilingual

# An inner product of a few hundred float32 terms, none above 1, differs from its float64 value by less than this.
FLOAT32_MARGIN = 1e-5


class VectorIndex:
    """`n` vectors of `d` float32 columns, found by inner product; a row's number is its place in what it was made from."""

    def __init__(self, index: "faiss.IndexFlatIP") -> None:
        self._index = index
        self.count: int = index.ntotal
        self.dimension: int = index.d
        # a view of the index's own memory: the vectors are held once
        stored = (
            faiss.rev_swig_ptr(index.get_xb(), self.count * self.dimension) if self.count else np.empty(0, np.float32)
        )
        self.vectors: NDArray[np.float32] = stored.reshape(self.count, self.dimension)

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> "VectorIndex":
        """Index `vectors`, `(n, d) float32`."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        if len(vectors):
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def search(
        self, vector: NDArray[np.float32], count: int, mask: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return rows and inner products of the best `count` vectors that `mask` admits, best first; fewer when it admits fewer."""
        if not self.count or count < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        bits = np.packbits(mask, bitorder="little")
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))  # type: ignore[call-arg, arg-type]
        scores, rows = self._index.search(vector[None, :], min(count, self.count), params=parameters)
        found = rows[0] >= 0  # FAISS pads with -1
        return rows[0][found], scores[0][found]

    def keeping(self, rows: NDArray[np.bool_]) -> "VectorIndex":
        """Return this index with these rows only, in their order. It is the same memory: this object must not be used any more."""
        self._index.remove_ids(faiss.IDSelectorBatch(np.flatnonzero(~rows)))
        return VectorIndex(self._index)

    def save(self, path: Path) -> None:
        """Write the index to `path`; OSError when it cannot be."""
        with path.open("wb") as file:  # faiss itself says nothing when the last of its bytes find no space
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Read an index; SnapshotError when the file is none."""
        try:
            # read_index gives the index its own class; downcast_index would leave a pointer into freed memory
            return cls(faiss.read_index(str(path)))  # type: ignore[arg-type]
        except (RuntimeError, AttributeError, ValueError) as error:
            raise SnapshotError(
                Bilingual(
                    f"索引文件 {path.name} 已损坏，请重新构建（jinxue build）。",
                    f"The index file {path.name} is damaged; build again (jinxue build).",
                )
            ) from error


def use_threads(count: int) -> None:
    """Set how many threads FAISS and BLAS use: one is fastest for single small queries, more pay for batches."""
    faiss.omp_set_num_threads(count)
    threadpool_limits(limits=count)
