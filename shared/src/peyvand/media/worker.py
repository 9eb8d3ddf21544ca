"""Fetches the files of a process's connectors, a few at once, for ever."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog

from peyvand.back_off import jittered
from peyvand.errands import Desk, Errand, Errands, Task
from peyvand.errands import metrics as waiting
from peyvand.errors import SignInFailed, Unavailable
from peyvand.event import InteractionEvent
from peyvand.media import metrics
from peyvand.media.fetching import GIVEN_UP, Fetching, Ours, Place

log = structlog.get_logger("peyvand.media")

AT_ONCE = 4
LEASE_SECONDS = 60.0
# Other processes put errands too, and what failed is due again some time.
IDLE_SECONDS = 5.0
# A vendor may be away for a day; a file at which the process dies again and again is left alone.
GIVE_UP_AFTER = timedelta(hours=24)
MOST_ATTEMPTS = 60
FIRST_WAIT, LONGEST_WAIT = 5.0, 3600.0
OUR_WAIT = 10.0
# So long a done errand is known, so that a delivery that its vendor repeats asks for nothing again.
KNOWN_SECONDS = 7 * 24 * 3600.0
_TIDIED_EVERY = timedelta(hours=1)


@dataclass(slots=True)
class MediaWorker:
    """All connectors of a process whose files are fetched."""

    places: Mapping[str, Place]
    errands: Errands
    fetching: Fetching
    holder: str
    desk: Desk
    lease_seconds: float = LEASE_SECONDS
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    trouble: str | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _tidied: datetime | None = None

    @property
    def connector(self) -> str:
        """Return its name among what runs by itself."""
        return "files"

    async def run(self) -> None:
        """Fetch until cancelled; what was being fetched then is claimed again by whoever comes next."""
        try:
            await self._begin()
            while True:
                await self._look()
        finally:
            for task in self._running:
                task.cancel()

    async def _begin(self) -> None:
        while True:
            with suppress(Unavailable):
                await self.errands.let_go(self.holder)
                return
            await self.sleep(OUR_WAIT)

    async def _look(self) -> None:
        """Begin with what is due, and wait until there may be more or room for more."""
        seen, room = self.desk.puts, AT_ONCE - len(self._running)
        try:
            found = await self.errands.claim(Task.FETCH, self.places, self.holder, self.lease_seconds, room)
            await self._tell()
            self.trouble = None
        except Unavailable as away:
            self.trouble = str(away)
            await self.sleep(OUR_WAIT)
            return
        for errand in found:
            task = asyncio.create_task(self._kept(errand), name=f"file of {errand.connector}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        metrics.RUNNING.set(len(self._running))
        if len(self._running) >= AT_ONCE:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        elif len(found) < room:
            await self.desk.news(seen, IDLE_SECONDS)

    async def _kept(self, errand: Errand) -> None:
        """Do an errand while its claim is renewed; whatever happens, it is done or due again."""
        renewing = asyncio.create_task(self._renew(errand))
        try:
            await self._do(errand)
        except Unavailable as away:  # the claim runs out, and it is claimed again
            log.warning("errand not settled", connector=errand.connector, why=str(away))
        except Exception as error:  # noqa: BLE001 - one file must not end the others
            log.error("errand failed", connector=errand.connector, error=type(error).__name__)
        finally:
            renewing.cancel()

    async def _renew(self, errand: Errand) -> None:
        while True:
            await asyncio.sleep(self.lease_seconds / 3)
            with suppress(Unavailable):
                await self.errands.renew(errand, self.holder, self.lease_seconds)

    async def _do(self, errand: Errand) -> None:
        place, asked = self.places[errand.connector], InteractionEvent.model_validate_json(errand.payload)
        try:
            if self._is_over(errand):
                state = await self.fetching.say(place, asked, GIVEN_UP)
                log.error("file given up", connector=errand.connector, attempts=errand.attempts)
            else:
                state = await self.fetching.fetch(place, asked)
        except Ours as error:  # no attempt at the vendor: its file waits for us
            again = replace(errand, attempts=errand.attempts - 1)
            await self.errands.later(again, jittered(0, OUR_WAIT, OUR_WAIT), str(error))
        except Exception as error:  # noqa: BLE001 - what a channel stumbles over may be mended, so it is tried again
            await self._later(errand, error)
        else:
            await self.errands.done(errand)
            metrics.FILES.labels(errand.connector, state).inc()

    async def _later(self, errand: Errand, error: Exception) -> None:
        plain = isinstance(error, Unavailable | SignInFailed)
        why = str(error) if plain else f"an unexpected {type(error).__name__}"
        asked = error.retry_after if isinstance(error, Unavailable) and error.retry_after > FIRST_WAIT else 0
        metrics.FAILED.labels(errand.connector).inc()
        log.warning("file not fetched", connector=errand.connector, error=type(error).__name__)
        await self.errands.later(errand, asked + jittered(errand.attempts - 1, FIRST_WAIT, LONGEST_WAIT), why)

    def _is_over(self, errand: Errand) -> bool:
        """Return whether a file is given up: by what it failed at before, and not because we were away ourselves."""
        tried = errand.attempts > 1 and self.now() - errand.born > GIVE_UP_AFTER
        return tried or errand.attempts > MOST_ATTEMPTS

    async def _tell(self) -> None:
        now = self.now()
        found = await self.errands.waiting(Task.FETCH, self.places)
        for name in self.places:
            waits = found.get(name)
            waiting.WAITING.labels(name, Task.FETCH).set(waits.count if waits else 0)
            waiting.OLDEST.labels(name, Task.FETCH).set(waits.oldest.timestamp() if waits else 0)
        if self._tidied is None or now - self._tidied > _TIDIED_EVERY:
            await self.errands.forget(KNOWN_SECONDS)
            self._tidied = now
