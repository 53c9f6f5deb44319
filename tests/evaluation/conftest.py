"""A street of twelve courses, and judged requests written as files that a test may change before reading them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.domain import (
    Approval,
    Catalogue,
    Course,
    CourseInstance,
    Mode,
    Place,
    PlaceKind,
    SiteKind,
    TrainingSite,
)
from recommender.encoder import Encoder
from recommender.evaluation import JudgedRequest, Part
from recommender.matcher import Matcher
from recommender.policy import Policy
from recommender.snapshot import build_snapshot

REQUESTS = """request_id,audience,part,industry,occupation,skill_level,text,place,headcount
L1,learner,development,,焊工,中级工,想学焊接,起点区,
L2,learner,reporting,,,,老是焊穿薄板,起点区,
E1,enterprise,reporting,金属加工,,,请老师来讲焊接,起点区,40
"""
JUDGEMENTS = """request_id,course_id,grade
L1,c01,3
L1,c02,0
L2,c03,2
E1,c01,1
"""

Judge = Callable[..., JudgedRequest]
Written = Callable[..., Path]


@pytest.fixture(scope="session")
def street(encoder: Encoder, policy: Policy) -> Matcher:
    """Twelve welding courses a kilometre apart along a street, c01 the nearest to 起点; no level, industry or quality tells them apart.

    c02 is taught online from the first site as well. Beside them stand cold and, under review, draft: only texts, without a class.
    """
    city = {"place_id": "city", "name": "长街市", "kind": PlaceKind.CITY, "latitude": 22.5, "longitude": 114.0}
    start = {"place_id": "start", "name": "起点区", "kind": PlaceKind.DISTRICT, "latitude": 22.5, "longitude": 114.0}
    numbers = range(1, 13)
    north = {n: 22.5 + n / 111.195 for n in numbers}  # a kilometre each
    return Matcher(
        build_snapshot(
            Catalogue(
                places=(Place(**city, south=22, west=113, north=23, east=115), Place(**start, parent_id="city")),
                sites=tuple(
                    TrainingSite(
                        site_id=f"s{n:02}", name=f"{n}站", kind=SiteKind.CENTRE, latitude=north[n], longitude=114
                    )
                    for n in numbers
                ),
                courses=(
                    *(Course(course_id=f"c{n:02}", title="焊工", approval=Approval.APPROVED) for n in numbers),
                    Course(course_id="cold", title="制冷设备维修", approval=Approval.APPROVED),
                    Course(course_id="draft", title="木工", approval=Approval.PENDING),
                ),
                course_instances=(
                    *(
                        CourseInstance(
                            instance_id=f"i{n:02}",
                            course_id=f"c{n:02}",
                            mode=Mode.AT_SITE,
                            site_id=f"s{n:02}",
                            enrolled=n % 5,
                        )
                        for n in numbers
                    ),
                    CourseInstance(instance_id="far", course_id="c01", mode=Mode.AT_SITE, site_id="s12"),
                    CourseInstance(instance_id="a-web", course_id="c02", mode=Mode.ONLINE, site_id="s01"),
                ),
            ),
            1,
            encoder,
            policy,
        )
    )


@pytest.fixture
def judge() -> Judge:
    """Make a judged request for welding at 起点, with the grades given."""

    def make(request_id: str = "1", part: Part = Part.REPORTING, place: str | None = "起点区", **grades: int):  # type: ignore[no-untyped-def]
        fields = {"goal": "焊工", "location": {"place": place} if place else None}
        return JudgedRequest(request_id, part, fields, grades)

    return make


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write a folder of judged requests, with changes to the text of either file."""

    def write(requests: str = REQUESTS, judgements: str = JUDGEMENTS) -> Path:
        (tmp_path / "requests.csv").write_text(requests, encoding="utf-8")
        (tmp_path / "judgements.csv").write_text(judgements, encoding="utf-8")
        return tmp_path

    return write
