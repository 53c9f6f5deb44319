"""The judged requests that come with the network."""

from collections import Counter

from recommender.evaluation import BUNDLED_JUDGEMENTS, Part, read_judgements
from recommender.matcher import Matcher


def test_bundled_judgements_are_about_approved_courses(matcher: Matcher) -> None:
    network = matcher.snapshot.network
    judged = read_judgements(BUNDLED_JUDGEMENTS, network)

    for one in judged:
        named = [course_id for course_id, grade in one.grades.items() if grade]
        assert {network.courses[network.course_row[name]].approval for name in named} == {"approved"}, one.request_id


def test_bundled_requests_are_split_evenly_and_come_from_both_audiences() -> None:
    judged = read_judgements(BUNDLED_JUDGEMENTS)
    parts = Counter(one.part for one in judged)
    enterprises = Counter(one.part for one in judged if "needs" in one.fields)

    assert abs(parts[Part.DEVELOPMENT] - parts[Part.REPORTING]) <= 1
    assert parts[Part.REPORTING] >= 90
    assert min(enterprises.values()) >= 25
