"""What Prometheus reads."""

from fastapi import APIRouter, Request, Response

from api.access import ScopedRoute, allow
from recommender.access import Scope

_TEXT = {"schema": {"type": "string"}}

router = APIRouter(route_class=ScopedRoute, tags=["health 状态"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": _TEXT, "application/openmetrics-text": _TEXT}}},
    openapi_extra=allow(Scope.INSIGHT),
    summary="Metrics of this process, for Prometheus",
)
def metrics(request: Request) -> Response:
    """Return this process's metrics, as text or, if `Accept` asks for it, as OpenMetrics. Several processes count each their own: scrape every one."""
    content, media_type = request.app.state.metrics.exposition(request.headers.get("accept", ""))
    return Response(content, media_type=media_type)
