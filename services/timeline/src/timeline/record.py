"""Recording a batch: insert, fold under lock, match; all in one transaction."""

from collections.abc import Collection, Sequence
from uuid import UUID

from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from timeline.folds.interaction import fold
from timeline.ports import Recorded, Store, Transaction


async def record(readings: Sequence[Reading], store: Store) -> Recorded:
    """Make readings part of the record and bring all that is derived up to date; raises Unavailable."""
    async with store.transaction() as tx:
        inserted = await tx.insert(readings)
        touched = {e.interaction_id for e in (*inserted.standing, *inserted.replaced)}
        await refold(tx, touched)
        await tx.resolve(inserted.standing, inserted.replaced)
    stored = len(inserted.standing) - len(inserted.replaced)
    return Recorded(stored, inserted.duplicates, tuple(touched))


async def refold(tx: Transaction, interactions: Collection[UUID]) -> None:
    """Fold interactions again from all their events; those without any are removed."""
    if not interactions:
        return
    events = await tx.locked_events(interactions)
    await tx.save([fold(found) for found in events.values() if found])
    await tx.remove([i for i, found in events.items() if not found])


async def record_again(reading: Reading, said: Collection[UUID], store: Store) -> Sequence[InteractionEvent]:
    """Record a delivery that was read anew: `said` are its events of before, and those not said any more are retracted.

    Returns the retracted events.
    """
    async with store.transaction() as tx:
        inserted = await tx.insert([reading])
        retracted = await tx.retract(set(said) - {e.event_id for e in reading.events})
        removed = [*inserted.replaced, *retracted]
        await refold(tx, {e.interaction_id for e in (*inserted.standing, *removed)})
        await tx.resolve(inserted.standing, removed)
    return retracted
