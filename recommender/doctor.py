"""Looks at every part and says what is wrong and how to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from recommender.bootstrap import Workshop
from recommender.errors import JinxueError
from recommender.language import Bilingual


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `sound` is False when something must be mended."""

    part: Bilingual
    sound: bool
    message: Bilingual


def examine(workshop: Workshop) -> Iterator[Finding]:
    """Yield one finding per part: encoder, store, snapshot."""
    checks: list[tuple[Bilingual, Callable[[Workshop], Bilingual]]] = [
        (Bilingual("编码器", "encoder"), _encoder),
        (Bilingual("目录库", "store"), _store),
        (Bilingual("快照", "snapshot"), _snapshot),
    ]
    for part, check in checks:
        try:
            yield Finding(part, True, check(workshop))
        except JinxueError as error:
            yield Finding(part, False, error.message)


def _encoder(workshop: Workshop) -> Bilingual:
    encoder = workshop.load_encoder()
    return Bilingual(f"{encoder.name}，{encoder.dimension} 维", f"{encoder.name}, {encoder.dimension} columns")


def _store(workshop: Workshop) -> Bilingual:
    catalogue, version = workshop.read_store()
    courses, classes = len(catalogue.courses), len(catalogue.course_instances)
    return Bilingual(
        f"版本 {version.version}，{version.day} 导入，{courses} 门课程、{classes} 个班次",
        f"version {version.version}, imported on {version.day}, {courses} courses and {classes} classes",
    )


def _snapshot(workshop: Workshop) -> Bilingual:
    snapshot = workshop.snapshots.load(workshop.load_encoder(), workshop.policy)
    _, version = workshop.read_store()
    if snapshot.catalogue_version != version.version:
        raise JinxueError(
            Bilingual(
                f"快照 {snapshot.version} 落后于目录版本 {version.version}。请运行 jinxue build。",
                f"The snapshot {snapshot.version} is behind catalogue version {version.version}; run jinxue build.",
            )
        )
    return Bilingual(f"{snapshot.version}，与目录一致", f"{snapshot.version}, agrees with the store")
