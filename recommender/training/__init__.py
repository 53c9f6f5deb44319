"""Training the bundled encoder from the knowledge base and a catalogue's text; needs neither network nor any other model."""

from importlib.util import find_spec
from pathlib import Path

from recommender.errors import EncoderError, PackageMissing
from recommender.language import Bilingual
from recommender.training.contrast import fine_tuned, save, static_model
from recommender.training.corpus import Corpus, make_corpus
from recommender.training.knowledge import knowledge_folder, read_knowledge
from recommender.training.lsa import initial_vectors
from recommender.training.tokens import train_tokenizer

__all__ = ["DIMENSION", "EPOCHS", "SEED", "VOCABULARY_SIZE", "train_bundled_encoder", "train_encoder"]

DIMENSION = 256
VOCABULARY_SIZE = 16_000
EPOCHS = 3
SEED = 20_260_301
SHORTEST_DOCUMENT = 60


def train_encoder(
    corpus: Corpus,
    output: Path,
    *,
    dimension: int = DIMENSION,
    epochs: int = EPOCHS,
    seed: int = SEED,
    progress: bool = False,
) -> None:
    """Train a static embedding model of `dimension` columns and save it in the folder `output`.

    The documents of `corpus` teach the words, and those of at least 60 characters the space to start from; its pairs and triplets then train it for
    `epochs` rounds (see `fine_tuned`), none at 0. The same arguments give the same `model.safetensors`, byte for byte, with the same library
    versions on the same kind of processor. `StaticEncoder` and sentence-transformers both read the folder.
    Raises `EncoderError` when there are fewer than two documents of that length, `PackageMissing` without the extra `train`.
    """
    _need_packages()
    whole = [document for document in corpus.documents if len(document) >= SHORTEST_DOCUMENT]
    if len(whole) < 2:
        raise EncoderError(
            Bilingual(
                f"训练语料太少：至少需要两段不少于 {SHORTEST_DOCUMENT} 字的文字，现有 {len(whole)} 段。",
                f"Too little to learn from: at least two texts of {SHORTEST_DOCUMENT} characters are needed, there are {len(whole)}.",
            )
        )
    tokenizer = train_tokenizer(corpus.documents, vocabulary_size=VOCABULARY_SIZE)
    vectors = initial_vectors(tokenizer, whole, dimension=dimension, seed=seed)
    if epochs > 0 and corpus.pairs:
        vectors = fine_tuned(
            tokenizer, vectors, corpus.pairs, corpus.triplets, epochs=epochs, seed=seed, progress=progress
        )
    save(static_model(tokenizer, vectors), output)


def train_bundled_encoder(
    output: Path,
    *,
    catalogue_folder: Path | None = None,
    knowledge: Path | None = None,
    epochs: int = EPOCHS,
    seed: int = SEED,
    progress: bool = False,
) -> None:
    """Train the encoder that ships with the service into `output`.

    It learns from the files in `knowledge` and `catalogue_folder`; None is the bundled knowledge base, and the bundled Shenzhen network.
    """
    _need_packages()  # before the corpus is made, which takes a while
    read = read_knowledge(knowledge or knowledge_folder())
    corpus = make_corpus(read, catalogue_folder or bundled_catalogue_folder())
    train_encoder(corpus, output, epochs=epochs, seed=seed, progress=progress)


def _need_packages() -> None:
    for module in ("sentence_transformers", "datasets", "accelerate"):
        if find_spec(module) is None:
            raise PackageMissing(module.replace("_", "-"), "train")


def bundled_catalogue_folder() -> Path:
    """Return the folder of the bundled network's files."""
    return Path(__file__).resolve().parents[1] / "data" / "shenzhen"
