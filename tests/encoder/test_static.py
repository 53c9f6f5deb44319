"""The static encoder: its arithmetic on a tiny model, its agreement with sentence-transformers, and what it refuses."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from recommender.encoder import StaticEncoder, bundled_model_folder, load_encoder
from recommender.errors import EncoderError
from tests.encoder.conftest import TINY_VECTORS, write_static_folder

SAMPLE = [
    "想学工业机器人的操作和维修",
    "電焊工",
    "PLC",
    "数控 CNC ☆ 编程",
    "抖音😀直播",
    "机" * 5_000,
    "Ｓ7－1200 入门",
    "c# c++",
]


def test_a_vector_is_the_unit_mean_of_its_tokens(static_folder: Path) -> None:
    encoder = StaticEncoder(static_folder)
    np.testing.assert_allclose(encoder.encode_queries(["焊 接"]), [[0.6, 0.8, 0.0]], atol=1e-7)
    np.testing.assert_allclose(encoder.encode_passages(["焊 焊 接"]), [[6 / 52**0.5, 4 / 52**0.5, 0.0]], atol=1e-7)


def test_a_text_of_nothing_or_of_vectors_that_cancel_takes_the_unknown_tokens_direction(static_folder: Path) -> None:
    rows = StaticEncoder(static_folder).encode_queries(["", "鸟", "[UNK] plc plc"])
    np.testing.assert_array_equal(rows, [[0.0, 0.0, 1.0]] * 3)


def test_batches_change_no_bit() -> None:
    encoder = load_encoder()
    texts = [text * repeats for repeats in (1, 2, 3) for text in SAMPLE] * 60
    together = encoder.encode_passages(texts)
    assert len(texts) > 1_024
    np.testing.assert_array_equal(together[:24], np.vstack([encoder.encode_queries([text]) for text in texts[:24]]))
    np.testing.assert_array_equal(together[:24], together[-24:])


def test_sentence_transformers_gives_the_bundled_encoders_vectors() -> None:
    model = SentenceTransformer(str(bundled_model_folder()), device="cpu")
    np.testing.assert_allclose(
        load_encoder().encode_queries(SAMPLE),
        model.encode([text.replace("電", "电") for text in SAMPLE], show_progress_bar=False),
        atol=1e-5,
    )


def test_a_hundred_thousand_characters_are_one_more_text() -> None:
    rows = load_encoder().encode_queries(["机器人" * 33_334, "a" * 100_000, "机器人"])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert rows[0] @ rows[2] > 0.9


def test_the_name_follows_the_content_and_not_the_place(tmp_path: Path) -> None:
    here, there = (StaticEncoder(write_static_folder(tmp_path / place / "tiny")) for place in ("a", "b"))
    other = StaticEncoder(write_static_folder(tmp_path / "c" / "tiny", TINY_VECTORS * 2))
    assert here.name == there.name
    assert here.name.startswith("tiny@")
    assert here.name != other.name


def test_neither_torch_nor_sentence_transformers_is_imported() -> None:
    script = (
        "import sys, recommender.encoder as e; e.load_encoder().encode_queries(['数控']);"
        "print(sorted({'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda folder: (folder / "tokenizer.json").unlink(), "tokenizer.json"),
        (lambda folder: (folder / "model.safetensors").unlink(), "model.safetensors"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "tokenizer.json"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\x08"), "model.safetensors"),
        (lambda folder: (folder / "modules.json").write_text("{}"), "modules.json"),
        (lambda folder: write_static_folder(folder, TINY_VECTORS[:3]), "(3, 3)"),
        (lambda folder: write_static_folder(folder, TINY_VECTORS * np.float32("nan")), "NaN"),
    ],
)
def test_a_damaged_folder_is_refused_with_its_place_and_what_is_wrong(static_folder: Path, damage, named: str) -> None:
    damage(static_folder)
    with pytest.raises(EncoderError) as refusal:
        load_encoder(str(static_folder))
    for sentence in refusal.value.message:
        assert named in sentence
        assert str(static_folder) in sentence


@pytest.mark.parametrize("name", ["/no/such/folder", "./none", "~/none/at/all"])
def test_a_missing_folder_is_refused_without_asking_the_network(name: str) -> None:
    with pytest.raises(EncoderError) as refusal:
        load_encoder(name)
    for sentence in refusal.value.message:
        assert "JINXUE_ENCODER" in sentence


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError) as refusal:
        load_encoder(str(tmp_path))
    assert str(tmp_path) in refusal.value.message.zh
