"""Where errands are taken down once their delivery is durable: nothing that goes wrong here costs the delivery."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from pydantic import BaseModel

from peyvand.back_off import BackOff
from peyvand.delivery import Delivery
from peyvand.errands import metrics
from peyvand.errands.errand import Errand, Errands
from peyvand.errands.wanted import wanted
from peyvand.publish import Reading
from peyvand.source import Source

log = structlog.get_logger("peyvand.errands")

# A webhook is not kept waiting longer for a database that does not answer.
PATIENCE = 2.0
# What the database cannot take now is held in memory up to so many bytes, and lost with the process.
MOST_BYTES = 32 * 1024 * 1024
_TOGETHER = 500
_FOR_ONE = 300  # bytes of an errand without its payload
_STOP_SECONDS = 3.0


@dataclass(slots=True)
class Desk:
    """Takes down errands; without a database to keep them in, none is done."""

    errands: Errands | None = None
    back_off: BackOff = field(default_factory=BackOff)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    puts: int = 0
    trouble: str | None = None
    _held: deque[Errand] = field(default_factory=deque)
    _bytes: int = 0
    _unkept: asyncio.Event = field(default_factory=asyncio.Event)
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def connector(self) -> str:
        """Return its name among what runs by itself."""
        return "errands"

    async def note(self, source: Source, settings: BaseModel, durable: Iterable[tuple[Delivery, Reading]]) -> None:
        """Take down what is to be done for deliveries that are durable, each as it came and as it was stored.

        Raises nothing.
        """
        if self.errands is None:
            return
        try:
            found = [errand for came, stored in durable for errand in wanted(source, settings, came, stored)]
        except Exception as error:  # noqa: BLE001 - a fault of ours in reading settings must not refuse what is durable
            log.error("errands not found", source=source.name, error=type(error).__name__)
            return
        if not found:
            return
        if self._held or not await self._is_put(found):
            self._hold(found)

    async def run(self) -> None:
        """Put what is held as soon as the database takes it, until cancelled."""
        failures = 0
        try:
            while True:
                await self._unkept.wait()
                failures = 0 if await self._is_put_together() else failures + 1
                if failures:
                    await self.sleep(self.back_off.of_ours(failures))
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_STOP_SECONDS):
                    while self._held and await self._is_put_together():
                        pass

    async def news(self, seen: int, seconds: float) -> None:
        """Return when something was put since `puts` was looked at, or after so long: others put too."""
        if self.puts == seen:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._rung.wait()

    async def _is_put_together(self) -> bool:
        some = [self._held[n] for n in range(min(_TOGETHER, len(self._held)))]
        if not await self._is_put(some):
            return False
        for errand in some:
            self._held.popleft()
            self._bytes -= _size(errand)
        metrics.UNNOTED.set(len(self._held))
        if not self._held:
            self._unkept.clear()
        return True

    async def _is_put(self, errands: Sequence[Errand]) -> bool:
        assert self.errands is not None
        try:
            async with asyncio.timeout(PATIENCE):
                await self.errands.put(errands)
        except Exception as error:  # noqa: BLE001 - whatever it is, the delivery is durable and its caller hears so
            self.trouble = f"files and what is to be handed on wait in memory: {error or type(error).__name__}"
            log.warning("errands not put", errands=len(errands), error=type(error).__name__)
            return False
        self.trouble = None
        self.puts += 1
        self._rung.set()
        self._rung = asyncio.Event()
        return True

    def _hold(self, errands: Sequence[Errand]) -> None:
        for errand in errands:
            if self._bytes + _size(errand) > MOST_BYTES:
                metrics.LOST.labels(errand.connector, errand.task).inc()
                log.error("errand lost: too many wait for the database", connector=errand.connector, task=errand.task)
                continue
            self._held.append(errand)
            self._bytes += _size(errand)
        metrics.UNNOTED.set(len(self._held))
        self._unkept.set()


def _size(errand: Errand) -> int:
    return len(errand.payload) + _FOR_ONE
