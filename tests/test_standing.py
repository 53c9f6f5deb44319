"""Where one course stands, what excludes it, and what would raise it: by hand, against the list, and as properties of random requests."""

import datetime
from collections import Counter
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.constraints import Constraint
from recommender.errors import InvalidRequest, NotFound
from recommender.matcher import Matcher
from recommender.requests import ExplainRequest, LearnerRequest
from recommender.snapshot import build_snapshot
from tests.asking import answered, changed, every_page, promise, situations
from tests.handmade import HERE, SITES, catalogue, course, site, taught
from tests.networks import TODAY
from tests.wishes import random_request

YESTERDAY, SOON = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=30)
MORE_SITES = (
    *SITES,
    site("close", 7.03),
    site("at-19", 19.4, quality=1),
    site("good", 10, quality=1),
    site("poor", 0, quality=0.2),
)


@pytest.fixture
def network(encoder, policy):
    """Return a matcher over these courses and classes."""

    def make(courses, instances):
        return Matcher(build_snapshot(catalogue(courses, instances, sites=MORE_SITES), 1, encoder, policy))

    return make


def explain(matcher: Matcher, course_id: str, *, unapproved: bool = False, **fields: Any) -> dict[str, Any]:
    request = ExplainRequest(**{"goal": "叉车", "location": HERE, "course_id": course_id, **fields})
    return matcher.explain(request, today=TODAY, unapproved=unapproved)


def explained(matcher: Matcher, request: LearnerRequest, course_id: str) -> dict[str, Any]:
    question = ExplainRequest(**request.model_dump(exclude_unset=True), course_id=course_id)
    return matcher.explain(question, today=TODAY, unapproved=True)


def told(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the changes, but for weights of texts: titles of one letter are like anything."""
    changes = [one for one in answer["changes"] if one["field"] not in ("weights.meaning", "weights.words")]
    return [(one["field"], one["set"], one["from"], one["to"], one["rank"]) for one in changes]


EXCLUDED = {
    Constraint.NOT_APPROVED: (
        ({"approval": "pending"}, taught("x", "a"), {}),
        ("课程正在等待审核", "the course is waiting for review"),
    ),
    Constraint.SITE_INACTIVE: (({}, taught("x", "a", "shut"), {}), ("shut暂停开班", "shut is suspended")),
    Constraint.ENROLMENT_CLOSED: (
        ({}, taught("x", "a", enrolment_deadline=YESTERDAY), {}),
        ("报名已于 2026-11-21 截止", "enrolment closed on 2026-11-21"),
    ),
    Constraint.ENDED: (
        ({}, taught("x", "a", end_date=YESTERDAY), {}),
        ("班次已于 2026-11-21 结束", "the class ended on 2026-11-21"),
    ),
    Constraint.FULL: (
        ({}, taught("x", "a", seats=20, enrolled=21), {}),
        ("名额已满（20 席）", "no seat is left (20 in all)"),
    ),
    Constraint.ALREADY_COMPLETED: (
        ({}, taught("x", "a"), {"completed_course_ids": ["a"]}),
        ("已经学过", "the course has been completed"),
    ),
    Constraint.MODE_UNWANTED: (
        ({}, taught("x", "a"), {"modes": ["at_site"]}),
        ("线上授课，您只要到阵地上课", "taught online; you asked only for classes taught at a site"),
    ),
    Constraint.TOO_FAR: (
        ({}, taught("x", "a", "at-19"), {"maximum_distance_km": 7.5}),
        ("距您 19.4 公里，超出 7.5 公里", "19.4 km away, more than 7.5 km"),
    ),
    Constraint.STARTS_TOO_LATE: (
        ({}, taught("x", "a", start_date=SOON), {"starts_by": TODAY}),
        ("2026-12-22 开班，晚于 2026-11-22", "it starts on 2026-12-22, later than 2026-11-22"),
    ),
    Constraint.LEVEL_OUT_OF_REACH: (
        ({"skill_level": "senior_technician"}, taught("x", "a"), {"skill_level": "初级工"}),
        ("高级技师，比您目前高 4 级，最多可高 2 级", "senior technician: above your level by 4, and 2 is the most"),
    ),
    Constraint.OUTSIDE_SERVICE_RADIUS: (
        (
            {},
            taught("x", "a", "at-19", mode="at_enterprise", service_radius_km=19),
            {"modes": ["at_enterprise"], "maximum_distance_km": 7.5},
        ),
        ("派出阵地距您 19.4 公里，送教范围为 19 公里", "it is sent from 19.4 km away, and goes no farther than 19 km"),
    ),
    Constraint.TOO_FEW_PEOPLE: (
        ({}, taught("x", "a", "at-0", mode="at_enterprise", minimum_headcount=12), {"modes": ["at_enterprise"]}),
        ("满 12 人才开班", "it is taught to no fewer than 12 people"),
    ),
}
UNCHANGEABLE = set(EXCLUDED) - {Constraint.MODE_UNWANTED, Constraint.TOO_FAR, Constraint.STARTS_TOO_LATE}


@pytest.mark.parametrize("constraint", Constraint)
def test_each_condition_is_named_with_its_facts_in_both_languages(network, constraint):
    (fields, instance, asked), sentences = EXCLUDED[constraint]
    others = (taught("w", "b"), taught("y", "b", "at-0"), taught("z", "b", "at-0", mode="at_enterprise"))
    made = network([course("a", **fields), course("b")], [instance, *others])
    for language, sentence in zip(("zh", "en"), sentences, strict=True):
        answer = explain(made, "a", unapproved=True, language=language, k=1, **asked)
        assert answer["classes"][0]["excluded"] == [{"constraint": constraint.value, "meaning": sentence}]
        assert answer["excluded"] == {constraint.value: 1}
        assert (answer["eligible"], answer["rank"], answer["score_rank"]) == (False, None, None)


@pytest.mark.parametrize("constraint", sorted(UNCHANGEABLE))
def test_what_no_learner_can_change_has_no_change(network, constraint):
    (fields, instance, asked), _ = EXCLUDED[constraint]
    answer = explain(network([course("a", **fields)], [instance]), "a", unapproved=True, **asked)
    assert (answer["eligible"], answer["changes"]) == (False, [])


def test_a_distance_is_told_as_finely_as_it_takes_to_exceed_the_limit(network):
    made = network([course("a")], [taught("x", "a", "at-19")])
    answer = explain(made, "a", maximum_distance_km=19.39)
    assert answer["classes"][0]["excluded"][0]["meaning"] == "距您 19.4 公里，超出 19.39 公里"
    answer = explain(made, "a", maximum_distance_km=19.3999)
    assert answer["classes"][0]["excluded"][0]["meaning"] == "距您 19.4 公里，超出 19.3999 公里"
    close = network([course("a")], [taught("x", "a", "close")])
    answer = explain(close, "a", maximum_distance_km=7)
    assert answer["classes"][0]["excluded"][0]["meaning"] == "距您 7.030 公里，超出 7 公里"


def test_a_closed_site_and_a_rejected_course_are_told_as_such(encoder, policy):
    closed = catalogue(
        [course("a", approval="rejected")], [taught("x", "a", "gone")], sites=(site("gone", 1, status="closed"),)
    )
    answer = explain(Matcher(build_snapshot(closed, 1, encoder, policy)), "a", unapproved=True)
    assert [one["meaning"] for one in answer["classes"][0]["excluded"]] == ["课程未通过审核", "gone已关闭"]


def test_a_course_that_does_not_exist_is_not_found(network):
    made = network([course("a"), course("hidden", approval="pending")], [taught("x", "a"), taught("y", "hidden")])
    for course_id in ("nope", "hidden"):
        with pytest.raises(NotFound) as raised:
            explain(made, course_id)
        assert raised.value.field == "course_id"
    assert explain(made, "hidden", unapproved=True)["excluded"] == {"not_approved": 1}


def test_a_course_without_classes_stands_nowhere(network):
    answer = explain(network([course("a"), course("b")], [taught("y", "b")]), "a")
    assert (answer["item"], answer["classes"], answer["excluded"], answer["changes"]) == (None, [], {}, [])
    assert answer["leader"]["course_id"] == "b"


def test_classes_stand_best_first_and_fifty_at_most(network):
    instances = [taught(f"x-{number:02}", "a", "at-5") for number in range(60)]
    answer = explain(network([course("a")], [*instances, taught("z", "a", "at-0")]), "a")
    assert [one["instance"]["instance_id"] for one in answer["classes"]] == ["z", *(f"x-{n:02}" for n in range(49))]
    assert answer["classes_total"] == 61
    assert answer["classes"][0]["score"] == answer["item"]["score"]


def test_the_leader_is_shown_unless_it_is_the_course_itself(network):
    made = network([course("a"), course("b")], [taught("x", "a", "at-5"), taught("y", "b", "at-0")])
    first = answered(made, LearnerRequest(goal="叉车", location=HERE), weights={"place": 1})["items"][0]
    leader = explain(made, "a", weights={"place": 1})["leader"]
    assert leader == {
        "course_id": "b",
        "title": "b",
        "score": first["score"],
        "contributions": first["contributions"],
    }
    assert explain(made, "b", weights={"place": 1})["leader"] is None


PLACE_AGAINST_QUALITY = {"weights": {"place": 0.5, "quality": 0.5}, "diversity": 0}


def test_the_gentlest_of_each_field_is_told(network):
    made = network([course("near"), course("well")], [taught("x", "near", "poor"), taught("y", "well", "good")])
    assert told(explain(made, "near", **PLACE_AGAINST_QUALITY)) == [  # 0.6 against 0.625
        ("weights.place", {"weights": {"place": 0.7, "quality": 0.3}}, 0.5, 0.7, 1),  # 0.76 against 0.475
        ("half_distance_km", {"half_distance_km": 3}, 5, 3, 1),  # 0.6 against 0.55; 8 km would widen the gap
    ]
    assert explain(made, "well", **PLACE_AGAINST_QUALITY)["changes"] == []


def test_a_raised_weight_leaves_the_others_their_proportions(network):
    made = network([course("near"), course("well")], [taught("x", "near", "poor"), taught("y", "well", "good")])
    weights = {"place": 1, "quality": 2, "words": 1, "schedule": 6}  # nothing is said of the schedule
    change = next(
        one for one in explain(made, "near", weights=weights, diversity=0)["changes"] if one["field"] == "weights.place"
    )
    assert change["from"] == 0.25
    rest = 1 - change["to"]
    assert change["set"]["weights"] == pytest.approx(
        {"place": change["to"], "quality": rest * 2 / 3, "words": rest / 3, "schedule": min(rest * 2, 1)}
    )


def test_the_schedule_of_a_class_may_be_chosen_alone(network):
    made = network(
        [course("a"), course("b")], [taught("x", "a", schedule="evening"), taught("y", "b", schedule="weekend")]
    )
    asked = {"weights": {"schedule": 0.5, "quality": 0.5}, "schedules": ["weekend"]}
    assert told(explain(made, "a", **asked)) == [("schedules", {"schedules": ["evening"]}, ["weekend"], ["evening"], 1)]


def test_online_classes_may_count_as_nearer(network):
    made = network([course("a"), course("b")], [taught("x", "a"), taught("y", "b", "at-5", schedule="weekend")])
    asked = {"weights": {"place": 1}, "online_policy": "far", "half_distance_km": 10}
    assert told(explain(made, "a", **asked)) == [("online_policy", {"online_policy": "near"}, "far", "near", 1)]


def test_what_diversity_holds_back_stands_higher_without_it(network):
    same = {"title": "叉车司机", "description": "驾驶叉车"}
    made = network(
        [course("a", **same), course("b", **same), course("c", title="养老护理", description="照护老人")],
        [taught("x", "a", "at-0"), taught("y", "b", "at-5"), taught("z", "c", "at-20")],
    )
    asked = {"weights": {"place": 1}, "diversity": 0.9, "maximum_distance_km": 100}
    answer = explain(made, "b", **asked)
    assert (answer["rank"], answer["score_rank"]) == (3, 2)
    assert told(answer) == [("diversity", {"diversity": 0}, 0.9, 0, 2)]


def test_what_excludes_a_course_is_loosened_no_more_than_it_takes(network):
    made = network(
        [course("a"), course("b")],
        [
            taught("far", "a", "at-19"),
            taught("farther", "a", "at-20"),
            taught("full", "a", "at-5", seats=9, enrolled=9),
            taught("y", "b", "at-0"),
        ],
    )
    answer = explain(made, "a", maximum_distance_km=3, k=1, weights={"place": 1})
    assert told(answer) == [("maximum_distance_km", {"maximum_distance_km": 20}, 3, 20, 2)]
    assert answer["changes"][0]["meaning"] == "把距离上限从 3 公里放宽到 20 公里，这门课将排在第 2 位"
    assert answer["excluded"] == {"full": 1, "too_far": 3}


@pytest.mark.parametrize(
    ("instance", "asked", "expected"),
    [
        (taught("x", "a"), {"modes": ["at_site"]}, ("modes", {"modes": ["at_site", "online"]})),
        (taught("x", "a"), {"modes": ["at_site"] * 3}, ("modes", {"modes": ["at_site", "online"]})),
        (taught("x", "a", start_date=SOON), {"starts_by": TODAY}, ("starts_by", {"starts_by": None})),
        (
            taught("x", "a", "at-19", start_date=SOON),
            {"modes": ["online"], "starts_by": TODAY, "maximum_distance_km": 2},
            ("modes", {"modes": ["online", "at_site"], "maximum_distance_km": 20, "starts_by": None}),
        ),
    ],
)
def test_several_fields_change_together_where_one_is_not_enough(network, instance, asked, expected):
    made = network([course("a"), course("b"), course("c")], [instance, taught("y", "b"), taught("z", "c", "at-0")])
    answer = explain(made, "a", k=1, **asked)
    assert [one[:2] for one in told(answer)] == [expected]


def test_one_change_that_is_enough_spares_several(network):
    made = network(
        [course("a"), course("b")],
        [taught("both", "a", "at-5"), taught("one", "a", start_date=SOON), taught("y", "b", start_date=TODAY)],
    )
    answer = explain(made, "a", k=1, modes=["online"], starts_by=TODAY, maximum_distance_km=1)
    assert [one["set"] for one in answer["changes"]] == [{"starts_by": None}]


def test_a_course_that_a_loosening_lists_says_by_which(network):
    made = network([course("a"), course("b")], [taught("x", "a", "at-19"), taught("y", "b", "at-0")])
    answer = explain(made, "a", maximum_distance_km=3, weights={"quality": 1})
    assert (answer["eligible"], answer["listed_by"], answer["rank"], answer["score_rank"]) == (
        False,
        "too_far",
        2,
        None,
    )
    assert answer["item"]["relaxed"] == ["too_far"]
    assert told(answer) == [("maximum_distance_km", {"maximum_distance_km": 20}, 3, 20, 1)]


GOALS = ({"goal": "想学工业机器人的操作和维修"}, {"goal": "养老护理", "language": "en"}, {"industry": "智能机器人"})
ASKED = (
    {"location": {"place": "坪山区坑梓街道"}, "skill_level": "中级工"},
    {"location": {"place": "坪山区坑梓街道"}, "maximum_distance_km": 2, "modes": ["at_site"], "k": 60},
    {"schedules": ["weekend"], "starts_by": "2026-12-10", "k": 100, "skill_level": "学徒工"},
)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("diversity", [0, 0.1])
def test_a_course_stands_where_the_list_has_it_and_is_shown_as_there(matcher, goal, asked, diversity):
    request = LearnerRequest(**goal, **asked, diversity=diversity)
    whole = matcher.recommend(changed(request, k=100), today=TODAY)
    pages = [matcher.recommend(changed(request, offset=at), today=TODAY)["items"] for at in range(0, 100, request.k)]
    own = {item["course"]["course_id"] for page in pages for item in page}
    for item in whole["items"][::9]:
        answer = explained(matcher, request, item["course"]["course_id"])
        if item["course"]["course_id"] not in own:  # a loosening that fewer wanted courses do not need
            assert (answer["rank"], answer["item"]) == (None, None)
            continue
        assert answer["rank"] == item["rank"]
        assert orjson.dumps(answer["item"]) == orjson.dumps(item)
        assert answer["eligible"] == (not item["relaxed"])
        assert (answer["listed_by"] in item["relaxed"]) if item["relaxed"] else answer["listed_by"] is None
        assert answer["leader"] is None or answer["leader"]["course_id"] == whole["items"][0]["course"]["course_id"]
        assert (answer["policy"], answer["eligible_courses"]) == (whole["policy"], whole["eligible_courses"])


def test_behind_the_first_hundred_the_rank_by_score_is_still_exact(matcher):
    request = LearnerRequest(goal="数控", k=100, diversity=0)
    for item in matcher.recommend(changed(request, offset=100), today=TODAY)["items"][::20]:
        answer = explained(matcher, request, item["course"]["course_id"])
        assert (answer["rank"], answer["score_rank"]) == (None, item["rank"])
        assert answer["item"] == {**item, "rank": None}


def test_a_course_that_only_distance_excludes_is_listed_behind_a_hundred_others_when_one_goes_farther(matcher):
    request = LearnerRequest(goal="想学工业机器人的操作和维修", location={"place": "坪山区坑梓街道"})
    answer = explained(matcher, request, "cryogenic-vacuum-technician")
    assert (answer["eligible"], answer["rank"]) == (False, None)
    (change,) = answer["changes"]
    assert (change["set"], change["rank"]) == ({"maximum_distance_km": 50}, None)
    assert change["score_rank"] > 100
    assert f"按得分排在第 {change['score_rank']} 位" in change["meaning"]


def _asked(matchers: list[Matcher], situation: tuple[int, int], chosen: int) -> tuple[Matcher, LearnerRequest, str]:
    """Return a network, a learner's request that it does not refuse, and the id of one of its courses."""
    matcher, rng = matchers[situation[0]], Random(situation[1])
    request = random_request(rng, matcher.snapshot.network.catalogue)
    while not isinstance(request, LearnerRequest):
        request = random_request(rng, matcher.snapshot.network.catalogue)
    try:
        matcher.recommend(request, today=TODAY)
    except InvalidRequest:  # the weights weigh nothing that the request says
        request = changed(request, weights=None)
    courses = matcher.snapshot.network.courses
    return matcher, request, courses[chosen % len(courses)].course_id


@promise
@given(situation=situations, chosen=st.integers(0, 10_000))
def test_each_change_merged_into_the_request_lists_the_course_at_exactly_its_rank(matchers, situation, chosen):
    matcher, request, course_id = _asked(matchers, situation, chosen)
    answer = explained(matcher, request, course_id)
    ranks = [change["rank"] or 100 + change["score_rank"] for change in answer["changes"]]
    assert ranks == sorted(ranks)
    assert len(ranks) <= 8
    for change in answer["changes"]:
        assert answer["rank"] is None or change["rank"] < answer["rank"]
        assert change["rank"] is not None or not answer["eligible"]
        sent = {**request.model_dump(mode="json", exclude_unset=True), **change["set"], "k": 100, "offset": 0}
        merged = LearnerRequest.model_validate_json(orjson.dumps(sent))
        if change["rank"] is None:
            found = explained(matcher, merged, course_id)
            assert (found["eligible"], found["rank"], found["score_rank"]) == (True, None, change["score_rank"])
            continue
        items = matcher.recommend(merged, today=TODAY)["items"]
        assert items[change["rank"] - 1]["course"]["course_id"] == course_id
        assert items[change["rank"] - 1]["score_rank"] == change["score_rank"]


@promise
@given(situation=situations, chosen=st.integers(0, 10_000))
def test_a_standing_agrees_with_the_list_and_with_what_excludes_its_classes(matchers, situation, chosen):
    matcher, request, course_id = _asked(matchers, situation, chosen)
    answer = explained(matcher, request, course_id)
    whole = every_page(matcher, changed(request, offset=0))
    at = {item["course"]["course_id"]: item for item in whole}
    assert answer["rank"] == (at[course_id]["rank"] if course_id in at else None)
    assert answer["eligible"] == any(not one["excluded"] for one in answer["classes"])
    assert answer["eligible"] == (course_id in at and not at[course_id]["relaxed"])
    assert answer["score_rank"] == (at[course_id]["score_rank"] if answer["eligible"] else None)
    assert answer["excluded"] == Counter(x["constraint"] for one in answer["classes"] for x in one["excluded"])
    if answer["item"]:
        scores = {one["instance"]["instance_id"]: one["score"] for one in answer["classes"]}
        assert scores[answer["item"]["instance"]["instance_id"]] == answer["item"]["score"]


@promise
@given(situation=situations, chosen=st.integers(0, 10_000))
def test_both_languages_say_the_same(matchers, situation, chosen):
    matcher, request, course_id = _asked(matchers, situation, chosen)
    zh, en = (explained(matcher, changed(request, language=one), course_id) for one in ("zh", "en"))
    assert told(zh) == told(en)
    for one, other in zip(zh["changes"], en["changes"], strict=True):
        assert one["meaning"][0] >= "\u4e00"
        assert other["meaning"].isascii()
        assert str(one["rank"] or one["score_rank"]) in one["meaning"]
