"""What the rest of the library asks of any encoder."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""`(n, dimension)` float32, every row finite and of unit length; `(0, dimension)` for no texts."""


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into unit vectors whose inner product is their nearness of meaning, in [-1, 1].

    Every text is brought into `recommender.text.normalise`'s form first, so that simplified and traditional, full-width and half-width
    forms give the same vector. A text with nothing to hold on to (empty, emoji, unknown characters) gives a fixed unit vector, never NaN.
    """

    @property
    def name(self) -> str:
        """The model and its content, such as `jinxue-static-zh@1f0c9a…`: equal names mean equal vectors."""
        ...

    @property
    def dimension(self) -> int:
        """The number of columns of every answer."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what people ask for: `(n, dimension)` float32, unit rows."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is found, such as a course's text: `(n, dimension)` float32, unit rows."""
        ...
