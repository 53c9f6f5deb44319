"""Random edits, right and wrong, of a handful of records, so that they meet; and random files to import."""

from random import Random
from typing import Any

from recommender.registry import Action
from tests.registry.model import DEFAULTS, ID, REQUIRED, Asked, Fields, Key

IDS = {
    "site": ("at-0", "at-5", "new-site"),
    "course": ("a", "b", "c", "新课"),
    "course_instance": ("a-1", "b-1", "b-2", "c-1", "new-1"),
    "learner": ("li", "wang"),
    "enterprise": ("works", "mill"),
}
SPEAKERS = ("at-0", "at-5", "nowhere")

Choice = tuple[Fields, Fields]  # what is written, and what it means


def _same(**fields: Any) -> Choice:
    return fields, fields


def _each(name: str, *values: Any) -> list[Choice]:
    return [({name: value}, {name: value}) for value in values]


CHOICES: dict[str, dict[str, list[Choice]]] = {
    "site": {
        "name": _each("name", "实训工场", "学院"),
        "kind": [({"kind": "HUB"}, {"kind": "hub"}), _same(kind="centre")],
        "point": [_same(latitude=22.45, longitude=114.0), _same(latitude=None, longitude=None)],
        "status": [_same(status="suspended"), ({"status": None}, {"status": "active"})],
        "quality": _each("quality", 0.25, 1, None),
        "clusters": [
            ({"clusters": "robots|software"}, {"clusters": ["robots", "software"]}),
            _same(clusters=["health"]),
        ],
    },
    "course": {
        "title": _each("title", "叉车驾驶", "电工入门"),
        "description": [_same(description="学会检修设备"), ({"description": None}, {"description": ""})],
        "occupations": [({"occupations": "叉车工|电工"}, {"occupations": ["叉车工", "电工"]}), _same(occupations=None)],
        "credential": _each("credential", "叉车证", None),
        "skill_level": [({"skill_level": "三级"}, {"skill_level": "senior"}), _same(skill_level=None)],
        "duration_hours": _each("duration_hours", 40, 16.5, None),
        "prerequisites": [
            *_each("prerequisites", [], *([name] for name in IDS["course"])),
            _same(prerequisites=["a", "b"]),
        ],
        "customisable": [({"customisable": "是"}, {"customisable": True}), _same(customisable=False)],
    },
    "course_instance": {
        "course_id": _each("course_id", *IDS["course"], "no-such"),
        "where": [
            *(_same(mode="at_site", site_id=name) for name in (*IDS["site"], "no-such")),
            _same(mode="online", site_id=None),
            _same(site_id=None),
        ],
        "enrolled": _each("enrolled", 0, 3),
        "seats": _each("seats", 0, 30, None),
        "start_date": [({"start_date": "2026年12月1日"}, {"start_date": "2026-12-01"}), _same(start_date=None)],
        "fee_yuan": _each("fee_yuan", 99.5, 1200),
    },
    "learner": {
        "goal": _each("goal", "想学叉车", "想当电工", None),
        "completed": _each("completed_course_ids", ["a"], ["b", "新课"], ["no-such"], None),
        "place": _each("place", "东山区", None),
        "skill_level": [({"skill_level": "中级工"}, {"skill_level": "intermediate"})],
    },
    "enterprise": {
        "name": _each("name", "机械厂", "纺织厂"),
        "needs": _each("needs", "叉车", "电工", None),
        "headcount": _each("headcount", 30, None),
    },
}
WRONG: dict[str, list[Fields]] = {
    "site": [{"kind": "castle"}, {"latitude": 22.45}, {"clusters": ["魔法"]}, {"district": "西山区"}],
    "course": [{"approval": "approved"}, {"skill_level": "大师"}, {"duration_hours": 0}, {"title": " "}],
    "course_instance": [{"seats": -1}, {"enrolled": 1.5}, {"start_date": "2026-02-30"}, {"mode": ["online"]}],
    "learner": [{"place": "月球"}, {"goal": "\x00"}, {"latitude": 10.0, "longitude": 10.0}],
    "enterprise": [{"headcount": "many"}, {"name": {"zh": "厂"}}],
}


ACTIONS = (*(Action.PUT,) * 3, *(Action.PATCH,) * 4, Action.DELETE)
EXPECTATIONS = (*(None,) * 12, "any", "absent", "present", "older")


def random_edit(rng: Random) -> Asked:
    """Return one edit of any kind; a few are wrong in themselves."""
    kind = rng.choice(tuple(ID))
    record_id, action = rng.choice(IDS[kind]), rng.choice(ACTIONS)
    if action is Action.DELETE:
        return Asked(kind, record_id, action)
    written, meant = _fields(rng, kind, whole=action is Action.PUT)
    wrong = rng.random() < 0.05
    if wrong:
        written = {**written, **rng.choice([*WRONG[kind], {"colour": "red"}, {ID[kind]: "another"}])}
    return Asked(kind, record_id, action, written, meant, wrong)


def random_speaker(rng: Random) -> str | None:
    """Return who speaks: mostly the platform."""
    return rng.choice(SPEAKERS) if rng.random() < 0.25 else None


def _fields(rng: Random, kind: str, *, whole: bool) -> Choice:
    choices = CHOICES[kind]
    needed = [name for name in choices if name in REQUIRED[kind] or name == "where"] if whole else []
    others = [name for name in choices if name not in needed]
    written, meant = {}, {}
    for name in [*needed, *rng.sample(others, rng.randint(0, min(3, len(others))))]:
        one, other = rng.choice(choices[name])
        written, meant = {**written, **one}, {**meant, **other}
    return written, meant


def random_files(rng: Random) -> dict[Key, Fields]:
    """Return what files hold: a part of the same records, that refer to each other rightly."""
    found: dict[Key, Fields] = {}
    sites = rng.sample(IDS["site"], rng.randint(1, 2))
    courses = sorted(rng.sample(IDS["course"], rng.randint(1, 3)))
    for name in sites:
        found["site", name] = {"name": rng.choice(("学院", name)), "kind": "centre"}
    for place, name in enumerate(courses):
        found["course", name] = {
            "title": rng.choice(("叉车驾驶", "焊工", name)),
            "approval": rng.choice(("approved", "approved", "pending", "rejected")),
            "prerequisites": rng.choice([[], courses[:place]]),
        }
    for name in rng.sample(IDS["course_instance"], rng.randint(1, 3)):
        found["course_instance", name] = {
            "course_id": rng.choice(courses),
            "mode": "at_site",
            "site_id": rng.choice(sites),
            "enrolled": rng.choice((0, 3)),
        }
    if rng.random() < 0.5:
        found["learner", "li"] = {"goal": "想学叉车", "completed_course_ids": rng.choice(([], courses[:1]))}
    return {key: {**DEFAULTS[key[0]], **fields, ID[key[0]]: key[1]} for key, fields in found.items()}
