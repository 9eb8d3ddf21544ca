"""Files at vendors: fetched, put away and told as events; what cannot be fetched costs nobody the message."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.responses import Response

from errands.files import PNG, Settings, Vendor, at_work, brought, lying, until, worker
from making import ORGANISATION
from parts.served import served
from peyvand.errands import Desk, Task
from peyvand.errors import Gone, SignInFailed, Unavailable
from peyvand.event import Change, InteractionEvent, Kind, asking
from peyvand.fetching import Guard
from peyvand.media import Fetching, Place
from peyvand.settings import Retention
from peyvand.source import Remote, read
from peyvand.testing import MemoryBlobs, MemoryPublisher
from timeline.folds.interaction import fold
from timeline.store import Database, SqlErrands, open_database


@pytest.fixture(scope="module")
def serving() -> Iterator[Vendor]:
    vendor = Vendor()
    with served(vendor.application) as url:
        vendor.url = url
        yield vendor


@pytest.fixture
def vendor(serving: Vendor) -> Vendor:
    for kept in (serving.answers, serving.located, serving.served):
        kept.clear()
    return serving


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(f"sqlite:///{tmp_path}/store.db")
    yield opened
    await opened.close()


@pytest.fixture
def errands(database: Database) -> SqlErrands:
    return SqlErrands(database)


@pytest.fixture
def publisher() -> MemoryPublisher:
    return MemoryPublisher()


@pytest.fixture
def blobs() -> MemoryBlobs:
    return MemoryBlobs()


async def fetched(
    event: InteractionEvent, vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs
) -> tuple[str, ...]:
    """Return the states of a message's files once there is word of each."""
    await Desk(errands).note(vendor.source, Settings(), [brought(event)])
    async with at_work(worker(vendor, errands, publisher, blobs)):
        async with asyncio.timeout(10):
            while await errands.waiting(Task.FETCH, ["shop-bot"]):
                await asyncio.sleep(0.01)
    return tuple(a.state for a in fold([event, *publisher.events]).attachments)


async def test_a_file_at_its_vendor_ends_in_the_blob_store(
    vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs
) -> None:
    event = lying("a", "b")
    assert await fetched(event, vendor, errands, publisher, blobs) == ("stored", "stored")
    file = fold([*publisher.events, event]).attachments[0]
    assert blobs.held[file.at] == PNG
    assert (file.name, file.size, file.sniffed_type, file.origin) == ("a.png", len(PNG), "image/png", "t:a")
    assert {e.change for e in publisher.events} == {Change.FILES}
    assert {e.interaction_id for e in publisher.events} == {event.interaction_id}


async def test_word_of_a_file_says_nothing_of_who_wrote(
    vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs
) -> None:
    await fetched(lying("a", text="private"), vendor, errands, publisher, blobs)
    (event,) = publisher.events
    assert (event.parties, event.text) == ((), None)


async def test_reading_the_delivery_of_a_fetched_file_again_gives_the_same_event(
    vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs
) -> None:
    await fetched(lying("a"), vendor, errands, publisher, blobs)
    (first,) = publisher.readings
    assert read(vendor.source, first.delivery, Settings(), ORGANISATION).events == first.events


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Gone("it is gone"), "gone at the vendor"),
        (Remote("http://10.0.0.1/file"), "at an address that is not fetched"),
        (Remote("http://127.0.0.1/file"), "at an address that is not fetched"),
        (Remote("https://files.example/x", size=2_000_000), "too large, at the vendor"),
    ],
    ids=["gone", "private", "this machine", "announced too large"],
)
async def test_what_cannot_be_fetched_is_said_in_words_and_not_tried_again(
    vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs, answer: object, state: str
) -> None:
    vendor.answers["t:a"] = answer
    event = lying("a", "b")
    assert await fetched(event, vendor, errands, publisher, blobs) == (state, "stored")
    assert await errands.line(Task.FETCH, "shop-bot", 9) == []
    assert fold([event, *publisher.events]).text == "x"


async def test_a_dead_link_is_said_to_be_gone(
    vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs
) -> None:
    vendor.served["a"] = lambda: Response(status_code=404)
    assert await fetched(lying("a"), vendor, errands, publisher, blobs) == ("gone at the vendor",)


@pytest.mark.parametrize(
    "trouble", [Unavailable("the vendor is away"), SignInFailed("the token is refused"), KeyError("a bug")]
)
async def test_what_fails_is_asked_for_again_later_with_the_reason(
    vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs, trouble: Exception
) -> None:
    vendor.answers["t:a"] = trouble
    await Desk(errands).note(vendor.source, Settings(), [brought(lying("a"))])
    async with at_work(worker(vendor, errands, publisher, blobs)):
        await until(lambda: bool(vendor.located))
        waits = await _waiting_with_reason(errands)
    assert waits in ("the vendor is away", "the token is refused", "an unexpected KeyError")
    assert publisher.events == []


async def _waiting_with_reason(errands: SqlErrands) -> str:
    async with asyncio.timeout(10):
        while not (found := (await errands.waiting(Task.FETCH, ["shop-bot"]))["shop-bot"]).error:
            await asyncio.sleep(0.01)
    return found.error


async def test_a_file_that_was_not_had_for_a_day_is_given_up(
    vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs
) -> None:
    vendor.answers["t:a"] = Unavailable("away")
    event = lying("a").model_copy(update={"received_at": datetime.now(UTC) - timedelta(hours=25)})
    await Desk(errands).note(vendor.source, Settings(), [brought(event)])
    (errand,) = await errands.claim(Task.FETCH, ["shop-bot"], "before", 60, 1)
    await errands.later(errand, 0, "away")
    async with at_work(worker(vendor, errands, publisher, blobs)):
        await until(lambda: bool(publisher.events))
    assert [a.state for a in publisher.events[0].attachments] == ["could not be fetched"]


async def test_an_outage_of_our_own_costs_no_attempt(
    vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs
) -> None:
    publisher.away = True
    await Desk(errands).note(vendor.source, Settings(), [brought(lying("a"))])
    async with at_work(worker(vendor, errands, publisher, blobs)):
        assert await _waiting_with_reason(errands) == "the bus is away"
    (errand,) = await errands.line(Task.FETCH, "shop-bot", 1)
    assert errand.attempts == 0


async def test_the_same_file_is_fetched_once_however_often_its_message_comes(
    vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs
) -> None:
    event = lying("a")
    edit = event.model_copy(update={"change": Change.EDITED, "event_id": event.interaction_id})
    await Desk(errands).note(vendor.source, Settings(), [brought(event), brought(edit)])
    await fetched(event, vendor, errands, publisher, blobs)
    await fetched(edit, vendor, errands, publisher, blobs)
    assert vendor.located == ["t:a"]


async def test_two_workers_fetch_each_file_once(
    vendor: Vendor, errands: SqlErrands, publisher: MemoryPublisher, blobs: MemoryBlobs
) -> None:
    names = [str(n) for n in range(12)]
    await Desk(errands).note(vendor.source, Settings(), [brought(lying(*names))])
    async with at_work(*(worker(vendor, errands, publisher, blobs, holder) for holder in "ab")):
        await until(lambda: len(publisher.events) == 12)
    assert sorted(vendor.located) == sorted(f"t:{n}" for n in names)


@pytest.mark.parametrize(("days_ago", "state"), [(29, "stored"), (32, "no longer kept")])
async def test_a_recording_over_its_time_is_not_fetched_again(
    vendor: Vendor, publisher: MemoryPublisher, blobs: MemoryBlobs, days_ago: int, state: str
) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    call = lying("a").model_copy(update={"kind": Kind.CALL, "occurred_at": at})
    place = Place("telegram", vendor.locate, Settings(), 1_000_000)
    fetching = Fetching(publisher, blobs, Guard(), retention=Retention(recordings_days=30))
    assert await fetching.fetch(place, asking(call, call.attachments[0])) == state
    found = [name.partition("/")[0] for name in blobs.held]
    assert found == ([f"recording:{at.date()}"] if state == "stored" else [])
