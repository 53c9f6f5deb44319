"""Contrastive training with sentence-transformers; torch is imported inside these functions only."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from recommender.training.corpus import Pair, Triplet

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 512
LEARNING_RATE = 0.005
SCALE = 8.0  # of cosines, before the softmax: a softer contrast than the usual 20
TRIPLET_ROUNDS = 2  # per epoch: look-alikes are few beside the pairs
RUNS = 2


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
    triplets: Sequence[Triplet] = (),
    *,
    epochs: int,
    seed: int,
    progress: bool = False,
) -> NDArray[np.float32]:
    """Return token vectors `(vocabulary, dimension)`: the mean of two trainings that start from `vectors` and differ in the order of the texts.

    What the order alone teaches cancels out.
    """
    trained = []
    for run in range(RUNS):
        model = static_model(tokenizer, vectors.copy())
        _train(model, pairs, triplets, epochs=epochs, seed=seed + run, progress=progress)
        trained.append(model[0].get_parameter("embedding.weight").detach().numpy())
    return np.asarray(np.mean(trained, axis=0), dtype=np.float32)


def _train(
    model: "SentenceTransformer",
    pairs: Sequence[Pair],
    triplets: Sequence[Triplet],
    *,
    epochs: int,
    seed: int,
    progress: bool,
) -> None:
    """Draw the two texts of each pair together and apart from the batch's others and from a triplet's third, changing `model`.

    One thread and one seed: the same model, pairs, triplets and seed give the same bits on the same machine.
    """
    from datasets import Dataset, DatasetDict
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.training_args import BatchSamplers, MultiDatasetBatchSamplers
    from transformers.trainer_callback import PrinterCallback

    model.model_card_data.widget = [{"text": ""}]  # else the trainer makes examples for a card that we write by hand
    columns = ("anchor", "positive", "negative")
    groups = {"pairs": pairs, "triplets": [*triplets] * TRIPLET_ROUNDS}
    data = DatasetDict(
        {
            name: Dataset.from_dict(dict(zip(columns, map(list, zip(*group, strict=True)), strict=False)))
            for name, group in groups.items()
            if group
        }
    )
    with tempfile.TemporaryDirectory() as scratch, _one_thread():
        arguments = SentenceTransformerTrainingArguments(
            output_dir=scratch,
            num_train_epochs=epochs,
            per_device_train_batch_size=BATCH_SIZE,
            learning_rate=LEARNING_RATE,
            warmup_steps=0.1,
            batch_sampler=BatchSamplers.NO_DUPLICATES,
            multi_dataset_batch_sampler=MultiDatasetBatchSamplers.PROPORTIONAL,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=not progress,
            seed=seed,
            use_cpu=True,
        )
        loss = MultipleNegativesRankingLoss(
            model, scale=SCALE, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction"
        )
        trainer = SentenceTransformerTrainer(model=model, args=arguments, train_dataset=data, loss=loss)
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
