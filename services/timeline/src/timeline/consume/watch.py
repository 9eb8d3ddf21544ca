"""Whether a consumer that was started lives: its task, its batch, its broker, and that it comes on."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiokafka.errors import IllegalStateError
from faststream.kafka.subscriber.usecase import BatchSubscriber

from peyvand.errors import Unavailable
from timeline.consume.handler import Handler
from timeline.consume.lag import Progress, ask, show
from timeline.consume.pace import Pace
from timeline.consume.patience import happens


@dataclass(slots=True)
class Watch:
    """Looks at one consumer again and again, and says what Kafka does not answer, or None."""

    handler: Handler
    pace: Pace
    topics: Mapping[str, str]
    say: Callable[[str | None], None]
    _progress: Progress = field(default_factory=Progress)

    async def until(self, stopping: asyncio.Event, subscriber: BatchSubscriber) -> None:
        """Return when it is to stop; raises Unavailable for a consumer that has died."""
        while not await happens(stopping, self.pace.look):
            if any(task.done() for task in subscriber.tasks):
                raise Unavailable("the consumer's task has ended")
            since = self.handler.running_since
            if since is not None and time.monotonic() - since > self.pace.most_poll:
                raise Unavailable("a batch does not end")
            await self._look(subscriber)

    async def _look(self, subscriber: BatchSubscriber) -> None:
        try:
            async with asyncio.timeout(self.pace.answer):
                standing = await ask(subscriber.consumer)
        except IllegalStateError:  # its partitions are being dealt out anew
            return
        except Exception as error:  # noqa: BLE001 - it goes on asking
            self.say(f"Kafka does not answer: {type(error).__name__}")
            return
        self.say(None)
        running = self.handler.running
        show(standing.lag(running), self.topics)
        if self._progress.idle(standing, running) > self.pace.most_idle:
            raise Unavailable("the consumer has partitions and does not fetch from them")
