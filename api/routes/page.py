"""The page people look at, and what it is made of."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from api.dependencies import Json

router = APIRouter(include_in_schema=False)

_FOLDER = Path(__file__).parents[1] / "page"
_LEAFLET = "xstatic.pkg.leaflet"


def mount_files(app: FastAPI) -> None:
    """Serve the page's own files, and the map's library out of its package."""
    package = find_spec(_LEAFLET)
    assert package
    assert package.origin
    app.mount("/page/leaflet", StaticFiles(directory=Path(package.origin).parent / "data"), name="leaflet")
    app.mount("/page", StaticFiles(directory=_FOLDER), name="page")


@router.get("/")
async def page() -> FileResponse:
    """Return the page."""
    return FileResponse(_FOLDER / "index.html")


@router.get("/page/tiles.json")
async def tiles(request: Request) -> Json:
    """Return where the map takes its tiles from, null for nowhere."""
    settings = request.app.state.settings
    found: dict[str, Any] = {"url": settings.tile_server, "attribution": settings.tile_attribution}
    return Json(found)
