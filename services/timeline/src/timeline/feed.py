"""The change feed as live streams: what changed after a cursor, then what changes, with no gap between."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from uuid import UUID

from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import StreamingResponse

from peyvand.errors import Unavailable
from timeline.ports import Changes, Principal
from timeline.serving import Serving

# Proxies close a connection on which nothing moves, often after 30 s or 60 s.
KEEP_ALIVE_SECONDS = 15.0
# A store wakes us when it can; another process's commits it may not see.
LOOK_SECONDS = 2.0
BATCH = 100
# How long a browser waits before it connects again.
RETRY_MILLISECONDS = 1000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


# Returns what is told of changes: events, each a name and its text.
Tell = Callable[[Changes], Awaitable[Sequence[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows which customer (None: all) from which cursor on."""

    who: Principal
    customer: UUID | None
    after: str


async def follower_of(
    serving: Serving, request: Request, who: Principal, customer: UUID | None, asked: str | None
) -> Follower:
    """Return the follower that a request asks for; raises ValueError for a cursor that is none of ours.

    Last-Event-ID is newer than what the address asked first; without either the stream begins now.
    """
    cursor = request.headers.get("last-event-id") or asked
    if cursor is None:
        return Follower(who, customer, await serving.timelines.feed_end())
    await serving.timelines.changes(who, customer, cursor, 1)  # while a wrong one can be answered with a status
    return Follower(who, customer, cursor)


def streamed(serving: Serving, follower: Follower, tell: Tell) -> StreamingResponse:
    """Return the live stream of a follower."""
    return StreamingResponse(_told(serving, follower, tell), media_type="text/event-stream", headers=HEADERS)


async def _told(serving: Serving, follower: Follower, tell: Tell) -> AsyncGenerator[bytes, None]:
    cursor = follower.after
    # First where it stands, so that a reader who is cut off at once can resume.
    yield format_sse_event(id=cursor, retry=RETRY_MILLISECONDS)
    async with aclosing(follow(serving, follower)) as followed:
        try:
            async for changes in followed:
                if changes is None:
                    yield format_sse_event(comment="still here")
                    continue
                for block in blocks(await tell(changes), cursor, changes.cursor):
                    yield block
                cursor = changes.cursor
        except Unavailable:
            return  # the reader connects again, and is told then with a status


async def follow(serving: Serving, follower: Follower) -> AsyncGenerator[Changes | None, None]:
    """Yield changes as they come, None when nothing came for a while; ends when the service stops."""
    clock = asyncio.get_running_loop().time
    said = clock()
    while not serving.stopping.is_set():
        changes = await _next(serving, follower)
        if changes is not None:
            follower = await _moved(serving, follower, changes)
        if changes is not None or clock() - said >= KEEP_ALIVE_SECONDS:
            yield changes
            said = clock()


async def _next(serving: Serving, follower: Follower) -> Changes | None:
    """Return what changed; else wait until something may have, or the service stops, and return None."""
    # Armed before looking, so that what comes between the look and the wait wakes us too.
    alarms = [asyncio.create_task(serving.timelines.wait(LOOK_SECONDS)), asyncio.create_task(_stopped(serving))]
    try:
        await asyncio.sleep(0)
        changes = await serving.timelines.changes(follower.who, follower.customer, follower.after, BATCH)
        if changes.cursor != follower.after:
            return changes
        rung, _ = await asyncio.wait(alarms, return_when=asyncio.FIRST_COMPLETED)
        for alarm in rung:
            alarm.result()
        return None
    finally:
        for alarm in alarms:
            alarm.cancel()
        await asyncio.gather(*alarms, return_exceptions=True)


async def _stopped(serving: Serving) -> None:
    await serving.stopping.wait()


async def _moved(serving: Serving, follower: Follower, changes: Changes) -> Follower:
    """Return the follower behind the changes; after a regrouping the customer may go by another id."""
    customer = follower.customer
    if changes.regrouped and customer is not None:
        found = await serving.timelines.customer(follower.who, customer)
        customer = found.id if found else customer
    return replace(follower, customer=customer, after=changes.cursor)


def blocks(events: Sequence[tuple[str, str]], before: str, after: str) -> Iterator[bytes]:
    """Return events, each a name and its text, as blocks; only the last of them moves the cursor.

    A reader that is cut off amid a batch is sent the whole batch again: an entry replaces itself, none is missed.
    """
    for name, text in events[:-1]:
        yield format_sse_event(event=name, data_str=text, id=before)
    for name, text in events[-1:]:
        yield format_sse_event(event=name, data_str=text, id=after)
    if not events:
        yield format_sse_event(id=after)
