"""The lock on identity: shared by batches that bring nothing new, held alone by those that do.

A transaction takes it last, after all rows that it inserts and locks, and asks for nothing more once it has it; so
nobody waits for the lock while somebody who has it waits for him.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from peyvand.event import InteractionEvent
from timeline.folds.identity import Evidence, evidence_of
from timeline.store.matching import Matching
from timeline.store.written import Cause

IDENTITY_LOCK = 7_203_002


def alone_with_identity(connection: Connection) -> None:
    """Wait until nobody else resolves; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": IDENTITY_LOCK})


def resolve(matching: Matching, added: Sequence[InteractionEvent], removed: Sequence[InteractionEvent]) -> None:
    """Bring handles, links, names and customers up to date; most batches bring nothing new and hold up nobody."""
    new = [e for event in added for e in evidence_of(matching.organisation, event)]
    old = [e for event in removed for e in evidence_of(matching.organisation, event)]
    if not new and not old:
        return
    if not old and matching.connection.dialect.name == "postgresql" and _all_known(matching, new):
        return
    alone_with_identity(matching.connection)
    cause = Cause("evidence", new[0].event_id) if new else Cause("retraction")
    matching.resolve(new, old, cause)


def _all_known(matching: Matching, evidence: Sequence[Evidence]) -> bool:
    """Return whether everything is known; then the shared lock is kept, so that nobody takes any of it away meanwhile.

    Else it is given back by leaving the savepoint: two who held it and both wanted it alone would wait for ever.
    """
    with matching.connection.begin_nested() as looking:
        matching.connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": IDENTITY_LOCK})
        known = matching.knows(evidence)
        if not known:
            looking.rollback()
    return known
