"""One request that carries several messages yields them all, and each is stored once."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy import select
from starlette.applications import Starlette

from making import ORGANISATION, customer, telegram
from peyvand.delivery import Delivery
from peyvand.event import Direction, InteractionEvent, Kind, event
from peyvand.identity import Organisation
from peyvand.publish import Reading
from peyvand.source import WebhookSource
from peyvand.testing import MemoryBlobs
from peyvand.webhook import Hook, Webhooks
from peyvand_standalone.publisher import InProcessPublisher
from stores import Opened
from timeline.ports import Filters, Principal
from timeline.record import record
from timeline.store import SqlCursors, SqlStore, SqlTimelines, open_database
from timeline.store.tables import DeliveryRow

EVERYBODY = Principal("test")


class Settings(BaseModel):
    pass


def anybody(_delivery: Delivery, _settings: Settings) -> None:
    return None


def normalise(delivery: Delivery, _settings: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return one event for each message of the batch that the body lists."""
    return [_message(delivery, organisation, text) for text in delivery.json()["messages"]]


def _message(delivery: Delivery, organisation: Organisation, text: str) -> InteractionEvent:
    return event(
        delivery,
        organisation,
        key=text,
        kind=Kind.MESSAGE,
        direction=Direction.INBOUND,
        occurred_at=delivery.received_at,
        parties=(customer(telegram(5)),),
        text=text,
    )


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opened]:
    database = await open_database(f"sqlite:///{tmp_path}/store.db")
    store, timelines = SqlStore(database, ORGANISATION.id), SqlTimelines(database, ORGANISATION)
    yield Opened(database, store, timelines, SqlCursors(database))
    await database.close()


@pytest.fixture
async def caller(opened: Opened) -> AsyncIterator[httpx.AsyncClient]:
    """Give somebody who calls the webhook of a source whose requests carry batches."""
    source = WebhookSource(name="batches", settings=Settings, verify=anybody, normalise=normalise)

    async def recorded(readings: Sequence[Reading]) -> None:
        await record(readings, opened.store)

    async with InProcessPublisher(recorded).running() as publisher:
        webhooks = Webhooks({"many": Hook(source, Settings())}, ORGANISATION, publisher, MemoryBlobs())
        transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]))
        async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
            yield client


async def rows(opened: Opened) -> list[tuple[str, int, int]]:
    """Return what became of each delivery, in the order of their arrival."""
    table = DeliveryRow.__table__.c  # type: ignore[attr-defined]
    found = select(table.outcome, table.stored, table.announced).order_by(table.id)
    return await opened.database.read(lambda c: [(o, s, d) for o, s, d in c.execute(found)])


async def test_one_request_that_carries_several_messages_yields_them_all(
    opened: Opened, caller: httpx.AsyncClient
) -> None:
    for batch in (["one"], ["one", "two", "three", "four"], ["two", "one"]):
        answer = await caller.post("/webhooks/many", json={"messages": batch})
        assert answer.status_code == 200
    [hit] = await opened.timelines.recent(EVERYBODY, 10)
    page = await opened.timelines.page(EVERYBODY, hit.customer.id, Filters(), None, 50)
    assert sorted(e.text or "" for e in page.entries) == ["four", "one", "three", "two"]
    assert await rows(opened) == [("stored", 1, 1), ("stored", 3, 4), ("duplicate", 0, 2)]
    [health] = await opened.timelines.health(EVERYBODY, ["many"])
    assert (health.books.seen, health.books.balanced) == (3, True)
