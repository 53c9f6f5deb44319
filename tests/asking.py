"""Asking random networks random things, for the tests of what an answer promises."""

from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from recommender.errors import InvalidRequest
from recommender.matcher import Matcher
from tests.networks import TODAY
from tests.twin_wish import Request
from tests.wishes import random_request

WHOLE = {"k": 100, "offset": 0, "diversity": 0}  # the networks of these tests hold fewer than 100 courses

promise = settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
situations = st.tuples(st.integers(0, 5), st.integers(0, 100_000))  # which network, which request


def meet(matchers: list[Matcher], situation: tuple[int, int], **changes: Any) -> tuple[Matcher, Request]:
    """Return a network and a request that it does not refuse, with some of its fields changed."""
    network, seed = situation
    matcher = matchers[network]
    request = changed(random_request(Random(seed), matcher.snapshot.network.catalogue), **changes)
    try:
        matcher.recommend(request, today=TODAY)
    except InvalidRequest:  # the weights weigh nothing that the request says
        request = changed(request, weights=None)
    return matcher, request


def changed(request: Request, **changes: Any) -> Request:
    return type(request)(**{**request.model_dump(exclude_unset=True), **changes})


def answered(matcher: Matcher, request: Request, **changes: Any) -> dict[str, Any]:
    return matcher.recommend(changed(request, **changes), today=TODAY)


def courses_of(answer: dict[str, Any]) -> list[str]:
    return [item["course"]["course_id"] for item in answer["items"]]


def eligible_courses(matcher: Matcher, request: Request, **changes: Any) -> set[str]:
    """Return all courses that a request admits without loosening."""
    answer = answered(matcher, request, **WHOLE, **changes)
    return {item["course"]["course_id"] for item in answer["items"] if not item["relaxed"]}


def every_page(matcher: Matcher, request: Request) -> list[dict[str, Any]]:
    """Return the items of all pages, one page after another."""
    items: list[dict[str, Any]] = []
    while page := answered(matcher, request, offset=len(items))["items"]:
        items += page
        assert len(items) < 1_000, "pages never end"
    return items
