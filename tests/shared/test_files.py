"""Files that came with deliveries: in the blob store before the events that name them are published."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from fakes import strange
from parts.s3 import S3
from peyvand import files
from peyvand.blobs import INLINE_LIMIT, Blobs, open_blobs, with_body
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.errors import Unavailable
from peyvand.event import Attachment
from peyvand.files import Unpacked, files_of, put_away, unpacked
from peyvand.identity import Organisation
from peyvand.pull import Pull
from peyvand.source import Arrival, Batch, PullSource, WebhookSource
from peyvand.testing import MemoryBlobs, MemoryCursors, MemoryPublisher
from peyvand.webhook import Hook, Webhooks

AT = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS, ORGANISATION = strange.Settings(), Organisation()


async def fetch(_settings: strange.Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    if cursor is None:
        yield Batch((Arrival(b"one|first", AT, "x://1"), Arrival(b"two|second", AT, "x://2")), {"at": 2})
    while True:
        yield Batch((), {"at": 2})
        await asyncio.sleep(0)


def verify(_delivery: Delivery, _settings: strange.Settings) -> None:
    pass


PULLED = PullSource("strange", strange.Settings, fetch, strange.normalise, files=strange.files)
CALLED = WebhookSource("strange", strange.Settings, verify, strange.normalise, files=strange.files)


class Away(MemoryBlobs):
    """A blob store that is away for as long as it is told to be."""

    away = True

    async def put(self, content: bytes) -> str:
        if self.away:
            raise Unavailable("the blob store is away")
        return await super().put(content)


def delivery(body: bytes, number: int = 1) -> Delivery:
    return Delivery(UUID(int=number), "c", "strange", AT, body)


def found(body: bytes) -> Unpacked:
    return unpacked(PULLED, delivery(body), SETTINGS, ORGANISATION)


async def pulled(blobs: Blobs, publisher: MemoryPublisher, cursors: MemoryCursors, until: int) -> None:
    waits = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    pull = Pull("c", PULLED, SETTINGS, ORGANISATION, publisher, cursors, blobs, "me", sleep=sleep)
    running = asyncio.create_task(pull.run())
    async with asyncio.timeout(5):
        while len(waits) < until and not cursors.cursors:
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("kind", ["folder", pytest.param("s3", marks=pytest.mark.real)])
async def test_pulled_files_are_in_the_store_under_the_name_that_the_event_says(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = open_blobs(str(tmp_path) if kind == "folder" else _bucket(request.getfixturevalue("s3"), monkeypatch))
    publisher = MemoryPublisher()
    await pulled(blobs, publisher, MemoryCursors(), until=99)
    attached = [a for e in publisher.events for a in e.attachments]
    assert [a.at for a in attached] == [f"sha256:{a.sha256}" for a in attached]
    assert {a.state for a in attached} == {"stored"}
    assert [await blobs.get(a.at) for a in attached] == [b"first", b"second"]


async def test_while_the_store_is_away_nothing_is_published_and_the_cursor_stays() -> None:
    blobs, publisher, cursors = Away(), MemoryPublisher(), MemoryCursors()
    await pulled(blobs, publisher, cursors, until=3)
    assert (publisher.readings, cursors.cursors) == ([], {})
    assert cursors.errors["c"] == "the blob store is away"
    blobs.away = False
    await pulled(blobs, publisher, cursors, until=99)
    assert len(publisher.readings) == 2
    assert sorted(blobs.held.values()) == [b"first", b"second"]


async def test_a_webhook_is_answered_503_while_the_store_is_away_and_200_when_it_has_the_file() -> None:
    blobs, publisher = Away(), MemoryPublisher()
    hooks = Webhooks({"c": Hook(CALLED, SETTINGS)}, ORGANISATION, publisher, blobs)
    transport = httpx.ASGITransport(Starlette(routes=[hooks.route()]))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.post("/webhooks/c", content=b"one|first")).status_code == 503
        assert publisher.readings == []
        blobs.away = False
        assert (await client.post("/webhooks/c", content=b"one|first")).status_code == 200
    assert await blobs.get(publisher.events[0].attachments[0].at) == b"first"


async def test_a_delivery_that_is_read_again_gives_the_same_events() -> None:
    blobs = MemoryBlobs()
    first = await put_away([found(b"one|first")], blobs)
    assert await put_away([found(b"one|first")], blobs) == first


async def test_a_long_body_travels_by_reference_and_a_short_one_does_not() -> None:
    blobs = MemoryBlobs()
    long = found(b"long".ljust(INLINE_LIMIT + 1, b"."))
    short = found(b"short".ljust(INLINE_LIMIT, b"."))
    away, here = await put_away([long, short], blobs)
    assert (away.delivery.body, away.delivery.body_ref is not None) == (b"", True)
    assert await with_body(away.delivery, blobs) == long.reading.delivery
    assert here == short.reading


async def test_a_file_over_the_limit_stays_in_the_raw_delivery_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 4)
    blobs = MemoryBlobs()
    large, small = await put_away([found(b"one|first"), found(b"two|1234")], blobs)
    assert [(a.at, a.state) for a in large.events[0].attachments] == [("raw", "too large, in raw")]
    assert small.events[0].attachments[0].state == "stored"
    assert list(blobs.held.values()) == [b"1234"]


async def test_files_are_put_away_in_portions_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PORTION", 1_000)
    sizes: list[int] = []

    class Counting(MemoryBlobs):
        async def put_all(self, contents: object) -> list[str]:
            assert isinstance(contents, list)
            sizes.append(sum(map(len, contents)))
            return await super().put_all(contents)

    blobs = Counting()
    await put_away([found(b"m%d|%d" % (n, n) + b"x" * 300) for n in range(20)], blobs)
    assert len(blobs.held) == 20
    assert max(sizes) <= 1_000


async def test_a_fault_in_unpacking_costs_nobody_the_message() -> None:
    def broken(_delivery: Delivery, _settings: strange.Settings) -> dict[str, bytes]:
        raise RuntimeError

    reading = found(b"one|first").reading
    kept = files_of(replace(PULLED, files=broken), reading, SETTINGS)
    (stored,) = await put_away([Unpacked(reading, kept)], MemoryBlobs())
    assert [(a.at, a.state) for a in stored.events[0].attachments] == [("raw", "in raw")]


async def test_what_a_vendor_keeps_and_what_was_cut_is_left_alone() -> None:
    reading = found(b"one|first").reading
    (file,) = reading.events[0].attachments
    there = (file.model_copy(update={"at": "vendor:1"}), Attachment(name="cut", state="not fetched"))
    reading = replace(reading, events=(reading.events[0].model_copy(update={"attachments": there}),))
    assert files_of(PULLED, reading, SETTINGS) == {}
    assert await put_away([Unpacked(reading)], MemoryBlobs()) == [reading]


def _bucket(s3: S3, monkeypatch: pytest.MonkeyPatch) -> str:
    given = {
        "AWS_ENDPOINT_URL": s3.url, "AWS_REGION": s3.region, "AWS_ACCESS_KEY_ID": s3.access_key,
        "AWS_SECRET_ACCESS_KEY": s3.secret_key, "AWS_ALLOW_HTTP": "true", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return f"s3://{s3.bucket()}"
