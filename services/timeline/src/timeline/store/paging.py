"""A timeline: for each handle of a customer its newest rows, merged, de-duplicated, cut; keyset, never offset."""

import base64
import binascii
import struct
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, tuple_, union_all

from timeline.folds.interaction import Interaction
from timeline.ports import Filters, Page, Principal
from timeline.store.columns import Id, Utc
from timeline.store.contents import interaction_from
from timeline.store.statements import chunks, table
from timeline.store.tables import InteractionRow, ParticipationRow
from timeline.store.visible import interaction_visible

P, INTERACTION = table(ParticipationRow), table(InteractionRow)
# SQLite joins at most 500 selects; a customer seldom has a dozen handles.
HANDLES_AT_ONCE = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = struct.Struct(">q16s")

Place = tuple[datetime, UUID]


def encoded(place: Place) -> str:
    """Return a place in a timeline as an opaque cursor."""
    microseconds = (place[0] - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(_CURSOR.pack(microseconds, place[1].bytes)).decode()


def decoded(cursor: str) -> Place:
    """Return the place of a cursor; raises ValueError when it is none of ours."""
    try:
        microseconds, raw = _CURSOR.unpack(base64.urlsafe_b64decode(cursor.encode("ascii")))
        return _EPOCH + timedelta(microseconds=microseconds), UUID(bytes=raw)
    except (binascii.Error, struct.error, UnicodeError, OverflowError) as error:
        raise ValueError("this is no cursor of a timeline") from error


def page_of(
    connection: Connection,
    who: Principal,
    handles: Collection[UUID],
    filters: Filters,
    older_than: str | None,
    limit: int,
) -> Page:
    """Return a page of the handles' timeline."""
    before = decoded(older_than) if older_than else None
    places: set[Place] = set()
    for part in chunks(handles, HANDLES_AT_ONCE):
        walks = [_walk(who, handle, filters, before, limit + 1).subquery() for handle in part]
        columns = [select(w.c.occurred_at, w.c.interaction_id) for w in walks]
        rows = connection.execute(union_all(*columns) if len(columns) > 1 else columns[0])
        places |= {(at, i) for at, i in rows}
    newest = sorted(places, reverse=True)[: limit + 1]
    shown = newest[:limit]
    entries = interactions(connection, [i for _, i in shown])
    return Page(tuple(entries), encoded(shown[-1]) if len(newest) > limit else None)


def _walk(who: Principal, handle: UUID, filters: Filters, before: Place | None, limit: int) -> Select[Any]:
    """Return the select that walks one handle's rows down its index."""
    walk = select(P.c.occurred_at, P.c.interaction_id).where(P.c.handle_id == handle)
    if before:
        walk = walk.where(tuple_(P.c.occurred_at, P.c.interaction_id, types=[Utc, Id]) < before)
    if filters.channels:
        walk = walk.where(P.c.channel.in_(sorted(filters.channels)))
    if filters.directions:
        walk = walk.where(P.c.direction.in_(sorted(filters.directions)))
    if filters.since:
        walk = walk.where(P.c.occurred_at >= filters.since)
    if filters.until:
        walk = walk.where(P.c.occurred_at < filters.until)
    walk = walk.where(interaction_visible(who, P.c.interaction_id))
    return walk.order_by(P.c.occurred_at.desc(), P.c.interaction_id.desc()).limit(limit)


def interactions(connection: Connection, ids: Sequence[UUID]) -> list[Interaction]:
    """Return interactions in the order of the ids; those that are gone are left out."""
    found: dict[UUID, Interaction] = {}
    for part in chunks(ids):
        rows = connection.execute(
            select(INTERACTION.c.id, INTERACTION.c.content).where(
                INTERACTION.c.id.in_(part), INTERACTION.c.content.is_not(None)
            )
        )
        found.update((i, interaction_from(content)) for i, content in rows)
    return [found[i] for i in ids if i in found]
