"""All that customers follow from, out of a store: what the product never holds at once."""

from sqlalchemy import Connection, select

from timeline.folds.identity import Evidence, Verdict
from timeline.store import Database
from timeline.store.neighbourhood import verdict_from
from timeline.store.statements import table
from timeline.store.tables import DecisionRow, EvidenceRow, HandleRow

DECISION, EVIDENCE, HANDLE = table(DecisionRow), table(EvidenceRow), table(HandleRow)


async def everything(database: Database) -> tuple[list[Evidence], list[Verdict]]:
    """Return all evidence and all verdicts, revoked ones too."""
    return await database.read(lambda c: (_evidence(c), _verdicts(c)))


def _evidence(connection: Connection) -> list[Evidence]:
    handles = connection.execute(select(HANDLE.c.id, HANDLE.c.kind, HANDLE.c.scope, HANDLE.c.value))
    keys = {i: (kind, scope, value) for i, kind, scope, value in handles}
    return [
        Evidence(r.event_id, r.party, r.handle_id, *keys[r.handle_id], r.role, r.proof, r.name, r.occurred_at)
        for r in connection.execute(select(EVIDENCE))
    ]


def _verdicts(connection: Connection) -> list[Verdict]:
    return [verdict_from(row) for row in connection.execute(select(DECISION)).mappings()]
