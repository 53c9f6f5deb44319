"""A small random city: clusters and how related they are, districts and sub-districts."""

from random import Random

from recommender.domain import ClusterRelation, Datum, IndustryCluster, Place, PlaceKind
from recommender.geography import from_wgs84

SOUTH, WEST, NORTH, EAST = 22.40, 113.70, 22.90, 114.70
CLUSTERS = ("智能机器人", "工业母机", "低空经济", "新能源", "智能网联汽车", "软件与信息服务", "现代时尚", "大健康")
_DISTRICTS = ("东山区", "西丽区", "南湾区", "北岭区")


def random_point(rng: Random) -> dict[str, object]:
    """Return latitude, longitude and datum of a point in the city."""
    datum = rng.choice(list(Datum))
    latitude, longitude = from_wgs84(
        rng.uniform(SOUTH + 0.05, NORTH - 0.05), rng.uniform(WEST + 0.05, EAST - 0.05), datum
    )
    return {"latitude": latitude, "longitude": longitude, "datum": datum}


def clusters() -> tuple[IndustryCluster, ...]:
    """Return the clusters, each with two aliases."""
    return tuple(
        IndustryCluster(
            cluster_id=f"cluster-{number}",
            name=name,
            english_name=f"Cluster {number}",
            aliases=(name[:2], f"{name}产业"),
        )
        for number, name in enumerate(CLUSTERS)
    )


def relations(rng: Random, among: tuple[IndustryCluster, ...]) -> tuple[ClusterRelation, ...]:
    """Return how related some of them are."""
    ids = [cluster.cluster_id for cluster in among]
    pairs = [(one, other) for position, one in enumerate(ids) for other in ids[position + 1 :] if rng.random() < 0.4]
    return tuple(
        ClusterRelation(cluster_id=one, related_cluster_id=other, relatedness=round(rng.uniform(0.05, 0.95), 2))
        for one, other in pairs
    )


def places(rng: Random) -> tuple[Place, ...]:
    """Return the city, its districts and their sub-districts at random points."""
    city = Place(
        place_id="city",
        name="云江市",
        kind=PlaceKind.CITY,
        latitude=22.6,
        longitude=114.1,
        south=SOUTH,
        west=WEST,
        north=NORTH,
        east=EAST,
    )
    found = [city]
    for row, district in enumerate(_DISTRICTS):
        found.append(
            Place(place_id=f"d{row}", name=district, kind=PlaceKind.DISTRICT, parent_id="city", **random_point(rng))
        )
        for column in "一二三":
            name, place_id = f"{district[0]}{column}街道", f"d{row}-{column}"
            found.append(
                Place(
                    place_id=place_id, name=name, kind=PlaceKind.SUBDISTRICT, parent_id=f"d{row}", **random_point(rng)
                )
            )
    return tuple(found)
