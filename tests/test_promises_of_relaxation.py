"""What an answer promises when too few courses are eligible, as properties of random requests to random networks."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Approval, SiteStatus
from tests.asking import answered, every_page, meet, promise, situations
from tests.networks import TODAY

NEVER_LOOSENED = {
    "not_approved",
    "site_inactive",
    "enrolment_closed",
    "ended",
    "full",
    "already_completed",
    "outside_service_radius",
    "too_few_people",
}


@promise
@given(situation=situations, k=st.sampled_from((1, 5, 20, 100)))
def test_what_was_loosened_is_told_counted_and_marked(matchers, situation, k):
    matcher, request = meet(matchers, situation, k=k)
    answer, items = answered(matcher, request, offset=0), every_page(matcher, request)
    listed, loosened = answer["eligible_courses"], set()
    assert all(item["relaxed"] == [] for item in items[:listed])
    for relaxation in answer["relaxations"]:
        assert listed < k, "nothing is loosened once there are enough"
        loosened.add(relaxation["constraint"])
        assert relaxation["gained"] > 0
        assert relaxation["from"] != relaxation["to"]
        for item in items[listed : listed + relaxation["gained"]]:
            assert relaxation["constraint"] in item["relaxed"]
            assert set(item["relaxed"]) <= loosened
        listed += relaxation["gained"]
    assert listed == len(items)
    assert loosened.isdisjoint(NEVER_LOOSENED)


@promise
@given(situation=situations)
def test_a_relaxed_answer_is_that_of_the_loosened_request(matchers, situation):
    matcher, request = meet(matchers, situation, k=100)
    answer = answered(matcher, request, offset=0)
    fields: dict[str, Any] = {}
    total = answer["eligible_courses"]
    for relaxation in answer["relaxations"]:
        if relaxation["field"] not in ("maximum_distance_km", "starts_by", "modes"):
            break  # no request can say these two
        limitless = relaxation["field"] == "maximum_distance_km" and relaxation["to"] is None
        fields[relaxation["field"]] = 1_000 if limitless else relaxation["to"]
        total += relaxation["gained"]
        if relaxation["from"] is not None and relaxation["to"] != 2_000:  # no request may ask for 2,000 km
            assert answered(matcher, request, **fields)["eligible_courses"] == total


@promise
@given(situation=situations)
def test_approval_closure_and_completion_are_never_loosened(matchers, situation):
    matcher, request = meet(matchers, situation, k=100)
    catalogue = matcher.snapshot.network.catalogue
    courses = {course.course_id: course for course in catalogue.courses}
    sites = {site.site_id: site for site in catalogue.sites}
    instances = {instance.instance_id: instance for instance in catalogue.course_instances}
    day = request.as_of or TODAY
    for item in every_page(matcher, request):
        instance = instances[item["instance"]["instance_id"]]
        assert courses[instance.course_id].approval is Approval.APPROVED
        assert instance.site_id is None or sites[instance.site_id].status is SiteStatus.ACTIVE
        assert instance.enrolment_deadline is None or instance.enrolment_deadline >= day
        assert instance.end_date is None or instance.end_date >= day
        assert instance.seats is None or instance.enrolled < instance.seats
        assert instance.course_id not in getattr(request, "completed_course_ids", ())


@promise
@given(situation=situations)
def test_every_answer_names_its_snapshot(matchers, situation):
    matcher, request = meet(matchers, situation)
    assert answered(matcher, request)["snapshot"] == matcher.snapshot.version
    assert len({other.snapshot.version for other in matchers}) == len(matchers)
