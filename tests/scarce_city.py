"""A city in which trucks are taught in one sub-district and books in another, 20 km north of it; in a third, nothing is."""

from dataclasses import replace
from typing import Any

from recommender.domain import Learner
from tests import handmade
from tests.handmade import course, taught

_DISTRICT = handmade.PLACES[1]
PLACES = (
    *handmade.PLACES,
    replace(_DISTRICT, place_id="west", name="西丽区", longitude=113.8),
    replace(_DISTRICT, place_id="e1", name="一街道", kind="subdistrict", parent_id="east"),
    replace(_DISTRICT, place_id="e2", name="二街道", kind="subdistrict", parent_id="east", latitude=22.63),
    replace(_DISTRICT, place_id="w1", name="三街道", kind="subdistrict", parent_id="west", longitude=113.8),
)
COURSES = [
    course("truck", title="叉车", clusters=("robots",)),
    course("books", title="会计", skill_level="junior", clusters=("software", "fashion")),
]
CLASSES = [taught("truck-1", "truck", "at-0", seats=20, enrolled=5), taught("books-1", "books", "at-20", seats=10)]


def people(count: int, name: str, goal: str | None = "叉车", **fields: Any) -> list[Learner]:
    return [Learner(learner_id=f"{name}-{number}", goal=goal, **fields) for number in range(count)]


def crowd(far: int) -> list[Learner]:
    """Return learners of whom 16 are covered within 5 km, `far` of them in the third sub-district."""
    return [
        *people(10, "near", place="一街道"),
        *people(7, "far", "会计", place="一街道"),
        *people(3, "done", place="一街道", completed_course_ids=("truck",)),
        *people(6, "books", "会计", place="二街道"),
        *people(6, "above", "会计", latitude=22.63, longitude=114.01, skill_level="senior"),
        *people(7, "nowhere"),
        *people(far, "west", place="三街道"),
    ]
