"""Snapshots on disk: one folder each, written aside and moved into place whole, read only when everything agrees."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from recommender.blocks.text import TextBlock, TextSpace
from recommender.domain import Catalogue
from recommender.encoder import Encoder
from recommender.errors import InvalidRequest, SnapshotError
from recommender.index import VectorIndex
from recommender.language import Bilingual
from recommender.network import Network
from recommender.policy import Policy, Preference
from recommender.snapshot.manifest import FORMAT, Manifest
from recommender.snapshot.snapshot import Snapshot, make_layout
from recommender.words import WordSpace

_CATALOGUE, _INSTANCES, _LEARNERS, _WORDS, _MANIFEST, _CURRENT = (
    "catalogue.json",
    "instances.faiss",
    "learners.faiss",
    "words.npz",
    "manifest.json",
    "CURRENT",
)
_FILES = (_CATALOGUE, _INSTANCES, _LEARNERS, _WORDS)
_KEPT = 3

_catalogues = TypeAdapter(Catalogue)


def catalogue_json(catalogue: Catalogue) -> bytes:
    """Return a catalogue as JSON; the same catalogue gives the same bytes."""
    return _catalogues.dump_json(catalogue)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _counts(snapshot: Snapshot) -> dict[str, int]:
    network = snapshot.network
    return {
        "sites": len(network.sites),
        "courses": len(network.courses),
        "instances": snapshot.instances.count,
        "learners": snapshot.learners.count,
    }


class SnapshotFolder:
    """The folder that holds snapshots, and says in the file CURRENT which one serves."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> str | None:
        """Return the name of the snapshot that serves, None when there is none."""
        try:
            return (self.path / _CURRENT).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def save(self, snapshot: Snapshot) -> None:
        """Write a snapshot aside, move it into place, and let it serve; older ones but the last few are removed.

        SnapshotError when the folder cannot be written.
        """
        try:
            self._save(snapshot)
        except OSError as error:
            raise SnapshotError(
                Bilingual(
                    f"无法写入 {self.path}（{error.strerror}）。请检查 JINXUE_STATE 和磁盘空间。",
                    f"Cannot write to {self.path} ({error.strerror}); check JINXUE_STATE and the space on the disk.",
                )
            ) from error

    def _save(self, snapshot: Snapshot) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".building-", dir=self.path))
        try:
            self._write(snapshot, aside)
            target = self.path / snapshot.version
            if target.exists():
                shutil.rmtree(target)
            aside.rename(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        self._point_to(snapshot.version)
        self._remove_old()

    def _write(self, snapshot: Snapshot, folder: Path) -> None:
        (folder / _CATALOGUE).write_bytes(catalogue_json(snapshot.network.catalogue))
        snapshot.instances.save(folder / _INSTANCES)
        snapshot.learners.save(folder / _LEARNERS)
        snapshot.word_space.save(folder / _WORDS)
        texts = (snapshot.meaning, snapshot.words)
        manifest = Manifest(
            version=snapshot.version,
            catalogue_version=snapshot.catalogue_version,
            encoder=snapshot.encoder.name,
            dimension=snapshot.layout.dimension,
            policy=snapshot.policy.digest,
            calibrations={block.preference: block.calibration for block in texts},
            counts=_counts(snapshot),
            checksums={name: _checksum(folder / name) for name in _FILES},
        )
        (folder / _MANIFEST).write_text(manifest.sealed().model_dump_json(indent=2), encoding="utf-8")
        for file in folder.iterdir():
            _flush(file)

    def _point_to(self, version: str) -> None:
        aside = self.path / f".{_CURRENT}-{os.getpid()}"
        aside.write_text(version + "\n", encoding="utf-8")
        _flush(aside)
        aside.replace(self.path / _CURRENT)

    def _remove_old(self) -> None:
        folders = [folder for folder in self.path.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
        by_age = sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)
        for folder in by_age[_KEPT:]:
            if folder.name != self.current():
                shutil.rmtree(folder, ignore_errors=True)

    def load(self, encoder: Encoder, policy: Policy) -> Snapshot:
        """Return the snapshot that serves; SnapshotError when there is none or anything about it disagrees."""
        version = self.current()
        if version is None:
            raise _refuse("还没有快照", "there is no snapshot yet")
        try:
            return self._load(self.path / version, encoder, policy)
        except OSError as error:  # such as a file that goes while it is read
            raise _refuse(f"文件无法读取（{error}）", f"a file cannot be read ({error})") from error

    def _load(self, folder: Path, encoder: Encoder, policy: Policy) -> Snapshot:
        manifest = self._manifest(folder)
        if manifest.encoder != encoder.name:
            raise _refuse(
                f"快照用的是编码器 {manifest.encoder}，当前是 {encoder.name}",
                f"the snapshot was built with encoder {manifest.encoder}, not {encoder.name}",
            )
        if manifest.policy != policy.digest:
            raise _refuse("快照按另一份策略构建", "the snapshot was built under another policy")
        if not manifest.intact or manifest.version != folder.name:
            raise _refuse(f"{folder.name} 的清单被改动过", f"the manifest of {folder.name} has been changed")
        for name, checksum in manifest.checksums.items():
            if not (folder / name).is_file() or _checksum(folder / name) != checksum:
                raise _refuse(f"文件 {name} 缺失或已损坏", f"the file {name} is missing or damaged")
        return self._read(folder, manifest, encoder, policy)

    def _manifest(self, folder: Path) -> Manifest:
        try:
            manifest = Manifest.model_validate_json((folder / _MANIFEST).read_bytes())
        except (OSError, ValueError) as error:  # a ValidationError is a ValueError, and so is a name that is no path
            raise _refuse(
                f"{folder.name} 的清单缺失或已损坏", f"the manifest of {folder.name} is missing or damaged"
            ) from error
        if manifest.format != FORMAT or set(manifest.checksums) != set(_FILES):
            raise _refuse(f"{folder.name} 是另一种格式", f"{folder.name} is of another format")
        return manifest

    def _read(self, folder: Path, manifest: Manifest, encoder: Encoder, policy: Policy) -> Snapshot:
        try:
            network = Network(_catalogues.validate_json((folder / _CATALOGUE).read_bytes()))
        except (ValidationError, LookupError, StopIteration, InvalidRequest) as error:  # or do not refer to each other
            raise _refuse("目录记录无法读取", "the catalogue's records cannot be read") from error
        spaces: dict[Preference, TextSpace] = {
            Preference.MEANING: encoder,
            Preference.WORDS: WordSpace.load(folder / _WORDS),
        }
        if set(manifest.calibrations) != set(spaces):
            raise _refuse(f"{folder.name} 是另一种格式", f"{folder.name} is of another format")
        texts = [
            TextBlock(name, space, manifest.calibrations[name], policy.context_share) for name, space in spaces.items()
        ]
        layout = make_layout(network, policy, *texts)
        snapshot = Snapshot(
            manifest.version,
            network,
            layout,
            policy,
            encoder=encoder,
            catalogue_version=manifest.catalogue_version,
            instances=VectorIndex.load(folder / _INSTANCES),
            learners=VectorIndex.load(folder / _LEARNERS),
        )
        dimensions = {layout.dimension, manifest.dimension, snapshot.instances.dimension, snapshot.learners.dimension}
        records = (len(network.instances), len(network.learners))
        if (
            len(dimensions) != 1
            or manifest.counts != _counts(snapshot)
            or records != (snapshot.instances.count, snapshot.learners.count)
        ):
            raise _refuse("各文件的维度或数量不一致", "the files disagree in dimension or counts")
        return snapshot


def _refuse(zh: str, en: str) -> SnapshotError:
    return SnapshotError(Bilingual(f"{zh}。请重新构建：jinxue build", f"{en}; build again: jinxue build"))


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
