"""How much is encoded."""

from recommender.encoder import Encoder


class CountingEncoder:
    """An encoder that counts the texts it is given."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dimension, self._encoder, self.count = encoder.name, encoder.dimension, encoder, 0

    def encode_queries(self, texts):
        self.count += len(texts)
        return self._encoder.encode_queries(texts)

    encode_passages = encode_queries
