"""Random catalogues: a small city, and any number of classes with every feature and every gap that a catalogue may have."""

import datetime
from dataclasses import dataclass
from random import Random

from recommender.domain import (
    Approval,
    Catalogue,
    ClusterRelation,
    Course,
    CourseInstance,
    Datum,
    Enterprise,
    IndustryCluster,
    Learner,
    Mode,
    Place,
    PlaceKind,
    Schedule,
    SiteKind,
    SiteStatus,
    SkillLevel,
    TrainingSite,
)
from recommender.geography import from_wgs84

TODAY = datetime.date(2026, 11, 22)
SOUTH, WEST, NORTH, EAST = 22.40, 113.70, 22.90, 114.70

_TRADES = (
    "工业机器人",
    "数控铣床",
    "无人机",
    "低压电工",
    "叉车",
    "电梯",
    "激光切割",
    "新能源汽车",
    "工业视觉",
    "PLC",
    "养老护理",
    "跨境电商",
)
_DEEDS = ("操作", "维护", "编程", "装调", "检修", "安全", "故障诊断", "数据分析", "班组管理", "入门")
_WORDS = (
    "学员",
    "现场",
    "设备",
    "读懂图纸",
    "排除常见故障",
    "考取证书",
    "示教器",
    "传感器",
    "点检",
    "润滑",
    "工艺",
    "MES",
    "Python",
    "质量",
)
_CLUSTERS = ("智能机器人", "工业母机", "低空经济", "新能源", "智能网联汽车", "软件与信息服务", "现代时尚", "大健康")
_DISTRICTS = ("东山区", "西丽区", "南湾区", "北岭区")


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a random catalogue is."""

    instances: int = 60
    learners: int = 25
    enterprises: int = 8

    @property
    def courses(self) -> int:
        return max(self.instances // 6, 2)

    @property
    def sites(self) -> int:
        return 4 + min(self.instances // 10, 120)


def random_catalogue(seed: int, shape: Shape | None = None) -> Catalogue:
    """Return a catalogue that `seed` and `shape` determine, its rows in no particular order."""
    shape, rng = shape or Shape(), Random(seed)
    clusters, places = _clusters(), _places(rng)
    sites = [_site(rng, number, places) for number in range(shape.sites)]
    courses: list[Course] = []
    for number in range(shape.courses):
        courses.append(_course(rng, number, courses))
    instances: list[CourseInstance] = []
    for number in range(shape.instances):
        instances.append(_instance(rng, number, courses, sites, instances))
    for table in (sites, courses, instances):
        rng.shuffle(table)
    return Catalogue(
        sites=tuple(sites),
        courses=tuple(courses),
        course_instances=tuple(instances),
        learners=tuple(_learner(rng, number, courses, places) for number in range(shape.learners)),
        enterprises=tuple(_enterprise(rng, number, places) for number in range(shape.enterprises)),
        clusters=clusters,
        cluster_relations=_relations(rng, clusters),
        places=places,
    )


def shuffled(catalogue: Catalogue, seed: int) -> Catalogue:
    """Return the same catalogue with the rows of every table in another order."""
    rng = Random(seed)
    tables = {name: list(getattr(catalogue, name)) for name in Catalogue.__dataclass_fields__}
    for rows in tables.values():
        rng.shuffle(rows)
    return Catalogue(**{name: tuple(rows) for name, rows in tables.items()})


def random_point(rng: Random) -> dict[str, object]:
    """Return latitude, longitude and datum of a point in the city."""
    datum = rng.choice(list(Datum))
    latitude, longitude = from_wgs84(
        rng.uniform(SOUTH + 0.05, NORTH - 0.05), rng.uniform(WEST + 0.05, EAST - 0.05), datum
    )
    return {"latitude": latitude, "longitude": longitude, "datum": datum}


def random_text(rng: Random) -> str:
    """Return a phrase of the trade, sometimes in the traditional script, sometimes of unknown words."""
    phrase = rng.choice(_TRADES) + rng.choice(_DEEDS)
    return rng.choice(
        (phrase, phrase, f"想学{phrase}", f"想學{phrase}，有證書", "🙂", f"{phrase} {rng.choice(_WORDS)}")
    )


def _clusters() -> tuple[IndustryCluster, ...]:
    return tuple(
        IndustryCluster(
            cluster_id=f"cluster-{number}",
            name=name,
            english_name=f"Cluster {number}",
            aliases=(name[:2], f"{name}产业"),
        )
        for number, name in enumerate(_CLUSTERS)
    )


def _relations(rng: Random, clusters: tuple[IndustryCluster, ...]) -> tuple[ClusterRelation, ...]:
    ids = [cluster.cluster_id for cluster in clusters]
    pairs = [(one, other) for position, one in enumerate(ids) for other in ids[position + 1 :] if rng.random() < 0.4]
    return tuple(
        ClusterRelation(cluster_id=one, related_cluster_id=other, relatedness=round(rng.uniform(0.05, 0.95), 2))
        for one, other in pairs
    )


def _places(rng: Random) -> tuple[Place, ...]:
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
    places = [city]
    for row, district in enumerate(_DISTRICTS):
        places.append(
            Place(place_id=f"d{row}", name=district, kind=PlaceKind.DISTRICT, parent_id="city", **random_point(rng))
        )
        for column in "一二三":
            name, place_id = f"{district[0]}{column}街道", f"d{row}-{column}"
            places.append(
                Place(
                    place_id=place_id, name=name, kind=PlaceKind.SUBDISTRICT, parent_id=f"d{row}", **random_point(rng)
                )
            )
    return tuple(places)


def _site(rng: Random, number: int, places: tuple[Place, ...]) -> TrainingSite:
    subdistrict = rng.choice([place for place in places if place.kind is PlaceKind.SUBDISTRICT])
    district = next(place for place in places if place.place_id == subdistrict.parent_id)
    where = rng.choices(("point", "point in a district", "subdistrict", "district", "nowhere"), (60, 20, 8, 5, 7))[0]
    return TrainingSite(
        site_id=f"site-{number:03}",
        name=f"{district.name}第{number}培训点",
        kind=rng.choice(list(SiteKind)),
        district=None if where in ("point", "nowhere") else district.name,
        subdistrict=subdistrict.name if where == "subdistrict" else None,
        clusters=_some_clusters(rng),
        status=rng.choices(list(SiteStatus), (90, 5, 5))[0],
        quality=rng.choice((None, round(rng.random(), 2), round(rng.random(), 2), rng.random())),
        **(random_point(rng) if where.startswith("point") else {}),
    )


def _some_clusters(rng: Random) -> tuple[str, ...]:
    return tuple(f"cluster-{number}" for number in rng.sample(range(len(_CLUSTERS)), rng.choice((0, 1, 1, 2, 3, 4))))


def _course(rng: Random, number: int, before: list[Course]) -> Course:
    told = rng.choice(before) if before and rng.random() < 0.15 else None  # two courses may say the very same
    trade, deeds = rng.choice(_TRADES), "与".join(rng.sample(_DEEDS, 2))
    description = f"面向{rng.choice(_WORDS)}，学习{trade}的{deeds}，{'、'.join(rng.sample(_WORDS, 4))}。"
    return Course(
        course_id=f"course-{number:04}",
        title=told.title if told else f"{trade}{deeds}",
        description=told.description if told else rng.choice((description, description, description, "")),
        occupations=told.occupations if told else rng.choice(((), (f"{trade}工",), (f"{trade}操作员", "技术员"))),
        clusters=_some_clusters(rng),
        skill_level=rng.choice((None, *SkillLevel)),
        customisable=rng.random() < 0.3,
        approval=rng.choices(list(Approval), (88, 8, 4))[0],
        prerequisites=(rng.choice(before).course_id,) if before and rng.random() < 0.2 else (),
        duration_hours=rng.choice((None, 16, 40.5)),
    )


def _instance(
    rng: Random, number: int, courses: list[Course], sites: list[TrainingSite], before: list[CourseInstance]
) -> CourseInstance:
    like = rng.choice(before) if before and rng.random() < 0.1 else None  # the same class once more: an exact tie
    course = like.course_id if like else rng.choice(courses).course_id
    mode = like.mode if like else rng.choices(list(Mode), (70, 15, 15))[0]
    at_enterprise, placed = mode is Mode.AT_ENTERPRISE, mode is not Mode.ONLINE or rng.random() < 0.2
    start = rng.choice((None, TODAY + datetime.timedelta(days=rng.randint(-90, 200))))
    end = start + datetime.timedelta(days=rng.choice((0, 5, 60))) if start and rng.random() < 0.8 else None
    seats = rng.choice((None, 0, 8, 20, 60))
    return CourseInstance(
        instance_id=f"{course}@{number:05}" if rng.random() < 0.8 else f"class-{rng.randrange(10**6):06}-{number}",
        course_id=course,
        mode=mode,
        site_id=like.site_id if like else rng.choice(sites).site_id if placed else None,
        start_date=start,
        end_date=end,
        enrolment_deadline=rng.choice((None, None, TODAY + datetime.timedelta(days=rng.randint(-10, 90)))),
        schedule=like.schedule if like else rng.choice((None, *Schedule)),
        seats=seats,
        enrolled=rng.choice((0, 0, 3, 19, 20, 70)) if seats is not None else rng.choice((0, 500)),
        service_radius_km=rng.choice((None, 5, 20, 60.5)) if at_enterprise else None,
        minimum_headcount=rng.choice((None, 1, 10, 30)) if at_enterprise else None,
    )


def _learner(rng: Random, number: int, courses: list[Course], places: tuple[Place, ...]) -> Learner:
    return Learner(
        learner_id=f"learner-{number:03}",
        industry=rng.choice((None, rng.choice(_CLUSTERS), "物业管理")),
        occupation=rng.choice((None, f"{rng.choice(_TRADES)}工")),
        skill_level=rng.choice((None, *SkillLevel)),
        goal=rng.choice((None, random_text(rng), random_text(rng))),
        completed_course_ids=tuple(course.course_id for course in rng.sample(courses, rng.choice((0, 0, 1, 2)))),
        **_address(rng, places),
    )


def _enterprise(rng: Random, number: int, places: tuple[Place, ...]) -> Enterprise:
    return Enterprise(
        enterprise_id=f"enterprise-{number:02}",
        name=f"第{number}厂",
        industry=rng.choice((None, *_CLUSTERS)),
        needs=random_text(rng),
        headcount=rng.choice((None, 0, 5, 40, 300)),
        **_address(rng, places),
    )


def _address(rng: Random, places: tuple[Place, ...]) -> dict[str, object]:
    return rng.choice(({}, {"place": rng.choice(places).name}, random_point(rng), random_point(rng)))
