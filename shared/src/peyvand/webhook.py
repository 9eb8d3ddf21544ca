"""Webhooks: a delivery is verified, read and published before its caller gets a 2xx."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import structlog
from pydantic import BaseModel
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from uuid_utils.compat import uuid7

from peyvand import metrics
from peyvand.blobs import Blobs
from peyvand.delivery import Delivery
from peyvand.errands import Desk
from peyvand.errors import BadPayload, BadSignature, Skipped, Stumbled, TooMany, Unavailable, UnknownType
from peyvand.files import Unpacked, files_of, put_away
from peyvand.identity import Organisation
from peyvand.problem import problem
from peyvand.proxies import AUTHORITY
from peyvand.publish import Publisher, Reading
from peyvand.redaction import secrets_of, without_secrets
from peyvand.source import Answer, Guard, Refusal, WebhookSource, normalised

log = structlog.get_logger("peyvand.webhook")

# A longer body is verified and read in a thread: a mail of many megabytes must not hold up the other calls.
QUICKLY_READ = 64 * 1024


@dataclass(frozen=True)
class Hook:
    """One connector that is called: its source and its settings."""

    source: WebhookSource[Any]
    settings: BaseModel

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """Return what must not be stored with a delivery."""
        return secrets_of(self.settings)

    @cached_property
    def guard(self) -> Guard | None:
        """Return what counts the calls, where they are counted."""
        return self.source.guard(self.settings)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """All connectors that are called, and what makes their deliveries durable."""

    hooks: Mapping[str, Hook]
    organisation: Organisation
    publisher: Publisher
    blobs: Blobs
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    new_id: Callable[[], UUID] = uuid7
    desk: Desk = field(default_factory=Desk)
    public_url: str | None = None  # under which the world calls; else what the request, or a trusted proxy, says

    def route(self) -> Route:
        """Return the one route; plain Starlette, for raw bytes and speed."""
        return Route("/webhooks/{connector}", self.receive, methods=["GET", "POST", "PUT", "OPTIONS"])

    async def receive(self, request: Request) -> Response:
        """Answer one call."""
        name = request.path_params["connector"]
        hook = self.hooks.get(name)
        if hook is None:
            return problem(404, "No connector of this name takes webhooks.")
        with metrics.SECONDS.labels(name).time():
            response = await self._answer(request, name, hook)
        if response.status_code >= 400:
            metrics.REFUSED.labels(name, str(response.status_code)).inc()
            log.warning("refused", connector=name, status=response.status_code)
        return response

    async def _answer(self, request: Request, name: str, hook: Hook) -> Response:
        try:
            body = await body_within(request, hook.source.max_body)
        except ClientDisconnect:
            return problem(400, "The connection was closed before the body had arrived.")
        delivery = self._delivery(request, name, hook, body or b"")
        if body is None:
            return _refused(hook, delivery, Refusal(413, f"At most {hook.source.max_body} bytes are taken here."))
        match request.method:
            case "OPTIONS":
                return _shaken(hook, delivery, hook.source.preflight)
            case method if method in hook.source.methods:
                return await self._answered(hook, delivery, request.client.host if request.client else "")
            case _:  # a route that takes GET takes HEAD, which delivers nothing
                return _shaken(hook, delivery, hook.source.challenge)

    async def _answered(self, hook: Hook, delivery: Delivery, address: str) -> Response:
        try:
            delivery = await _proven(hook, delivery)
            if hook.guard is not None:
                hook.guard(delivery, address)
            await self._take(hook, delivery)
        except BadSignature as error:
            return _refused(hook, delivery, Refusal(403, f"{error}."))
        except BadPayload as error:
            return _refused(hook, delivery, Refusal(422, f"{error}.", error.faults))
        except TooMany as error:
            return _refused(hook, delivery, Refusal(429, f"{error}.", headers=_later(error.retry_after)))
        except Unavailable as error:
            log.warning("not taken", connector=delivery.connector, why=str(error))
            return _refused(hook, delivery, Refusal(503, f"{error}.", headers=_later(error.retry_after)))
        return _plain(hook, delivery, hook.source.answer(delivery, hook.settings))

    async def _take(self, hook: Hook, delivery: Delivery) -> None:
        """Make a delivery durable; raises BadPayload only when the contract is our own."""
        if len(delivery.body) <= QUICKLY_READ:
            found = self._unpack(hook, delivery)
        else:
            found = await asyncio.to_thread(self._unpack, hook, delivery)
        kept_back = replace(found.reading, delivery=without_secrets(delivery, hook.secrets))
        (stored,) = await put_away([replace(found, reading=kept_back)], self.blobs)
        await self.publisher.publish([stored])
        metrics.count([stored])
        await self.desk.note(hook.source, hook.settings, [(delivery, stored)])

    def _unpack(self, hook: Hook, delivery: Delivery) -> Unpacked:
        reading = self._read(hook, delivery)
        return Unpacked(reading, files_of(hook.source, reading, hook.settings))

    def _read(self, hook: Hook, delivery: Delivery) -> Reading:
        try:
            return Reading(delivery, normalised(hook.source, delivery, hook.settings, self.organisation))
        except Skipped as rule:
            return Reading(delivery, skipped=str(rule))
        except BadPayload as error:
            if hook.source.ours and not isinstance(error, Stumbled):
                raise
            return Reading(delivery, kept=str(error), unknown=isinstance(error, UnknownType))

    def _url(self, request: Request) -> str:
        """Return the address as the caller saw it: some sign it."""
        if self.public_url:
            query = f"?{request.url.query}" if request.url.query else ""
            return f"{self.public_url}{request.url.path}{query}"
        authority = request.scope.get(AUTHORITY)
        return str(request.url.replace(netloc=authority) if authority else request.url)

    def _delivery(self, request: Request, name: str, hook: Hook, body: bytes) -> Delivery:
        return Delivery(
            id=self.new_id(),
            connector=name,
            channel=hook.source.name,
            received_at=self.now(),
            body=body,
            url=self._url(request),
            method=request.method,
            headers={k.decode("latin-1"): v.decode("latin-1") for k, v in request.scope["headers"]},
        )


async def _proven(hook: Hook, delivery: Delivery) -> Delivery:
    """Return a delivery that proves whose it is, with what it asked for; raises BadSignature, Unavailable."""
    source, settings = hook.source, hook.settings
    if source.prove is not None:
        delivery = await source.prove(delivery, settings)
    if len(delivery.body) <= QUICKLY_READ:
        source.verify(delivery, settings)
    else:
        await asyncio.to_thread(source.verify, delivery, settings)
    return delivery if source.follow is None else await source.follow(delivery, settings)


async def body_within(request: Request, limit: int) -> bytes | None:
    """Return the body, or None when it is longer than the limit, without reading on."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        return None
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


def _shaken(hook: Hook, delivery: Delivery, answer: Callable[[Delivery, Any], Answer] | None) -> Response:
    """Return the answer to a call that delivers nothing."""
    if answer is None:
        taken = ", ".join(m for m in hook.source.methods if m != "PUT")
        return problem(405, f"This webhook takes {taken}.", headers={"Allow": taken})
    try:
        return _plain(hook, delivery, answer(delivery, hook.settings))
    except BadSignature as error:
        return problem(403, f"{error}.")


def _refused(hook: Hook, delivery: Delivery, refusal: Refusal) -> Response:
    own = hook.source.refuse and hook.source.refuse(delivery, hook.settings, refusal)
    if own:
        return _plain(hook, delivery, own)
    beside = hook.source.beside(delivery, hook.settings)
    return problem(refusal.status, refusal.why, faults=refusal.faults, headers={**beside, **refusal.headers})


def _plain(hook: Hook, delivery: Delivery, answer: Answer) -> Response:
    response = Response(answer.body, answer.status, headers=dict(answer.headers))
    for name, value in hook.source.beside(delivery, hook.settings).items():
        response.headers.append(name, value)  # Vary may stand there already
    return response


def _later(seconds: int) -> dict[str, str]:
    return {"Retry-After": str(seconds)}
