"""Snapshots on disk: one folder each, written aside and moved into place whole."""

import datetime
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from recommender.domain import Catalogue
from recommender.encoder import Encoder
from recommender.errors import SnapshotError
from recommender.language import Bilingual
from recommender.policy import Policy
from recommender.snapshot.files import (
    check_files,
    flush,
    read_catalogue,
    read_files,
    read_manifest,
    refuse,
    write_files,
)
from recommender.snapshot.forgetting import Standing, holds_others, learners_in, rewrite
from recommender.snapshot.manifest import Manifest
from recommender.snapshot.snapshot import Snapshot

_CURRENT, _PINNED, _LOCK, _ASIDE, _READY = "CURRENT", "PINNED", ".lock", ".building-", ".ready-"
_log = logging.getLogger("jinxue")
_VERSION = re.compile(r"\d+-[0-9a-f]{12}")
_PATIENCE_SECONDS = 300  # as long as the largest snapshot takes to be written on a slow disk


class SnapshotFolder:
    """The folder that holds snapshots, says in the file CURRENT which one was saved last to serve, and in PINNED which one is to serve instead.

    Any number of processes may use it at once: one at a time writes, and what they read is whole.
    """

    def __init__(self, path: Path, kept: int = 5) -> None:
        """`kept` is how many snapshots stay, the newest; the current and the pinned one stay in any case."""
        self.path, self.kept = path, kept

    def current(self) -> str | None:
        """Return the name of the snapshot that serves unless another is pinned, None when there is none."""
        return self._named_in(_CURRENT)

    def pinned(self) -> str | None:
        """Return the name of the snapshot that is held to, None when none is."""
        return self._named_in(_PINNED)

    def versions(self) -> tuple[str, ...]:
        """Return the names of the snapshots whose manifests can be read, newest first: by catalogue version, then by when they were built."""
        found = []
        for name in self._names():
            with suppress(SnapshotError):
                found.append(self.manifest(name))
        return tuple(manifest.version for manifest in sorted(found, key=lambda each: each.age, reverse=True))

    def manifest(self, version: str) -> Manifest:
        """Return what a snapshot says of itself; SnapshotError when there is none of that name, or it cannot be used."""
        return read_manifest(self.path / version)

    def load(self, encoder: Encoder, policy: Policy, version: str | None = None) -> Snapshot:
        """Return the snapshot of that name, or else the pinned, or else the current one; SnapshotError when it is missing or anything disagrees."""
        name = version or self.pinned() or self.current()
        if name is None:
            raise refuse("还没有快照", "there is no snapshot yet")
        try:
            return read_files(self.path / name, encoder, policy)
        except OSError as error:  # such as a file that goes while it is read
            raise refuse(f"文件无法读取（{error}）", f"a file cannot be read ({error})") from error

    def catalogue(self, version: str) -> Catalogue:
        """Return the records of a snapshot, whatever encoder it is of; SnapshotError when they are missing or damaged."""
        return read_catalogue(self.path / version)

    def save(self, snapshot: Snapshot, *, make_current: bool = True, built_at: datetime.datetime | None = None) -> None:
        """Write a snapshot aside, move it into place, and let it serve; a sound one of that version stays as it is. Only the newest are kept.

        `built_at` is the present by default. SnapshotError when the folder cannot be written: what was there stays.
        """
        with self._writing():
            if not self._is_sound(snapshot.version):
                self._put(snapshot, built_at or datetime.datetime.now(datetime.UTC))
            if make_current:
                self._point(_CURRENT, snapshot.version)
            self._remove_old(snapshot.version)

    def seal(self, version: str | None) -> str | None:
        """Return what changes when anything about a snapshot's files does; None when there is none that can be used."""
        try:
            return None if version is None else self.manifest(version).seal
        except SnapshotError:
            return None

    def holding(self, learner_id: str) -> list[str]:
        """Return the names of the snapshots that hold a learner, newest first; one whose records cannot be read is left out."""
        found = []
        for name in self.versions():
            with suppress(ValueError, OSError):
                if learner_id in learners_in(self.path / name):
                    found.append(name)
        return found

    def keep_learners(self, standing: Standing) -> int:
        """Take all learners who do not stand any more out of every snapshot, and return how many these are.

        They keep their names, and are pinned or current as before; one that is damaged is removed. SnapshotError when the folder cannot be written.
        """
        if not any(holds_others(self.path / name, standing) for name in self._names()):
            return 0
        with self._writing():
            others = [name for name in self._names() if holds_others(self.path / name, standing)]
            for name in others:
                self._rewrite(name, standing)
        return len(others)

    def pin(self, version: str) -> None:
        """Hold to a snapshot, whatever is saved; SnapshotError when it is not there whole, or the folder cannot be written."""
        with self._writing():
            check_files(self.path / version, self.manifest(version))
            self._point(_PINNED, version)

    def release(self) -> None:
        """Hold to no snapshot any more; SnapshotError when the folder cannot be written."""
        with self._writing():
            (self.path / _PINNED).unlink(missing_ok=True)
            flush(self.path)

    def _named_in(self, pointer: str) -> str | None:
        try:
            return (self.path / pointer).read_text(encoding="utf-8").strip() or None
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            return None
        except OSError as error:
            raise refuse(
                f"文件 {pointer} 无法读取（{error}）", f"the file {pointer} cannot be read ({error})"
            ) from error

    def _names(self) -> list[str]:
        if not self.path.is_dir():
            return []
        return [entry.name for entry in self.path.iterdir() if _VERSION.fullmatch(entry.name) and entry.is_dir()]

    def _is_sound(self, version: str) -> bool:
        try:
            check_files(self.path / version, self.manifest(version))
        except (SnapshotError, OSError):
            return False
        return True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Let one process at a time write, behind what others left when they were killed."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path / _LOCK, timeout=_PATIENCE_SECONDS):
                self._remove_leftovers()
                self._put_ready_ones()
                yield
        except Timeout as error:
            raise SnapshotError(
                Bilingual(
                    f"另一个进程一直在写 {self.path}。请稍后重试，或结束该进程。",
                    f"Another process keeps writing to {self.path}; try again later, or end it.",
                )
            ) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise SnapshotError(
                Bilingual(
                    f"无法写入 {self.path}（{reason}）。请检查 JINXUE_STATE 和磁盘空间。",
                    f"Cannot write to {self.path} ({reason}); check JINXUE_STATE and the space on the disk.",
                )
            ) from error

    def _put(self, snapshot: Snapshot, built_at: datetime.datetime) -> None:
        aside, target = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=self.path)), self.path / snapshot.version
        try:
            write_files(snapshot, aside, built_at)
            shutil.rmtree(target, ignore_errors=True)
            aside.rename(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        flush(self.path)

    def _rewrite(self, version: str, standing: Standing) -> None:
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=self.path))
        try:
            rewrite(self.path / version, aside, standing)
        except (SnapshotError, ValueError) as error:
            _log.warning("Removed the snapshot %s, which could not be rewritten: %s", version, error)
            shutil.rmtree(self.path / version)
        else:
            aside.rename(self.path / f"{_READY}{version}")
            self._put_ready_ones()

    def _put_ready_ones(self) -> None:
        """Put what was written anew in the place of the former, also what another process was killed at."""
        for ready in self.path.glob(f"{_READY}*"):
            target = self.path / ready.name.removeprefix(_READY)
            if target.exists():
                target.rename(self.path / f"{_ASIDE}{ready.name}")
            ready.rename(target)
            flush(self.path)
            self._remove_leftovers()

    def _point(self, pointer: str, version: str) -> None:
        aside = self.path / f"{_ASIDE}{pointer}"
        aside.write_text(version + "\n", encoding="utf-8")
        flush(aside)
        aside.replace(self.path / pointer)
        flush(self.path)

    def _remove_old(self, saved: str) -> None:
        stay = {*self.versions()[: self.kept], self.current(), self.pinned(), saved}
        for name in self._names():
            if name not in stay:
                shutil.rmtree(self.path / name, ignore_errors=True)

    def _remove_leftovers(self) -> None:
        for leftover in self.path.glob(f"{_ASIDE}*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
