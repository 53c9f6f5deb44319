"""What review (审核) means for a course: its text is recommended only as approved.

The text of an approved course that is changed waits as a draft, while the approved one stays; whatever else is changed takes effect at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from recommender.domain import Approval, Course
from recommender.store import Draft, Stored

TEXT = ("title", "description", "occupations", "credential")
"""The fields of a course that are reviewed."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A course as it is kept, and the text of it that waits for review."""

    record: Any
    draft: Draft | None


def text_of(course: Course | Draft) -> Mapping[str, Any]:
    """Return the fields that are reviewed."""
    return {name: getattr(course, name) for name in TEXT}


def overlaid(course: Course, draft: Draft) -> Course:
    """Return the course as it was submitted, with the text that waits."""
    return replace(course, **text_of(draft))


def settle(submitted: Course, existing: Stored | None, draft: Draft | None) -> Reviewed:
    """Return what becomes of a submitted course, given what is stored of it (a tombstone too) and what waits."""
    if existing is None:
        return Reviewed(replace(submitted, approval=Approval.PENDING), None)
    before: Course = existing.record
    same_text = text_of(submitted) == text_of(before)
    if before.approval is Approval.APPROVED and not existing.deleted and not same_text:
        waiting = Draft(submitted.course_id, **text_of(submitted))
        return Reviewed(replace(submitted, **text_of(before), approval=Approval.APPROVED), waiting)
    return Reviewed(replace(submitted, approval=before.approval if same_text else Approval.PENDING), None)
