"""The change feed: read only below what may still commit, so that no cursor ever passes over a late row."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select, text, true, tuple_

from timeline.ports import Changes, Principal
from timeline.store.customers import customer_today
from timeline.store.paging import interactions
from timeline.store.statements import table
from timeline.store.tables import ChangeRow, HandleRow, InteractionRow, ParticipationRow
from timeline.store.visible import interaction_visible

CHANGE, HANDLE = table(ChangeRow), table(HandleRow)
INTERACTION, P = table(InteractionRow), table(ParticipationRow)

Place = tuple[int, int]  # transaction, number
MOST = 2**63 - 1


def decoded(cursor: str) -> Place:
    """Return the place of a cursor; raises ValueError when it is none of ours."""
    txid, _, number = cursor.partition(".")
    if not (_is_number(txid) and _is_number(number)):
        raise ValueError("this is no cursor of the change feed")
    return int(txid), int(number)


def _is_number(part: str) -> bool:
    """Return whether this is a number that a column of ours can hold."""
    return part.isascii() and part.isdecimal() and len(part) < 20 and int(part) <= MOST


def encoded(place: Place) -> str:
    """Return a place in the feed as a cursor."""
    return f"{place[0]}.{place[1]}"


def end(connection: Connection) -> str:
    """Return the cursor of now."""
    order = (CHANGE.c.txid.desc(), CHANGE.c.id.desc())
    newest = select(CHANGE.c.txid, CHANGE.c.id).where(_settled(connection)).order_by(*order).limit(1)
    row = connection.execute(newest).first()
    return encoded((row.txid, row.id)) if row else encoded((0, 0))


def changes(connection: Connection, who: Principal, customer: UUID | None, after: Place, limit: int) -> Changes:
    """Return what changed after a place, of one customer or of all."""
    # by both as one, which the index begins at; taken apart with "or" it is read from its beginning
    later = tuple_(CHANGE.c.txid, CHANGE.c.id) > after
    fed = select(CHANGE).where(later, _settled(connection)).order_by(CHANGE.c.txid, CHANGE.c.id).limit(limit)
    changed = connection.execute(fed).all()
    ids = list(dict.fromkeys(r.ref for r in changed if r.kind == "interaction"))
    today = customer_today(connection, customer) if customer else None
    theirs = _of(connection, who, ids, today or customer)
    groups = {r.ref for r in changed if r.kind == "customer"}
    return Changes(
        entries=tuple(interactions(connection, who, [i for i in ids if i in theirs])),
        regrouped=bool(groups if customer is None else groups & {customer, today}),
        cursor=encoded((changed[-1].txid, changed[-1].id) if changed else after),
    )


def _settled(connection: Connection) -> ColumnElement[bool]:
    """Return the condition that no transaction that began earlier can still add rows below."""
    if connection.dialect.name == "sqlite":
        return true()
    return CHANGE.c.txid < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def _of(connection: Connection, who: Principal, ids: Sequence[UUID], customer: UUID | None) -> set[UUID]:
    """Return which interactions may be seen and, when one is asked for, stand on the customer's timeline."""
    if not ids:
        return set()
    seen = select(INTERACTION.c.id).where(INTERACTION.c.id.in_(ids), interaction_visible(who, INTERACTION.c.id))
    if customer is not None:
        handles = select(P.c.interaction_id).join(HANDLE, HANDLE.c.id == P.c.handle_id)
        theirs = handles.where(HANDLE.c.customer == customer, P.c.interaction_id.in_(ids))
        seen = seen.where(INTERACTION.c.id.in_(theirs))
    return set(connection.execute(seen).scalars())
