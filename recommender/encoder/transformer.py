"""Any sentence-transformers model, from the hub or a local folder; torch is imported when one is made."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender.encoder.protocol import Vectors
from recommender.encoder.vectors import fingerprint, first_axis, unit_rows
from recommender.errors import EncoderError
from recommender.language import Bilingual
from recommender.text import normalise

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

CONTENT_SUFFIXES = {".safetensors", ".bin", ".json", ".txt", ".model"}


class SentenceTransformerEncoder:
    """An `Encoder` over any model that `SentenceTransformer(name_or_folder)` loads, with its query and document prompts where it has them."""

    def __init__(self, name_or_folder: str | Path) -> None:
        """Load the model on the processor; raise `EncoderError` when it is missing, broken, or the hub cannot be reached."""
        self._model = _load(str(name_or_folder))
        dimension = self._model.get_embedding_dimension()
        self._dimension = int(dimension) if dimension else int(np.shape(self._model.encode([""]))[1])
        self._name = _content_name(str(name_or_folder), self._model)

    @property
    def name(self) -> str:
        """The folder's name and its files' fingerprint, or the hub id and its revision where that is known."""
        return self._name

    @property
    def dimension(self) -> int:
        """The number of columns of every answer."""
        return self._dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, dimension)` float32, unit rows, with the model's query prompt."""
        return self._encode(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, dimension)` float32, unit rows, with the model's document prompt."""
        return self._encode(self._model.encode_document, texts)

    def _encode(self, encode: Any, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        rows = encode([normalise(text) for text in texts], convert_to_numpy=True, show_progress_bar=False)
        return unit_rows(rows, first_axis(self.dimension))


def _load(name: str) -> "SentenceTransformer":
    try:
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(name, device="cpu")
    except Exception as error:  # missing files, bad JSON, no network, no such model: the library raises a dozen kinds
        reason = next(iter(str(error).splitlines()), "").rstrip(" .") or type(error).__name__
        raise EncoderError(
            Bilingual(
                f"无法加载编码模型 {name}：{reason}。请检查名称或文件夹与网络，或不设置 JINXUE_ENCODER 以使用内置模型。",
                f"The encoder {name} cannot be loaded: {reason}. Check its name or folder and the network, "
                "or unset JINXUE_ENCODER to use the bundled model.",
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
