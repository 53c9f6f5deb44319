"""The parts: encoder, state folder, store, snapshot. Each check returns one sentence, or raises what is wrong."""

import shutil
import tempfile
from pathlib import Path

from recommender.bootstrap import Workshop
from recommender.doctor.finding import Finding, Severity
from recommender.errors import SettingsError, SnapshotError
from recommender.language import Bilingual

SPARE_BYTES = 200_000_000  # what the database and the kept embeddings may grow by, besides one more snapshot
SNAPSHOT = Bilingual("快照", "snapshot")


def encoder(workshop: Workshop) -> Bilingual:
    """Tell which encoder is set."""
    found = workshop.load_encoder()
    return Bilingual(f"{found.name}，{found.dimension} 维", f"{found.name}, {found.dimension} columns")


def state(workshop: Workshop) -> Bilingual:
    """Tell how much room the state folder has; SettingsError when it cannot be written, or has none for another snapshot."""
    folder = workshop.settings.state.absolute()
    there = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except OSError as error:
        raise SettingsError(
            Bilingual(
                f"文件夹 {there} 不可写（{error.strerror}）。请检查 JINXUE_STATE 和权限。",
                f"The folder {there} cannot be written ({error.strerror}); check JINXUE_STATE and its permissions.",
            )
        ) from error
    return room(folder, free, _snapshot_bytes(workshop))


def room(folder: Path, free: int, snapshot: int) -> Bilingual:
    """Tell how many bytes are free; SettingsError when a snapshot of that many bytes may not fit once more."""
    if free < snapshot + SPARE_BYTES:
        needed = snapshot + SPARE_BYTES
        raise SettingsError(
            Bilingual(
                f"{folder} 只剩 {free / 1e6:.0f} MB，重新构建需要约 {needed / 1e6:.0f} MB。请清理磁盘，或用 JINXUE_STATE 换一个文件夹。",
                f"Only {free / 1e6:.0f} MB are left at {folder}, another build takes about {needed / 1e6:.0f} MB; "
                "make room, or name another folder by JINXUE_STATE.",
            )
        )
    return Bilingual(
        f"{folder} 可写，剩余 {free / 1e9:.1f} GB", f"{folder} can be written, {free / 1e9:.1f} GB are left"
    )


def _snapshot_bytes(workshop: Workshop) -> int:
    current = workshop.snapshots.current()
    files = (workshop.snapshots.path / current).glob("*") if current else ()
    return sum(file.stat().st_size for file in files)


def store(workshop: Workshop) -> Bilingual:
    """Tell what the store holds."""
    catalogue, version = workshop.read_store()
    courses, classes = len(catalogue.courses), len(catalogue.course_instances)
    return Bilingual(
        f"版本 {version.version}，{version.day} 导入，{courses} 门课程、{classes} 个班次",
        f"version {version.version}, imported on {version.day}, {courses} courses and {classes} classes",
    )


def snapshot(workshop: Workshop) -> Bilingual:
    """Tell which snapshot serves; SnapshotError when it cannot, or is behind the store without being pinned."""
    found = workshop.snapshots.load(workshop.load_encoder(), workshop.policy)
    _, version = workshop.read_store()
    if workshop.snapshots.pinned():
        return Bilingual(found.version, found.version)
    if found.catalogue_version != version.version:
        raise SnapshotError(
            Bilingual(
                f"快照 {found.version} 落后于目录版本 {version.version}。请运行 jinxue build。",
                f"The snapshot {found.version} is behind catalogue version {version.version}; run jinxue build.",
            )
        )
    return Bilingual(f"{found.version}，与目录一致", f"{found.version}, agrees with the store")


def pin(workshop: Workshop) -> Finding | None:
    """Tell that a snapshot is held to, None when none is."""
    pinned = workshop.snapshots.pinned()
    if pinned is None:
        return None
    message = Bilingual(
        f"固定在 {pinned}，目录的变化不会生效。恢复跟随：jinxue rollback --release",
        f"held to {pinned}: changes of the store have no effect; to follow it again: jinxue rollback --release",
    )
    return Finding(SNAPSHOT, Severity.NOTE, message)
