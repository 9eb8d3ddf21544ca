"""The whole record of who is who: all evidence, all verdicts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from timeline.folds.identity.evidence import Evidence
from timeline.folds.identity.verdicts import Verdict
from timeline.store.neighbourhood import verdict_from
from timeline.store.statements import table
from timeline.store.tables import DecisionRow, EvidenceRow, HandleRow

DECISION, EVIDENCE, HANDLE = table(DecisionRow), table(EvidenceRow), table(HandleRow)

HandleKey = tuple[str, str, str]


def all_evidence(connection: Connection, more: dict[UUID, HandleKey] | None = None) -> list[Evidence]:
    """Return all evidence on handles that are stored, or in `more` by their ids."""
    rows = connection.execute(select(HANDLE.c.id, HANDLE.c.kind, HANDLE.c.scope, HANDLE.c.value))
    keys = {i: (kind, scope, value) for i, kind, scope, value in rows} | (more or {})
    return [
        Evidence(r.event_id, r.party, r.handle_id, *keys[r.handle_id], r.role, r.proof, r.name, r.occurred_at)
        for r in connection.execute(select(EVIDENCE))
        if r.handle_id in keys
    ]


def all_verdicts(connection: Connection) -> list[Verdict]:
    """Return all verdicts, revoked ones too."""
    found: Sequence[Verdict] = [verdict_from(row) for row in connection.execute(select(DECISION)).mappings()]
    return list(found)
