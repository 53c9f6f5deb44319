"""Whether the service is alive, and whether it can answer."""

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.dependencies import CurrentStandpoint, language_of
from recommender.language import Bilingual

router = APIRouter(tags=["health 状态"])


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class PartProblem(BaseModel):
    """Something that does not work at present, while answers go on."""

    part: str = Field(description="store, snapshot, disk or fit", examples=["store"])
    message: str


class Ready(BaseModel):
    """A snapshot is loaded. `degraded`: it answers, but what is in `problems` does not work at present."""

    status: Literal["ready", "degraded"]
    snapshot: str
    catalogue_version: int
    store_version: int | None = Field(description="The catalogue version last seen in the store; null: not seen yet.")
    pinned: str | None = Field(description="The snapshot that is held to, whatever is written; null: none.")
    encoder: str
    counts: dict[str, int]
    problems: list[PartProblem]


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> Alive:
    """Answer as long as the process lives."""
    return Alive()


@router.get("/readyz", summary="Is a snapshot loaded, and which?")
async def readyz(request: Request, at: CurrentStandpoint) -> Ready:
    """Name the snapshot that serves, its encoder and what it holds, and say what does not work at present."""
    service, snapshot = request.app.state.service, at.matcher.snapshot
    faults: Mapping[str, Bilingual] = request.app.state.follower.faults
    language, network = language_of(request), snapshot.network
    counts: dict[str, Any] = {
        "sites": len(network.sites),
        "courses": len(network.courses),
        "course_instances": len(network.instances),
        "learners": len(network.learners),
        "enterprises": len(network.enterprises),
    }
    return Ready(
        status="degraded" if faults else "ready",
        snapshot=snapshot.version,
        catalogue_version=snapshot.catalogue_version,
        store_version=service.store_version,
        pinned=service.pinned,
        encoder=snapshot.encoder.name,
        counts=counts,
        problems=[
            PartProblem(part=part, message=message.in_language(language)) for part, message in sorted(faults.items())
        ],
    )
