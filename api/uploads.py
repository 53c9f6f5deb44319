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
from recommender.settings import Settings

_BLOCK = 2**16


@dataclass(frozen=True, slots=True)
class Upload:
    """A body in a file, ready to be read from its beginning, and the SHA-256 of it."""

    file: BinaryIO
    digest: str


@contextlib.asynccontextmanager
async def upload(request: Request, settings: Settings) -> AsyncIterator[Upload]:
    """Give the request's body while the block runs.

    Unacceptable (413) when it has more bytes or lines than one may; ClientDisconnect when the caller goes away before all of it is here.
    """
    announced = request.headers.get("content-length", "")
    _check(settings, size=int(announced[:20]) if announced.isdecimal() else 0, lines=0)
    digest, size, lines = hashlib.sha256(), 0, 0
    with tempfile.TemporaryFile() as file:
        async for chunk in request.stream():
            size += len(chunk)
            lines += chunk.count(b"\n")
            _check(settings, size=size, lines=lines)
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


def _check(settings: Settings, *, size: int, lines: int) -> None:
    if size > settings.maximum_sync_bytes:
        raise _too_large(settings.maximum_sync_bytes, Bilingual("字节", "bytes"))
    if lines > settings.maximum_sync_lines:
        raise _too_large(settings.maximum_sync_lines, Bilingual("行", "lines"))


def _too_large(most: int, of_what: Bilingual) -> Unacceptable:
    zh = f"最多 {most:,} {of_what.zh}，请分批发送。"
    return Unacceptable(413, "body", Bilingual(zh, f"At most {most:,} {of_what.en}; send it in parts."))
