"""What happens to one batch: taken, then committed; or given back, to come again after a pause."""

import time
from dataclasses import dataclass, field

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from faststream.exceptions import NackMessage
from faststream.kafka.message import KafkaMessage

from peyvand.errors import SourceStopped, Unavailable
from timeline.consume.intake import Intake
from timeline.consume.membership import Membership
from timeline.consume.metrics import CONSUMED, SECONDS
from timeline.consume.pace import Pace
from timeline.consume.patience import happens
from timeline.consume.subscription import Batch

log = structlog.get_logger("timeline.consume")


@dataclass(slots=True)
class Handler:
    """Handles batches one after the other; `running` says where in its partitions the running one begins."""

    intake: Intake
    membership: Membership
    pace: Pace
    running: dict[TopicPartition, int] = field(default_factory=dict)
    running_since: float | None = None

    async def __call__(self, message: KafkaMessage) -> None:
        """Return once the batch is recorded and its offsets are committed; else have it come again."""
        async with self.membership.batch:
            self.running, self.running_since = _starts(message.raw_message), time.monotonic()
            try:
                with SECONDS.time():
                    await self._handle(message)
            finally:
                self.running, self.running_since = {}, None

    async def _handle(self, message: KafkaMessage) -> None:
        self.intake.patience.begin()
        try:
            await self.intake.take(message.raw_message)
            # Not left to FastStream, which swallows the failure of a commit.
            await message.ack()
        except Unavailable:
            log.warning("batch given back", why="what it waits for is away", records=len(message.raw_message))
        except SourceStopped as error:
            await self._rest(f"stopped, so that the bus is not emptied into the dead letter: {error}")
        except (CommitFailedError, IllegalStateError) as error:  # the partitions are dealt out anew
            log.warning("batch not committed", error=type(error).__name__, records=len(message.raw_message))
        except KafkaError as error:  # for good: what passes by itself, aiokafka tries again itself
            await self._rest(f"offsets cannot be committed: {type(error).__name__}")
        except Exception as error:  # noqa: BLE001 - whatever it is, the batch comes again
            await self._rest(f"a batch cannot be taken: {type(error).__name__}")
        else:
            self._done(message.raw_message)
            return
        raise NackMessage

    def _done(self, batch: Batch) -> None:
        self.intake.patience.trouble = None
        self.intake.committed()
        for record in batch:
            CONSUMED.labels(self.intake.topics[record.topic]).inc()

    async def _rest(self, trouble: str) -> None:
        """Say what is wrong, loudly, and pause, so that the batch does not come again in a hot loop."""
        self.intake.patience.trouble = trouble
        log.critical("consumer stopped", why=trouble)
        await happens(self.intake.patience.enough, self.pace.broken_pause)


def _starts(batch: Batch) -> dict[TopicPartition, int]:
    starts: dict[TopicPartition, int] = {}
    for record in batch:
        starts.setdefault(TopicPartition(record.topic, record.partition), record.offset)
    return starts
