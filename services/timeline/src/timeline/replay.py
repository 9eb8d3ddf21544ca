"""Replaying: kept raw deliveries through today's normaliser; what it says no more is retracted."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from timeline.ports import Chosen, Raw, Store, Transaction
from timeline.record import refold

STEP = 100

# Reads a raw delivery as today's normaliser does, its body fetched when it travels by reference.
ReadAgain = Callable[[Raw], Awaitable[Reading]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many deliveries were read again, and the difference that it made, in events and deliveries."""

    deliveries: int = 0
    added: int = 0
    retracted: int = 0
    unreadable: int = 0

    def __add__(self, other: "Replayed") -> "Replayed":
        return Replayed(
            self.deliveries + other.deliveries,
            self.added + other.added,
            self.retracted + other.retracted,
            self.unreadable + other.unreadable,
        )


async def replay(store: Store, chosen: Chosen, read_again: ReadAgain) -> AsyncIterator[Replayed]:
    """Read deliveries again, each in a transaction of its own; yields what has been done so far after each step."""
    done = Replayed()
    after: UUID | None = None
    while raws := await store.deliveries(chosen, after, STEP):
        for raw in raws:
            done += await replay_one(store, raw, await read_again(raw))
        after = raws[-1].delivery.id
        yield done


async def replay_one(store: Store, raw: Raw, reading: Reading) -> Replayed:
    """Record what a delivery says today. What cannot be read today takes nothing away that once was read."""
    if reading.kept is not None:
        return Replayed(deliveries=1, unreadable=1)

    says = {e.event_id: e for e in reading.events}

    def work(tx: Transaction) -> Replayed:
        outdated = [e for e in tx.said(raw.delivery.id) if _is_outdated(e, says.get(e.event_id))]
        retracted = tx.retract([e.event_id for e in outdated])
        inserted = tx.insert([reading.receipt], reading.events)
        if reading.skipped is not None:
            tx.skip(raw.delivery.id, reading.skipped)
        removed = [*inserted.replaced, *retracted]
        refold(tx, {e.interaction_id for e in (*inserted.standing, *removed)})
        tx.resolve(inserted.standing, removed)
        gone = sum(e.event_id not in says for e in retracted)
        return Replayed(1, len(inserted.standing), gone)

    return await store.transact(work)


def _is_outdated(stands: InteractionEvent, today: InteractionEvent | None) -> bool:
    """Return whether an event must go before what its delivery says today: of equal ranks the content would decide."""
    if today is None:
        return True
    return today.rank == stands.rank and today.model_dump_json() != stands.model_dump_json()
