"""Where supply is missing: found as a slow computation from single answers finds it, and nothing told of few."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Approval, Catalogue, Learner, Mode, PlaceKind, SiteStatus, SkillLevel
from recommender.encoder import Encoder
from recommender.errors import InvalidRequest
from recommender.exposure import SAMPLE, _spread, gini
from recommender.fitting import fitting
from recommender.insights import conceal, conceal_places, told_share
from recommender.language import Language
from recommender.matcher import Matcher
from recommender.network import Network
from recommender.policy import Policy
from recommender.profiles import learner_request, point_of
from recommender.requests import CoverageRequest
from recommender.snapshot import build_snapshot
from recommender.supply import Supply
from recommender.whereabouts import whereabouts
from tests.handmade import catalogue
from tests.networks import Shape, random_catalogue
from tests.scarce_city import CLASSES, COURSES, PLACES, crowd, people

KILOMETRES = (12.0, 40.0)  # the latter is beyond the usual limit
MISSED = "没有这样的地方"


@pytest.fixture(scope="module")
def towns(encoder: Encoder, policy: Policy) -> list[Matcher]:
    """Three random networks whose answers list every class of a course."""
    wide = policy.model_copy(update={"alternatives": 20})
    shape = Shape(instances=200, learners=120)
    return [Matcher(build_snapshot(random_catalogue(seed, shape), 1, encoder, wide)) for seed in range(3)]


def items_of(matcher: Matcher, learner: Learner, today: datetime.date, **listing: Any) -> list[dict[str, Any]] | None:
    """Return all that a learner's own request admits; None when the profile makes no request."""
    items: list[dict[str, Any]] = []
    try:
        while True:
            asked = learner_request(learner, diversity=0, k=100, offset=len(items), **listing)
            page = matcher.recommend(asked, today=today)["items"]
            items += page
            if not page:
                return [item for item in items if not item["relaxed"]]
    except InvalidRequest:
        return None


def suits(item: dict[str, Any], learner: Learner) -> bool:
    meaning = next(part["value"] for part in item["contributions"] if part["name"] == "meaning")
    level = item["course"]["skill_level"]
    below = level is not None and learner.skill_level is not None and level.step < learner.skill_level.step
    return meaning >= 0.45 and not below


def is_covered(matcher: Matcher, learner: Learner, today: datetime.date, within_km: float) -> bool:
    items = items_of(matcher, learner, today, modes=["at_site"], maximum_distance_km=within_km) or []
    return any(
        suits(item, learner) and any(at["distance_km"] is not None for at in (item, *item["alternatives"]))
        for item in items
    )


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    south, north, step = radians(one[0]), radians(other[0]), radians(other[1] - one[1])
    return 2 * 6371.0088 * asin(sqrt(sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(step / 2) ** 2))


@pytest.mark.parametrize("within_km", KILOMETRES)
def test_who_is_covered_is_what_their_own_answers_say(
    towns: list[Matcher], today: datetime.date, within_km: float
) -> None:
    seen: Counter[bool] = Counter()
    for matcher in towns:
        snapshot = matcher.snapshot
        network = snapshot.network
        points = network.remember(whereabouts).points
        found = fitting(snapshot, Supply(network, snapshot.policy, today), points, within_km=within_km)
        expected = [is_covered(matcher, learner, today, within_km) for learner in network.learners]
        asking = [items_of(matcher, learner, today) is not None for learner in network.learners]
        assert found.covered.tolist() == expected
        assert found.asking.tolist() == asking
        located = [
            asks and point_of(one, network.gazetteer) is not None
            for asks, one in zip(asking, network.learners, strict=True)
        ]
        survey = matcher._coverage.survey.learners(today, within_km)
        assert (survey.located, survey.covered_of_located) == (sum(located), sum(expected))
        seen.update(expected)
    assert min(seen.values()) > 30


def test_the_bundled_learners_are_covered_as_their_own_answers_say(matcher: Matcher, today: datetime.date) -> None:
    network = matcher.snapshot.network
    points = network.remember(whereabouts).points
    supply = Supply(network, matcher.snapshot.policy, today)
    found = fitting(matcher.snapshot, supply, points, within_km=2.0).covered
    some = range(0, len(network.learners), len(network.learners) // 40)
    expected = [is_covered(matcher, network.learners[row], today, 2.0) for row in some]
    assert [bool(found[row]) for row in some] == expected
    assert 5 < sum(expected) < 35


def test_each_learner_is_counted_where_they_are(towns: list[Matcher]) -> None:
    for matcher in towns:
        network = matcher.snapshot.network
        places, where = network.gazetteer.places, network.remember(whereabouts)
        centres = {
            place.place_id: (point.latitude, point.longitude)
            for place in places
            if place.kind is PlaceKind.SUBDISTRICT and (point := network.gazetteer.point_of(place))
        }
        for row, learner in enumerate(network.learners):
            told = None if where.subdistrict[row] < 0 else places[where.subdistrict[row]]
            named = network.gazetteer.find(learner.place) if learner.place else None
            if named:
                assert told == (named if named.kind is PlaceKind.SUBDISTRICT else None)
            elif learner.latitude is not None and (point := point_of(learner, network.gazetteer)):
                here = (point.latitude, point.longitude)
                assert told is not None
                assert told.place_id == min(centres, key=lambda name: kilometres(here, centres[name]))
                assert places[where.district[row]].place_id == told.parent_id
            else:
                assert told is None
                assert np.isnan(where.points[row]).all()


def _is_open(network: Network, instance: Any, today: datetime.date) -> bool:
    course_ = network.courses[network.course_row[instance.course_id]]
    site = network.sites[network.site_row[instance.site_id]] if instance.site_id else None
    return (
        course_.approval is Approval.APPROVED
        and (site is None or site.status is SiteStatus.ACTIVE)
        and (instance.enrolment_deadline is None or instance.enrolment_deadline >= today)
        and (instance.end_date is None or instance.end_date >= today)
        and instance.seats_left != 0
    )


def test_what_is_taught_around_a_sub_district_is_what_the_records_say(
    towns: list[Matcher], today: datetime.date
) -> None:
    for matcher in towns:
        network = matcher.snapshot.network
        answer = matcher.coverage(CoverageRequest(within_km=12), today=today, hidden_below=5)
        places = {place.place_id: place for place in network.gazetteer.places}
        ids = [one["place_id"] for one in answer["subdistricts"]]
        assert ids == sorted(name for name, place in places.items() if place.kind is PlaceKind.SUBDISTRICT)
        for told in answer["subdistricts"]:
            point = network.gazetteer.point_of(places[told["place_id"]])
            here = (point.latitude, point.longitude)
            near = {
                site.site_id
                for site, there in zip(network.sites, network.site_points.tolist(), strict=True)
                if kilometres(here, there) <= 12
            }
            active = [site for site in network.sites if site.site_id in near and site.status is SiteStatus.ACTIVE]
            classes = [
                one
                for one in network.instances
                if one.mode is Mode.AT_SITE and one.site_id in near and _is_open(network, one, today)
            ]
            courses = [network.courses[network.course_row[name]] for name in {one.course_id for one in classes}]
            seats = [one.seats_left for one in classes]
            assert (told["sites"], told["courses"]) == (len(active), len(courses))
            assert told["seats_left"] == (None if None in seats else sum(seat or 0 for seat in seats))
            taught_here = {name for one in courses for name in one.clusters}
            assert told["missing_clusters"] == [c for c in network.taxonomy.cluster_ids if c not in taught_here]
            levels = {one.skill_level for one in courses}
            assert told["missing_skill_levels"] == [level for level in SkillLevel if level not in levels]


def test_supply_counts_a_course_in_each_of_its_clusters(towns: list[Matcher], today: datetime.date) -> None:
    for matcher in towns:
        network = matcher.snapshot.network
        expected: dict[Any, dict[str, list[int | None]]] = defaultdict(lambda: defaultdict(list))
        for one in network.instances:
            if _is_open(network, one, today):
                found = network.courses[network.course_row[one.course_id]]
                for cluster in set(found.clusters) or {None}:
                    expected[cluster, found.skill_level][found.course_id].append(one.seats_left)
        told = matcher.coverage(CoverageRequest(), today=today, hidden_below=5)["supply"]
        assert {(one["cluster_id"], one["skill_level"]): one["courses"] for one in told} == {
            key: len(courses) for key, courses in expected.items()
        }
        for one in told:
            seats = [seat for each in expected[one["cluster_id"], one["skill_level"]].values() for seat in each]
            assert one["seats_left"] == (None if None in seats else sum(seat or 0 for seat in seats))


def test_exposure_is_what_stands_in_the_lists(towns: list[Matcher], today: datetime.date) -> None:
    for matcher in towns:
        network = matcher.snapshot.network
        counts: Counter[str] = Counter()
        for learner in network.learners:
            try:
                answer = matcher.recommend_to_learner(learner.learner_id, today=today)
            except InvalidRequest:
                continue
            counts.update({item["site"]["site_id"] for item in answer["items"] if item["site"]})
        active = [site.site_id for site in network.sites if site.status is SiteStatus.ACTIVE]
        told = matcher.coverage(CoverageRequest(), today=today, hidden_below=5)["exposure"]
        shown = {name: None if 0 < counts[name] < 5 else counts[name] for name in active}
        assert {one["site_id"]: one["lists"] for one in told["sites"]} == shown
        assert told["unlisted_sites"] == sum(not counts[name] for name in active)
        assert told["learners"] == len(network.learners)
        # half the mean difference of all pairs, over the mean
        pairs = sum(abs(counts[one] - counts[other]) for one in active for other in active)
        mean = sum(counts[name] for name in active) / len(active)
        assert told["gini"] == pytest.approx(pairs / len(active) ** 2 / 2 / mean, abs=0.005)


def test_gini_is_none_for_nothing_zero_for_all_alike_and_large_for_one_alone() -> None:
    assert gini([]) is gini([0, 0]) is None
    assert gini([3, 3, 3]) == pytest.approx(0)
    assert gini([0] * 99 + [7]) == pytest.approx(0.99)
    assert gini([3, 1]) == gini([1, 3]) == pytest.approx(0.25)


@given(st.integers(0, 5_000))
def test_a_sample_is_spread_over_all(size: int) -> None:
    rows = _spread(size)
    assert len(rows) == len(set(rows)) == min(size, SAMPLE)
    assert all(0 <= row < size for row in rows)
    gaps = np.diff([*rows, size])
    assert not len(gaps) or gaps.max() - gaps.min() <= 1


def city(learners: list[Learner], encoder: Encoder, policy: Policy) -> Matcher:
    """Return a city in which trucks are taught in the first sub-district and books in the second, 20 km north."""
    records: Catalogue = catalogue(COURSES, CLASSES, places=PLACES, learners=tuple(learners))
    return Matcher(build_snapshot(records, 1, encoder, policy))


def told_of(matcher: Matcher, today: datetime.date, **asked: Any) -> dict[str, Any]:
    return matcher.coverage(CoverageRequest(**asked), today=today, hidden_below=5)


def test_a_city_worked_out_by_hand(encoder: Encoder, policy: Policy, today: datetime.date) -> None:
    told = told_of(city(crowd(5), encoder, policy), today)
    assert (told["learners"], told["unlocated"], told["hidden_below"], told["within_km"]) == (44, 7, 5, 5)
    assert told["covered_share"] == 0.4  # 16 of 37, in tenths
    first, second, third = told["subdistricts"]
    assert first == {
        "place_id": "e1",
        "name": "一街道",
        "full_name": "东山区一街道",
        "district": "东山区",
        "learners": 20,
        "covered_share": 0.5,
        "sites": 2,
        "courses": 1,
        "seats_left": 15,
        "missing_clusters": ["fashion", "health", "software"],
        "missing_skill_levels": list(SkillLevel),
    }
    assert (second["learners"], second["covered_share"], second["sites"], second["courses"]) == (12, 0.5, 1, 1)
    assert second["missing_clusters"] == ["health", "robots"]
    assert "junior" not in second["missing_skill_levels"]
    assert (third["learners"], third["covered_share"], third["sites"], third["seats_left"]) == (5, 0.0, 0, 0)
    assert told["supply"] == [
        {"cluster_id": "fashion", "skill_level": "junior", "courses": 1, "seats_left": 10},
        {"cluster_id": "robots", "skill_level": None, "courses": 1, "seats_left": 15},
        {"cluster_id": "software", "skill_level": "junior", "courses": 1, "seats_left": 10},
    ]
    # 6 who are above the level; 7 who are far from books, 3 who are done with trucks, and 5 where nothing is taught
    levels = [(group["id"], group["learners"]) for group in told["unmet"]["skill_levels"]["groups"]]
    assert levels == [(None, 15), ("senior", 6)]
    assert (told["open_courses"], told["open_seats"]) == (2, 25)


def test_learners_who_were_made_up_are_told_as_such(encoder: Encoder, policy: Policy, today: datetime.date) -> None:
    real = crowd(5)
    for learners, illustrative in ((real, False), ([*real[1:], replace(real[0], illustrative=True)], True)):
        assert told_of(city(learners, encoder, policy), today)["illustrative"] is illustrative


def test_a_wider_circle_covers_more(encoder: Encoder, policy: Policy, today: datetime.date) -> None:
    matcher = city(crowd(5), encoder, policy)
    counts = [matcher._coverage.survey.learners(today, within_km).covered for within_km in (1, 25)]
    assert [(one["e1"], one["e2"], one["w1"]) for one in counts] == [(10, 6, 0), (17, 6, 5)]


def test_the_day_decides_what_is_open(encoder: Encoder, policy: Policy, today: datetime.date) -> None:
    classes = [replace(CLASSES[0], end_date=today), CLASSES[1]]
    records = catalogue(COURSES, classes, places=PLACES, learners=tuple(crowd(5)))
    matcher = Matcher(build_snapshot(records, 1, encoder, policy))
    tomorrow = today + datetime.timedelta(days=1)
    assert [told_of(matcher, today, as_of=day)["subdistricts"][0]["courses"] for day in (None, tomorrow)] == [1, 0]
    assert told_of(matcher, today, as_of=tomorrow)["subdistricts"][0]["covered_share"] == 0.0
    assert told_of(matcher, today, as_of=tomorrow)["as_of"] == tomorrow.isoformat()


def test_few_learners_of_a_sub_district_are_not_told_of(encoder: Encoder, policy: Policy, today: datetime.date) -> None:
    told = told_of(city(crowd(4), encoder, policy), today)
    assert [one["learners"] for one in told["subdistricts"]] == [20, 12, None]
    assert told["subdistricts"][2]["covered_share"] is None
    assert told["subdistricts"][2]["sites"] == 0
    assert told["learners"] == 43
    assert told["unlocated"] is None  # else the four could be computed from it


def test_of_few_learners_nothing_is_told_but_supply(encoder: Encoder, policy: Policy, today: datetime.date) -> None:
    told = told_of(city(people(4, "few", place="一街道"), encoder, policy), today)
    assert told["learners"] is told["covered_share"] is told["unlocated"] is None
    assert {(one["learners"], one["covered_share"]) for one in told["subdistricts"]} == {(None, None)}
    assert all(table == {"groups": [], "hidden": None} for table in told["unmet"].values())
    exposure = told["exposure"]
    assert exposure["learners"] is exposure["unlisted_sites"] is exposure["gini"] is None
    assert {(one["lists"], one["share"]) for one in exposure["sites"]} == {(None, None)}
    assert told["subdistricts"][0]["courses"] == 1
    assert told["supply"]


def test_nothing_is_told_where_other_answers_do_not_tell_how_many_there_are(
    encoder: Encoder, policy: Policy, today: datetime.date
) -> None:
    """Four in each of the clusters and in none: as many as can be, of groups too small to be told of."""
    named = ("robots", "software", "fashion", "health", None)
    even = [one for name in named for one in people(4, str(name), place="一街道", industry=name)]
    told = told_of(city(even, encoder, policy), today)
    assert told["learners"] is told["covered_share"] is told["subdistricts"][0]["learners"] is None


def test_who_asks_for_nothing_is_counted_apart(encoder: Encoder, policy: Policy, today: datetime.date) -> None:
    told = told_of(city([*crowd(5), *people(5, "silent", None, place="一街道")], encoder, policy), today)
    assert (told["learners"], told["unlocated"]) == (49, 12)
    assert [one["learners"] for one in told["subdistricts"]] == [20, 12, 5]
    assert told["covered_share"] == 0.4


@pytest.mark.parametrize("learners", [[], [Learner(learner_id="silent"), Learner(learner_id="lost", place=MISSED)]])
def test_learners_who_say_nothing_harm_nothing(
    learners: list[Learner], encoder: Encoder, policy: Policy, today: datetime.date
) -> None:
    silent = [replace(one, learner_id=f"{one.learner_id}-{number}") for one in learners for number in range(5)]
    told = told_of(city(silent, encoder, policy), today)
    assert told["covered_share"] is None
    assert told["unlocated"] == (len(silent) or None)


def test_a_city_without_classes_covers_nobody(encoder: Encoder, policy: Policy, today: datetime.date) -> None:
    records = catalogue(COURSES, [], places=PLACES, learners=tuple(crowd(5)))
    told = told_of(Matcher(build_snapshot(records, 1, encoder, policy)), today)
    assert told["covered_share"] == 0.0
    assert told["supply"] == []
    assert told["exposure"]["gini"] is None


def test_names_are_told_in_the_language_asked_for(matcher: Matcher, today: datetime.date) -> None:
    groups = told_of(matcher, today, language=Language.EN)["unmet"]["skill_levels"]["groups"]
    assert groups
    assert all(one["name"].isascii() for one in groups if one["id"])


def test_what_was_found_is_remembered(matcher: Matcher, today: datetime.date) -> None:
    survey = matcher._coverage.survey
    assert survey.learners(today, 3.0) is survey.learners(today, 3.0)
    assert survey.exposure(today) is survey.exposure(today)


PARTS = st.dictionaries(st.sampled_from(["", *"abcde"]), st.integers(0, 30), max_size=6)


@given(st.lists(PARTS, min_size=1, max_size=6), st.integers(0, 20), st.integers(1, 8))
def test_nothing_hidden_of_places_can_be_computed_from_sums(
    districts: list[dict[str, int]], nowhere: int, hidden_below: int
) -> None:
    """Neither from the sum of all nor from a district's own, which other answers tell where it is not concealed."""
    parts: dict[str | None, dict[str | None, int]] = {
        f"d{number}": {None: 0} | {f"d{number}-{name}" if name else None: count for name, count in counts.items()}
        for number, counts in enumerate(districts)
    }
    parts[None] = {None: nowhere}
    sums = {district: sum(counts.values()) for district, counts in parts.items()}
    known = conceal(sums, hidden_below).shown
    told = conceal_places(parts, hidden_below)
    if told is None:
        assert not known
        return
    for district, counts in parts.items():
        shown = {name: count for name, count in counts.items() if name in told}
        assert all(hidden_below <= count == told[name] for name, count in shown.items())
        assert district in known or not shown
        if any(count for name, count in counts.items() if name is not None and name not in told):
            assert sums[district] - sum(shown.values()) >= hidden_below or district not in known
            assert sum(sums.values()) - sum(told.values()) >= hidden_below


def splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Yield all ways to spread `total` over `parts`."""
    for bars in combinations(range(total + parts - 1), parts - 1):
        edges = (-1, *bars, total + parts - 1)
        yield tuple(after - before - 1 for before, after in pairwise(edges))


@pytest.mark.parametrize(("hidden_below", "total"), [(2, 8), (2, 12), (3, 14), (3, 17)])
def test_no_sub_district_of_few_can_be_computed_by_whoever_knows_the_rule(hidden_below: int, total: int) -> None:
    """All cities of two districts there could be, sorted by what is told of them: no small part is the same in all that look alike."""
    alike = defaultdict(list)
    for counts in splits(total, 6):
        a1, a2, in_a, b1, in_b, nowhere = counts
        parts: dict[str | None, dict[str | None, int]] = {
            "a": {"a1": a1, "a2": a2, None: in_a},
            "b": {"b1": b1, None: in_b},
            None: {None: nowhere},
        }
        told = conceal_places(parts, hidden_below)
        known = conceal({district: sum(one.values()) for district, one in parts.items()}, hidden_below)
        seen = None if told is None else tuple(sorted(told.items()))
        alike[seen, tuple(sorted(known.shown.items(), key=str))].append(counts)
    assert len(alike) > 100
    for cities in alike.values():
        for part in (0, 1, 3):
            possible = {counts[part] for counts in cities}
            assert len(possible) > 1 or not 0 < min(possible) < hidden_below


@given(st.integers(0, 3_000), st.integers(1, 20), st.data())
def test_no_share_tells_exactly_how_many(whole: int, hidden_below: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    share = told_share(part, whole, hidden_below)
    assert (share is None) == (whole < max(hidden_below, 5))
    if share is not None:
        assert round(share * 20, 9) == round(share * 20)
        shares = [told_share(each, whole, hidden_below) for each in range(whole + 1)]
        assert shares == sorted(shares)  # type: ignore[type-var]
        assert Counter(shares)[share] >= 2
        assert abs(share - part / whole) <= 0.25


def test_the_share_of_many_is_told_to_a_twentieth() -> None:
    assert [told_share(part, 1_000, 5) for part in (0, 24, 26, 555, 1_000)] == [0.0, 0.0, 0.05, 0.55, 1.0]
    assert [told_share(part, 10, 5) for part in (0, 1, 2, 5, 9, 10)] == [0.0, 0.0, 0.25, 0.5, 1.0, 1.0]
