"""What a backup and a restore promise, whichever database it is."""

from pathlib import Path
from types import ModuleType

from sqlalchemy import make_url

from recommender.errors import StoreError
from recommender.language import Bilingual
from recommender.store.backup import postgres, sqlite
from recommender.store.backup.file import beside, settle
from recommender.store.connection import store_errors

_KINDS = {"sqlite": sqlite, "postgresql": postgres}


def back_up(url: str, target: Path) -> None:
    """Write the database at `url`, as it is at one instant, to the new file `target`, which only its owner may read.

    Others go on writing meanwhile. StoreError when the file exists, or the database cannot be read; then there is no new file.
    """
    with store_errors(url, opening=True):
        kind = _kind(url)
        if target.exists():
            raise StoreError(
                Bilingual(
                    f"文件 {target} 已存在，不会覆盖。请换一个文件名。",
                    f"The file {target} exists and is not overwritten; choose another name.",
                )
            )
        with beside(target) as aside:
            kind.write_copy(url, aside)
            settle(aside, target)


def restore(url: str, source: Path, *, force: bool = False) -> None:
    """Put the copy `source` in the place of what is at `url`, all of it or nothing; running services take it up.

    StoreError when it is no whole copy of ours, or a later release's, and unless `force`, when the database holds anything: then nothing changes.
    """
    with store_errors(url, opening=True):
        kind = _kind(url)
        if not source.is_file():
            raise StoreError(Bilingual(f"找不到备份文件 {source}。", f"There is no backup file {source}."))
        if not force and kind.holds_anything(url):
            raise StoreError(
                Bilingual(
                    "数据库中已有数据，未作任何改动。确要以备份取代，请加 --force。",
                    "The database holds data already, and nothing was changed; --force puts the backup in its place.",
                )
            )
        kind.put_back(url, source)


def _kind(url: str) -> ModuleType:
    """Return the module that copies databases of this kind."""
    name = make_url(url).get_backend_name()
    if name not in _KINDS:
        raise StoreError(
            Bilingual(
                f"{name} 数据库请用它自己的工具备份。", f"A database of the kind {name} is backed up by its own tools."
            )
        )
    return _KINDS[name]
