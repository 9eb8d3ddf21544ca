"""What handles are, by their ids: kind, scope and value, as the table says or, where that is wrong, the record."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from timeline.folds.identity.evidence import Evidence, evidence_of, handle_id
from timeline.store.cards import card_evidence, card_from
from timeline.store.contents import event_from
from timeline.store.statements import among, chunks, table
from timeline.store.tables import CardRow, EventRow, EvidenceRow, HandleRow

CARD, EVENT, EVIDENCE, HANDLE = table(CardRow), table(EventRow).c, table(EvidenceRow).c, table(HandleRow).c

HandleKey = tuple[str, str, str]


def keys_of(connection: Connection, organisation: UUID, ids: Collection[UUID]) -> dict[UUID, HandleKey]:
    """Return the kind, scope and value of handles; an id is made of them, so what does not fit is not believed."""
    found: dict[UUID, HandleKey] = {}
    stored = select(HANDLE.id, HANDLE.kind, HANDLE.scope, HANDLE.value).where(among(connection.dialect.name, HANDLE.id))
    for part in chunks(ids):
        for i, *key in connection.execute(stored, {"ids": part}):
            if handle_id(organisation, *key) == i:
                found[i] = (key[0], key[1], key[2])
    for i in set(ids) - found.keys():
        for e in _said_with(connection, organisation, i):
            if e.handle_id == i:
                found[i] = (e.kind, e.scope, e.value)
    return found


def _said_with(connection: Connection, organisation: UUID, handle: UUID) -> Sequence[Evidence]:
    """Return what one event, or else one card, says in which a handle was seen."""
    told = select(EVENT.content).join(table(EvidenceRow), EVIDENCE.event_id == EVENT.id)
    content = connection.execute(told.where(EVIDENCE.handle_id == handle).limit(1)).scalar()
    if content is not None:
        return evidence_of(organisation, event_from(content))
    written = select(CARD).join(table(EvidenceRow), EVIDENCE.event_id == CARD.c.id)
    row = connection.execute(written.where(EVIDENCE.handle_id == handle).limit(1)).mappings().first()
    return card_evidence(organisation, card_from(row)[1]) if row else ()
