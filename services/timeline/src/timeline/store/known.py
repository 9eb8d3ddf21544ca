"""Which customers handles are known of now."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from peyvand.identity import Handle
from timeline.folds.identity.evidence import handle_id
from timeline.store.database import Database
from timeline.store.statements import table
from timeline.store.tables import HandleRow

HANDLE = table(HandleRow).c


async def customers_of(database: Database, organisation: UUID, handles: Sequence[Handle]) -> dict[Handle, str]:
    """Return the id of the customer of each handle that somebody has; raises Unavailable."""
    ids = {handle_id(organisation, h.kind, h.scope, h.value): h for h in handles}
    asked = select(HANDLE.id, HANDLE.customer).where(HANDLE.id.in_(list(ids)))
    rows = await database.read(lambda connection: connection.execute(asked).all())
    return {ids[row.id]: str(row.customer) for row in rows}
