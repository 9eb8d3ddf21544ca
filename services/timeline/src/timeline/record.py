"""Recording a batch: insert, fold under lock, match; all in one transaction."""

from collections.abc import Collection, Sequence
from uuid import UUID

from peyvand.event import InteractionEvent
from peyvand.publish import Reading, Receipt
from timeline.folds.interaction import fold
from timeline.ports import Recorded, Store, Transaction


async def record(readings: Sequence[Reading], store: Store) -> Recorded:
    """Make readings part of the record and bring all that is derived up to date; raises Unavailable."""
    return await record_parts([r.receipt for r in readings], [e for r in readings for e in r.events], store)


async def record_parts(receipts: Sequence[Receipt], events: Sequence[InteractionEvent], store: Store) -> Recorded:
    """Record deliveries and events that come apart, in any order and any number of times; raises Unavailable."""

    def work(tx: Transaction) -> Recorded:
        inserted = tx.insert(receipts, events)
        touched = {e.interaction_id for e in (*inserted.standing, *inserted.replaced)}
        refold(tx, touched)
        tx.resolve(inserted.standing, inserted.replaced)
        stored = len(inserted.standing) - len(inserted.replaced)
        return Recorded(stored, inserted.duplicates, tuple(touched))

    return await store.transact(work)


def refold(tx: Transaction, interactions: Collection[UUID]) -> None:
    """Fold interactions again from all their events; those without any are removed."""
    if not interactions:
        return
    events = tx.locked_events(interactions)
    tx.save([fold(found) for found in events.values() if found])
    tx.remove([i for i, found in events.items() if not found])
