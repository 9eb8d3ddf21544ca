"""Comparing stored evidence with what events and cards say, and putting it right."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, delete, select

from timeline.folds.identity.evidence import Evidence
from timeline.store.inserting import evidence_row, insert_evidence
from timeline.store.statements import chunks, table
from timeline.store.tables import EvidenceRow

EVIDENCE = table(EvidenceRow)


def mend_evidence(connection: Connection, said: Mapping[UUID, Sequence[Evidence]]) -> int:
    """Let the evidence of events, or cards, be what they say; return how many were wrong."""
    stored: dict[UUID, list[dict[str, object]]] = {i: [] for i in said}
    for part in chunks(said):
        for row in connection.execute(select(EVIDENCE).where(EVIDENCE.c.event_id.in_(part))).mappings():
            stored[row["event_id"]].append(dict(row))
    wrong = [i for i, every in said.items() if _sorted(map(evidence_row, every)) != _sorted(stored[i])]
    for part in chunks(wrong):
        connection.execute(delete(EVIDENCE).where(EVIDENCE.c.event_id.in_(part)))
    insert_evidence(connection, [e for i in wrong for e in said[i]])
    return len(wrong)


def _sorted(rows: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    return sorted(map(dict, rows), key=lambda row: (str(row["party"]), str(row["handle_id"])))
