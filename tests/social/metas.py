"""Accounts, calls and a stand-in of Graph as tests of the channels of Meta need them."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ingest_social.channels import instagram, messenger, whatsapp
from parts.served import served
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.source import WebhookSource
from social.accounts import ORGANISATION, delivered, fixture, fixture_settings

SECRET = "6f1c4be2a7d85093be41fa0c27d96e38"
TOKEN = "EAAGm0PX4ZCpsBAK"
NUMBER = {"display_phone_number": "982191001000", "phone_number_id": "106540352242922"}
MARYAM = {"profile": {"name": "مریم"}, "wa_id": "989121112233", "user_id": "IR.134"}
SOURCES: dict[str, WebhookSource[Any]] = {
    "whatsapp": whatsapp.SOURCE, "messenger": messenger.SOURCE, "instagram": instagram.SOURCE,
}  # fmt: skip


def account(channel: str, **fields: Any) -> Any:
    return SOURCES[channel].settings.model_validate({**fixture_settings(channel), **fields})


def told(channel: str, case: str) -> Sequence[InteractionEvent]:
    """Return what a captured call means."""
    return SOURCES[channel].normalise(fixture(channel, f"{case}.http"), account(channel), ORGANISATION)


def one(channel: str, case: str) -> InteractionEvent:
    (event,) = told(channel, case)
    return event


def changed(value: Mapping[str, Any], name: str = "messages") -> Delivery:
    """Return a call of the Cloud API with one change."""
    change = {"field": name, "value": {"messaging_product": "whatsapp", "metadata": NUMBER, **value}}
    return signed("whatsapp", {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]})


def signed(channel: str, body: Any, secret: str = SECRET) -> Delivery:
    """Return a call as Meta sends it: Persian escaped, slashes too, and signed so."""
    raw = json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()
    proof = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return delivered(channel, raw, {"x-hub-signature-256": f"sha256={proof}"})


def read(delivery: Delivery, **fields: Any) -> Sequence[InteractionEvent]:
    source = SOURCES[delivery.channel]
    return source.normalise(delivery, account(delivery.channel, **fields), ORGANISATION)


def elsewhere(delivery: Delivery) -> Delivery:
    """Return the same call at another connector."""
    return replace(delivery, connector="other")


@dataclass
class Graph:
    """What a stand-in of Graph knows, by path without version, and what it was asked."""

    nodes: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, request: Request) -> JSONResponse:
        path = request.path_params["path"]
        self.asked.append((f"{request.path_params['version']}/{path}", request.headers.get("authorization", "")))
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return failed(190)
        return JSONResponse(self.nodes[path]) if path in self.nodes else failed(100)

    @contextmanager
    def running(self) -> Iterator[str]:
        with served(Starlette(routes=[Route("/{version}/{path:path}", self.answer)])) as address:
            yield address


def failed(code: int) -> JSONResponse:
    error = {"message": "of the vendor", "type": "OAuthException", "code": code, "fbtrace_id": "x"}
    return JSONResponse({"error": error}, 400)
