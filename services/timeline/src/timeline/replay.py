"""Replaying: kept raw deliveries through today's normaliser; what it says no more is retracted."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

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

    def work(tx: Transaction) -> Replayed:
        inserted = tx.insert([reading])
        retracted = tx.retract(set(raw.said) - {e.event_id for e in reading.events})
        if reading.skipped is not None:
            tx.skip(raw.delivery.id, reading.skipped)
        removed = [*inserted.replaced, *retracted]
        refold(tx, {e.interaction_id for e in (*inserted.standing, *removed)})
        tx.resolve(inserted.standing, removed)
        return Replayed(1, len(inserted.standing), len(retracted))

    return await store.transact(work)
