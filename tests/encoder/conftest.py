"""A tiny static model with known vectors and a tiny transformer, both made by the test run."""

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


@pytest.fixture(scope="session")
def transformer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real, tiny, untrained BERT with mean pooling."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"数控车床操作电焊接编程想学工业机器人的和维修",
        "plc",
        "cnc",
        ":",
        "query",
    ]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(words), **sizes)).save_pretrained(folder)
    transformer = Transformer(str(folder))
    pooling = Pooling(transformer.get_embedding_dimension(), "mean")
    model = SentenceTransformer(
        modules=[transformer, pooling], device="cpu", prompts={"query": "query: ", "document": ""}
    )
    model.save(str(folder / "whole"), create_model_card=False)
    return folder / "whole"
