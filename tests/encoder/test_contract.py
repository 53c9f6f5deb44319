"""What every encoder promises, kept by each: the bundled one, a tiny static one, and a real transformer made here."""

from pathlib import Path

import numpy as np
import pytest

from recommender.encoder import CachedEncoder, Encoder, EncoderOptions, SentenceTransformerEncoder, load_encoder

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
HARD_TEXTS = [
    "焊接" * 50_000,
    "a" * 100_000,
    "焊接 welding сварка 溶接 용접 لحام",
    "ＰＬＣ　５轴加工，１００％",
    "焊\x00接\x1b[31m\x7f",
    "\x01\x02",
    "\ud800",
    "焊\ud800接",
    "\udfff\ud800",
    "\ufeff\uffff\U0010ffff",
    "e\u0301" * 1_000,
]


@pytest.fixture(params=["bundled", "prompted", "kept", "static", "transformer"])
def encoder(request: pytest.FixtureRequest, tmp_path: Path) -> Encoder:
    """Each encoder in turn: the bundled one by itself, through torch and from a file, and two made here."""
    if request.param in ("bundled", "kept"):
        return load_encoder() if request.param == "bundled" else CachedEncoder(load_encoder(), tmp_path / "kept")
    if request.param == "prompted":
        return load_encoder(None, EncoderOptions(query_prompt="想学 "))
    return load_encoder(str(request.getfixturevalue(f"{request.param}_folder")))


def test_every_vector_is_finite_float32_and_of_unit_length(encoder: Encoder) -> None:
    for encode in (encoder.encode_queries, encoder.encode_passages):
        rows = encode(TEXTS)
        assert rows.shape == (len(TEXTS), encoder.dimension)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("text", HARD_TEXTS, ids=lambda text: ascii(text[:12]))
def test_a_hard_text_is_one_more_unit_row_alone_and_among_others(encoder: Encoder, text: str) -> None:
    for encode in (encoder.encode_queries, encoder.encode_passages):
        alone, together = encode([text]), encode(["数控", text, "", text])
        assert (alone.shape, together.shape) == ((1, encoder.dimension), (4, encoder.dimension))
        assert alone.dtype == together.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
        np.testing.assert_allclose(together[[1, 3]], alone[[0, 0]], atol=1e-6)


def test_a_lone_surrogate_spoils_nothing_of_the_text_around_it(encoder: Encoder) -> None:
    broken, usual, other = encoder.encode_passages(["焊 接 \ud800", "焊 接", "数 控"])
    assert broken @ usual > broken @ other


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
    assert len(content.partition(";")[0]) == 12


def test_the_transformers_query_prompt_is_used_for_queries_alone(transformer_folder: Path) -> None:
    encoder = SentenceTransformerEncoder(transformer_folder)
    prompted = encoder.encode_passages(["query: 数控"])
    np.testing.assert_allclose(encoder.encode_queries(["数控"]), prompted, atol=1e-6)
    assert not np.allclose(encoder.encode_passages(["数控"]), prompted, atol=1e-3)
