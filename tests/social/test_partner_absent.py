"""What is answered where there is no partner, and where there is one but no register."""

import httpx
import pytest
from starlette.applications import Starlette

from ingest_social.channels import partner
from ingest_social.partners.routes import routes
from peyvand.app import Connectors
from peyvand.testing import MemoryBlobs, MemoryPublisher, MemoryRegister
from peyvand.webhook import Hook, Webhooks
from social.accounts import ORGANISATION
from social.partners import SECRET, URL, order


@pytest.mark.parametrize(("language", "said"), [
    ("fa", "هیچ سامانهٔ همکاری تعریف نشده"), ("en", "No partner is configured"),
])  # fmt: skip
async def test_the_page_of_an_installation_without_partners_says_how_to_add_one(language: str, said: str) -> None:
    connectors = Connectors(Webhooks({}, ORGANISATION, MemoryPublisher(), MemoryBlobs()), ())
    app = Starlette(routes=routes(connectors, MemoryRegister()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL) as client:
        shown = await client.get("/partner", headers={"accept-language": language})
        events = await client.post("/v1/events", json={})
    assert (shown.status_code, events.status_code) == (404, 404)
    assert said in shown.text
    assert "./peyvand connect partner" in shown.text
    assert "channel: partner" in shown.text
    assert "<form" not in shown.text


async def test_a_partner_without_a_database_is_told_to_come_again_and_nothing_is_taken() -> None:
    hooks = {"shop": Hook(partner.SOURCE, partner.Settings.model_validate({"secret": SECRET}))}
    publisher, key = MemoryPublisher(), {"authorization": f"Bearer {SECRET}"}
    connectors = Connectors(Webhooks({}, ORGANISATION, publisher, MemoryBlobs()), (), apart=hooks)
    app = Starlette(routes=routes(connectors, None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL, headers=key) as client:
        posted = await client.post("/v1/events", json=order())
        asked, listed = await client.get("/v1/events/order-1"), await client.get("/v1/requests")
        page = await client.post("/partner", data={"key": SECRET})
    assert [a.status_code for a in (posted, asked, listed, page)] == [503] * 4
    assert [int(a.headers["retry-after"]) > 0 for a in (posted, asked, listed)] == [True] * 3
    assert "DATABASE_URL" in posted.json()["detail"]
    assert publisher.readings == []
