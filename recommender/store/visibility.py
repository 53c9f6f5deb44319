"""What of the stored records can be seen: a deleted site or course hides what depends on it, without touching it."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from recommender.store.schema import courses, sites


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The ids of deleted sites and courses."""

    sites: frozenset[str]
    courses: frozenset[str]

    @classmethod
    def read(cls, connection: Connection) -> "Tombstones":
        """Read them."""
        return cls(
            frozenset(connection.scalars(select(sites.c.site_id).where(sites.c.deleted))),
            frozenset(connection.scalars(select(courses.c.course_id).where(courses.c.deleted))),
        )

    def seen(self, table: str, record: Any) -> Any | None:
        """Return `record` as it can be seen, without references to what is deleted; None when it is hidden."""
        match table:
            case "course_instances":
                hidden = record.course_id in self.courses or record.site_id in self.sites
                return None if hidden else record
            case "courses" if not self.courses.isdisjoint(record.prerequisites):
                return replace(record, prerequisites=self._present(record.prerequisites))
            case "learners" if not self.courses.isdisjoint(record.completed_course_ids):
                return replace(record, completed_course_ids=self._present(record.completed_course_ids))
        return record

    def _present(self, course_ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in course_ids if name not in self.courses)
