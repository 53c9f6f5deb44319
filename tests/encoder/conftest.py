"""A tiny static model, made by the test run with known vectors."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

TINY_VOCABULARY = {"[UNK]": 0, "焊": 1, "接": 2, "数": 3, "控": 4, "plc": 5}
TINY_VECTORS = np.array([[0, 0, 2], [3, 0, 0], [0, 4, 0], [1, 1, 0], [1, -1, 0], [0, 0, -1]], dtype=np.float32)


def write_static_folder(folder: Path, vectors: np.ndarray = TINY_VECTORS) -> Path:
    """Write a static model that knows five words into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.WordLevel(TINY_VOCABULARY, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    save_file({"embedding.weight": vectors}, folder / "model.safetensors")
    (folder / "modules.json").write_text(
        '[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding.StaticEmbedding"}]'
    )
    return folder


@pytest.fixture
def static_folder(tmp_path: Path) -> Path:
    """A whole and healthy tiny static model."""
    return write_static_folder(tmp_path / "tiny")
