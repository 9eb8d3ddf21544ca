"""Telling other processes of a commit, and hearing of theirs: a bell only wakes, what happened is read from the feed.

It is rung after the commit, outside of its transaction: NOTIFY inside would let only one transaction commit at a time.
A ring that is lost costs no more than the look that everybody takes now and then anyway.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog

log = structlog.get_logger("timeline.bell")

CHANNEL = "peyvand_committed"
# No more often than this: who is woken looks at all that has come until then.
PAUSE_SECONDS = 0.05
TELL_SECONDS = 5.0
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.1, 5.0


class Bell:
    """One connection of this process, from the first listener or commit on, opened again whenever it is lost."""

    def __init__(
        self, connect: Callable[[], Coroutine[Any, Any, Any]], ring: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        self._connect, self._ring = connect, ring
        self._running: asyncio.Task[None] | None = None
        self._rings: set[asyncio.Task[None]] = set()
        self._due = asyncio.Event()
        self._owed = False
        self._wait = FIRST_WAIT_SECONDS

    def start(self) -> None:
        """Listen from about now on."""
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    def tell(self) -> None:
        """Wake the other processes soon; many calls are one ring."""
        self.start()
        self._owed = True
        self._due.set()

    async def close(self) -> None:
        """Stop listening."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def _run(self) -> None:
        while True:
            try:
                await self._serve(await self._connect())
            except Exception as error:  # noqa: BLE001 - whatever ended it, who listens hears again
                log.warning("not_listening", why=type(error).__name__)
            await asyncio.sleep(self._wait)
            self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)

    async def _serve(self, connection: Any) -> None:
        try:
            connection.add_termination_listener(lambda _: self._due.set())
            await connection.add_listener(CHANNEL, self._hear)
            self._wait = FIRST_WAIT_SECONDS
            await self._ring()  # for what was missed
            while not connection.is_closed():
                await self._due.wait()
                self._due.clear()
                await self._tell(connection)
        finally:
            connection.terminate()

    async def _tell(self, connection: Any) -> None:
        if self._owed and not connection.is_closed():
            self._owed = False
            await connection.execute(f"NOTIFY {CHANNEL}", timeout=TELL_SECONDS)
            await asyncio.sleep(PAUSE_SECONDS)

    def _hear(self, connection: Any, pid: int, _channel: str, _said: object) -> None:
        # our own commits ring without the detour; and one that is closed meanwhile knows no pid
        if not connection.is_closed() and pid != connection.get_server_pid():
            task = asyncio.create_task(self._ring())
            self._rings.add(task)
            task.add_done_callback(self._rings.discard)
