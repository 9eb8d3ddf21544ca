"""How many connections one host gets from us: mailboxes beyond that take turns."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

Host = tuple[str, int]


@dataclass(slots=True)
class _Room:
    """One host: how many connections it has, and who waits for one, first come first served."""

    taken: int = 0
    waiting: deque[tuple[int, asyncio.Future[None]]] = field(default_factory=deque)

    def call(self) -> None:
        """Give free seats to those who wait."""
        while self.waiting and (self.waiting[0][1].done() or self.taken < self.waiting[0][0]):
            _, turn = self.waiting.popleft()
            if not turn.done():
                self.taken += 1
                turn.set_result(None)


@dataclass(frozen=True, slots=True)
class Seat:
    """The right to one connection."""

    room: _Room

    def wanted(self) -> bool:
        """Return whether somebody waits for it."""
        return any(not turn.done() for _, turn in self.room.waiting)


@dataclass(frozen=True, slots=True)
class Seats:
    """All hosts of one event loop."""

    rooms: dict[Host, _Room] = field(default_factory=dict)

    @asynccontextmanager
    async def taken(self, host: Host, most: int) -> AsyncIterator[Seat]:
        """Hold a connection's seat while the body runs, waiting for one where the host has `most` already."""
        room = self.rooms.setdefault(host, _Room())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        room.waiting.append((most, turn))
        room.call()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the seat was given at the same moment
                room.taken -= 1
                room.call()
            raise
        try:
            yield Seat(room)
        finally:
            room.taken -= 1
            room.call()


@dataclass(frozen=True, slots=True)
class Hosts:
    """The seats of each event loop: a process has one, tests have many."""

    of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Seats] = field(default_factory=WeakKeyDictionary)

    def seats(self) -> Seats:
        """Return those of the running loop."""
        return self.of_loop.setdefault(asyncio.get_running_loop(), Seats())
