"""What constraints and blocks read of instances, as columns: one entry per instance."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.domain import CourseInstance, Mode, Schedule

NO_SITE = -1
NO_SCHEDULE = -1
MODES = tuple(Mode)
_MODE_CODE = {mode: code for code, mode in enumerate(MODES)}
_SCHEDULE_CODE: Mapping[Schedule | None, int] = {None: NO_SCHEDULE} | {s: code for code, s in enumerate(Schedule)}
_FAR_FUTURE = datetime.date.max.toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class InstanceColumns:
    """Rows of courses and sites, codes of modes and schedules, days as ordinals; what is unlimited is infinite, what is open lies in the far future."""

    course_of: NDArray[np.int32]
    site_of: NDArray[np.int32]
    mode: NDArray[np.int8]
    schedule: NDArray[np.int8]
    start_day: NDArray[np.int32]
    end_day: NDArray[np.int32]
    deadline_day: NDArray[np.int32]
    seats_left: NDArray[np.float64]
    service_radius_km: NDArray[np.float64]
    minimum_headcount: NDArray[np.int32]

    @classmethod
    def of(
        cls, instances: Sequence[CourseInstance], course_row: Mapping[str, int], site_row: Mapping[str, int]
    ) -> Self:
        """Return the columns of `instances`, in their order."""
        return cls(
            course_of=np.array([course_row[i.course_id] for i in instances], dtype=np.int32),
            site_of=np.array([site_row[i.site_id] if i.site_id else NO_SITE for i in instances], dtype=np.int32),
            mode=np.array([_MODE_CODE[i.mode] for i in instances], dtype=np.int8),
            schedule=np.array([_SCHEDULE_CODE[i.schedule] for i in instances], dtype=np.int8),
            start_day=_days([i.start_date for i in instances], 0),
            end_day=_days([i.end_date for i in instances], _FAR_FUTURE),
            deadline_day=_days([i.enrolment_deadline for i in instances], _FAR_FUTURE),
            seats_left=np.array([_or_infinite(i.seats_left) for i in instances], dtype=np.float64),
            service_radius_km=np.array([_or_infinite(i.service_radius_km) for i in instances], dtype=np.float64),
            minimum_headcount=np.array([i.minimum_headcount or 0 for i in instances], dtype=np.int32),
        )


def _days(dates: Sequence[datetime.date | None], missing: int) -> NDArray[np.int32]:
    return np.array([date.toordinal() if date else missing for date in dates], dtype=np.int32)


def _or_infinite(value: float | None) -> float:
    return np.inf if value is None else float(value)
