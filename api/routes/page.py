"""The page people look at."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

router = APIRouter(include_in_schema=False)

_PAGE = Path(__file__).parents[1] / "page" / "index.html"


@router.get("/")
async def page() -> FileResponse:
    """Return the page."""
    return FileResponse(_PAGE)
