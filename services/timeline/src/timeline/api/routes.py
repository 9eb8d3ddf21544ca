"""The API's addresses."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.security import HTTPBearer

from timeline.api.attachments import AttachmentEndpoints
from timeline.api.audit import AuditEndpoints
from timeline.api.calls import CallEndpoints
from timeline.api.connectors import ConnectorEndpoints
from timeline.api.customers import CustomerEndpoints
from timeline.api.deciding import DecidingEndpoints
from timeline.api.decisions import DecisionEndpoints
from timeline.api.deliveries import DeliveryEndpoints
from timeline.api.guard import guarded
from timeline.api.interactions import InteractionEndpoints
from timeline.api.problems import documented
from timeline.api.recordings import RecordingEndpoints
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

_SOUND = {"audio/ogg": {"schema": {"type": "string", "format": "binary"}}}
HEARD: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole recording, as browsers play it", "content": _SOUND},
    206: {"description": "The part of it that `Range` asks for", "content": _SOUND},
    416: {"description": "`Range` begins behind its end"},
}


def routes(serving: Serving) -> APIRouter:
    """Return the routes below /v1; the application takes `problem_handlers()` with them."""
    router = APIRouter(
        prefix="/v1",
        tags=["timelines"],
        dependencies=[Depends(_unshared), Depends(_token)],
        route_class=guarded(serving.access),
        responses=documented(401, 422, 503),
    )
    _add_customers(router, CustomerEndpoints(serving))
    _add_interactions(router, InteractionEndpoints(serving))
    _add_attachments(router, AttachmentEndpoints(serving))
    _add_recordings(router, RecordingEndpoints(serving))
    _add_decisions(router, DecisionEndpoints(serving))
    _add_deciding(router, DecidingEndpoints(serving))
    _add_streams(router, StreamEndpoints(serving))
    _add_calls(router, CallEndpoints(serving))
    _add_deliveries(router, DeliveryEndpoints(serving))
    _add(router, "/connectors", ConnectorEndpoints(serving).connectors)
    _add(router, "/audit", AuditEndpoints(serving).lines, responses=documented(403))
    return router


def _add_customers(router: APIRouter, endpoints: CustomerEndpoints) -> None:
    _add(router, "/customers", endpoints.customers)
    _add(router, "/customers/{customer}", endpoints.customer, responses=documented(404))
    _add(router, "/customers/{customer}/timeline", endpoints.timeline, responses=documented(404))


def _add_interactions(router: APIRouter, endpoints: InteractionEndpoints) -> None:
    _add(router, "/interactions/{interaction}", endpoints.interaction, responses=documented(404))
    _add(router, "/interactions/{interaction}/why", endpoints.why, responses=documented(404))
    _add(router, "/interactions/{interaction}/calls", endpoints.calls, responses=documented(404))
    _add(router, "/interactions/{interaction}/thread", endpoints.thread, responses=documented(404))


def _add_attachments(router: APIRouter, endpoints: AttachmentEndpoints) -> None:
    path, bytes_as_they_came = "/interactions/{interaction}/attachments/{sha256}", RAW | documented(403, 404)
    _add(router, path, endpoints.attachment, responses=bytes_as_they_came, response_class=Response)


def _add_recordings(router: APIRouter, endpoints: RecordingEndpoints) -> None:
    path, told = "/interactions/{interaction}/recordings/{sha256}", HEARD | documented(403, 404)
    _add(router, path, endpoints.recording, responses=told, response_class=Response)


def _add_decisions(router: APIRouter, endpoints: DecisionEndpoints) -> None:
    _add(router, "/decisions", endpoints.decisions)
    _add(router, "/customers/{customer}/decisions", endpoints.of_customer, responses=documented(404))
    _add(router, "/customers/{customer}/why", endpoints.why, responses=documented(404))
    _add(router, "/customers/{customer}/suggestions", endpoints.suggestions_of, responses=documented(404))
    _add(router, "/suggestions", endpoints.suggestions)


def _add_deciding(router: APIRouter, endpoints: DecidingEndpoints) -> None:
    decided: dict[str, Callable[..., Any]] = {
        "/customers": endpoints.create,
        "/customers/{customer}/merge": endpoints.merge,
        "/customers/{customer}/split": endpoints.split,
        "/customers/{customer}/different": endpoints.different,
        "/customers/{customer}/name": endpoints.name,
        "/customers/{customer}/tags": endpoints.tag,
        "/customers/{customer}/not-a-customer": endpoints.not_a_customer,
        "/handles/{handle}/shared": endpoints.shared,
        "/handles/{handle}/personal": endpoints.personal,
        "/interactions/{interaction}/move": endpoints.move,
        "/suggestions/confirm": endpoints.confirm,
        "/suggestions/dismiss": endpoints.dismiss,
    }
    for path, endpoint in decided.items():
        _add(router, path, endpoint, methods=["POST"], responses=documented(404, 415))
    _add(router, "/decisions/{act}", endpoints.revoke, methods=["DELETE"], responses=documented(404))


def _add_streams(router: APIRouter, endpoints: StreamEndpoints) -> None:
    of_one = STREAM | documented(404)
    _add(router, "/stream", endpoints.everything, responses=STREAM, response_model=None)
    _add(router, "/customers/{customer}/stream", endpoints.of_customer, responses=of_one, response_model=None)


def _add_calls(router: APIRouter, endpoints: CallEndpoints) -> None:
    _add(router, "/calls/stream", endpoints.ringing, responses=STREAM | documented(403), response_model=None)
    _add(router, "/calls/missed", endpoints.missed)


def _add_deliveries(router: APIRouter, endpoints: DeliveryEndpoints) -> None:
    raw = RAW | documented(404)
    _add(router, "/deliveries", endpoints.deliveries)
    _add(router, "/deliveries/{delivery}", endpoints.delivery, responses=documented(404))
    _add(router, "/deliveries/{delivery}/raw", endpoints.raw, responses=raw, response_class=Response)


def _add(router: APIRouter, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
    router.add_api_route(path, endpoint, **{"methods": ["GET"], **more})


def _unshared(response: Response) -> None:
    """Keep answers about customers out of every cache, and out of other sites' pages."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"


_token = HTTPBearer(auto_error=False, description="A token of peyvand.yaml (api: tokens); none is needed on loopback.")
