"""Courses, sites, places and the taxonomy, looked up."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api.schemas import CourseDetail, CourseOut, Page, PlaceOut, SiteDetail, SiteOut, TaxonomyOut
from recommender.domain import Approval, Catalogue, SiteKind, SkillLevel
from recommender.taxonomy import skill_levels
from tests.api.answers import answer_of

LISTS: dict[str, type[BaseModel]] = {
    "/v1/courses": Page[CourseOut],
    "/v1/sites": Page[SiteOut],
    "/v1/places": Page[PlaceOut],
}


def listed(client: TestClient, url: str, **filters: Any) -> list[dict[str, Any]]:
    """Return a whole list, page after page."""
    items: list[dict[str, Any]] = []
    while True:
        page = answer_of(client.get(url, params={**filters, "offset": len(items)}), LISTS[url])
        items += page["items"]
        if not page["items"]:
            assert len(items) == page["total"]
            return items


def ids(items: list[dict[str, Any]], name: str) -> list[str]:
    return [item[name] for item in items]


@pytest.mark.parametrize("url", LISTS)
def test_a_list_says_how_long_it_is_and_its_pages_continue(client: TestClient, url: str) -> None:
    first = answer_of(client.get(url), LISTS[url])
    whole = listed(client, url)
    parts = [client.get(url, params={"limit": 7, "offset": at}).json() for at in range(0, len(whole), 7)]

    assert (first["limit"], first["offset"], first["total"]) == (100, 0, len(whole))
    assert [item for part in parts for item in part["items"]] == whole
    assert parts[0]["limit"] == 7


def test_approved_courses_are_listed_unless_asked_otherwise(client: TestClient, catalogue: Catalogue) -> None:
    for approval in Approval:
        expected = sorted(course.course_id for course in catalogue.courses if course.approval is approval)
        assert ids(listed(client, "/v1/courses", approval=approval.value), "course_id") == expected
    approved = sorted(course.course_id for course in catalogue.courses if course.approval is Approval.APPROVED)
    assert ids(listed(client, "/v1/courses"), "course_id") == approved


@pytest.mark.parametrize("name", ["intelligent-robots", "智能机器人", "智能機器人", "Intelligent Robots"])
def test_courses_are_found_by_a_cluster_s_id_and_names(client: TestClient, name: str) -> None:
    found = listed(client, "/v1/courses", cluster=name)

    assert found
    assert found == [c for c in listed(client, "/v1/courses") if "智能机器人" in c["clusters"]]


@pytest.mark.parametrize("name", ["senior", "高级工", "三级", "三级/高级工", "高級工"])
def test_courses_are_found_by_every_name_of_a_level(client: TestClient, name: str) -> None:
    found = listed(client, "/v1/courses", skill_level=name)

    assert found
    assert found == [c for c in listed(client, "/v1/courses") if c["skill_level"] == "senior"]


@pytest.mark.parametrize("customisable", [True, False])
def test_courses_are_found_by_whether_they_can_be_customised(client: TestClient, customisable: bool) -> None:
    found = listed(client, "/v1/courses", customisable=customisable)

    assert found == [c for c in listed(client, "/v1/courses") if c["customisable"] is customisable]
    assert found


@pytest.mark.parametrize("words", ["工业机器人", "工業機器人", "机器人 工业", "  工业机器人 "])
def test_courses_are_found_by_words_in_any_script_and_order(client: TestClient, words: str) -> None:
    found = ids(listed(client, "/v1/courses", q=words), "course_id")

    assert "industrial-robot-system-maintenance" in found
    assert len(found) < 50


def test_filters_narrow_each_other(client: TestClient) -> None:
    both = listed(client, "/v1/courses", cluster="智能机器人", skill_level="高级工")

    assert both
    assert {c["skill_level"] for c in both} == {"senior"}
    assert listed(client, "/v1/courses", q="没有这样的课程") == []


def test_every_course_is_shown_with_all_its_classes(client: TestClient, catalogue: Catalogue) -> None:
    shown = {}
    for course in catalogue.courses:
        detail = answer_of(client.get(f"/v1/courses/{course.course_id}"), CourseDetail)
        assert (detail["title"], detail["description"]) == (course.title, course.description)
        shown[course.course_id] = ids(detail["course_instances"], "instance_id")
    expected: dict[str, list[str]] = {course.course_id: [] for course in catalogue.courses}
    for instance in catalogue.course_instances:
        expected[instance.course_id].append(instance.instance_id)
    assert shown == {course_id: sorted(found) for course_id, found in expected.items()}


def test_every_site_is_shown_with_all_its_classes(client: TestClient, catalogue: Catalogue) -> None:
    count = 0
    for site in catalogue.sites:
        detail = answer_of(client.get(f"/v1/sites/{site.site_id}"), SiteDetail)
        assert detail["name"] == site.name
        assert detail["location"]["datum"] == "wgs84"
        count += len(detail["course_instances"])
    assert count == sum(instance.site_id is not None for instance in catalogue.course_instances)


def test_there_are_one_hub_twenty_workshops_and_a_hundred_centres(client: TestClient) -> None:
    counts = {kind: client.get("/v1/sites", params={"kind": kind.value}).json()["total"] for kind in SiteKind}

    assert counts == {SiteKind.HUB: 1, SiteKind.WORKSHOP: 20, SiteKind.CENTRE: 100}


@pytest.mark.parametrize("place", ["坪山区", "坪山區", "深圳市坪山区", " 深圳坪山区 "])
def test_sites_are_found_by_their_district(client: TestClient, place: str) -> None:
    found = listed(client, "/v1/sites", place=place)

    assert found == [site for site in listed(client, "/v1/sites") if site["district"] == "坪山区"]
    assert found


def test_sites_are_found_by_sub_district_city_cluster_and_status(client: TestClient) -> None:
    everywhere = listed(client, "/v1/sites")

    assert listed(client, "/v1/sites", place="深圳市") == everywhere
    assert listed(client, "/v1/sites", place="坑梓") == [s for s in everywhere if s["subdistrict"] == "坑梓街道"]
    assert listed(client, "/v1/sites", cluster="新能源") == [s for s in everywhere if "新能源" in s["clusters"]]
    assert sum(client.get(f"/v1/sites?status={s}").json()["total"] for s in ("active", "suspended", "closed")) == len(
        everywhere
    )


def test_places_are_the_city_its_ten_districts_and_74_sub_districts(client: TestClient) -> None:
    kinds = [place["kind"] for place in listed(client, "/v1/places")]

    assert [kinds.count(kind) for kind in ("city", "district", "subdistrict")] == [1, 10, 74]


def test_places_are_found_by_kind_parent_and_name(client: TestClient) -> None:
    districts = listed(client, "/v1/places", kind="district", within="深圳")
    inside = [listed(client, "/v1/places", kind="subdistrict", within=one["name"]) for one in districts]

    assert len(districts) == 10
    assert sum(map(len, inside)) == 74
    assert ids(listed(client, "/v1/places", q="粵海"), "full_name") == ["南山区粤海街道"]


def test_every_place_listed_can_be_asked_from_under_its_full_name(client: TestClient) -> None:
    for place in listed(client, "/v1/places"):
        body = {"goal": "电工", "k": 1, "location": {"place": place["full_name"]}}
        assert client.post("/v1/recommendations", json=body).status_code == 200, place


def test_the_taxonomy_names_28_clusters_and_eight_levels(client: TestClient) -> None:
    taxonomy = answer_of(client.get("/v1/taxonomy"), TaxonomyOut)
    related = {c["cluster_id"]: c["related"] for c in taxonomy["clusters"]}

    assert len(related) == 28
    assert all(
        0 < share <= 1 and related[to][one] == share for one, row in related.items() for to, share in row.items()
    )
    assert [level["level"] for level in taxonomy["skill_levels"]] == [level.value for level in SkillLevel]
    assert [level["step"] for level in taxonomy["skill_levels"]] == list(range(8))
    assert [level["name"] for level in taxonomy["skill_levels"]] == [names.name for names in skill_levels().values()]
    assert taxonomy["snapshot"] == client.get("/readyz").json()["snapshot"]
