"""What clients of a service that may be killed were told, and whether it is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from recommender.store import CatalogueStore
from tests.faults.town import TWINS

Key = tuple[str, str]
"""A table and a record's id."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The fees of the twins in one answer, and the catalogue version that it was made from."""

    version: int
    fees: tuple[float, ...]


@dataclass(slots=True)
class Ledger:
    """By record, the fields that an acknowledged write gave it (None: deleted), and those of the write that was never answered.

    A record has one writer, which writes it no more after a write that was not answered. So several threads may share a ledger.
    """

    acknowledged: dict[Key, Mapping[str, Any] | None] = field(default_factory=dict)
    unanswered: dict[Key, Mapping[str, Any] | None] = field(default_factory=dict)
    version: int = 0
    seen: list[Seen] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ask(self, writes: Mapping[Key, Mapping[str, Any] | None]) -> None:
        """Note writes that are about to be asked for."""
        self.unanswered |= writes

    def acknowledge(self, writes: Mapping[Key, Mapping[str, Any] | None], version: int) -> None:
        """Note that they were acknowledged, as visible from a catalogue version on."""
        for key, fields in writes.items():
            self.acknowledged[key] = fields
            del self.unanswered[key]
        self.version = max(self.version, version)

    def check(self, store: CatalogueStore) -> Iterator[str]:
        """Yield what is not as it was acknowledged, and take what was not answered for what became of it."""
        tables = {table for table, _ in (*self.acknowledged, *self.unanswered)}
        with store.read() as reading:
            latest = reading.latest
            stored = {table: reading.stored(table) for table in tables}
        if latest < self.version:
            yield f"the store is at {latest}, although {self.version} was acknowledged"
        for key in {**self.acknowledged, **self.unanswered}:
            table, record_id = key
            found = stored[table].get((record_id,))
            record = None if found is None or found.deleted else found.record
            if key in self.unanswered and _is(record, self.unanswered[key]):
                self.acknowledged[key] = self.unanswered[key]
            elif key in self.acknowledged and not _is(record, self.acknowledged[key]):
                yield f"{key} should be {self.acknowledged[key]}, or {self.unanswered.get(key, 'that')}: {record}"
        self.unanswered.clear()

    def check_stream(
        self, store: CatalogueStore, writes: Mapping[Key, Mapping[str, Any]], *, chunk: int | None
    ) -> Iterator[str]:
        """Yield what of one stream of writes is half done: more or less than whole chunks from its beginning; None: than all of it."""
        with store.read() as reading:
            stored = {table: reading.stored(table) for table in {table for table, _ in writes}}
        found = [(stored[table].get((record_id,)), fields) for (table, record_id), fields in writes.items()]
        done = [one is not None and _is(one.record, fields) for one, fields in found]
        count = sum(done)
        if not all(done[:count]) or count not in (len(done), *range(0, len(done), chunk or len(done))):
            yield f"{count} of {len(done)} lines of a stream are kept"

    def check_seen(self, store: CatalogueStore) -> Iterator[str]:
        """Yield answers that are not of one whole version, as the store's own history tells of the versions."""
        histories = [_fees(store, twin) for twin in TWINS]
        if len({tuple(history) for history in histories}) != 1:
            yield "the twins were not changed together"
        for seen in self.seen:
            fees = tuple(
                max((one for one in history if one[0] <= seen.version), default=(0, 0.0))[1] for history in histories
            )
            if fees != seen.fees:
                yield f"an answer from version {seen.version} shows fees {seen.fees} instead of {fees}"
        self.seen.clear()


def _is(record: Any, fields: Mapping[str, Any] | None) -> bool:
    if record is None or fields is None:
        return record is None and fields is None
    return all(getattr(record, name) == value for name, value in fields.items())


def _fees(store: CatalogueStore, twin: str) -> list[tuple[int, float]]:
    changes = store.history("course_instances", twin)
    return [(change.version, change.fields["fee_yuan"]) for change in changes if "fee_yuan" in change.fields]
