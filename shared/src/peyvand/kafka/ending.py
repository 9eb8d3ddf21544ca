"""Starting and ending aiokafka's clients without waiting for a broker that hangs, and without leaving anything.

It knows aiokafka 0.14 from within: whatever the release after it renames, tests/kafka/test_publisher_outages.py says.
"""

import asyncio
import traceback
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerClosed

# Nothing here waits for a broker; this is for a mistake.
LONGEST = 2.0


async def start(starting: Coroutine[Any, Any, None]) -> None:
    """Await the start of a client; one that is cancelled forgets a connection half-way, which is closed here."""
    try:
        await starting
    except BaseException as error:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            connection = frame.f_locals.get("bootstrap_conn")
            if connection is not None:
                _abort(connection)
                connection.close()
        raise


async def end(producer: AIOKafkaProducer) -> None:
    """End a producer at once, where its own stop() waits until all is flushed.

    Its callers are told, its tasks end, its sockets close; what it had sent may still arrive.
    """
    producer._closed = True
    _fail_all(producer._message_accumulator)
    client = producer.client
    tasks = _tasks_of(producer._sender) | _tasks_of(client)
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=LONGEST)
    for connection in client._conns.values():
        _abort(connection)
    client._sync_task = None
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST):
            await client.close()


def _abort(connection: Any) -> None:
    if connection._writer is not None:  # close() would wait until a broker that hangs has read its buffer
        connection._writer.transport.abort()


def _fail_all(buffer: Any) -> None:
    batches = {batch for queued in buffer._batches.values() for batch in queued} | buffer._pending_batches
    buffer._batches.clear()
    buffer._pending_batches |= batches  # where each looks for itself as it fails
    buffer.fail_all(ProducerClosed())
    for batch in batches:  # nobody may be waiting for room in it, and an error that nobody sees is complained of
        batch._drain_waiter.exception()


def _tasks_of(owner: object) -> set[asyncio.Task[Any]]:
    """Return the tasks that run a method of the owner; aiokafka keeps no list of them."""
    return {task for task in asyncio.all_tasks() if _owner(task) is owner}


def _owner(task: asyncio.Task[Any]) -> object:
    frame = getattr(task.get_coro(), "cr_frame", None)
    return None if frame is None else frame.f_locals.get("self")
