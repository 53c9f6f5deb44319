"""Contrastive training with sentence-transformers; torch is imported inside these functions only."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from recommender.training.corpus import Pair

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 128
LEARNING_RATE = 0.002
RUNS = 4
STEP = 0.5


def static_model(tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> "SentenceTransformer":
    """Return a sentence-transformers model: the mean of `vectors` `(vocabulary, dimension)` over a text's tokens, made unit length."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    return SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=vectors), Normalize()], device="cpu"
    )


def fine_tuned(
    tokenizer: Tokenizer,
    vectors: NDArray[np.float32],
    pairs: Sequence[Pair],
    *,
    epochs: int,
    seed: int,
    progress: bool = False,
) -> NDArray[np.float32]:
    """Return token vectors `(vocabulary, dimension)` half-way from `vectors` to the mean of four trainings that differ in the order of `pairs`.

    What the order of the pairs alone teaches cancels out, and what the start knew stays: one whole training lost on long texts.
    """
    trained = []
    for run in range(RUNS):
        model = static_model(tokenizer, vectors.copy())
        _train(model, pairs, epochs=epochs, seed=seed + run, progress=progress)
        trained.append(model[0].get_parameter("embedding.weight").detach().numpy())
    return np.asarray((1 - STEP) * vectors + STEP * np.mean(trained, axis=0), dtype=np.float32)


def _train(model: "SentenceTransformer", pairs: Sequence[Pair], *, epochs: int, seed: int, progress: bool) -> None:
    """Draw the two texts of each pair together and apart from the batch's others (MultipleNegativesRankingLoss), changing `model`.

    One thread and one seed: the same model, pairs and seed give the same bits on the same machine.
    """
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.training_args import BatchSamplers
    from transformers.trainer_callback import PrinterCallback

    model.model_card_data.widget = [{"text": ""}]  # else the trainer makes examples for a card that we write by hand
    anchors, positives = zip(*pairs, strict=True)
    with tempfile.TemporaryDirectory() as scratch, _one_thread():
        arguments = SentenceTransformerTrainingArguments(
            output_dir=scratch,
            num_train_epochs=epochs,
            per_device_train_batch_size=BATCH_SIZE,
            learning_rate=LEARNING_RATE,
            warmup_steps=0.1,
            batch_sampler=BatchSamplers.NO_DUPLICATES,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=not progress,
            seed=seed,
            use_cpu=True,
        )
        trainer = SentenceTransformerTrainer(
            model=model,
            args=arguments,
            train_dataset=Dataset.from_dict({"anchor": list(anchors), "positive": list(positives)}),
            loss=MultipleNegativesRankingLoss(model),
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()


def save(model: "SentenceTransformer", folder: Path) -> None:
    """Write `model` into `folder`, readable by everyone who may read the project; a card that is there stays."""
    model.save(str(folder), create_model_card=False)
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(0o644)


@contextmanager
def _one_thread() -> Iterator[None]:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
