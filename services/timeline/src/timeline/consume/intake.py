"""A batch of the bus into the record: what can be taken is recorded, the rest is a dead letter and a kept delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from aiokafka import ConsumerRecord

from peyvand.event import InteractionEvent
from peyvand.publish import Receipt
from timeline.consume.letters import Letters, Refusal, letter, refused
from timeline.consume.metrics import DEAD, RECORDED
from timeline.consume.patience import Patience
from timeline.consume.reading import Part, Reader, portions
from timeline.halving import Halving, reason
from timeline.ports import Recorded, Refused, Store
from timeline.record import record_parts

log = structlog.get_logger("timeline.consume")


@dataclass(slots=True)
class Intake:
    """Takes batches, each as often as it comes; what it remembers of one counts once that is committed on the bus."""

    topics: Mapping[str, str]
    store: Store
    letters: Letters
    patience: Patience
    _in_a_row: tuple[int, int] = (0, 0)
    _pending: tuple[int, int] = (0, 0)
    _sent: set[tuple[str, int, int]] = field(default_factory=set)

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """Return once everything is durable in its place; raises Unavailable, or SourceStopped when we are broken."""
        unreadable, guilty = self._in_a_row
        reader, halving = Reader(self.topics, unreadable), Halving(guilty)
        for portion in portions(records):
            await self._record(reader.read(portion), reader, halving)
            await self._refuse(reader.refusals)
            reader.refusals.clear()
        self._pending = reader.unreadable_in_a_row, halving.guilty_in_a_row

    def committed(self) -> None:
        """Note that the batch will not come again."""
        self._in_a_row = self._pending
        self._sent.clear()

    async def _record(self, parts: Sequence[Part], reader: Reader, halving: Halving) -> None:
        async def record(some: Sequence[Part]) -> None:
            done = await self.patience.through(lambda: self._recorded(some))
            RECORDED.labels("stored").inc(max(done.stored, 0))
            RECORDED.labels("duplicate").inc(done.duplicate)

        async def set_apart(part: Part, error: Exception) -> None:
            log.error("record not stored", topic=part.topic, error=type(error).__name__)
            reader.refusals.append(Refusal(part.record, part.topic, reason(error), part.said))

        if parts:
            await halving.store(parts, record, set_apart)

    async def _recorded(self, parts: Sequence[Part]) -> Recorded:
        receipts = [p.said for p in parts if isinstance(p.said, Receipt)]
        events = [p.said for p in parts if isinstance(p.said, InteractionEvent)]
        return await record_parts(receipts, events, self.store)

    async def _refuse(self, refusals: Sequence[Refusal]) -> None:
        """Send dead letters, each once in this process, and keep the deliveries that they came from."""
        new = [r for r in refusals if r.place not in self._sent]
        if new:
            await self.patience.through(lambda: self.letters.send([letter(r) for r in new]))
            self._sent.update(r.place for r in new)
            for r in new:
                DEAD.labels(r.topic).inc()
                log.error("dead letter", topic=r.topic, partition=r.record.partition, offset=r.record.offset)
        kept = [found for r in refusals if (found := refused(r)) is not None]
        if kept:
            await Halving().store(kept, self._keep, _hopeless)

    async def _keep(self, deliveries: Sequence[Refused]) -> None:
        await self.patience.through(lambda: self.store.transact(lambda tx: tx.keep(deliveries)))


async def _hopeless(delivery: Refused, error: Exception) -> None:
    log.error("delivery not kept", connector=delivery.connector, error=type(error).__name__)
