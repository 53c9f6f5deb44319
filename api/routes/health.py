"""Whether the service is alive, and whether it can answer."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import CurrentStandpoint

router = APIRouter(tags=["health 状态"])


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class Ready(BaseModel):
    """A snapshot is loaded."""

    status: str = "ready"
    snapshot: str
    catalogue_version: int
    encoder: str
    counts: dict[str, int]


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> Alive:
    """Answer as long as the process lives."""
    return Alive()


@router.get("/readyz", summary="Is a snapshot loaded, and which?")
async def readyz(at: CurrentStandpoint) -> Ready:
    """Name the snapshot that serves, its encoder and what it holds."""
    snapshot = at.matcher.snapshot
    network = snapshot.network
    counts: dict[str, Any] = {
        "sites": len(network.sites),
        "courses": len(network.courses),
        "course_instances": len(network.instances),
        "learners": len(network.learners),
        "enterprises": len(network.enterprises),
    }
    return Ready(
        snapshot=snapshot.version,
        catalogue_version=snapshot.catalogue_version,
        encoder=snapshot.encoder.name,
        counts=counts,
    )
