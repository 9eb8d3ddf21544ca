"""The API for partners, served over HTTP in memory, and what its callers say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from starlette.applications import Starlette

from ingest_social.channels import partner
from ingest_social.partners.retirement import RETIRING, Retirement
from ingest_social.partners.routes import routes
from peyvand.app import Connectors
from peyvand.publish import Publisher
from peyvand.testing import CAPTURED_AT, MemoryBlobs, MemoryPublisher, MemoryRegister
from peyvand.webhook import Hook, Webhooks
from social.accounts import ORGANISATION

SECRET = "pk_live_LqT4vWn8RzKc2YbHsJdM"
NEXT = "pk_next_XwP7fGh3NmKd9TyBvRcQ"
TEST = "pk_test_AzS5jLk8WqErTyUiOpMn"
FORMS = "pk_form_MnB4vCx7ZlKjHgFdSaPo"
OFFICE = "pk_office_QwErTyUiOpAsDfGhJkL"
SETTINGS = {
    "secret": [SECRET, NEXT],
    "keys": [
        {"name": "test", "secret": TEST, "test": True},
        {"name": "forms", "secret": FORMS, "types": "form", "directions": ["inbound"], "limits": "3/minute"},
    ],
}
URL = "https://peyvand.example.ir"


@dataclass
class Office:
    """A served API with its register and publisher, and a client that calls it."""

    client: httpx.AsyncClient
    register: MemoryRegister
    publisher: Any

    async def post(self, content: Any, key: str | None = SECRET, **more: Any) -> httpx.Response:
        """Post JSON, or bytes as they are."""
        headers = {**({"authorization": f"Bearer {key}"} if key else {}), **more.pop("headers", {})}
        body = {"content": content} if isinstance(content, bytes) else {"json": content}
        if isinstance(content, bytes):
            headers.setdefault("content-type", "application/json")
        return await self.client.post("/v1/events", headers=headers, **body, **more)

    async def get(self, path: str, key: str | None = SECRET) -> httpx.Response:
        return await self.client.get(path, headers={"authorization": f"Bearer {key}"} if key else {})


@asynccontextmanager
async def office(
    publisher: Publisher | None = None,
    register: MemoryRegister | None = None,
    now: datetime = CAPTURED_AT,
    retiring: tuple[Retirement, ...] = RETIRING,
) -> AsyncIterator[Office]:
    """Serve two partners while the body runs."""
    publisher, register = publisher or MemoryPublisher(), register or MemoryRegister()
    accounts = {"shop": SETTINGS, "erp": {"secret": OFFICE}}
    hooks = {name: Hook(partner.SOURCE, partner.Settings.model_validate(written)) for name, written in accounts.items()}
    connectors = Connectors(Webhooks({}, ORGANISATION, publisher, MemoryBlobs(), now=lambda: now), (), apart=hooks)
    app = Starlette(routes=routes(connectors, register, retiring=retiring))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL) as client:
        yield Office(client, register, publisher)


def order(own_id: str = "order-1", **fields: Any) -> dict[str, Any]:
    bought = {"number": "A-1", "total": "1250000", "currency": "IRR"}
    return {"id": own_id, "type": "purchase", "customer": {"phone": "09121112233"}, "purchase": bought, **fields}


def note(own_id: str = "note-1", text: str = "call back", **fields: Any) -> dict[str, Any]:
    return {"id": own_id, "type": "note", "customer": {"crm_id": "4711"}, "text": text, **fields}
