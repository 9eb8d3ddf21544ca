"""The demo's past counts as received when it happened; what comes while somebody watches does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from peyvand.delivery import Delivery
from peyvand.event import Direction, Kind, event
from peyvand.identity import Organisation
from peyvand.publish import Reading
from peyvand.testing import MemoryPublisher
from peyvand_standalone.demo.captured import PAST, AsCaptured

BEGAN = datetime(2026, 10, 4, 8, 30, tzinfo=UTC)


def reading(received: datetime, occurred: datetime) -> Reading:
    delivery = Delivery(uuid4(), "mail", "mbox", received, b"")
    said = event(
        delivery, Organisation(), key="1", kind=Kind.MESSAGE, direction=Direction.INBOUND, occurred_at=occurred
    )  # fmt: skip
    return Reading(delivery, (said,))


async def received(given: Reading) -> tuple[datetime, datetime]:
    publisher = MemoryPublisher()
    await AsCaptured(publisher, BEGAN).publish([given])
    [published] = publisher.readings
    return published.delivery.received_at, published.events[0].received_at


async def test_a_sample_of_the_past_was_received_then() -> None:
    happened = BEGAN - timedelta(days=3)
    at = happened + timedelta(seconds=2)
    assert await received(reading(BEGAN + timedelta(seconds=1), happened)) == (at, at)


async def test_what_happens_now_was_received_now() -> None:
    assert await received(reading(BEGAN, BEGAN)) == (BEGAN, BEGAN)


async def test_a_mail_that_comes_late_is_late() -> None:
    late = BEGAN + PAST + timedelta(seconds=1)
    assert await received(reading(late, BEGAN - timedelta(days=3))) == (late, late)


async def test_what_is_skipped_is_passed_on_as_it_is() -> None:
    skipped = replace(reading(BEGAN, BEGAN), events=(), skipped="of no interest")
    publisher = MemoryPublisher()
    await AsCaptured(publisher, BEGAN).publish([skipped])
    assert publisher.readings == [skipped]
