"""What every encoder promises, kept by each: the bundled one, a tiny static one, and a real transformer made here."""

from pathlib import Path

import numpy as np
import pytest

from recommender.encoder import Encoder, SentenceTransformerEncoder, load_encoder

NOTHING_TO_HOLD_ON_TO = ["", "   ", "\n\t", "😀🤖", "！？。", "𰻞", "\u200b"]
TEXTS = [
    "数控车床操作",
    "电焊",
    "PLC 编程",
    "想学工业机器人的操作和维修",
    "CNC programming",
    "a" * 50,
    "焊 接",
    *NOTHING_TO_HOLD_ON_TO,
]


@pytest.fixture(scope="module")
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


@pytest.fixture(params=["bundled", "static", "transformer"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """Each encoder in turn."""
    if request.param == "bundled":
        return load_encoder()
    return load_encoder(str(request.getfixturevalue(f"{request.param}_folder")))


def test_every_vector_is_finite_float32_and_of_unit_length(encoder: Encoder) -> None:
    for encode in (encoder.encode_queries, encoder.encode_passages):
        rows = encode(TEXTS)
        assert rows.shape == (len(TEXTS), encoder.dimension)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    for encode in (encoder.encode_queries, encoder.encode_passages):
        assert encode([]).shape == (0, encoder.dimension)
        assert encode([]).dtype == np.float32


def test_scripts_widths_and_case_make_no_difference(encoder: Encoder) -> None:
    simplified, traditional, wide = (
        encoder.encode_queries([text]) for text in ("数控车床 PLC", "數控車床 PLC", "数控车床　ｐｌｃ")
    )
    np.testing.assert_array_equal(simplified, traditional)
    np.testing.assert_array_equal(simplified, wide)


def test_a_text_gives_the_same_vector_in_every_batch(encoder: Encoder) -> None:
    together = encoder.encode_passages(TEXTS)
    alone = np.vstack([encoder.encode_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_different_texts_give_different_vectors(encoder: Encoder) -> None:
    first, second = encoder.encode_passages(["数控", "电焊 接"])
    assert first @ second < 0.999


def test_every_encoder_says_who_it_is(encoder: Encoder) -> None:
    assert isinstance(encoder, Encoder)
    name, _, content = encoder.name.partition("@")
    assert name
    assert len(content) == 12


def test_the_transformers_query_prompt_is_used_for_queries_alone(transformer_folder: Path) -> None:
    encoder = SentenceTransformerEncoder(transformer_folder)
    prompted = encoder.encode_passages(["query: 数控"])
    np.testing.assert_allclose(encoder.encode_queries(["数控"]), prompted, atol=1e-6)
    assert not np.allclose(encoder.encode_passages(["数控"]), prompted, atol=1e-3)
