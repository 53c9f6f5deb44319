"""A reviewer's decision (审核)."""

from dataclasses import replace
from enum import StrEnum

from recommender.domain import Approval
from recommender.errors import FieldProblem, InvalidRequest, NotFound
from recommender.privacy import found
from recommender.registry.drafts import overlaid, text_of
from recommender.registry.edits import Expected, Outcome, Status
from recommender.registry.registrar import check_expected
from recommender.store import Operation, Stored, Transaction


class Decision(StrEnum):
    """What a reviewer decides."""

    APPROVED = "approved"
    REJECTED = "rejected"


def decide(
    transaction: Transaction, course_id: str, decision: Decision, *, reason: str | None, expected: Expected | None
) -> Outcome:
    """Decide on what waits of a course: a new text if there is one, else the course itself.

    Rejecting a new text leaves the approved one as it is; rejecting an approved course takes its approval back. A rejection needs a reason.
    """
    if decision is Decision.REJECTED and not (reason or "").strip():
        raise InvalidRequest.of("reason", "驳回须写明理由。", "A rejection needs a reason.")
    if reason and (kind := found(reason)):
        raise InvalidRequest([FieldProblem("reason", kind.message)])
    stored = transaction.stored("courses", [(course_id,)]).get((course_id,))
    if stored is None or stored.deleted:
        raise NotFound("course_id", course_id)
    check_expected(expected, stored)
    draft = transaction.drafts([course_id]).get(course_id)
    course = stored.record
    approved = decision is Decision.APPROVED
    if draft is None and course.approval == decision:
        return Outcome(Status.UNCHANGED, stored.version, course, course.approval)
    if draft and approved:
        course = replace(overlaid(course, draft), approval=Approval.APPROVED)
    elif draft is None:
        course = replace(course, approval=Approval(decision))
    transaction.put("courses", [Stored(course, owner=stored.owner)])
    if draft:
        transaction.drop_draft(course_id)
    told = {"reason": reason} if reason else {}
    text = dict(text_of(draft)) if draft and approved else {}
    operation = Operation.APPROVED if approved else Operation.REJECTED
    transaction.log_all([("courses", course_id, operation, {**text, **told})])
    return Outcome(Status.UPDATED, transaction.version, course, course.approval)
