"""Who may see what, in every query: by the connectors whose content a principal may read."""

from typing import Any

from sqlalchemy import ColumnElement, exists, select, true

from timeline.ports import Principal
from timeline.store.statements import table
from timeline.store.tables import EventRow, EvidenceRow

EVENT, EVIDENCE = table(EventRow), table(EvidenceRow)


def interaction_visible(who: Principal, interaction_id: Any) -> ColumnElement[bool]:
    """Return the condition that some event of an interaction came through a connector that may be read."""
    if who.connectors is None:
        return true()
    return seen_through(interaction_id, sorted(who.connectors))


def seen_through(interaction_id: Any, connectors: Any) -> ColumnElement[bool]:
    """Return the condition that some event of an interaction came through one of the connectors."""
    return exists(select(1).where(EVENT.c.interaction_id == interaction_id, EVENT.c.connector.in_(connectors)))


def handle_visible(who: Principal, handle_id: Any) -> ColumnElement[bool]:
    """Return the condition that some evidence of a handle came through a connector that may be read."""
    if who.connectors is None:
        return true()
    seen = EVIDENCE.join(EVENT, EVENT.c.id == EVIDENCE.c.event_id)
    return exists(
        select(1)
        .select_from(seen)
        .where(EVIDENCE.c.handle_id == handle_id, EVENT.c.connector.in_(sorted(who.connectors)))
    )
