"""The use cases: a request in, an answer out. No input or output, and the day is an argument."""

import datetime
from functools import cached_property
from typing import Any

from recommender.answers import AnswerWriter
from recommender.audience import AudienceFinder
from recommender.cards import Cards
from recommender.constraints import evaluate
from recommender.coverage import Coverage
from recommender.directory import Directory
from recommender.errors import NotFound
from recommender.listing import Lister
from recommender.profiles import enterprise_request, learner_request
from recommender.relaxation import tiers
from recommender.requests import (
    AudienceRequest,
    CoverageRequest,
    EnterpriseRequest,
    ExplainRequest,
    LearnerRequest,
)
from recommender.resolution import resolve
from recommender.snapshot import Snapshot
from recommender.standing import StandingWriter


class Matcher:
    """Answers from one snapshot. What an earlier matcher, `before`, remembers and is still so is taken over, which makes no other difference."""

    def __init__(self, snapshot: Snapshot, before: "Matcher | None" = None) -> None:
        self.snapshot = snapshot
        self._cards = Cards(snapshot.network)
        self._finder: AudienceFinder = AudienceFinder(snapshot, before._finder if before else None)
        self._coverage = Coverage(snapshot)

    def recommend(self, request: LearnerRequest | EnterpriseRequest, *, today: datetime.date) -> dict[str, Any]:
        """Return the best courses for a request, in the shape of `POST /v1/recommendations`; InvalidRequest names a wrong field."""
        return self._writer(request, today).write()

    def explain(self, request: ExplainRequest, *, today: datetime.date, unapproved: bool) -> dict[str, Any]:
        """Return where one course stands in the answer to a request, and what would raise it, in the shape of `POST /v1/recommendations/explain`.

        NotFound for a course that does not exist, or is not approved unless `unapproved` ones are to be seen; else as `recommend`.
        """
        course_row = self.directory.course_row(request.course_id, unapproved=unapproved)
        return StandingWriter(self._writer(request, today), course_row).write()

    def _writer(self, request: LearnerRequest | EnterpriseRequest, today: datetime.date) -> AnswerWriter:
        snapshot = self.snapshot
        resolved = resolve(request, snapshot.network, snapshot.policy, today=today)
        vector = snapshot.layout.request_vector(resolved)
        held = evaluate(snapshot.network, resolved)
        found = tiers(snapshot.network, resolved, held)
        return AnswerWriter(Lister(snapshot, resolved, vector), self._cards, held, found)

    def recommend_to_learner(self, learner_id: str, *, today: datetime.date, **listing: Any) -> dict[str, Any]:
        """Return the best courses for a stored learner; `listing` overrides fields of `Listing`."""
        row = self.snapshot.network.learner_row.get(learner_id)
        if row is None:
            raise NotFound("learner_id", learner_id)
        return self.recommend(learner_request(self.snapshot.network.learners[row], **listing), today=today)

    def recommend_to_enterprise(self, enterprise_id: str, *, today: datetime.date, **listing: Any) -> dict[str, Any]:
        """Return the best courses for a stored enterprise; `listing` overrides fields of `Listing`."""
        enterprise = self.snapshot.network.enterprises.get(enterprise_id)
        if enterprise is None:
            raise NotFound("enterprise_id", enterprise_id)
        return self.recommend(enterprise_request(enterprise, **listing), today=today)

    def find_audience(self, request: AudienceRequest, *, today: datetime.date) -> dict[str, Any]:
        """Return the learners whom a course instance suits best."""
        return self._finder.find(request, today=today)

    def coverage(self, request: CoverageRequest, *, today: datetime.date, hidden_below: int) -> dict[str, Any]:
        """Return where supply is missing, in the shape of `GET /v1/insights/coverage`; groups of fewer than `hidden_below` learners are not told of."""
        return self._coverage.tell(request, today=today, hidden_below=hidden_below)

    @cached_property
    def directory(self) -> Directory:
        """What can be looked up in the snapshot."""
        return Directory(self.snapshot, self._cards)
