"""Bodies too large for memory: they go to a file that is gone with the request."""

import contextlib
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Request

from api.errors import Unacceptable
from recommender.language import Bilingual

_BLOCK = 2**16


@dataclass(frozen=True, slots=True)
class Upload:
    """A body in a file, ready to be read from its beginning, and the SHA-256 of it."""

    file: BinaryIO
    digest: str


@contextlib.asynccontextmanager
async def upload(request: Request, *, maximum_bytes: int) -> AsyncIterator[Upload]:
    """Give the request's body while the block runs.

    Unacceptable (413) when it is larger; ClientDisconnect when the caller goes away before all of it is here.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > maximum_bytes:
        raise _too_large(maximum_bytes)
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > maximum_bytes:
                raise _too_large(maximum_bytes)
            digest.update(chunk)
            file.write(chunk)
        file.seek(0)
        yield Upload(file, digest.hexdigest())


def blocks_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield all of a file, then close it."""
    with file:
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block


def _too_large(maximum_bytes: int) -> Unacceptable:
    return Unacceptable(
        413,
        "body",
        Bilingual(f"最多 {maximum_bytes:,} 字节，请分批发送。", f"At most {maximum_bytes:,} bytes; send it in parts."),
    )
