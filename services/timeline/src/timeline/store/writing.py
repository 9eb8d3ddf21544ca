"""Recording: one transaction per batch."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from peyvand.event import InteractionEvent
from peyvand.identity.rules import Rules
from peyvand.publish import Receipt
from timeline.folds.interaction import Interaction
from timeline.ports import Chosen, Inserted, Raw, Refused, Transaction
from timeline.store.database import Database
from timeline.store.identity import alone_with_identity, resolve
from timeline.store.inserting import insert_parts, locked_events_said, remove_events, skip_delivery
from timeline.store.matching import Matching
from timeline.store.raw import raw_deliveries
from timeline.store.receipts import refuse_deliveries, settle_arriving
from timeline.store.saving import Held, events_of, lock_interactions, remove_interactions, save_interactions

T = TypeVar("T")
STEP = 500


class SqlStore:
    """The record in an SQL database."""

    def __init__(self, database: Database, organisation: UUID, rules: Rules | None = None) -> None:
        self.database = database
        self.organisation = organisation
        self.rules = rules or Rules()

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do work in one transaction."""
        return await self.database.write(
            lambda connection: work(SqlTransaction(connection, self.organisation, self.rules))
        )

    async def alone(self, work: Callable[[Connection], T]) -> T:
        """Do work in a transaction that holds the lock on identity; it must want no other afterwards."""

        def locked(connection: Connection) -> T:
            alone_with_identity(connection)
            return work(connection)

        return await self.database.write(locked)

    async def settle(self, received_before: datetime) -> int:
        """Settle deliveries whose events others have brought meanwhile, step by step through all that wait."""
        looked, settled = UUID(int=0), 0
        while True:
            after = looked
            looked, step = await self.database.write(
                lambda connection, after=after: settle_arriving(connection, received_before, after, STEP)  # type: ignore[misc]
            )
            settled += step
            if looked == after:
                return settled

    async def deliveries(self, chosen: Chosen, after: UUID | None, limit: int) -> Sequence[Raw]:
        """Return raw deliveries in the order of their ids."""
        return await self.database.read(lambda connection: raw_deliveries(connection, chosen, after, limit))


class SqlTransaction:
    """One transaction of the record."""

    def __init__(self, connection: Connection, organisation: UUID, rules: Rules) -> None:
        self.connection = connection
        self.organisation = organisation
        self._matching = Matching(connection, organisation, rules)
        self._held: dict[UUID, Held] = {}
        self._added: dict[UUID, list[InteractionEvent]] = {}

    def insert(self, receipts: Sequence[Receipt], events: Sequence[InteractionEvent]) -> Inserted:
        """Add deliveries and events."""
        inserted = insert_parts(self.connection, self.organisation, receipts, events)
        for event in inserted.standing:
            self._added.setdefault(event.interaction_id, []).append(event)
        return inserted

    def keep(self, refused: Sequence[Refused]) -> None:
        """Keep deliveries for repair."""
        refuse_deliveries(self.connection, refused)

    def locked_events(self, interactions: Collection[UUID]) -> Mapping[UUID, Sequence[InteractionEvent]]:
        """Lock interactions, then read all their events; those of one that was not there are the ones just added."""
        held = lock_interactions(self.connection, interactions)
        self._held.update(held)
        new = {i: self._added.get(i, []) for i, row in held.items() if row.content is None}
        return events_of(self.connection, held.keys() - new.keys()) | new

    def save(self, interactions: Sequence[Interaction]) -> None:
        """Store interactions as folded."""
        save_interactions(self.connection, self.organisation, self._held, interactions)

    def remove(self, interactions: Collection[UUID]) -> None:
        """Remove interactions that have no event left."""
        remove_interactions(self.connection, self.organisation, self._held, interactions)

    def said(self, delivery: UUID) -> Sequence[InteractionEvent]:
        """Return the events of a delivery."""
        return locked_events_said(self.connection, delivery)

    def retract(self, events: Collection[UUID]) -> Sequence[InteractionEvent]:
        """Remove events, evidence included."""
        return remove_events(self.connection, list(events))

    def skip(self, delivery: UUID, rule: str) -> None:
        """Note that a delivery is skipped now."""
        skip_delivery(self.connection, delivery, rule)

    def resolve(self, added: Sequence[InteractionEvent], removed: Sequence[InteractionEvent]) -> None:
        """Bring customers up to date."""
        resolve(self._matching, added, removed)
