"""Callers of whom nothing but a number is known, those last heard from first, however long ago.

The newest interactions are gone through as long as that finds enough of them. Where strangers are few among many, all
of them are gone through instead, by the index of those numbers under which no name was seen.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, alias, and_, exists, literal, or_, select, tuple_

from timeline.folds.identity.verdicts import VerdictKind
from timeline.people import HitPage
from timeline.ports import Hit, Principal
from timeline.store.customers import customers_by_id, last_places
from timeline.store.finding import line
from timeline.store.paging import Place, decoded, encoded, interactions
from timeline.store.statements import CHUNK, table
from timeline.store.tables import DecisionRow, HandleRow, InteractionRow, ParticipationRow
from timeline.store.visible import handle_visible, interaction_visible

HANDLE, DECISION = table(HandleRow), table(DecisionRow)
INTERACTION, P = table(InteractionRow), table(ParticipationRow)
# So many interactions are gone through before all strangers are.
REACH = 8 * CHUNK

Caller = tuple[UUID, Place]


def unknown_callers(connection: Connection, who: Principal, older_than: str | None, limit: int) -> HitPage:
    """Return a page of unknown callers; raises ValueError for a cursor that is none."""
    page = list(islice(_callers(connection, who, decoded(older_than) if older_than else None, limit), limit + 1))
    shown = page[:limit]
    known = customers_by_id(connection, who, [c for c, _ in shown])
    last = {i.id: i for i in interactions(connection, who, [i for _, (_, i) in shown])}
    hits = [Hit(known[c], line(last[i]), last[i]) for c, (_, i) in shown if c in known and i in last]
    return HitPage(tuple(hits), encoded(shown[-1][1]) if len(page) > limit else None)


def _callers(connection: Connection, who: Principal, before: Place | None, limit: int) -> Iterator[Caller]:
    """Yield each unknown caller at the place where he was last heard from, below a place."""
    for found in _steps(connection, who, before, limit):
        last = last_places(connection, who, {caller for caller, _ in found})
        yield from dict.fromkeys((caller, place) for caller, place in found if last.get(caller) == place)


def _steps(connection: Connection, who: Principal, before: Place | None, limit: int) -> Iterator[Sequence[Caller]]:
    for _ in range(0, REACH, CHUNK):
        walked = _newest(connection, who, before)
        yield _strangers_in(connection, who, walked)
        if len(walked) < CHUNK:
            return
        before = walked[-1]
    while found := _strangers(connection, who, before, limit + 1):
        yield found
        before = found[-1][1]


def _newest(connection: Connection, who: Principal, before: Place | None) -> list[Place]:
    """Return the next interactions below a place."""
    i = INTERACTION.c
    below = [] if before is None else [_below((i.occurred_at, i.id), before)]
    newest = select(i.occurred_at, i.id).where(i.content.is_not(None), interaction_visible(who, i.id), *below)
    rows = connection.execute(newest.order_by(i.occurred_at.desc(), i.id.desc()).limit(CHUNK))
    return [(at, interaction) for at, interaction in rows]


def _strangers_in(connection: Connection, who: Principal, walked: Sequence[Place]) -> list[Caller]:
    """Return the unknown callers of interactions, in their order."""
    theirs = (
        select(P.c.interaction_id, HANDLE.c.customer)
        .join(HANDLE, HANDLE.c.id == P.c.handle_id)
        .where(P.c.interaction_id.in_([i for _, i in walked]), _unknown(who))
    )
    callers: dict[UUID, list[UUID]] = {}
    for interaction, customer in connection.execute(theirs):
        callers.setdefault(interaction, []).append(customer)
    return [(customer, place) for place in walked for customer in sorted(callers.get(place[1], ()))]


def _strangers(connection: Connection, who: Principal, before: Place | None, limit: int) -> list[Caller]:
    """Return numbers of unknown callers below a place, each where it was last heard."""
    at, interaction = (
        select(column)
        .where(P.c.handle_id == HANDLE.c.id, interaction_visible(who, P.c.interaction_id))
        .order_by(P.c.occurred_at.desc(), P.c.interaction_id.desc())
        .limit(1)
        .correlate(HANDLE)
        .scalar_subquery()
        for column in (P.c.occurred_at, P.c.interaction_id)
    )
    strangers = select(HANDLE.c.customer, at.label("at"), interaction.label("id")).where(_unknown(who))
    every = strangers.offset(0).subquery()  # kept apart: else each mention of a time would be another look for it
    below = [] if before is None else [_below((every.c.at, every.c.id), before)]
    heard = select(every).where(every.c.at.is_not(None), *below)
    rows = connection.execute(heard.order_by(every.c.at.desc(), every.c.id.desc()).limit(limit))
    return [(customer, (at, interaction)) for customer, at, interaction in rows]


def _unknown(who: Principal) -> ColumnElement[bool]:
    """Return the condition that of whoever has a handle only numbers are known, and nobody said who it is."""
    other = alias(HANDLE)
    theirs = other.c.customer == HANDLE.c.customer
    said = and_(
        DECISION.c.a == other.c.id,
        DECISION.c.kind.in_([VerdictKind.NAME, VerdictKind.NOT_A_CUSTOMER]),
        DECISION.c.revoked_at.is_(None),
    )
    known = exists(select(1).where(theirs, or_(other.c.stranger.is_(None), exists(select(1).where(said)))))
    return and_(HANDLE.c.stranger.is_not(None), ~known, handle_visible(who, HANDLE.c.id))


def _below(columns: Sequence[Any], place: Place) -> ColumnElement[bool]:
    return tuple_(*columns) < tuple_(*(literal(v, c.type) for c, v in zip(columns, place, strict=True)))
