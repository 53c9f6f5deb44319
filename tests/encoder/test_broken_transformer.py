"""A transformer's folder that is broken is refused when it is loaded, in one sentence that names it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from recommender.encoder import load_encoder
from recommender.errors import EncoderError

FILES = (
    "config.json",
    "model.safetensors",
    "modules.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "1_Pooling/config.json",
)
DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "half of it": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "no text": lambda file: file.write_bytes(b"\xff" * 50),
    "missing": Path.unlink,
}
NEEDED = ("config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json")


@pytest.fixture
def folder(transformer_folder: Path, tmp_path: Path) -> Path:
    """A copy of a healthy model, to be broken."""
    return Path(shutil.copytree(transformer_folder, tmp_path / "broken"))


def refusal(folder: Path) -> str:
    """Return the sentence in English with which the folder is refused."""
    with pytest.raises(EncoderError) as refused:
        load_encoder(str(folder))
    for sentence in refused.value.message:
        assert str(folder) in sentence
        assert len(sentence.splitlines()) == 1
    return refused.value.message.en


def change(file: Path, **values: object) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}))


def test_the_healthy_model_is_not_refused(folder: Path) -> None:
    assert sorted(FILES) == sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    assert load_encoder(str(folder)).dimension == 16


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_every_file_that_is_damaged_or_missing_where_it_is_needed_is_noticed(
    folder: Path, name: str, damage: str
) -> None:
    DAMAGES[damage](folder / name)
    if damage == "missing" and name not in NEEDED:
        assert load_encoder(str(folder)).dimension == 16
    else:
        refusal(folder)


def test_a_tokenizer_that_knows_no_words_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    assert "knows no words" in refusal(folder)


@pytest.mark.parametrize("stated", [8, 32])
def test_a_pooling_of_another_dimension_than_the_model_is_refused(folder: Path, stated: int) -> None:
    change(folder / "1_Pooling" / "config.json", embedding_dimension=stated)
    assert f"its files state {stated} dimensions, its vectors have 16" in refusal(folder)


@pytest.mark.parametrize("stated", [{"hidden_size": 32}, {"vocab_size": 7}], ids=str)
def test_a_configuration_of_another_size_than_the_weights_is_refused(folder: Path, stated: dict[str, int]) -> None:
    change(folder / "config.json", **stated)
    refusal(folder)


def test_weights_that_are_no_numbers_are_refused(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    weights["embeddings.position_embeddings.weight"][:] = float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert "NaN" in refusal(folder)
