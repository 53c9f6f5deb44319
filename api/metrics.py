"""What is counted of requests and answers, for Prometheus. Each process counts its own: scrape every one.

Labels come from closed sets (routes, methods, statuses, reasons): no id, path, goal or place is ever one.
"""

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from starlette.datastructures import State

from api.vitals import Vitals
from recommender.constraints import Constraint

REASONS = ("unauthorised", "forbidden", "rate", "size", "capacity", "time", "unavailable")
"""Why requests are refused, other than for what they say."""

_REASON_OF = {
    401: "unauthorised",
    403: "forbidden",
    408: "time",
    413: "size",
    429: "rate",
    431: "size",
    503: "unavailable",
}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_COURSES = (0, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000)


class Metrics:
    """All metrics of one application, whose `state` holds the service; `in_flight` is how many requests are being worked on."""

    def __init__(self, state: State) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # half as many series again, for nothing
        self.registry = registry = CollectorRegistry()
        self.in_flight = 0
        in_flight = Gauge("jinxue_http_requests_in_flight", "Requests being worked on.", registry=registry)
        in_flight.set_function(lambda: self.in_flight)
        self._requests = Counter(
            "jinxue_http_requests", "Requests answered.", ["route", "method", "status"], registry=registry
        )
        self._seconds = Histogram(
            "jinxue_http_request_duration_seconds",
            "From a request's head to the last byte of its answer.",
            ["route", "method"],
            registry=registry,
            buckets=_SECONDS,
        )
        self._refusals = Counter("jinxue_http_refusals", "Requests refused, by reason.", ["reason"], registry=registry)
        self._answers = _Answers(registry)
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        for reason in REASONS:
            self._refusals.labels(reason)
        registry.register(Vitals(state))
        ProcessCollector(registry=registry)

    def handled(self, route: str, method: str, status: int, seconds: float, *, reason: str | None = None) -> None:
        """Count a request; `reason` is why it was refused, where its status does not tell."""
        children = self._children.get((route, method, status))
        if children is None:
            children = self._make_children(route, method, status)
        children[0].inc()
        children[1].observe(seconds)
        if reason or status in _REASON_OF:
            self.refused(reason or _REASON_OF[status])

    def _make_children(self, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        known = method if method in _METHODS else "other"
        made = self._requests.labels(route, known, status), self._seconds.labels(route, known)
        if known == method:
            self._children[route, method, status] = made
        return made

    def refused(self, reason: str) -> None:
        """Count a refusal of one of `REASONS`."""
        self._refusals.labels(reason).inc()

    def composed(self, route: str, answer: Mapping[str, Any]) -> None:
        """Count an answer that was composed: what was eligible, excluded and loosened for it."""
        self._answers.composed(route, answer)

    def repeated(self, route: str) -> None:
        """Count an answer that had been kept."""
        self._answers.repeated(route)

    def exposition(self, accepted: str) -> tuple[bytes, str]:
        """Return all metrics as text, and its media type: by `accepted`, Prometheus' own form or OpenMetrics."""
        encode, media_type = choose_encoder(accepted)
        return encode(self.registry), media_type


class _Answers:
    """What is counted of recommendations and audiences."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._told = Counter(
            "jinxue_answers", "Recommendations and audiences, composed or kept.", ["route", "source"], registry=registry
        )
        self._empty = Counter(
            "jinxue_answers_empty", "Composed answers for which nothing was eligible.", ["route"], registry=registry
        )
        self._eligible = Histogram(
            "jinxue_eligible_courses",
            "Courses eligible as asked, per composed answer.",
            ["route"],
            registry=registry,
            buckets=_COURSES,
        )
        self._excluded = Counter(
            "jinxue_excluded_classes", "Classes excluded from composed answers.", ["reason"], registry=registry
        )
        self._relaxed = Counter(
            "jinxue_relaxations", "Conditions loosened in composed answers.", ["constraint"], registry=registry
        )
        for constraint in Constraint:
            self._excluded.labels(constraint)
            self._relaxed.labels(constraint)

    def composed(self, route: str, answer: Mapping[str, Any]) -> None:
        self._told.labels(route, "composed").inc()
        found = answer.get("items") or answer.get("eligible_courses") or answer.get("eligible_learners")
        self._empty.labels(route).inc(not found)
        if "relaxations" not in answer:  # an audience's numbers are of people, and a standing's of one course
            return
        self._eligible.labels(route).observe(answer["eligible_courses"])
        for name, count in answer["excluded"].items():
            self._excluded.labels(name).inc(count)
        for relaxation in answer["relaxations"]:
            self._relaxed.labels(relaxation["constraint"]).inc()

    def repeated(self, route: str) -> None:
        self._told.labels(route, "kept").inc()
