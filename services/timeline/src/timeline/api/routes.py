"""The API's addresses."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPBearer

from timeline.api.connectors import ConnectorEndpoints
from timeline.api.customers import CustomerEndpoints
from timeline.api.deliveries import DeliveryEndpoints
from timeline.api.interactions import InteractionEndpoints
from timeline.api.problems import documented
from timeline.api.streams import StreamEndpoints
from timeline.serving import Serving

STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-sent events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
}

RAW: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bytes as they arrived",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def routes(serving: Serving) -> APIRouter:
    """Return the routes below /v1; the application takes `problem_handlers()` with them."""

    async def known(request: Request) -> None:
        """Turn a stranger away before the parameters are read, whose faults would tell what there is."""
        await serving.access(request)

    router = APIRouter(
        prefix="/v1",
        tags=["timelines"],
        dependencies=[Depends(known), Depends(_unshared), Depends(_token)],
        responses=documented(401, 422, 503),
    )
    _add_customers(router, CustomerEndpoints(serving))
    _add_interactions(router, InteractionEndpoints(serving))
    _add_streams(router, StreamEndpoints(serving))
    _add_deliveries(router, DeliveryEndpoints(serving))
    _add(router, "/connectors", ConnectorEndpoints(serving).connectors)
    return router


def _add_customers(router: APIRouter, endpoints: CustomerEndpoints) -> None:
    _add(router, "/customers", endpoints.customers)
    _add(router, "/customers/{customer}", endpoints.customer, responses=documented(404))
    _add(router, "/customers/{customer}/timeline", endpoints.timeline, responses=documented(404))


def _add_interactions(router: APIRouter, endpoints: InteractionEndpoints) -> None:
    _add(router, "/interactions/{interaction}", endpoints.interaction, responses=documented(404))
    _add(router, "/interactions/{interaction}/why", endpoints.why, responses=documented(404))


def _add_streams(router: APIRouter, endpoints: StreamEndpoints) -> None:
    of_one = STREAM | documented(404)
    _add(router, "/stream", endpoints.everything, responses=STREAM, response_model=None)
    _add(router, "/customers/{customer}/stream", endpoints.of_customer, responses=of_one, response_model=None)


def _add_deliveries(router: APIRouter, endpoints: DeliveryEndpoints) -> None:
    raw = RAW | documented(404)
    _add(router, "/deliveries", endpoints.deliveries)
    _add(router, "/deliveries/{delivery}", endpoints.delivery, responses=documented(404))
    _add(router, "/deliveries/{delivery}/raw", endpoints.raw, responses=raw, response_class=Response)


def _add(router: APIRouter, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
    router.add_api_route(path, endpoint, methods=["GET"], **more)


def _unshared(response: Response) -> None:
    """Keep answers about customers out of every cache, and out of other sites' pages."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"


_token = HTTPBearer(auto_error=False, description="A token of peyvand.yaml (api: tokens); none is needed on loopback.")
