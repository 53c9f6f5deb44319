"""What is taught, where, and the words for it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from api.access import ScopedRoute, allow
from api.callers import sees_unapproved
from api.dependencies import CurrentStandpoint, Json
from api.errors import PROBLEMS
from api.paging import Paged
from api.schemas import CityMap, CourseDetail, CourseOut, Page, PlaceOut, PolicyOut, SiteDetail, SiteOut, TaxonomyOut
from recommender.access import Scope
from recommender.domain import Approval, PlaceKind, SiteKind, SiteStatus
from recommender.errors import Forbidden
from recommender.language import Bilingual
from recommender.requests import LevelName, Phrase

router = APIRouter(route_class=ScopedRoute, prefix="/v1", tags=["catalogue 目录"], responses=PROBLEMS)

_READERS = allow(Scope.PLATFORM, Scope.SITE, Scope.REVIEWER, anonymous=True)

CourseId = Annotated[str, Path(max_length=128, examples=["team-leader-training"])]
SiteId = Annotated[str, Path(max_length=128, examples=["hub-pingshan"])]


class CourseFilter(Paged):
    """Which courses."""

    q: Phrase | None = Field(default=None, description="Words that title, description, occupations or provider hold.")
    cluster: Phrase | None = None
    skill_level: LevelName | None = None
    customisable: bool | None = None
    approval: Approval = Approval.APPROVED


class SiteFilter(Paged):
    """Which sites."""

    kind: SiteKind | None = None
    status: SiteStatus | None = None
    cluster: Phrase | None = None
    place: Phrase | None = Field(default=None, description="A district or sub-district.")


class PlaceFilter(Paged):
    """Which places."""

    q: Phrase | None = None
    kind: PlaceKind | None = None
    within: Phrase | None = Field(default=None, description="The city, or a district.")


@router.get("/courses", response_model=Page[CourseOut], openapi_extra=_READERS, summary="Courses")
async def courses(request: Request, wanted: Annotated[CourseFilter, Query()], at: CurrentStandpoint) -> Json:
    """Return courses in the order of their ids; approved ones unless a reviewer asks otherwise."""
    if wanted.approval is not Approval.APPROVED and not sees_unapproved(request):
        raise Forbidden(
            "approval",
            Bilingual(
                "只有审核员可以查看未通过审核的课程。", "Only a reviewer's key sees courses that are not approved."
            ),
        )
    return Json(
        at.matcher.directory.courses(
            limit=wanted.limit,
            offset=wanted.offset,
            approval=wanted.approval,
            cluster=wanted.cluster,
            skill_level=wanted.skill_level,
            text=wanted.q,
            customisable=wanted.customisable,
        )
    )


@router.get(
    "/courses/{course_id}", response_model=CourseDetail, openapi_extra=_READERS, summary="A course and its classes"
)
async def course(request: Request, course_id: CourseId, at: CurrentStandpoint) -> Json:
    """Return one course with all its classes."""
    return Json(at.matcher.directory.course_detail(course_id, unapproved=sees_unapproved(request)))


@router.get("/sites", response_model=Page[SiteOut], openapi_extra=_READERS, summary="Training sites")
async def sites(wanted: Annotated[SiteFilter, Query()], at: CurrentStandpoint) -> Json:
    """Return sites in the order of their ids."""
    return Json(
        at.matcher.directory.sites(
            limit=wanted.limit,
            offset=wanted.offset,
            kind=wanted.kind,
            status=wanted.status,
            cluster=wanted.cluster,
            place=wanted.place,
        )
    )


@router.get("/sites/{site_id}", response_model=SiteDetail, openapi_extra=_READERS, summary="A site and its classes")
async def site(request: Request, site_id: SiteId, at: CurrentStandpoint) -> Json:
    """Return one site with all its classes."""
    return Json(at.matcher.directory.site_detail(site_id, unapproved=sees_unapproved(request)))


@router.get("/places", response_model=Page[PlaceOut], openapi_extra=_READERS, summary="Named places")
async def places(wanted: Annotated[PlaceFilter, Query()], at: CurrentStandpoint) -> Json:
    """Return the city, its districts and sub-districts, with a point each."""
    return Json(
        at.matcher.directory.places(
            limit=wanted.limit, offset=wanted.offset, kind=wanted.kind, within=wanted.within, text=wanted.q
        )
    )


@router.get(
    "/taxonomy", response_model=TaxonomyOut, openapi_extra=_READERS, summary="Industry clusters and skill levels"
)
async def taxonomy(at: CurrentStandpoint) -> Json:
    """Return the industry clusters, how related they are, and the skill levels' names."""
    return Json(at.matcher.directory.taxonomy())


@router.get("/map", response_model=CityMap, openapi_extra=_READERS, summary="The city as GeoJSON")
async def city_map(at: CurrentStandpoint) -> Json:
    """Return sub-districts, districts and sites as features; areas are drawn from the places' points (Voronoi cells) and are no boundaries."""
    return Json(at.matcher.directory.map())


@router.get(
    "/policy", response_model=PolicyOut, openapi_extra=_READERS, summary="What holds unless a request says otherwise"
)
async def policy(at: CurrentStandpoint) -> Json:
    """Return the default weights, distances and diversity."""
    return Json(at.matcher.directory.policy())
