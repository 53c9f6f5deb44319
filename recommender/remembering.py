"""Methods that remember what they returned, without keeping whose they are alive."""

import weakref
from collections.abc import Callable
from functools import lru_cache
from typing import Any


def remembered(method: Callable[..., Any], most: int | None = None) -> Callable[..., Any]:
    """Return a bound method that keeps what it returned, the `most` that were last asked for: to be an attribute of its own object.

    A cache that held the object which holds it would be left to the garbage collector, with all that a replaced snapshot takes; this one goes with
    its object.
    """
    weak = weakref.WeakMethod(method)

    @lru_cache(maxsize=most)
    def call(*arguments: Any) -> Any:
        bound = weak()
        if bound is None:
            raise ReferenceError("what would answer is gone")
        return bound(*arguments)

    return call
