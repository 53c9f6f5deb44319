"""A static embedding model served without torch: a text's vector is the mean of its tokens' vectors."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from scipy.sparse import csr_array
from tokenizers import Tokenizer

from recommender.encoder.options import EncoderOptions
from recommender.encoder.protocol import Vectors
from recommender.encoder.vectors import fingerprint, first_axis, unit_rows
from recommender.errors import EncoderError
from recommender.language import Bilingual
from recommender.text import normalise

WEIGHT_KEY = "embedding.weight"
TEXTS_AT_ONCE = 1_024


class StaticEncoder:
    """An `Encoder` over a folder that sentence-transformers saved from `StaticEmbedding` (`SentenceTransformer(folder)` reads the same).

    Queries and passages are encoded alike. A text's vector depends on nothing but the text: the same bits in every batch.
    """

    def __init__(self, folder: Path | str, dimension: int | None = None) -> None:
        """Read `folder`'s `tokenizer.json` and `model.safetensors`; raise `EncoderError` when it is missing or broken.

        Of its columns the first `dimension` are used, all for None; more than it has is an `EncoderError`.
        """
        root = Path(folder)
        module = static_module(root) or root
        files = [module / "tokenizer.json", module / "model.safetensors"]
        for file in files:
            if not file.is_file():
                raise _broken(root, f"缺少文件 {file.name}", f"{file.name} is missing")
        self._tokenizer = _read_tokenizer(root, files[0])
        self._weights = _read_weights(root, files[1], self._tokenizer.get_vocab_size())
        if dimension is not None:
            self._weights = _first_columns(root, self._weights, dimension)
        self._unknown = self._unknown_vector()
        self._name = f"{root.resolve().name}@{fingerprint(files)}{EncoderOptions(dimension=dimension).digest}"

    @property
    def name(self) -> str:
        """The folder's name and the fingerprint of its two files."""
        return self._name

    @property
    def dimension(self) -> int:
        """The number of columns of every answer."""
        return int(self._weights.shape[1])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, dimension)` float32, unit rows; `(0, dimension)` for no texts."""
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            chunk = [normalise(text) for text in texts[start : start + TEXTS_AT_ONCE]]
            rows[start : start + len(chunk)] = unit_rows(self._sums(self._token_ids(chunk)), self._unknown)
        return rows

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return `(n, dimension)` float32, unit rows; `(0, dimension)` for no texts."""
        return self.encode_queries(texts)

    def _token_ids(self, texts: list[str]) -> list[list[int]]:
        if len(texts) == 1:  # the batch call costs ten times as much for one text: it wakes a pool of threads
            return [self._tokenizer.encode(texts[0], add_special_tokens=False).ids]
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def _sums(self, token_ids: list[list[int]]) -> Vectors:
        """Return each text's sum of token vectors; one row of the sparse product never depends on another."""
        if len(token_ids) == 1:  # the same additions in the same order, without the price of a sparse matrix
            return np.add.reduce(self._weights[token_ids[0]], axis=0, keepdims=True)
        ends = np.cumsum([0, *map(len, token_ids)], dtype=np.int32)
        columns = np.fromiter((token for ids in token_ids for token in ids), dtype=np.int32, count=int(ends[-1]))
        ones = np.ones(len(columns), dtype=np.float32)
        counts = csr_array((ones, columns, ends), shape=(len(token_ids), len(self._weights)))
        sums: Vectors = np.asarray(counts @ self._weights)
        return sums

    def _unknown_vector(self) -> Vectors:
        token = self._tokenizer.token_to_id(getattr(self._tokenizer.model, "unk_token", None) or "")
        vector = self._weights.mean(axis=0) if token is None else self._weights[token]
        unit: Vectors = unit_rows(vector[None, :], first_axis(self.dimension))[0]
        return unit


def static_module(folder: Path) -> Path | None:
    """Return where `folder` keeps its static embedding, None when its `modules.json` describes another kind of model or is missing."""
    listing = folder / "modules.json"
    if not listing.is_file():
        return None
    try:
        modules = json.loads(listing.read_text(encoding="utf-8"))
        kinds = [module["type"].rpartition(".")[2] for module in modules]
        static = kinds[0] == "StaticEmbedding" and set(kinds[1:]) <= {"Normalize"}
        return folder / modules[0]["path"] if static else None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise _broken(folder, "modules.json 无法读取", "modules.json cannot be read") from error


def _read_tokenizer(folder: Path, file: Path) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the tokenizers package raises nothing narrower than Exception
        raise _broken(folder, "tokenizer.json 无法读取", "tokenizer.json cannot be read") from error
    tokenizer.no_padding()
    return tokenizer


def _read_weights(folder: Path, file: Path, vocabulary_size: int) -> Vectors:
    try:
        tensors = load_file(file)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(folder, "model.safetensors 无法读取", "model.safetensors cannot be read") from error
    if WEIGHT_KEY not in tensors:
        raise _broken(folder, f"model.safetensors 中没有 {WEIGHT_KEY}", f"model.safetensors holds no {WEIGHT_KEY}")
    weights = np.ascontiguousarray(tensors[WEIGHT_KEY], dtype=np.float32)
    if weights.ndim != 2 or weights.shape[1] == 0 or len(weights) != vocabulary_size:
        raise _broken(
            folder,
            f"词表有 {vocabulary_size} 个词，向量的形状却是 {weights.shape}",
            f"the tokenizer knows {vocabulary_size} tokens but the vectors' shape is {weights.shape}",
        )
    if not np.isfinite(weights).all():
        raise _broken(folder, "向量中有 NaN 或无穷大", "the vectors hold NaN or infinity")
    return weights


def _first_columns(folder: Path, weights: Vectors, dimension: int) -> Vectors:
    if dimension > weights.shape[1]:
        raise EncoderError(
            Bilingual(
                f"编码模型 {folder} 只有 {weights.shape[1]} 维，JINXUE_ENCODER_DIMENSION 却要求 {dimension} 维。请改小它。",
                f"The encoder {folder} has {weights.shape[1]} dimensions, but JINXUE_ENCODER_DIMENSION asks for {dimension}; lower it.",
            )
        )
    return np.ascontiguousarray(weights[:, :dimension])


def _broken(folder: Path, zh: str, en: str) -> EncoderError:
    return EncoderError(
        Bilingual(
            f"编码模型文件夹 {folder} 不完整或已损坏：{zh}。请恢复该文件夹，或用 jinxue train-encoder 重新训练。",
            f"The encoder's folder {folder} is incomplete or damaged: {en}. Restore it, or train it anew with jinxue train-encoder.",
        )
    )
