"""Where training starts: token vectors that make the mean over a text its projection into a latent semantic space."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer
from tokenizers import Tokenizer

from recommender.training.tokens import UNKNOWN, character_ngrams, runs
from recommender.words import latent_basis

IDENTITY = 1.5
MEDIAN_LENGTH = 0.25
UNKNOWN_LENGTH = 1e-3


def initial_vectors(
    tokenizer: Tokenizer, documents: Sequence[str], *, dimension: int, seed: int, identity: float = IDENTITY
) -> NDArray[np.float32]:
    """Return a vector for each token, `(vocabulary, dimension)` float32, of median length 0.25; the unknown token's is next to nothing.

    Every character n-gram (1 to 3 long) has a vector: its inverse document frequency times (its row of the truncated SVD of the documents'
    TF-IDF matrix, plus a random direction of its own, `identity` times as long as the median row). A token's vector is the sum over the n-grams
    inside it. So the mean over a text is the projection of its TF-IDF vector (n-grams across two tokens aside), 工业机器人 shares what it has in
    common with 机器人, and an n-gram that no document holds still meets its equal through its random direction.
    """
    tokens = [token for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    tfidf = TfidfVectorizer(analyzer=lambda text: _ngrams(runs(tokenizer, text)), sublinear_tf=True)
    matrix = csr_array(tfidf.fit_transform(documents))
    terms = list(dict.fromkeys([*tfidf.get_feature_names_out(), *_ngrams(tokens)]))
    known = matrix.shape[1]
    components = _components(matrix, dimension)

    directions = np.random.default_rng(seed).standard_normal((len(terms), dimension))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    vectors = directions * identity * np.median(np.linalg.norm(components, axis=1))
    vectors[:known] += components
    vectors[:known] *= tfidf.idf_[:, None]
    vectors[known:] *= tfidf.idf_.max()

    folded = _membership(tokens, terms) @ vectors
    lengths = np.linalg.norm(folded, axis=1)
    folded *= MEDIAN_LENGTH / np.median(lengths[lengths > 0])
    folded[tokens.index(UNKNOWN)] = directions[0] * UNKNOWN_LENGTH
    return np.asarray(folded, dtype=np.float32)


def _ngrams(pieces: Sequence[str]) -> list[str]:
    return [ngram for piece in pieces for ngram in character_ngrams(piece)]


def _components(matrix: csr_array, dimension: int) -> NDArray[np.float64]:
    """Return the SVD's row of each term, `(terms, dimension)`; columns beyond the matrix's rank are zero."""
    components = matrix.T @ latent_basis(matrix, dimension).astype(np.float64)
    return np.pad(components, ((0, 0), (0, dimension - components.shape[1])))


def _membership(tokens: Sequence[str], terms: Sequence[str]) -> csr_array:
    """Return `(tokens, terms)`: how often each n-gram stands in each token."""
    column = {term: index for index, term in enumerate(terms)}
    cells = [(row, column[ngram]) for row, token in enumerate(tokens) for ngram in character_ngrams(token)]
    rows, columns = np.array(cells).T
    return csr_array((np.ones(len(cells)), (rows, columns)), shape=(len(tokens), len(terms)))
