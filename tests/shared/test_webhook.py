"""Webhooks of any source: what is a delivery, and what our own trouble in reading one costs its sender."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import BaseModel
from starlette.applications import Starlette

from peyvand.delivery import Delivery
from peyvand.environment import Process, Storage
from peyvand.errors import BadPayload
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.kafka.settings import KafkaSettings
from peyvand.service import Service, running
from peyvand.settings import Configuration
from peyvand.source import WebhookSource
from peyvand.testing import MemoryBlobs, MemoryPublisher
from peyvand.webhook import Hook, Webhooks


class Settings(BaseModel):
    pass


def anybody(_delivery: Delivery, _settings: Settings) -> None:
    return None


def normalise(delivery: Delivery, _settings: Settings, _organisation: Organisation) -> Sequence[InteractionEvent]:
    if delivery.body == b"theirs":
        raise BadPayload("theirs to mend")
    raise KeyError("ours to mend")


@asynccontextmanager
async def calling(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
        yield client


@pytest.fixture
def publisher() -> MemoryPublisher:
    return MemoryPublisher()


@pytest.fixture
def app(publisher: MemoryPublisher) -> Starlette:
    source = WebhookSource(name="own", settings=Settings, verify=anybody, normalise=normalise, ours=True)
    webhooks = Webhooks({"own": Hook(source, Settings())}, Organisation(), publisher, MemoryBlobs())
    return Starlette(routes=[webhooks.route()])


async def test_what_our_own_reading_stumbles_over_is_kept_though_the_contract_is_ours(
    app: Starlette, publisher: MemoryPublisher
) -> None:
    async with calling(app) as client:
        answers = [(await client.post("/webhooks/own", content=body)).status_code for body in (b"theirs", b"ours")]
    assert answers == [422, 200]
    assert [(r.delivery.body, r.kept) for r in publisher.readings] == [(b"ours", "the own normaliser failed: KeyError")]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_who_only_looks_delivers_nothing(app: Starlette, publisher: MemoryPublisher, method: str) -> None:
    async with calling(app) as client:
        answer = await client.request(method, "/webhooks/own")
    assert (answer.status_code, publisher.readings) == (405, [])


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/webhooks/x", 405)])
async def test_a_service_alone_refuses_with_a_problem_body(
    tmp_path_factory: pytest.TempPathFactory, method: str, path: str, status: int
) -> None:
    process = Process(blobs=str(tmp_path_factory.mktemp("blobs")))
    service = Service(Configuration(Organisation()), (), process, Storage(), KafkaSettings(bootstrap_servers=None))
    async with running(service) as app, calling(app) as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
