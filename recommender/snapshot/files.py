"""The files of one snapshot: written together, read only when everything agrees."""

import datetime
import hashlib
import io
import os
import zlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from pydantic import TypeAdapter, ValidationError

from recommender.domain import Catalogue
from recommender.encoder import Encoder
from recommender.errors import InvalidRequest, SnapshotError
from recommender.index import VectorIndex
from recommender.language import Bilingual
from recommender.network import Network
from recommender.pace import rest
from recommender.policy import Policy
from recommender.snapshot.building import text_blocks
from recommender.snapshot.catalogue_file import write_catalogue
from recommender.snapshot.fit import Fit
from recommender.snapshot.manifest import FORMAT, Manifest
from recommender.snapshot.snapshot import Snapshot, make_layout
from recommender.snapshot.texts import TEXTS, CourseVectors

CATALOGUE, INSTANCES, LEARNERS, COURSES, FIT, MANIFEST = (
    "catalogue.json",
    "instances.faiss",
    "learners.faiss",
    "courses.npz",
    "fit.npz",
    "manifest.json",
)
FILES = (CATALOGUE, INSTANCES, LEARNERS, COURSES, FIT)

_catalogues = TypeAdapter(Catalogue)


def write_files(snapshot: Snapshot, folder: Path, built_at: datetime.datetime) -> None:
    """Write a snapshot into an empty folder, down to the disk; OSError when it has no space or cannot be written."""
    with (folder / CATALOGUE).open("wb") as file:
        write_catalogue(snapshot.network.catalogue, file)
    snapshot.instances.save(folder / INSTANCES)
    rest()
    snapshot.learners.save(folder / LEARNERS)
    rest()
    with (folder / COURSES).open("wb") as file:
        np.savez(file, **{str(text): rows for text, rows in snapshot.text_vectors.items()})  # type: ignore[arg-type]
    rest()
    (folder / FIT).write_bytes(snapshot.fit.to_bytes())
    rest()
    manifest = Manifest(
        version=snapshot.version,
        catalogue_version=snapshot.catalogue_version,
        built_at=built_at,
        encoder=snapshot.encoder.name,
        dimension=snapshot.layout.dimension,
        policy=snapshot.policy.digest,
        fit=snapshot.fit.digest,
        counts=_counts(snapshot),
        checksums={name: checksum(folder / name) for name in FILES},
    )
    (folder / MANIFEST).write_text(manifest.sealed().model_dump_json(indent=2), encoding="utf-8")
    for file_name in (*FILES, MANIFEST, "."):
        flush(folder / file_name)
        rest()


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    rest()
    return digest


def _counts(snapshot: Snapshot) -> dict[str, int]:
    network = snapshot.network
    return {
        "sites": len(network.sites),
        "courses": len(network.courses),
        "instances": snapshot.instances.count,
        "learners": snapshot.learners.count,
    }


def flush(path: Path) -> None:
    """Return when what was written to a file, or the names in a folder, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_manifest(folder: Path) -> Manifest:
    """Return a snapshot's manifest; SnapshotError when it is missing, damaged, changed, or of another format or folder."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:  # a ValidationError is a ValueError, and so is a name that is no path
        raise refuse(
            f"{folder.name} 的清单缺失或已损坏", f"the manifest of {folder.name} is missing or damaged"
        ) from error
    if manifest.format != FORMAT or set(manifest.checksums) != set(FILES):
        raise refuse(f"{folder.name} 是另一种格式", f"{folder.name} is of another format")
    if not manifest.intact or manifest.version != folder.name:
        raise refuse(f"{folder.name} 的清单被改动过", f"the manifest of {folder.name} has been changed")
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """Do nothing for files as they were written; SnapshotError names the first that is not."""
    for name, expected in manifest.checksums.items():
        if not (folder / name).is_file() or checksum(folder / name) != expected:
            raise refuse(f"文件 {name} 缺失或已损坏", f"the file {name} is missing or damaged")


def read_files(folder: Path, encoder: Encoder, policy: Policy) -> Snapshot:
    """Return the snapshot in a folder; SnapshotError when anything about it disagrees."""
    manifest = read_manifest(folder)
    if manifest.encoder != encoder.name:
        raise refuse(
            f"快照用的是编码器 {manifest.encoder}，当前是 {encoder.name}",
            f"the snapshot was built with encoder {manifest.encoder}, not {encoder.name}",
        )
    if manifest.policy != policy.digest:
        raise refuse("快照按另一份策略构建", "the snapshot was built under another policy")
    check_files(folder, manifest)
    fit = Fit.from_bytes((folder / FIT).read_bytes())
    if (fit.digest, fit.encoder) != (manifest.fit, manifest.encoder):
        raise refuse(f"文件 {FIT} 不属于这份快照", f"the file {FIT} does not belong to this snapshot")
    network = _read_network(folder / CATALOGUE)
    courses = _read_courses(folder / COURSES)
    shapes = {
        "meaning": (len(network.courses), encoder.dimension),
        "words": (len(network.courses), fit.words.dimension),
    }
    if {text: rows.shape for text, rows in courses.items()} != shapes:
        raise _disagreement()
    layout = make_layout(network, policy, *text_blocks(encoder, policy, fit, courses))
    snapshot = Snapshot(
        manifest.version,
        network,
        layout,
        policy,
        encoder=encoder,
        fit=fit,
        catalogue_version=manifest.catalogue_version,
        instances=VectorIndex.load(folder / INSTANCES),
        learners=VectorIndex.load(folder / LEARNERS),
    )
    dimensions = {layout.dimension, manifest.dimension, snapshot.instances.dimension, snapshot.learners.dimension}
    records = (len(network.instances), len(network.learners))
    if (
        len(dimensions) != 1
        or manifest.counts != _counts(snapshot)
        or records != (snapshot.instances.count, snapshot.learners.count)
    ):
        raise _disagreement()
    return snapshot


def read_catalogue(folder: Path) -> Catalogue:
    """Return the records of the snapshot in a folder; SnapshotError when they are missing or damaged."""
    check_files(folder, read_manifest(folder))
    return _read_network(folder / CATALOGUE).catalogue


def _read_network(path: Path) -> Network:
    try:
        return Network(_catalogues.validate_json(path.read_bytes()))
    except (ValidationError, LookupError, StopIteration, InvalidRequest) as error:  # or do not refer to each other
        raise refuse("目录记录无法读取", "the catalogue's records cannot be read") from error


def _read_courses(path: Path) -> CourseVectors:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            return {text: arrays[text].astype(np.float32, casting="no") for text in TEXTS}
    except (
        *(EOFError, BadZipFile, zlib.error, RuntimeError),  # no archive
        *(LookupError, ValueError, TypeError, AttributeError),  # another one
    ) as error:
        raise refuse(f"文件 {path.name} 缺失或已损坏", f"the file {path.name} is missing or damaged") from error


def _disagreement() -> SnapshotError:
    return refuse("各文件的维度或数量不一致", "the files disagree in dimension or counts")


def refuse(zh: str, en: str) -> SnapshotError:
    """Return the error of a snapshot that cannot be used, with the way out."""
    return SnapshotError(Bilingual(f"{zh}。请重新构建：jinxue build", f"{en}; build again: jinxue build"))
