"""Deliveries and events into the record: a unique key decides what is new, in the transaction that writes it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, delete, select, update
from sqlalchemy.sql.dml import ReturningInsert

from peyvand.errors import Unavailable
from peyvand.event import InteractionEvent
from peyvand.publish import Receipt
from timeline.folds.identity import Evidence, evidence_of
from timeline.folds.interaction import standing, standing_ones
from timeline.ports import Inserted
from timeline.store.contents import event_bytes, event_from
from timeline.store.receipts import note_deliveries
from timeline.store.statements import among, chunks, insert_missing, table, write
from timeline.store.tables import DeliveryRow, EventRow, EvidenceRow

EVENT, EVIDENCE, DELIVERY = table(EventRow), table(EvidenceRow), table(DeliveryRow)


@cache
def _stored(dialect: str) -> Select[Any]:
    return select(EVENT.c.content).where(among(dialect, EVENT.c.id)).order_by(EVENT.c.id).with_for_update()


@cache
def _adding_events(dialect: str) -> ReturningInsert[Any]:
    return insert_missing(dialect, EventRow, "id").returning(EVENT.c.id)


def insert_parts(
    connection: Connection, organisation: UUID, receipts: Sequence[Receipt], events: Sequence[InteractionEvent]
) -> Inserted:
    """Add deliveries, events and evidence; return which events stand now that did not before."""
    best = standing_ones(events)
    fresh = _insert_events(connection, [best[i] for i in sorted(best, key=attrgetter("int"))])
    replaced, replacing = _replace_events(connection, [e for i, e in best.items() if i not in fresh])
    added = [*(best[i] for i in fresh), *replacing]
    insert_evidence(connection, [row for e in added for row in evidence_of(organisation, e)])
    stored = Counter(best[i].delivery_id for i in fresh)
    for old, new in zip(replaced, replacing, strict=True):
        stored[old.delivery_id] -= 1
        stored[new.delivery_id] += 1
    note_deliveries(connection, receipts, [*events, *replaced], stored)
    return Inserted(tuple(added), tuple(replaced), len(events) - len(fresh))


def events_said(connection: Connection, delivery: UUID) -> list[InteractionEvent]:
    """Return the events that stand because of a delivery."""
    rows = connection.execute(select(EVENT.c.content).where(EVENT.c.delivery_id == delivery))
    return [event_from(content) for (content,) in rows]


def locked_events_said(connection: Connection, delivery: UUID) -> list[InteractionEvent]:
    """Return the events that stand because of a delivery; nobody gives them to another until this transaction ends."""
    theirs = select(EVENT.c.content).where(EVENT.c.delivery_id == delivery).order_by(EVENT.c.id).with_for_update()
    return [event_from(content) for (content,) in connection.execute(theirs)]


def remove_events(connection: Connection, events: Sequence[UUID]) -> list[InteractionEvent]:
    """Remove events and their evidence; return what was there."""
    removed = []
    for part in chunks(events):
        gone = delete(EVENT).where(EVENT.c.id.in_(part)).returning(EVENT.c.content)
        removed += [event_from(content) for (content,) in connection.execute(gone)]
        connection.execute(delete(EVIDENCE).where(EVIDENCE.c.event_id.in_(part)))
    _take_from(connection, [event.delivery_id for event in removed])
    return removed


def _take_from(connection: Connection, deliveries: Sequence[UUID]) -> None:
    """Count events no longer for the deliveries that they stood by, so that the books go on to balance."""
    for delivery, events in Counter(deliveries).items():
        left = update(DELIVERY).where(DELIVERY.c.id == delivery).values(stored=DELIVERY.c.stored - events)
        connection.execute(left)


def skip_delivery(connection: Connection, delivery: UUID, rule: str) -> None:
    """Note that a delivery which once said something is skipped by a rule of today."""
    skipped = {"outcome": "skipped", "rule": rule, "why": None, "announced": 0, "awaited": None}
    connection.execute(update(DELIVERY).where(DELIVERY.c.id == delivery).values(skipped))


def _insert_events(connection: Connection, events: Iterable[InteractionEvent]) -> set[UUID]:
    statement = _adding_events(connection.dialect.name)
    fresh: set[UUID] = set()
    for part in chunks([_event_row(e) for e in events]):
        fresh.update(write(connection, statement, part).scalars())
    return fresh


def _replace_events(
    connection: Connection, events: Sequence[InteractionEvent]
) -> tuple[list[InteractionEvent], list[InteractionEvent]]:
    """Of events with one id the higher stands: return those that gave way, and those that took their place."""
    old: dict[UUID, InteractionEvent] = {}
    for part in chunks(sorted(e.event_id for e in events)):
        rows = connection.execute(_stored(connection.dialect.name), {"ids": part})
        old.update((e.event_id, e) for e in (event_from(content) for (content,) in rows))
    if len(old) < len(events):
        raise Unavailable("an event was taken away in this moment")  # by a replay: the next try finds it gone
    replacing = [e for e in events if standing(e) > standing(old[e.event_id])]
    for event in replacing:
        row = _event_row(event)
        connection.execute(update(EVENT).where(EVENT.c.id == row.pop("id")).values(row))
        connection.execute(delete(EVIDENCE).where(EVIDENCE.c.event_id == event.event_id))
    return [old[e.event_id] for e in replacing], replacing


def insert_evidence(connection: Connection, evidence: Sequence[Evidence]) -> None:
    """Add what events say of who is who."""
    statement = insert_missing(connection.dialect.name, EvidenceRow, "event_id", "party", "handle_id")
    for part in chunks([evidence_row(e) for e in evidence]):
        write(connection, statement, part)


def _event_row(event: InteractionEvent) -> dict[str, Any]:
    return {
        "id": event.event_id,
        "interaction_id": event.interaction_id,
        "delivery_id": event.delivery_id,
        "connector": event.connector,
        "source_revision": event.source_revision,
        "normaliser": event.normaliser,
        "received_at": event.received_at,
        "content": event_bytes(event),
    }


def evidence_row(evidence: Evidence) -> dict[str, Any]:
    """Return the row of a piece of evidence."""
    return {
        "event_id": evidence.event_id,
        "party": evidence.party,
        "handle_id": evidence.handle_id,
        "role": evidence.role,
        "proof": evidence.proof,
        "name": evidence.name,
        "occurred_at": evidence.occurred_at,
    }
