"""How a model may be used: every option does what it says, is told in the name where it changes vectors, and is refused where it cannot be."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from recommender.encoder import (
    Encoder,
    EncoderOptions,
    SentenceTransformerEncoder,
    StaticEncoder,
    Vectors,
    bundled_model_folder,
    load_encoder,
)
from recommender.encoder.vectors import fingerprint
from recommender.errors import EncoderError

TEXTS = ["数控车床操作", "电焊", "plc 编程", "想学工业机器人的操作和维修", "cnc", "电 焊 接 " * 40]


@pytest.fixture
def plain(transformer_folder: Path) -> Encoder:
    return load_encoder(str(transformer_folder))


def made(folder: Path | None, **options: object) -> Encoder:
    return load_encoder(None if folder is None else str(folder), EncoderOptions(**options))


def first_columns(rows: Vectors, count: int) -> Vectors:
    """Return the first columns, of length 1 again."""
    return rows[:, :count] / np.linalg.norm(rows[:, :count], axis=1, keepdims=True)


def test_a_query_prompt_stands_before_queries_alone(transformer_folder: Path, plain: Encoder) -> None:
    encoder = made(transformer_folder, query_prompt="工业:")
    np.testing.assert_allclose(
        encoder.encode_queries(TEXTS), plain.encode_passages([f"工业:{text}" for text in TEXTS]), atol=1e-6
    )
    np.testing.assert_array_equal(encoder.encode_passages(TEXTS), plain.encode_passages(TEXTS))


def test_a_passage_prompt_stands_before_passages_alone(transformer_folder: Path, plain: Encoder) -> None:
    encoder = made(transformer_folder, passage_prompt="工业:")
    np.testing.assert_allclose(
        encoder.encode_passages(TEXTS), plain.encode_passages([f"工业:{text}" for text in TEXTS]), atol=1e-6
    )
    np.testing.assert_array_equal(encoder.encode_queries(TEXTS), plain.encode_queries(TEXTS))


def test_an_empty_prompt_takes_the_place_of_the_models_own(transformer_folder: Path, plain: Encoder) -> None:
    queries = made(transformer_folder, query_prompt="").encode_queries(TEXTS)
    np.testing.assert_allclose(queries, plain.encode_passages(TEXTS), atol=1e-6)
    assert not np.allclose(queries, plain.encode_queries(TEXTS), atol=1e-3)


def test_nothing_is_read_beyond_the_maximum_length(transformer_folder: Path, plain: Encoder) -> None:
    alike = ["数控车床操作", "数控车床编程"]
    short, long = (
        made(transformer_folder, maximum_length=length).encode_passages(alike) for length in (6, 7)
    )  # four and five characters between the two marks
    np.testing.assert_array_equal(short[0], short[1])
    assert not np.allclose(long[0], long[1], atol=1e-3)
    np.testing.assert_allclose(short[0], plain.encode_passages(["数控车床"])[0], atol=1e-6)


def test_a_dimension_keeps_the_first_columns(transformer_folder: Path, plain: Encoder) -> None:
    encoder = made(transformer_folder, dimension=5)
    assert encoder.dimension == 5
    np.testing.assert_allclose(encoder.encode_queries(TEXTS), first_columns(plain.encode_queries(TEXTS), 5), atol=1e-5)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_gives_nearly_the_same_vectors_as_float32(
    transformer_folder: Path, plain: Encoder, precision: str
) -> None:
    rows, usual = made(transformer_folder, precision=precision).encode_passages(TEXTS), plain.encode_passages(TEXTS)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rows, usual, atol=0.02)
    assert not np.allclose(rows, usual, atol=1e-6)


@pytest.mark.parametrize("size", [1, 2, 64])
def test_the_batch_size_makes_no_difference(transformer_folder: Path, plain: Encoder, size: int) -> None:
    rows = made(transformer_folder, batch_size=size).encode_queries(TEXTS * 7)
    np.testing.assert_allclose(rows, plain.encode_queries(TEXTS * 7), atol=1e-6)


def test_the_bundled_model_is_cut_to_a_dimension_without_torch() -> None:
    encoder = made(None, dimension=64, batch_size=7)
    assert isinstance(encoder, StaticEncoder)
    assert encoder.dimension == 64
    np.testing.assert_allclose(
        encoder.encode_queries(TEXTS), first_columns(load_encoder().encode_queries(TEXTS), 64), atol=1e-6
    )


def test_the_bundled_model_takes_prompts_through_torch() -> None:
    encoder = made(None, query_prompt="想学 ", dimension=64)
    assert isinstance(encoder, SentenceTransformerEncoder)
    usual = made(None, dimension=64)
    np.testing.assert_allclose(
        encoder.encode_queries(TEXTS), usual.encode_queries([f"想学 {text}" for text in TEXTS]), atol=1e-5
    )
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), usual.encode_passages(TEXTS), atol=1e-5)


CHANGES: list[dict[str, object]] = [
    {"query_prompt": "数"},
    {"passage_prompt": "数"},
    {"query_prompt": ""},
    {"maximum_length": 8},
    {"dimension": 3},
    {"precision": "bfloat16"},
    {"dimension": 3, "precision": "bfloat16"},
]


def test_options_that_change_vectors_change_the_name_and_each_in_its_own_way(
    transformer_folder: Path, plain: Encoder
) -> None:
    names = [made(transformer_folder, **options).name for options in CHANGES]
    assert len({plain.name, *names}) == len(CHANGES) + 1
    assert all(name.startswith(plain.name + ";") for name in names)
    bundled = load_encoder().name
    assert made(None, dimension=64).name == f"{bundled};dimension=64"


@pytest.mark.parametrize(
    "options", [{"batch_size": 3}, {"device": "cpu"}, {"precision": "float32"}, {"dimension": None}]
)
def test_options_that_change_no_vector_do_not_change_the_name(
    transformer_folder: Path, plain: Encoder, options: dict[str, object]
) -> None:
    assert made(transformer_folder, **options).name == plain.name
    assert made(None, **options).name == load_encoder().name


def test_the_order_in_which_a_folder_lists_its_files_does_not_change_the_name(transformer_folder: Path) -> None:
    files = list(transformer_folder.rglob("*.json"))
    assert sum(file.name == "config.json" for file in files) > 1
    assert fingerprint(files) == fingerprint(files[::-1])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"device": "nowhere"}, "nowhere"),
        ({"device": "cuda:77"}, ""),
        ({"dimension": 17}, "16 dimensions, 17 were asked for"),
        ({"maximum_length": 513}, "512"),
    ],
    ids=str,
)
def test_what_the_model_cannot_do_is_refused_at_once_in_a_sentence_that_names_it(
    transformer_folder: Path, options: dict[str, object], said: str
) -> None:
    with pytest.raises(EncoderError) as refusal:
        made(transformer_folder, **options)
    for sentence in refusal.value.message:
        assert str(transformer_folder) in sentence
        assert said in sentence
        assert "JINXUE_ENCODER" in sentence
        assert len(sentence.splitlines()) == 1


@pytest.mark.parametrize(
    "options", [{"dimension": 257}, {"dimension": 257, "query_prompt": "想学"}, {"maximum_length": 8}], ids=str
)
def test_what_the_bundled_model_cannot_do_is_refused_too(options: dict[str, object]) -> None:
    with pytest.raises(EncoderError) as refusal:
        made(None, **options)
    for sentence in refusal.value.message:
        assert str(bundled_model_folder()) in sentence
        assert len(sentence.splitlines()) == 1


@pytest.mark.parametrize(
    "options",
    [{"dimension": 0}, {"maximum_length": 0}, {"batch_size": 0}, {"precision": "int8"}, {"prompt": "数"}],
    ids=str,
)
def test_what_no_model_can_do_is_no_option(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EncoderOptions(**options)
