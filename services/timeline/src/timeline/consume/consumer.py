"""The timeline's consumer: started and started again until it is told to stop, whatever Kafka does meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog

from peyvand.errors import Unavailable
from peyvand.kafka.admin import administering
from peyvand.kafka.settings import KafkaSettings
from peyvand.wire import DELIVERIES, EVENTS
from timeline.consume.handler import Handler
from timeline.consume.intake import Intake
from timeline.consume.letters import Letters
from timeline.consume.membership import Membership
from timeline.consume.pace import PACE, Pace
from timeline.consume.patience import Patience, happens
from timeline.consume.settling import settle_for_ever
from timeline.consume.subscription import Subscription, subscribe
from timeline.consume.watch import Watch
from timeline.ports import Store

log = structlog.get_logger("timeline.consume")

JUST_STARTED = "the consumer has just been started"
# A rebalance waits for a running batch this part of the time that the group waits for this worker.
_PATIENT_PART = 1 / 3


@asynccontextmanager
async def consuming(
    settings: KafkaSettings, store: Store, letters: Letters, pace: Pace = PACE
) -> AsyncIterator["Consumer"]:
    """Consume while the body runs, without waiting for Kafka; in the end finish and commit the running batch."""
    consumer = Consumer(settings, store, letters, pace)
    task = asyncio.create_task(consumer.live(), name="consumer")
    settling = asyncio.create_task(settle_for_ever(store), name="settling")
    try:
        yield consumer
    finally:
        settling.cancel()
        consumer.stop()
        await task
        await asyncio.wait({settling})


@dataclass(slots=True)
class Consumer:
    """One member of the timeline's group."""

    settings: KafkaSettings
    store: Store
    letters: Letters
    pace: Pace
    _patience: Patience = field(init=False)
    _membership: Membership = field(init=False)
    _handler: Handler = field(init=False)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _trouble: str | None = JUST_STARTED

    def __post_init__(self) -> None:
        self._patience = Patience(self.pace)
        self._membership = Membership(self._patience, self.settings.session_seconds * _PATIENT_PART)
        intake = Intake(self._topics, self.store, self.letters, self._patience)
        self._handler = Handler(intake, self._membership, self.pace)

    def ready(self) -> str | None:
        """Return None while what comes is recorded, else what is wrong in words."""
        return self._trouble or self._patience.words or self._unassigned()

    def stop(self) -> None:
        """Fetch nothing more, and wait for nothing more that is away."""
        self._stopping.set()
        self._membership.stopping = True
        self._patience.enough.set()

    async def live(self) -> None:
        """Return when told to stop; until then every end of the consumer is a new beginning, after a pause."""
        pause = self.pace.first_pause
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                await self._one_life()
            except Exception as error:  # noqa: BLE001 - the consumer outlives whatever ended it
                self._say(_in_words(error))
            if time.monotonic() - began > self.pace.most_idle:
                pause = self.pace.first_pause
            await happens(self._stopping, pause)
            pause = min(pause * 2, self.pace.longest_pause)

    @property
    def _topics(self) -> dict[str, str]:
        return {self.settings.topic(name): name for name in (EVENTS, DELIVERIES)}

    async def _one_life(self) -> None:
        self._membership.dealing_since = time.monotonic()
        subscription = subscribe(self.settings, self.pace, [*self._topics], self._membership, self._handler)
        try:
            await self._unless_stopping(self._start(subscription))
            await Watch(self._handler, self.pace, self._topics, self._say).until(
                self._stopping, subscription.subscriber
            )
        finally:
            await self._end(subscription)

    async def _unless_stopping(self, work: Coroutine[None, None, None]) -> None:
        task, stopping = asyncio.create_task(work), asyncio.create_task(self._stopping.wait())
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not task.done():
            task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _start(self, subscription: Subscription) -> None:
        async with administering(self.settings, self.pace.answer) as admin:
            missing = self._topics.keys() - await admin.topics(self._topics)
        if missing:  # subscribing to one might create it, with a single partition
            raise Unavailable(f"Kafka has no topic {', '.join(sorted(missing))}: python -m peyvand.kafka.topics")
        await subscription.broker.start()
        self._say(None)

    async def _end(self, subscription: Subscription) -> None:
        try:
            async with asyncio.timeout(self.pace.graceful + self.pace.answer):
                await subscription.broker.stop()
        except Exception as error:  # noqa: BLE001 - what it held is given back by the session's end
            log.warning("consumer not stopped in order", error=type(error).__name__)

    def _unassigned(self) -> str | None:
        since = self._membership.dealing_since
        if since is None or time.monotonic() - since < self.pace.most_rebalance:
            return None
        return "the group deals its partitions out anew, and does not come to an end"

    def _say(self, trouble: str | None) -> None:
        if trouble != self._trouble and trouble is not None:
            log.warning("consumer", trouble=trouble)
        self._trouble = trouble


def _in_words(error: Exception) -> str:
    return str(error) if isinstance(error, Unavailable) else f"Kafka does not answer: {type(error).__name__}"
