"""Recording a batch: insert, fold under lock, match; all in one transaction."""

from collections.abc import Collection, Sequence
from uuid import UUID

from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from timeline.folds.interaction import fold
from timeline.ports import Recorded, Store, Transaction


async def record(readings: Sequence[Reading], store: Store) -> Recorded:
    """Make readings part of the record and bring all that is derived up to date; raises Unavailable."""

    def work(tx: Transaction) -> Recorded:
        inserted = tx.insert(readings)
        touched = {e.interaction_id for e in (*inserted.standing, *inserted.replaced)}
        refold(tx, touched)
        tx.resolve(inserted.standing, inserted.replaced)
        stored = len(inserted.standing) - len(inserted.replaced)
        return Recorded(stored, inserted.duplicates, tuple(touched))

    return await store.transact(work)


async def record_again(reading: Reading, said: Collection[UUID], store: Store) -> Sequence[InteractionEvent]:
    """Record a delivery that was read anew: `said` are its events of before; those not said any more are retracted.

    Returns the retracted events.
    """

    def work(tx: Transaction) -> Sequence[InteractionEvent]:
        inserted = tx.insert([reading])
        retracted = tx.retract(set(said) - {e.event_id for e in reading.events})
        removed = [*inserted.replaced, *retracted]
        refold(tx, {e.interaction_id for e in (*inserted.standing, *removed)})
        tx.resolve(inserted.standing, removed)
        return retracted

    return await store.transact(work)


def refold(tx: Transaction, interactions: Collection[UUID]) -> None:
    """Fold interactions again from all their events; those without any are removed."""
    if not interactions:
        return
    events = tx.locked_events(interactions)
    tx.save([fold(found) for found in events.values() if found])
    tx.remove([i for i, found in events.items() if not found])
