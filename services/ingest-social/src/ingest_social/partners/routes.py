"""The addresses of the API for partners, over HTTP."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ingest_social.partners.desk import Desk, Reply
from ingest_social.partners.limit import Counting
from ingest_social.partners.matching import Known
from ingest_social.partners.no_register import NoRegister
from ingest_social.partners.page import HEADERS, Shown, page, page_without_partners
from ingest_social.partners.proof import Holder, Unknown, Unproved, holder_of
from ingest_social.partners.retirement import RETIRING, Retirement, notices
from ingest_social.partners.taking import Taking
from peyvand import metrics
from peyvand.app import Connectors
from peyvand.delivery import Delivery
from peyvand.errors import Unavailable
from peyvand.problem import problem
from peyvand.register import Noted, Register
from peyvand.webhook import body_within

MOST_BYTES = 5 * 1024 * 1024
# What the metrics of this address are labelled by: whose key it was may not be known.
PARTNERS = "partners"
# The form of the page holds a key and a language.
MOST_OF_A_FORM = 4_096
_PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def routes(
    connectors: Connectors,
    register: Register | None,
    known: Known | None = None,
    retiring: tuple[Retirement, ...] = RETIRING,
) -> list[BaseRoute]:
    """Return the routes; without a partner only that of the page, which says how to add one."""
    hooks, webhooks = connectors.apart, connectors.webhooks
    if not hooks:
        return [Route("/partner", _nobody, methods=["GET", "POST"])]
    made = webhooks.now, webhooks.new_id
    kept = webhooks.publisher, webhooks.blobs, register or NoRegister()
    taking = Taking(webhooks.organisation, *kept, known, *made)
    door = Door(Desk(hooks, taking, Counting(time.monotonic), retiring))
    return [
        Route("/v1/events", door.events, methods=["POST"]),
        Route("/v1/events/{id:path}", door.event, methods=["GET"]),
        Route("/v1/requests", door.requests, methods=["GET"]),
        Route("/partner", door.page, methods=["GET", "POST"]),
    ]


async def _nobody(request: Request) -> Response:
    shown = Shown(request.query_params.get("lang", ""), request.headers.get("accept-language", ""))
    return Response(page_without_partners(shown), 404, headers=HEADERS)


@dataclass(frozen=True, slots=True)
class Door:
    """Requests into deliveries, replies into responses."""

    desk: Desk

    async def events(self, request: Request) -> Response:
        """Take events."""
        try:
            body = await body_within(request, MOST_BYTES)
        except ClientDisconnect:
            return problem(400, "The connection was closed before the body had arrived.")
        if body is None:
            return _counted(self._response(Reply(413, why=f"at most {MOST_BYTES} bytes are taken here")))
        delivery = self._delivery(request, body)
        dry = request.query_params.get("dry_run", "").lower() in ("true", "1", "yes")
        with metrics.SECONDS.labels(PARTNERS).time():
            return _counted(self._response(await self.desk.post(delivery, dry=dry)))

    async def event(self, request: Request) -> Response:
        """Say what became of an event."""
        return await self._asked(request, lambda holder: self.desk.fate(holder, request.path_params["id"]))

    async def requests(self, request: Request) -> Response:
        """List the last requests of a key."""

        async def listed(holder: Holder) -> Reply:
            found = await self.desk.requests(holder)
            return Reply(200, {"key": holder.key.name, "requests": [_plain(noted) for noted in found]})

        return await self._asked(request, listed)

    async def page(self, request: Request) -> Response:
        """Show a developer the last requests of his key; the key signs in and is not kept."""
        wanted, accepts = request.query_params.get("lang", ""), request.headers.get("accept-language", "")
        if request.method != "POST":
            return Response(page(Shown(wanted, accepts)), headers=HEADERS)
        form = await _form(request)
        wanted = form.get("lang", wanted)
        holder = holder_of(form.get("key", "").strip().encode(), self.desk.holders())
        if holder is None:
            return Response(page(Shown(wanted, accepts, trouble="unknown")), 401, headers=HEADERS)
        try:
            found = await self.desk.requests(holder)
        except Unavailable:
            return Response(page(Shown(wanted, accepts, trouble="away")), 503, headers=HEADERS)
        return Response(page(Shown(wanted, accepts, holder, tuple(found))), headers=HEADERS)

    async def _asked(self, request: Request, answer: Callable[[Holder], Awaitable[Reply]]) -> Response:
        try:
            holder = self.desk.holder(self._delivery(request, b""))
            return self._response(await answer(holder))
        except Unknown as error:
            return self._response(Reply(401, why=str(error), headers={"WWW-Authenticate": 'Bearer realm="peyvand"'}))
        except Unproved as error:
            return self._response(Reply(403, why=str(error)))
        except Unavailable as error:
            return self._response(Reply(503, why=str(error), headers={"Retry-After": str(error.retry_after)}))

    def _response(self, reply: Reply) -> Response:
        headers = {**_PRIVATE, **notices(self.desk.retiring), **reply.headers}
        if reply.body is None:
            return problem(reply.status, f"{reply.why}.", faults=reply.faults, headers=headers)
        return Response(orjson.dumps(reply.body), reply.status, headers=headers, media_type="application/json")

    def _delivery(self, request: Request, body: bytes) -> Delivery:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in request.scope["headers"]}
        now, path = self.desk.taking.now(), request.url.path
        return Delivery(self.desk.taking.new_id(), "", "", now, body, path, request.method, headers)


def _counted(response: Response) -> Response:
    if response.status_code >= 400:
        metrics.REFUSED.labels(PARTNERS, str(response.status_code)).inc()
    return response


def _plain(noted: Noted) -> dict[str, object]:
    return {**asdict(noted), "at": noted.at}


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a posted form; one that is longer than ours has none."""
    try:
        body = await body_within(request, MOST_OF_A_FORM)
        return dict(parse_qsl((body or b"").decode("utf-8", "replace"), max_num_fields=10))
    except (ClientDisconnect, ValueError):  # more fields than that
        return {}
