"""Any sentence-transformers model, from the hub or a local folder; torch is imported when one is made."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender.encoder.options import USUAL, EncoderOptions
from recommender.encoder.protocol import Vectors
from recommender.encoder.vectors import fingerprint, first_axis, unit_rows
from recommender.errors import EncoderError, PackageMissing
from recommender.language import Bilingual
from recommender.text import normalise

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_PROBE = "试" * 4_000  # longer than what most models read
CONTENT_SUFFIXES = {".safetensors", ".bin", ".json", ".txt", ".model"}


class SentenceTransformerEncoder:
    """An `Encoder` over any model that `SentenceTransformer(name_or_folder)` loads, with its query and document prompts where it has them."""

    def __init__(self, name_or_folder: str | Path, options: EncoderOptions = USUAL) -> None:
        """Load the model; raise `EncoderError` when it is missing, broken, or the hub cannot be reached.

        A text of the greatest length is encoded once, so that options that do not suit the model are found here and not at a request.
        """
        self._options = options
        name = str(name_or_folder)
        self._model = _load(name, options)
        with _said(name):
            self._dimension = _probed_dimension(self._model, options)
        self._name = _content_name(name, self._model) + options.digest

    @property
    def name(self) -> str:
        """The folder's name and its files' fingerprint, or the hub id and its revision where that is known; and the options."""
        return self._name

    @property
    def dimension(self) -> int:
        """The number of columns of every answer."""
        return self._dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, dimension)` float32, unit rows, with the query prompt."""
        return self._encode(self._model.encode_query, texts, self._options.query_prompt)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, dimension)` float32, unit rows, with the document prompt."""
        return self._encode(self._model.encode_document, texts, self._options.passage_prompt)

    def _encode(self, encode: Any, texts: Sequence[str], prompt: str | None) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        normal = [normalise(text) for text in texts]
        prompted = {} if prompt is None else {"prompt": prompt}
        rows = encode(
            normal, convert_to_numpy=True, show_progress_bar=False, batch_size=self._options.batch_size, **prompted
        )
        return unit_rows(rows, first_axis(self.dimension))


def _load(name: str, options: EncoderOptions) -> "SentenceTransformer":
    with _said(name):
        import torch
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(
            name,
            device=options.device,
            truncate_dim=options.dimension,
            model_kwargs={} if options.precision == "float32" else {"dtype": getattr(torch, options.precision)},
        )
        if options.maximum_length is not None:
            model.max_seq_length = options.maximum_length
        return model


def _probed_dimension(model: "SentenceTransformer", options: EncoderOptions) -> int:
    """Return how many columns `model` really gives; ValueError when it cannot serve, or not under these options."""
    probe = model.encode([_PROBE], convert_to_numpy=True, show_progress_bar=False)
    dimension = int(np.shape(probe)[1])
    if not np.isfinite(probe).all():
        raise ValueError("its vectors hold NaN or infinity")
    if options.dimension and options.dimension != dimension:
        raise ValueError(f"it has {dimension} dimensions, {options.dimension} were asked for")
    stated = (getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension)()
    if stated not in (None, dimension):
        raise ValueError(f"its files state {stated} dimensions, its vectors have {dimension}")
    if _knows_no_words(getattr(model, "tokenizer", None)):
        raise ValueError("its tokenizer knows no words, as when tokenizer.json or the vocabulary is missing")
    return dimension


def _knows_no_words(tokenizer: Any) -> bool:
    """Tell whether special tokens are all it has: without its files transformers makes such a one and says nothing."""
    vocabulary = set(tokenizer.get_vocab()) if hasattr(tokenizer, "get_vocab") else set()
    return bool(vocabulary) and vocabulary <= set(getattr(tokenizer, "all_special_tokens", ()))


@contextmanager
def _said(name: str) -> Iterator[None]:
    """Turn what goes wrong with the model called `name` into a sentence."""
    try:
        yield
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name in ("torch", "sentence_transformers"):
            raise PackageMissing("sentence-transformers", "encoders") from error
        # missing files, no network, no such model or device: the library raises a dozen kinds
        reason = next(iter(str(error).splitlines()), "").rstrip(" .") or type(error).__name__
        raise EncoderError(
            Bilingual(
                f"无法加载编码模型 {name}：{reason}。请检查 JINXUE_ENCODER 及 JINXUE_ENCODER_… 各项与网络，或不设置它们以使用内置模型。",
                f"The encoder {name} cannot be loaded: {reason}. Check JINXUE_ENCODER, the settings JINXUE_ENCODER_… and the network, "
                "or unset them to use the bundled model.",
            )
        ) from error


def _content_name(name: str, model: "SentenceTransformer") -> str:
    folder = Path(name)
    if folder.is_dir():
        files = [file for file in folder.rglob("*") if file.suffix in CONTENT_SUFFIXES]
        return f"{folder.resolve().name}@{fingerprint(files)}"
    inner = getattr(model[0], "auto_model", None)
    revision = getattr(getattr(inner, "config", None), "_commit_hash", None)
    return f"{name}@{revision}" if revision else name
