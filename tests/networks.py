"""Random catalogues: a small city, and any number of classes with every feature and every gap that a catalogue may have."""

import datetime
from dataclasses import dataclass
from random import Random

from recommender.domain import (
    Approval,
    Catalogue,
    Course,
    CourseInstance,
    Enterprise,
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
from tests import small_city

TODAY = datetime.date(2026, 11, 22)

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
    clusters, places = small_city.clusters(), small_city.places(rng)
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
        cluster_relations=small_city.relations(rng, clusters),
        places=places,
    )


def shuffled(catalogue: Catalogue, seed: int) -> Catalogue:
    """Return the same catalogue with the rows of every table in another order."""
    rng = Random(seed)
    tables = {name: list(getattr(catalogue, name)) for name in Catalogue.__dataclass_fields__}
    for rows in tables.values():
        rng.shuffle(rows)
    return Catalogue(**{name: tuple(rows) for name, rows in tables.items()})


def random_text(rng: Random) -> str:
    """Return a phrase of the trade, sometimes in the traditional script, sometimes of unknown words."""
    phrase = rng.choice(_TRADES) + rng.choice(_DEEDS)
    return rng.choice(
        (phrase, phrase, f"想学{phrase}", f"想學{phrase}，有證書", "🙂", f"{phrase} {rng.choice(_WORDS)}")
    )


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
        **(small_city.random_point(rng) if where.startswith("point") else {}),
    )


def _some_clusters(rng: Random) -> tuple[str, ...]:
    return tuple(
        f"cluster-{number}" for number in rng.sample(range(len(small_city.CLUSTERS)), rng.choice((0, 1, 1, 2, 3, 4)))
    )


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
        industry=rng.choice((None, rng.choice(small_city.CLUSTERS), "物业管理")),
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
        industry=rng.choice((None, *small_city.CLUSTERS)),
        needs=random_text(rng),
        headcount=rng.choice((None, 0, 5, 40, 300)),
        **_address(rng, places),
    )


def _address(rng: Random, places: tuple[Place, ...]) -> dict[str, object]:
    return rng.choice(
        ({}, {"place": rng.choice(places).name}, small_city.random_point(rng), small_city.random_point(rng))
    )
