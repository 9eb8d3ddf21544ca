"""One connector's line of deliveries to hand on: the first is handed on before the second is looked at."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import httpx
import structlog

from peyvand.back_off import jittered
from peyvand.blobs import Blobs, with_body
from peyvand.cursors import Cursors
from peyvand.errands import Desk, Errand, Errands, Task
from peyvand.errands import metrics as waiting
from peyvand.errands.handing_on import headers_of, read
from peyvand.errors import LeaseLost, PeyvandError, Unavailable
from peyvand.relay import metrics
from peyvand.tenure import Tenure, held

log = structlog.get_logger("peyvand.relay")

LEASE_SECONDS = 30.0
IDLE_SECONDS = 2.0
TOGETHER = 20
# A receiver that is away for longer has missed what Telegram itself would have thrown away by then.
GIVE_UP_AFTER = timedelta(hours=24)
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
TIMEOUT = httpx.Timeout(20.0, connect=5.0)
_NOTED_EVERY = timedelta(seconds=15)


@dataclass(slots=True)
class Relay:
    """Hands on the deliveries of one connector; of several copies one does, by the lease `relay:<connector>`.

    The address is the operator's own word, so it may be a private one; a redirect is no answer.
    """

    of: str
    url: str
    secrets: Sequence[str]
    errands: Errands
    cursors: Cursors
    blobs: Blobs
    holder: str
    desk: Desk
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    lease_seconds: float = LEASE_SECONDS
    trouble: str | None = None
    _noted: datetime | None = None

    @property
    def connector(self) -> str:
        """Return its name among what runs by itself, and on its lease; no connector's name has a colon."""
        return f"relay:{self.of}"

    async def run(self) -> None:
        """Hand on until cancelled."""
        while True:
            try:
                async with held(self.cursors, self.connector, self.holder, self.lease_seconds) as tenure:
                    if tenure is not None:
                        await self._serve(tenure)
                await self.sleep(self.lease_seconds / 3)  # another copy does
            except LeaseLost as lost:
                log.warning("relay lost its lease", connector=self.of, why=str(lost))
            except Unavailable as away:  # our own database: what waits in it waits
                log.warning("relay waits", connector=self.of, why=str(away))
            await self.sleep(FIRST_WAIT)

    async def _serve(self, tenure: Tenure) -> NoReturn:
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            while True:
                seen = self.desk.puts
                line = await self.errands.line(Task.RELAY, self.of, TOGETHER)
                await self._tell()
                for errand in line:
                    await self._hand_on(client, errand, tenure)
                if not line:
                    await self.desk.news(seen, IDLE_SECONDS)

    async def _hand_on(self, client: httpx.AsyncClient, errand: Errand, tenure: Tenure) -> None:
        """Return once one is handed on or given up, however long that takes; each is tried once at least."""
        failures = 0
        while (why := await self._refused(client, errand, tenure)) is not None:
            errand = replace(errand, attempts=errand.attempts + 1)
            await self._failed(errand, why)
            await self.sleep(jittered(failures, FIRST_WAIT, LONGEST_WAIT))
            if self.now() - errand.born > GIVE_UP_AFTER:
                log.error("delivery not handed on: given up", connector=self.of, attempts=errand.attempts)
                await self._done(errand, "given up")
                return
            failures += 1
        await self._done(errand, "handed on")
        await self._well()

    async def _refused(self, client: httpx.AsyncClient, errand: Errand, tenure: Tenure) -> str | None:
        """Return None when the receiver took a delivery, else in words what it did instead; raises LeaseLost."""
        tenure.require()
        delivery = read(errand.payload)
        try:
            body = (await with_body(delivery, self.blobs)).body
        except KeyError:
            return "the body is not in the blob store any more"
        method = delivery.method or "POST"
        try:
            answer = await client.request(
                method, self.url, content=body, headers=dict(headers_of(delivery, self.secrets))
            )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return f"the receiver cannot be reached ({type(error).__name__})"
        return None if answer.is_success else f"the receiver answers {answer.status_code}"

    async def _done(self, errand: Errand, outcome: str) -> None:
        await self.errands.done(errand)
        metrics.RELAYED.labels(self.of, outcome).inc()

    async def _well(self) -> None:
        metrics.FAILING.labels(self.of).set(0)
        now = self.now()
        if self.trouble is not None or self._noted is None or now - self._noted > _NOTED_EVERY:
            self.trouble, self._noted = None, now
            await self.cursors.polled(self.connector, now)

    async def _failed(self, errand: Errand, why: str) -> None:
        self.trouble = why
        metrics.FAILING.labels(self.of).set(1)
        log.warning("delivery not handed on", connector=self.of, why=why, attempts=errand.attempts)
        try:
            await self.errands.later(errand, 0, why)
            await self.cursors.failed(self.connector, self.now(), why)
            await self._tell()
        except PeyvandError:
            log.warning("relay's state not noted", connector=self.of)

    async def _tell(self) -> None:
        waits = (await self.errands.waiting(Task.RELAY, [self.of])).get(self.of)
        waiting.WAITING.labels(self.of, Task.RELAY).set(waits.count if waits else 0)
        waiting.OLDEST.labels(self.of, Task.RELAY).set(waits.oldest.timestamp() if waits else 0)
