"""Whether the service is alive, and whether it can answer."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.access import EVERYBODY, ScopedRoute, allow
from api.dependencies import CurrentStandpoint, language_of
from api.errors import problems
from api.vitals import PARTS, counts_of, faults_of
from recommender.access import Scope

router = APIRouter(route_class=ScopedRoute, tags=["health 状态"])


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class PartProblem(BaseModel):
    """Something that does not work at present, while answers go on."""

    part: str = Field(description=", ".join(PARTS), examples=["store"])
    message: str


class PartState(BaseModel):
    """How one part does."""

    status: Literal["ok", "degraded"]
    message: str | None = Field(description="What does not work, and what to do; null: nothing.")


class Ready(BaseModel):
    """A snapshot is loaded. `degraded`: it answers, but some of its `parts` do not work at present; `problems` lists these."""

    status: Literal["ready", "degraded"]
    snapshot: str
    catalogue_version: int
    store_version: int | None = Field(description="The catalogue version last seen in the store; null: not seen yet.")
    pinned: str | None = Field(description="The snapshot that is held to, whatever is written; null: none.")
    encoder: str
    counts: dict[str, int]
    problems: list[PartProblem]
    parts: dict[str, PartState] = Field(description=f"By the part's name: {', '.join(PARTS)}.")


@router.get("/healthz", openapi_extra=EVERYBODY, summary="Is the process alive?")
async def healthz() -> Alive:
    """Answer as long as the process lives."""
    return Alive()


@router.get("/readyz", openapi_extra=allow(*Scope), responses=problems(503), summary="Is a snapshot loaded, and which?")
async def readyz(request: Request, at: CurrentStandpoint) -> Ready:
    """Name the snapshot that serves, its encoder and what it holds, and say of each part whether it works at present."""
    service, snapshot, language = request.app.state.service, at.matcher.snapshot, language_of(request)
    faults = {part: fault.in_language(language) for part, fault in sorted(faults_of(request.app.state).items())}
    return Ready(
        status="degraded" if faults else "ready",
        snapshot=snapshot.version,
        catalogue_version=snapshot.catalogue_version,
        store_version=service.store_version,
        pinned=service.pinned,
        encoder=snapshot.encoder.name,
        counts=counts_of(snapshot),
        problems=[PartProblem(part=part, message=fault) for part, fault in faults.items()],
        parts={part: _state(faults.get(part)) for part in (*PARTS, *faults)},
    )


def _state(fault: str | None) -> PartState:
    return PartState(status="degraded" if fault else "ok", message=fault)
