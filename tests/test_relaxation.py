"""What is loosened, in which order, and what is counted, on cases worked out by hand."""

import datetime

from recommender.constraints import Constraint, evaluate
from recommender.domain import Mode
from recommender.relaxation import tiers
from tests.handmade import HERE, course, enterprise, learner, network, taught
from tests.networks import TODAY

LATER = TODAY + datetime.timedelta(days=30)


def _loosened(made, request):
    """Return the tiers as (field, before, after, gained, ids of the instances)."""
    told = []
    for tier in tiers(made, request, evaluate(made, request)):
        ids = [i.instance_id for i, held in zip(made.instances, tier.mask, strict=True) if held]
        r = tier.relaxation
        told.append((r.field, r.before, r.after, r.gained, ids) if r else ids)
        assert tier.courses == len({i.course_id for i in made.instances if i.instance_id in ids})
    return told


def test_nothing_is_loosened_while_there_are_enough():
    made = network([course("a"), course("b")], [taught("a", "a", "at-0"), taught("b", "b", "at-20")])
    assert _loosened(made, learner(made, location=HERE, maximum_distance_km=1, k=1)) == [["a"]]


def test_the_radius_is_doubled_until_enough_courses_are_there():
    made = network(
        [course(c) for c in "abc"], [taught("a", "a", "at-0"), taught("b", "b", "at-5"), taught("c", "c", "at-20")]
    )
    request = learner(made, location=HERE, maximum_distance_km=3, k=3)
    assert _loosened(made, request) == [
        ["a"],
        ("maximum_distance_km", 3, 6, 1, ["b"]),
        ("maximum_distance_km", 6, 24, 1, ["c"]),
    ]


def test_a_step_that_gains_nothing_is_not_told_nor_kept():
    made = network([course(c) for c in "ab"], [taught("a", "a", "at-0"), taught("b", "b", "at-20")])
    request = learner(made, location=HERE, maximum_distance_km=3, k=3)
    assert _loosened(made, request) == [["a"], ("maximum_distance_km", 3, 24, 1, ["b"])]


def test_a_later_step_keeps_what_earlier_ones_loosened():
    made = network(
        [course(c) for c in "abc"],
        [
            taught("a", "a", "at-5"),
            taught("b", "b", "at-0", start_date=LATER),
            taught("c", "c", "at-5", start_date=LATER),
        ],
    )
    request = learner(made, location=HERE, maximum_distance_km=3, starts_by=TODAY, k=9)
    assert _loosened(made, request) == [
        [],
        ("maximum_distance_km", 3, 6, 1, ["a"]),
        ("starts_by", TODAY, None, 2, ["b", "c"]),
    ]


def test_a_listed_course_gains_no_second_place():
    made = network([course("a")], [taught("near", "a", "at-0"), taught("far", "a", "at-20")])
    assert _loosened(made, learner(made, location=HERE, maximum_distance_km=1, k=5)) == [["near"]]


def test_gains_are_counted_in_courses_not_classes():
    made = network([course("a")], [taught("1", "a", "at-5"), taught("2", "a", "at-5")])
    request = learner(made, location=HERE, maximum_distance_km=3)
    assert _loosened(made, request) == [[], ("maximum_distance_km", 3, 6, 1, ["1", "2"])]


def test_the_level_then_the_modes_are_loosened():
    made = network(
        [course("high", skill_level="chief_technician"), course("online")],
        [taught("high", "high", "at-0"), taught("online", "online")],
    )
    request = enterprise(made, headcount=30, skill_level="学徒工", modes=["at_site"])
    assert _loosened(made, request) == [
        [],
        ("level_reach", 2, None, 1, ["high"]),
        ("modes", (Mode.AT_SITE,), tuple(Mode), 1, ["online"]),
    ]


def test_approval_closure_completion_and_a_providers_demands_are_never_loosened():
    courses = [
        course("pending", approval="pending"),
        *(course(c) for c in ("shut", "closed", "ended", "full", "done", "radius", "people")),
    ]
    yesterday = TODAY - datetime.timedelta(days=1)
    instances = [
        taught("pending", "pending", "at-0"),
        taught("shut", "shut", "shut"),
        taught("closed", "closed", "at-0", enrolment_deadline=yesterday),
        taught("ended", "ended", "at-0", end_date=yesterday),
        taught("full", "full", "at-0", seats=1, enrolled=1),
        taught("done", "done", "at-0"),
        taught("radius", "radius", "at-20", mode="at_enterprise", service_radius_km=1),
        taught("people", "people", "at-0", mode="at_enterprise", minimum_headcount=2),
    ]
    made = network(courses, instances)
    request = learner(
        made,
        location=HERE,
        maximum_distance_km=1,
        starts_by=yesterday,
        skill_level="学徒工",
        completed_course_ids=["done"],
        k=50,
    )
    assert _loosened(made, request) == [[]]


def test_each_tier_names_the_constraint_it_loosened():
    made = network([course("a")], [taught("a", "a", "at-20")])
    found = tiers(made, request := learner(made, location=HERE, maximum_distance_km=15), evaluate(made, request))
    assert [tier.relaxation and tier.relaxation.constraint for tier in found] == [None, Constraint.TOO_FAR]
