"""All checks, one after the other."""

from collections.abc import Callable, Iterator

from recommender.bootstrap import Workshop
from recommender.doctor import parts
from recommender.doctor.data import examine_data
from recommender.doctor.finding import Finding, Severity
from recommender.errors import JinxueError, StoreError
from recommender.language import Bilingual

_PARTS: tuple[tuple[Bilingual, Callable[[Workshop], Finding]], ...] = (
    (parts.ENCODER, parts.encoder),
    (parts.STATE, parts.state),
    (parts.STORE, parts.store),
    (parts.AUDIT, parts.audit),
    (parts.SNAPSHOT, parts.snapshot),
)


def examine(workshop: Workshop) -> Iterator[Finding]:
    """Yield one finding per part, then what is to be said of the stored data."""
    for part, check in _PARTS:
        try:
            yield check(workshop)
        except JinxueError as error:
            yield Finding(part, Severity.WRONG, error.message)
    try:
        catalogue, _ = workshop.read_store()
    except StoreError:  # which has been said
        return
    yield parts.reviews(workshop)
    yield from examine_data(catalogue, today=workshop.today())
