"""The city as GeoJSON, and what holds unless a request says otherwise."""

import pytest
from fastapi.testclient import TestClient

from api.schemas import CityMap, PolicyOut
from recommender.domain import Catalogue, PlaceKind
from recommender.policy import Audience, load_policy
from tests.api.answers import answer_of


def test_every_subdistrict_district_and_site_is_on_the_map(client: TestClient, catalogue: Catalogue) -> None:
    found = answer_of(client.get("/v1/map"), CityMap)["features"]
    listed = {(one["properties"]["kind"], one["properties"]["id"]) for one in found}
    places = {(p.kind.value, p.place_id) for p in catalogue.places if p.kind is not PlaceKind.CITY}
    assert listed == places | {("site", site.site_id) for site in catalogue.sites}
    assert len(found) == len(listed)


def test_a_place_on_the_map_goes_by_the_name_that_requests_may_give(client: TestClient) -> None:
    found = answer_of(client.get("/v1/map"), CityMap)["features"]
    kengzi = next(one["properties"] for one in found if one["properties"]["name"] == "坑梓街道")
    assert kengzi["full_name"] == "坪山区坑梓街道"
    district = next(one["properties"] for one in found if one["properties"]["id"] == kengzi["district_id"])
    assert (district["kind"], district["name"]) == ("district", "坪山区")


def test_sites_stand_where_the_catalogue_says_they_do(client: TestClient) -> None:
    found = answer_of(client.get("/v1/map"), CityMap)["features"]
    points = {one["properties"]["id"]: one["geometry"] for one in found if one["properties"]["kind"] == "site"}
    for site in client.get("/v1/sites", params={"limit": 100}).json()["items"]:
        where = site["location"]
        assert points[site["site_id"]]["coordinates"] == [where["longitude"], where["latitude"]]


@pytest.mark.parametrize("audience", Audience)
def test_the_policy_told_is_the_policy_that_holds(client: TestClient, audience: Audience) -> None:
    told = answer_of(client.get("/v1/policy"), PolicyOut)
    policy = load_policy()
    weights = policy.weights(audience)
    total = sum(weights.values())
    assert told["weights"][audience] == pytest.approx({name.value: one / total for name, one in weights.items()})
    assert (told["half_distance_km"], told["maximum_distance_km"]) == (
        policy.half_distance_km,
        policy.maximum_distance_km,
    )
    assert (told["diversity"], told["level_reach"]) == (policy.diversity, policy.level_reach)
