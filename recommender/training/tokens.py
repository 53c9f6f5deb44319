"""The tokenizer of the bundled encoder: Chinese pieces learned from text over an alphabet of every common character."""

from collections.abc import Iterable, Iterator

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from recommender.text import normalise

UNKNOWN = "[UNK]"
DROPPED = Regex(r"[\s\p{P}\p{C}&&[^#]]+")
RUNS = Regex(r"[a-z0-9+#]+|\p{Han}+")
LATIN = "abcdefghijklmnopqrstuvwxyz0123456789+#"


def train_tokenizer(texts: Iterable[str], *, vocabulary_size: int) -> Tokenizer:
    """Learn at most `vocabulary_size` pieces by byte-pair merging of `texts`; the same texts in the same order give the same tokenizer.

    Punctuation is dropped; runs of Chinese and of Latin letters are cut apart. Every character of GB 2312 is a token, so that a word never
    seen is still read by its characters; any other character is the unknown token.
    """
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(DROPPED, behavior="removed"), pre_tokenizers.Split(RUNS, behavior="isolated")]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        min_frequency=2,
        special_tokens=[UNKNOWN],
        initial_alphabet=alphabet(),
        max_token_length=8,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def alphabet() -> list[str]:
    """Return the characters every tokenizer knows: Latin letters, digits, and GB 2312's 6,763 Chinese characters in normal form."""
    return sorted({*LATIN, *map(normalise, _gb2312())})


def character_ngrams(run: str, longest: int = 3) -> Iterator[str]:
    """Yield the character n-grams of `run` up to `longest` characters, and `run` itself where it is longer."""
    for length in range(1, longest + 1):
        for start in range(len(run) - length + 1):
            yield run[start : start + length]
    if len(run) > longest and run.isascii():
        yield run


def runs(tokenizer: Tokenizer, text: str) -> list[str]:
    """Return the runs of characters `text` is cut into before merging."""
    normal = tokenizer.normalizer.normalize_str(text)
    return [run for run, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)]


def _gb2312() -> Iterator[str]:
    for row in range(0xB0, 0xF8):
        yield from bytes(byte for cell in range(0xA1, 0xFF) for byte in (row, cell)).decode("gb2312", errors="ignore")
