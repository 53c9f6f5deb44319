"""Each condition on small cases whose answer is plain to see."""

import datetime

import numpy as np
import pytest

from recommender.constraints import Constraint, eligible, evaluate, excluded
from tests.handmade import HERE, course, enterprise, learner, network, taught
from tests.networks import TODAY

YESTERDAY, TOMORROW = (TODAY + datetime.timedelta(days=days) for days in (-1, 1))


def _passes(constraint, instances, ask=learner, courses=None, **request):
    """Return the ids of the instances that hold `constraint`."""
    made = network(courses or [course("c")], instances)
    mask = evaluate(made, ask(made, **request))[constraint].mask
    return [instance.instance_id for instance, passes in zip(made.instances, mask, strict=True) if passes]


def test_only_an_approved_course_passes_review():
    courses = [course("a"), course("b", approval="pending"), course("c", approval="rejected")]
    instances = [taught(name, name) for name in "abc"]
    assert _passes(Constraint.NOT_APPROVED, instances, courses=courses) == ["a"]


def test_a_suspended_site_teaches_nothing_not_even_online():
    instances = [
        taught("1", "c", "at-0"),
        taught("2", "c", "shut"),
        taught("3", "c", "shut", mode="online"),
        taught("4", "c"),
    ]
    assert _passes(Constraint.SITE_INACTIVE, instances) == ["1", "4"]


@pytest.mark.parametrize(
    ("constraint", "field"), [(Constraint.ENROLMENT_CLOSED, "enrolment_deadline"), (Constraint.ENDED, "end_date")]
)
def test_a_last_day_counts_to_its_end_and_no_date_is_no_end(constraint, field):
    dates = {"1": YESTERDAY, "2": TODAY, "3": TOMORROW, "4": None}
    instances = [taught(name, "c", **{field: date}) for name, date in dates.items()]
    assert _passes(constraint, instances) == ["2", "3", "4"]
    assert _passes(constraint, instances, as_of=TOMORROW) == ["3", "4"]


def test_a_full_class_has_no_seat_left_and_an_unlimited_one_always_has():
    instances = [
        taught("1", "c", seats=10, enrolled=9),
        taught("2", "c", seats=10, enrolled=10),
        taught("3", "c", seats=10, enrolled=11),
        taught("4", "c", seats=0),
        taught("5", "c", enrolled=500),
    ]
    assert _passes(Constraint.FULL, instances) == ["1", "5"]


def test_a_finished_course_is_never_recommended():
    instances = [taught("1", "a"), taught("2", "a", "at-0"), taught("3", "b")]
    passing = _passes(
        Constraint.ALREADY_COMPLETED, instances, courses=[course("a"), course("b")], completed_course_ids=["a"]
    )
    assert passing == ["3"]


def test_only_wanted_modes_pass_and_a_learner_wants_none_at_an_enterprise():
    instances = [taught("1", "c", "at-0"), taught("2", "c"), taught("3", "c", "at-0", mode="at_enterprise")]
    assert _passes(Constraint.MODE_UNWANTED, instances) == ["1", "2"]
    assert _passes(Constraint.MODE_UNWANTED, instances, enterprise) == ["1", "2", "3"]
    assert _passes(Constraint.MODE_UNWANTED, instances, modes=["at_enterprise"]) == ["3"]


def test_only_a_class_at_a_site_whose_distance_is_known_can_be_too_far():
    instances = [
        taught("1", "c", "at-0"),
        taught("2", "c", "at-5"),
        taught("3", "c", "at-20"),
        taught("4", "c", "lost"),
        taught("5", "c"),
        taught("6", "c", "at-20", mode="online"),
        taught("7", "c", "at-20", mode="at_enterprise"),
    ]
    assert _passes(Constraint.TOO_FAR, instances, location=HERE, maximum_distance_km=6) == [
        "1",
        "2",
        "4",
        "5",
        "6",
        "7",
    ]
    assert _passes(Constraint.TOO_FAR, instances, location=HERE, maximum_distance_km=0) == ["1", "4", "5", "6", "7"]
    assert len(_passes(Constraint.TOO_FAR, instances, maximum_distance_km=0)) == 7


def test_starting_by_a_day_includes_that_day_and_classes_without_a_date():
    dates = {"1": TODAY, "2": TOMORROW, "3": None}
    instances = [taught(name, "c", start_date=date) for name, date in dates.items()]
    assert _passes(Constraint.STARTS_TOO_LATE, instances, starts_by=TODAY) == ["1", "3"]
    assert _passes(Constraint.STARTS_TOO_LATE, instances) == ["1", "2", "3"]


def test_a_level_more_than_two_steps_up_is_out_of_reach_and_none_is_too_low():
    levels = {"a": "apprentice", "b": "technician", "c": "senior_technician", "d": None}
    courses = [course(name, skill_level=level) for name, level in levels.items()]
    instances = [taught(name, name) for name in levels]
    assert _passes(Constraint.LEVEL_OUT_OF_REACH, instances, courses=courses, skill_level="中级工") == ["a", "b", "d"]
    assert _passes(Constraint.LEVEL_OUT_OF_REACH, instances, courses=courses) == ["a", "b", "c", "d"]


def test_no_lack_of_seats_hides_a_class_from_a_large_enterprise():
    made = network([course("c")], [taught("1", "c", seats=20), taught("2", "c", seats=1), taught("3", "c", seats=0)])
    held = evaluate(made, enterprise(made, headcount=500))
    np.testing.assert_array_equal(eligible(held), [True, True, False])


def test_an_at_enterprise_class_comes_as_far_as_its_radius():
    visits = [taught(str(km), "c", "at-5", mode="at_enterprise", service_radius_km=km) for km in (1, 4, 6)]
    others = [
        taught("at its site", "c", "at-5", service_radius_km=1),
        taught("lost", "c", "lost", mode="at_enterprise", service_radius_km=1),
    ]
    unlimited = taught("unlimited", "c", "at-20", mode="at_enterprise")
    instances = [*visits, *others, unlimited]
    passing = _passes(Constraint.OUTSIDE_SERVICE_RADIUS, instances, enterprise, location=HERE)
    assert passing == ["6", "at its site", "lost", "unlimited"]
    assert len(_passes(Constraint.OUTSIDE_SERVICE_RADIUS, instances, enterprise)) == len(instances)


def test_an_at_enterprise_class_needs_its_headcount():
    visits = {"10": 10, "11": 11, "any": None}
    instances = [
        taught(name, "c", "at-0", mode="at_enterprise", minimum_headcount=least) for name, least in visits.items()
    ]
    instances.append(taught("at its site", "c", "at-0", minimum_headcount=50))
    assert _passes(Constraint.TOO_FEW_PEOPLE, instances, enterprise, headcount=10) == ["10", "any", "at its site"]
    assert _passes(Constraint.TOO_FEW_PEOPLE, instances, enterprise) == ["10", "11", "any", "at its site"]
    assert _passes(Constraint.TOO_FEW_PEOPLE, instances) == ["any", "at its site"]


def test_an_instance_that_fails_twice_is_counted_twice_and_eligible_means_all():
    made = network(
        [course("a", approval="pending"), course("b")],
        [taught("1", "a", seats=0), taught("2", "b", seats=0), taught("3", "b")],
    )
    held = evaluate(made, learner(made))
    assert excluded(held) == {"not_approved": 1, "full": 2}
    np.testing.assert_array_equal(eligible(held), [False, False, True])


def test_a_network_without_classes_excludes_nothing():
    made = network([course("a")], [])
    held = evaluate(made, learner(made))
    assert excluded(held) == {}
    assert eligible(held).shape == (0,)
