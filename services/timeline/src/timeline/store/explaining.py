"""Why a customer's handles are one customer's: their evidence, their links, and what people decided."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select

from timeline.ledger import HandleWhy, LinkWhy, Sighting
from timeline.ports import KnownHandle, Principal
from timeline.store.customers import customer_today, customers_by_id
from timeline.store.neighbourhood import verdict_from
from timeline.store.statements import chunks, table
from timeline.store.tables import CardRow, DecisionRow, EventRow, EvidenceRow, HandleRow, LinkRow
from timeline.store.visible import evidence_visible

CARD, DECISION, EVENT = table(CardRow).c, table(DecisionRow), table(EventRow).c
EVIDENCE, HANDLE, LINK = table(EvidenceRow).c, table(HandleRow).c, table(LinkRow)
# Of each handle the first sightings are told, and so many links: a switchboard has thousands.
SIGHTINGS, LINKS = 5, 50


def why_of(connection: Connection, who: Principal, customer: UUID) -> list[HandleWhy]:
    """Return why each handle that may be seen is there; what other connectors saw is not told."""
    today = customer_today(connection, customer)
    found = customers_by_id(connection, who, [today]).get(today) if today else None
    handles = found.handles if found else ()
    why = connection.execute(select(HANDLE.id, HANDLE.shared).where(HANDLE.id.in_([h.id for h in handles])))
    shared = {row.id: row.shared for row in why}
    return [_why(connection, who, handle, shared.get(handle.id)) for handle in handles]


def _why(connection: Connection, who: Principal, handle: KnownHandle, shared: str | None) -> HandleWhy:
    seen = EVIDENCE.handle_id == handle.id
    first = _sightings(connection, who, [seen], SIGHTINGS)
    either = or_(LINK.c.a == handle.id, LINK.c.b == handle.id)
    links = connection.execute(select(LINK).where(either).order_by(LINK.c.first_at).limit(LINKS)).mappings().all()
    told = _by_event(connection, who, handle.id, [link["first_event"] for link in links])
    verdicts = connection.execute(
        select(DECISION).where(or_(DECISION.c.a == handle.id, DECISION.c.b == handle.id)).order_by(DECISION.c.at)
    ).mappings()
    return HandleWhy(
        handle,
        shared,
        tuple(first),
        tuple(_link(link, handle.id, told) for link in links if link["first_event"] in told),
        tuple(verdict_from(row) for row in verdicts),
    )


def _link(link: Mapping[Any, Any], handle: UUID, told: Mapping[UUID, Sighting]) -> LinkWhy:
    other = link["b"] if link["a"] == handle else link["a"]
    return LinkWhy(other, link["strength"], link["first_at"], link["refused"], told.get(link["first_event"]))


def _by_event(connection: Connection, who: Principal, handle: UUID, events: Collection[UUID]) -> dict[UUID, Sighting]:
    found: dict[UUID, Sighting] = {}
    for part in chunks(events):
        seen = _sightings(connection, who, [EVIDENCE.handle_id == handle, EVIDENCE.event_id.in_(part)], len(part))
        found.update((s.event_id, s) for s in seen)
    return found


def _sightings(connection: Connection, who: Principal, conditions: Iterable[Any], limit: int) -> list[Sighting]:
    """Return evidence with where it stood, the earliest first."""
    chosen = (
        select(
            EVIDENCE.event_id, EVENT.interaction_id, CARD.source, EVIDENCE.role, EVIDENCE.proof, EVIDENCE.name,
            EVIDENCE.occurred_at,
        )
        .select_from(table(EvidenceRow))
        .outerjoin(table(EventRow), EVENT.id == EVIDENCE.event_id)
        .outerjoin(table(CardRow), CARD.id == EVIDENCE.event_id)
        .where(*conditions, evidence_visible(who))
    )  # fmt: skip
    rows = connection.execute(chosen.order_by(EVIDENCE.occurred_at, EVIDENCE.event_id).limit(limit))
    return [Sighting(*row) for row in rows]
