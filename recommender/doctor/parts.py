"""The parts: encoder, state folder, store, snapshot. Each check returns what it found, or raises what is wrong."""

import shutil
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from recommender.bootstrap import Workshop
from recommender.doctor.finding import Finding, note, sound, wrong
from recommender.errors import SettingsError, SnapshotError
from recommender.language import Bilingual

SPARE_BYTES = 200_000_000  # what the database and the kept embeddings may grow by, besides one more snapshot
ENCODER, STATE = Bilingual("编码器", "encoder"), Bilingual("状态文件夹", "state folder")
STORE, SNAPSHOT = Bilingual("目录库", "store"), Bilingual("快照", "snapshot")
AUDIT, REVIEWS = Bilingual("审计", "audit"), Bilingual("审核", "reviews")


def encoder(workshop: Workshop) -> Finding:
    """Tell which encoder is set."""
    found = workshop.load_encoder()
    return sound(ENCODER, f"{found.name}，{found.dimension} 维", f"{found.name}, {found.dimension} columns")


def state(workshop: Workshop) -> Finding:
    """Tell how much room the state folder has; SettingsError when it cannot be written."""
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


def room(folder: Path, free: int, snapshot: int) -> Finding:
    """Tell how many bytes are free, and whether another snapshot of so many bytes fits."""
    needed = snapshot + SPARE_BYTES
    if free < needed:
        return wrong(
            STATE,
            f"{folder} 只剩 {free / 1e6:.0f} MB，再构建一次需要约 {needed / 1e6:.0f} MB。请清理磁盘，或用 JINXUE_STATE 换一个文件夹。",
            f"Only {free / 1e6:.0f} MB are left at {folder}, another build takes about {needed / 1e6:.0f} MB; "
            "make room, or name another folder by JINXUE_STATE.",
        )
    return sound(
        STATE, f"{folder} 可写，剩余 {free / 1e9:.1f} GB", f"{folder} can be written, {free / 1e9:.1f} GB are left"
    )


def _snapshot_bytes(workshop: Workshop) -> int:
    current = workshop.snapshots.current()
    files = (workshop.snapshots.path / current).glob("*") if current else ()
    return sum(file.stat().st_size for file in files)


def store(workshop: Workshop) -> Finding:
    """Tell what the store holds."""
    catalogue, version = workshop.read_store()
    written = version.written_at.astimezone(ZoneInfo(workshop.settings.timezone)).date()
    courses, classes = len(catalogue.courses), len(catalogue.course_instances)
    return sound(
        STORE,
        f"版本 {version.version}，{written} 写入，{courses} 门课程、{classes} 个班次",
        f"version {version.version}, written on {written}, {courses} courses and {classes} classes",
    )


def audit(workshop: Workshop) -> Finding:
    """Tell whether each entry of the audit log fits the one before."""
    with workshop.open_store() as opened, opened.read() as reading:
        broken = reading.audit_broken_at()
    if broken is None:
        return sound(AUDIT, "审计记录前后相符", "each entry of the audit log fits the one before")
    return wrong(
        AUDIT,
        f"审计记录从第 {broken} 条起与前文不符，可能被改动过。请与备份核对。",
        f"the audit log does not fit together from entry {broken} on and may have been changed; compare it with a backup",
    )


def reviews(workshop: Workshop) -> Finding:
    """Tell how many courses wait for review, those whose new text waits behind the approved one among them."""
    with workshop.open_store() as opened, opened.read() as reading:
        first, count = reading.waiting(limit=3, offset=0)
    if not count:
        return sound(REVIEWS, "没有等待审核的课程", "no course waits for review")
    ids = [stored.record.course_id for stored in first]
    return note(
        REVIEWS,
        f"{count} 门课程的内容等待审核，通过后才会被推荐（{'、'.join(ids)}{' 等' if count > len(ids) else ''}）",
        f"the texts of {count} courses wait for review and are recommended only once approved ({', '.join(ids)}{', …' if count > len(ids) else ''})",
    )


def snapshot(workshop: Workshop) -> Finding:
    """Tell which snapshot serves, and whether it is what the store holds; SnapshotError when it cannot serve."""
    pinned = workshop.snapshots.pinned()
    try:
        found = workshop.snapshots.load(workshop.load_encoder(), workshop.policy)
    except SnapshotError as error:
        raise _unusable_pin(pinned, error) if pinned else error from error
    if pinned:
        return note(
            SNAPSHOT,
            f"固定在 {pinned}，目录的变化不会生效。恢复跟随：jinxue rollback --release",
            f"held to {pinned}: changes of the store have no effect; to follow it again: jinxue rollback --release",
        )
    _, version = workshop.read_store()
    if found.catalogue_version != version.version:
        return note(
            SNAPSHOT,
            f"{found.version} 落后于目录版本 {version.version}。服务会自动跟上；也可运行 jinxue build。",
            f"{found.version} is behind catalogue version {version.version}; services catch up by themselves, or run jinxue build",
        )
    return sound(SNAPSHOT, f"{found.version}，与目录一致", f"{found.version}, agrees with the store")


def _unusable_pin(pinned: str, error: SnapshotError) -> SnapshotError:
    zh = f"固定的快照 {pinned} 不可用（{error.message.zh}）。解除固定：jinxue rollback --release"
    en = f"The pinned snapshot {pinned} cannot be used ({error.message.en}); to follow the store again: jinxue rollback --release"
    return SnapshotError(Bilingual(zh, en))
