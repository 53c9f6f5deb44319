"""The catalogue's own words as a latent semantic space, so that a model number or a brand is found although no encoder knows it.

Deerwester et al., "Indexing by latent semantic analysis", JASIS 1990: the truncated singular value decomposition of the TF-IDF matrix, new
texts folded in.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from recommender.text import normalise

WORDS_DIMENSION = 256
MOST_FITTED = 3_000  # the decomposition's price is the cube of this; further texts are folded in
_RUNS = re.compile(r"[a-z0-9]+(?:[-+.#/][a-z0-9]+)*[+#]*|[^\W\d_a-z]+")
_PARTS = re.compile(r"[a-z]+|[0-9]+")
_SMALLEST_SHARE = 1e-6


def character_terms(text: str) -> Iterator[str]:
    """Yield the terms of a normalised text: Chinese characters and pairs of them, Latin words whole, in parts, and their letters by threes."""
    for run in _RUNS.findall(text):
        if run[0].isascii():
            yield run
            parts = _PARTS.findall(run)
            yield from parts if len(parts) > 1 else ()
            yield from (part[start : start + 3] for part in parts for start in range(len(part) - 2) if len(part) > 3)
        else:
            yield from run
            yield from (run[start : start + 2] for start in range(len(run) - 1))


class WordSpace:
    """`dimension` columns that hold most of what the fitted texts' terms say; the inner product of two texts' rows is their likeness in words.

    A text is weighed against each fitted text by TF-IDF, and these likenesses are carried over by the decomposition, so that the space is
    kept as an inverted index of the fitted texts and one small matrix.
    """

    def __init__(
        self, terms: Sequence[str], idf: NDArray[np.float32], postings: csr_array, basis: NDArray[np.float32]
    ) -> None:
        """`idf` is `(t,)`, `postings` `(t, n)` the TF-IDF weights of `n` fitted texts by term, `basis` `(n, d)`."""
        self._column = {term: column for column, term in enumerate(terms)}
        self._idf, self._postings, self._basis = idf, postings, basis

    @classmethod
    def fit(cls, texts: Sequence[str], *, dimension: int = WORDS_DIMENSION, seed: int = 0) -> "WordSpace":
        """Fit a space to `texts`; of more than 3,000 a seeded sample gives the directions, while every text's terms are counted.

        Texts fewer than `dimension` give as many columns as they have directions, none give one column of zeros.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer  # brings pandas: only to fit

        normal = [normalise(text) for text in texts]
        vectorizer = TfidfVectorizer(analyzer=character_terms, sublinear_tf=True, dtype=np.float32)
        if not any(True for text in normal for _ in character_terms(text)):
            return cls((), np.empty(0, np.float32), csr_array((0, 1), dtype=np.float32), np.zeros((1, 1), np.float32))
        matrix = csr_array(vectorizer.fit_transform(normal))
        if len(texts) > MOST_FITTED:
            matrix = matrix[np.sort(np.random.default_rng(seed).choice(len(texts), MOST_FITTED, replace=False))]
        return cls(
            list(vectorizer.get_feature_names_out()),
            vectorizer.idf_.astype(np.float32),
            csr_array(matrix.T),
            latent_basis(matrix, dimension),
        )

    @property
    def dimension(self) -> int:
        """The number of columns."""
        return int(self._basis.shape[1])

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return `(n, dimension) float32`, rows of length 1, or 0 for a text that shares no term with what was fitted."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = self._fold(normalise(text))
        return rows

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return `(n, dimension) float32`, as for queries."""
        return self.encode_queries(texts)

    def _fold(self, text: str) -> NDArray[np.float32]:
        """Return one text's row; it depends on nothing but the text."""
        counts = Counter(column for term in character_terms(text) if (column := self._column.get(term)) is not None)
        columns = np.fromiter(counts, dtype=np.intp, count=len(counts))
        weights = self._idf[columns] * (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts))))
        likeness = np.zeros(len(self._basis), dtype=np.float32)
        starts, ends = self._postings.indptr[columns], self._postings.indptr[columns + 1]
        for weight, start, end in zip(weights.tolist(), starts.tolist(), ends.tolist(), strict=True):
            likeness[self._postings.indices[start:end]] += weight * self._postings.data[start:end]
        folded = np.einsum("i,ij->j", likeness, self._basis)  # BLAS adds in another order with every number of threads
        length = float(np.sqrt(np.einsum("i,i->", folded, folded, dtype=np.float64)))
        return np.asarray(folded / length if length > 0 else folded, dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that the space is, as plain arrays."""
        return {
            "terms": np.frombuffer("\n".join(self._column).encode(), dtype=np.uint8),
            "idf": self._idf,
            "basis": self._basis,
            "indptr": self._postings.indptr,
            "indices": self._postings.indices,
            "data": self._postings.data,
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "WordSpace":
        """Return the space that `arrays` are; KeyError, ValueError, TypeError or AttributeError when they are none."""
        terms = arrays["terms"].tobytes().decode().split("\n") if len(arrays["terms"]) else []
        idf, basis = arrays["idf"], arrays["basis"]
        postings = csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=(len(terms), len(basis)))
        postings.check_format(full_check=True)
        if idf.shape != (len(terms),) or basis.ndim != 2:
            raise ValueError("the arrays' sizes disagree")
        return cls(terms, idf, postings, basis)


def latent_basis(matrix: csr_array, dimension: int) -> NDArray[np.float32]:
    """Return `(n, d)`: what carries likenesses to the `n` texts of `matrix`, `(n, t)`, over into its `d` strongest directions.

    With the singular value decomposition X = U S V', a text q's coordinates q V equal (q X') U / S, and U and S come from the small matrix X X'.
    One thread, so that the last bits are the same on every run.
    """
    with threadpool_limits(1):
        values, vectors = eigh((matrix @ matrix.T).toarray().astype(np.float64))
    kept = np.flatnonzero(values > values[-1] * _SMALLEST_SHARE)[-dimension:][::-1]
    directions = vectors[:, kept]
    directions *= np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(len(kept))])
    return np.ascontiguousarray(directions / np.sqrt(values[kept]), dtype=np.float32)
