"""Takes people out of a snapshot's files, which stay what they are otherwise."""

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np

from recommender.errors import SnapshotError
from recommender.index import VectorIndex
from recommender.snapshot.catalogue_file import Row, learner_id_of, read_rows, write_rows
from recommender.snapshot.files import CATALOGUE, FILES, LEARNERS, MANIFEST, check_files, checksum, flush, read_manifest
from recommender.snapshot.manifest import Manifest
from recommender.store import BEHIND_ALL

Standing = Callable[[int], Collection[str]]
"""Gives the ids of those who have been in the store without a break since a catalogue version."""


def learners_in(folder: Path) -> Iterator[str]:
    """Yield the ids of a snapshot's learners; ValueError or OSError when its records cannot be read."""
    with (folder / CATALOGUE).open("rb") as file:
        for row in read_rows(file):
            if (learner_id := learner_id_of(row)) is not None:
                yield learner_id


def holds_others(folder: Path, standing: Standing) -> bool:
    """Tell whether a snapshot holds learners who do not stand any more; so does one of which nobody can tell, as it is damaged."""
    try:
        version = read_manifest(folder).catalogue_version
    except SnapshotError:
        version = BEHIND_ALL
    stay = standing(version)
    try:
        return any(learner_id not in stay for learner_id in learners_in(folder))
    except (ValueError, OSError):
        return True


def rewrite(folder: Path, aside: Path, standing: Standing) -> None:
    """Write the snapshot in `folder` into an empty folder, without the learners who do not stand any more.

    SnapshotError, ValueError or OSError when that cannot be done, as when it is damaged.
    """
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    stays = _rewrite_records(folder / CATALOGUE, aside / CATALOGUE, standing(manifest.catalogue_version))
    VectorIndex.load(folder / LEARNERS).keeping(np.array(stays, dtype=bool)).save(aside / LEARNERS)
    for name in FILES:
        if name not in (CATALOGUE, LEARNERS):
            os.link(folder / name, aside / name)
    sealed = _resealed(manifest, aside, learners=sum(stays))
    (aside / MANIFEST).write_text(sealed.model_dump_json(indent=2), encoding="utf-8")
    for name in (CATALOGUE, LEARNERS, MANIFEST, "."):
        flush(aside / name)


def _rewrite_records(source: Path, target: Path, stay: Collection[str]) -> list[bool]:
    """Copy the records of all but the learners who do not stay; tell of each learner whether they do."""
    stays: list[bool] = []

    def kept(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            learner_id = learner_id_of(row)
            if learner_id is not None:
                stays.append(learner_id in stay)
            if learner_id is None or stays[-1]:
                yield row

    with source.open("rb") as old, target.open("wb") as new:
        write_rows(kept(read_rows(old)), new)
    return stays


def _resealed(manifest: Manifest, folder: Path, *, learners: int) -> Manifest:
    changed = {name: checksum(folder / name) for name in (CATALOGUE, LEARNERS)}
    told = {"checksums": manifest.checksums | changed, "counts": manifest.counts | {"learners": learners}}
    return manifest.model_copy(update=told).sealed()
