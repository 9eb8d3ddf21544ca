"""Who may see what, in every query: by the connectors whose content a principal may read, and by their teams' cards."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from timeline.ports import Principal
from timeline.store.statements import table
from timeline.store.tables import CardTeamRow, EventRow, EvidenceRow

EVENT, EVIDENCE, CARD_TEAM = table(EventRow), table(EvidenceRow), table(CardTeamRow)


def interaction_visible(who: Principal, interaction_id: Any) -> ColumnElement[bool]:
    """Return the condition that some event of an interaction came through a connector of which something is seen."""
    if who.connectors is None:
        return true()
    return seen_through(interaction_id, who.seen)


def words_visible(who: Principal, interaction_id: Any) -> ColumnElement[bool]:
    """Return the condition that what an interaction says may be read, and not only that it is there."""
    if who.connectors is None:
        return true()
    return seen_through(interaction_id, who.read)


def seen_through(interaction_id: Any, connectors: Any) -> ColumnElement[bool]:
    """Return the condition that some event of an interaction came through one of the connectors."""
    return exists(select(1).where(EVENT.c.interaction_id == interaction_id, EVENT.c.connector.in_(connectors)))


def handle_visible(who: Principal, handle_id: Any) -> ColumnElement[bool]:
    """Return the condition that some evidence of a handle came through a connector that may be read, or with a card of
    a team of theirs."""
    if who.connectors is None:
        return true()
    seen = EVIDENCE.outerjoin(EVENT, EVENT.c.id == EVIDENCE.c.event_id)
    read: ColumnElement[bool] = EVENT.c.connector.in_(who.seen)
    if who.teams:
        ours = and_(CARD_TEAM.c.card_id == EVIDENCE.c.event_id, CARD_TEAM.c.team.in_(sorted(who.teams)))
        seen = seen.outerjoin(CARD_TEAM, ours)
        read = or_(read, CARD_TEAM.c.team.is_not(None))
    return exists(select(1).select_from(seen).where(EVIDENCE.c.handle_id == handle_id, read))


def evidence_visible(who: Principal) -> ColumnElement[bool]:
    """Return the condition that a piece of evidence came so; of a selection with the events joined to it."""
    if who.connectors is None:
        return true()
    ours = and_(CARD_TEAM.c.card_id == EVIDENCE.c.event_id, CARD_TEAM.c.team.in_(sorted(who.teams)))
    return or_(EVENT.c.connector.in_(who.seen), exists(select(1).select_from(CARD_TEAM).where(ours)))
