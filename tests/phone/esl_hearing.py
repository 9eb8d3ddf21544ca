"""Listening to the stand-in of FreeSWITCH's event socket, and what that means."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, cast
from uuid import UUID

from ingest_phone.freeswitch import heard
from ingest_phone.freeswitch.live import live_leg
from ingest_phone.freeswitch.settings import Settings
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import InteractionEvent
from peyvand.source import Arrival, Batch
from phone.esl_switch import PASSWORD, dialogue, switch, told
from phone.freeswitch_cdrs import ORGANISATION


def listening(at: str, password: str = PASSWORD) -> Settings:
    return Settings.model_validate({"esl": at, "password": password})


async def take(at: str, found: list[Arrival], many: int = 1_000) -> None:
    """Take so many arrivals as a connector is told."""
    batches = cast("AsyncGenerator[Batch, None]", heard.listen(listening(at), None))
    async with asyncio.timeout(10), aclosing(batches):
        async for batch in batches:
            found += batch.arrivals
            if len(found) >= many:
                break


async def arrivals(at: str, many: int) -> list[Arrival]:
    found: list[Arrival] = []
    await take(at, found, many)
    return found


def read(found: Sequence[Arrival]) -> list[InteractionEvent]:
    events = []
    for number, one in enumerate(found):
        delivery = Delivery(UUID(int=number), "pbx-live", "freeswitch", one.received_at, one.body, url=one.url)
        try:
            events.append(live_leg(delivery, listening("pbx:8021"), ORGANISATION))
        except Skipped:
            continue
    return events


async def lived(name: str, **fields: Any) -> list[InteractionEvent]:
    """Return what a dialogue means that came over TCP."""
    events = dialogue(name)
    many = sum(event["Event-Name"] != "CUSTOM" for event in events) + len(fields.get("dumps", {}))
    async with switch(events=[told(event) for event in events], **fields) as pbx:
        return sorted(read(await arrivals(pbx.at, many)), key=lambda e: e.order)
