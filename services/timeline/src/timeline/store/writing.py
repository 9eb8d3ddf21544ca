"""Recording: one transaction per batch."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from timeline.folds.interaction import Interaction
from timeline.ports import Inserted
from timeline.store.database import Database
from timeline.store.inserting import insert_readings, remove_events
from timeline.store.matching import Matching
from timeline.store.saving import Held, events_of, lock_interactions, remove_interactions, save_interactions

# The lock on identity: one writer resolves at a time. Taken first, so that no two locks are ever taken crosswise.
IDENTITY_LOCK = 7_203_002


class SqlStore:
    """The record in an SQL database."""

    def __init__(self, database: Database, organisation: UUID) -> None:
        self.database = database
        self.organisation = organisation

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["SqlTransaction"]:
        """Open a transaction."""
        async with self.database.writing() as connection:
            if self.database.dialect == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": IDENTITY_LOCK})
            yield SqlTransaction(connection, self.organisation)


class SqlTransaction:
    """One transaction of the record."""

    def __init__(self, connection: AsyncConnection, organisation: UUID) -> None:
        self.connection = connection
        self.organisation = organisation
        self._held: dict[UUID, Held] = {}

    async def insert(self, readings: Sequence[Reading]) -> Inserted:
        """Add delivery rows and events."""
        return await insert_readings(self.connection, self.organisation, readings)

    async def locked_events(self, interactions: Collection[UUID]) -> Mapping[UUID, Sequence[InteractionEvent]]:
        """Lock interactions, then read all their events."""
        self._held.update(await lock_interactions(self.connection, interactions))
        return await events_of(self.connection, interactions)

    async def save(self, interactions: Sequence[Interaction]) -> None:
        """Store interactions as folded."""
        await save_interactions(self.connection, self.organisation, self._held, interactions)

    async def remove(self, interactions: Collection[UUID]) -> None:
        """Remove interactions that have no event left."""
        await remove_interactions(self.connection, self.organisation, self._held, interactions)

    async def retract(self, events: Collection[UUID]) -> Sequence[InteractionEvent]:
        """Remove events, evidence included."""
        return await remove_events(self.connection, list(events))

    async def resolve(self, added: Sequence[InteractionEvent], removed: Sequence[InteractionEvent]) -> None:
        """Bring customers up to date."""
        await Matching(self.connection, self.organisation).resolve(added, removed)
