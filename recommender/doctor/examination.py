"""All checks, one after the other."""

from collections.abc import Callable, Iterator

from recommender.bootstrap import Workshop
from recommender.doctor import parts
from recommender.doctor.data import examine_data
from recommender.doctor.finding import Finding, Severity
from recommender.errors import JinxueError, StoreError
from recommender.language import Bilingual

_PARTS: tuple[tuple[Bilingual, Callable[[Workshop], Bilingual]], ...] = (
    (Bilingual("编码器", "encoder"), parts.encoder),
    (Bilingual("状态文件夹", "state folder"), parts.state),
    (Bilingual("目录库", "store"), parts.store),
    (parts.SNAPSHOT, parts.snapshot),
)


def examine(workshop: Workshop) -> Iterator[Finding]:
    """Yield one finding per part, then what is to be said of the stored data."""
    for part, check in _PARTS:
        try:
            yield Finding(part, Severity.SOUND, check(workshop))
        except JinxueError as error:
            yield Finding(part, Severity.WRONG, error.message)
    if pinned := parts.pin(workshop):
        yield pinned
    try:
        catalogue, _ = workshop.read_store()
    except StoreError:  # which has been said
        return
    yield from examine_data(catalogue, today=workshop.today())
