"""Files written aside and moved into their place, and the refusal of those that are no backups."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recommender.errors import StoreError
from recommender.language import Bilingual


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Give an empty file in the folder of `target` that only its owner may read; it is gone afterwards unless it was moved."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent)
    except OSError as error:
        raise StoreError(
            Bilingual(
                f"无法在文件夹 {target.parent} 中写入（{error.strerror}）。请检查路径和权限。",
                f"The folder {target.parent} cannot be written to ({error.strerror}); check the path and its permissions.",
            )
        ) from error
    os.close(number)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def settle(aside: Path, target: Path) -> None:
    """Move a finished file into its place, so that it is whole there after a power cut, too."""
    _flush(aside)
    aside.replace(target)
    _flush(target.parent)


def _flush(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def no_backup(source: Path, zh: str, en: str) -> StoreError:
    """Return the refusal of the file `source`, for that reason."""
    return StoreError(
        Bilingual(
            f"{source} 不是完整的近学备份（{zh}），未作任何改动。请换一份备份。",
            f"{source} is no whole backup of Jinxue ({en}), and nothing was changed; choose another.",
        )
    )
