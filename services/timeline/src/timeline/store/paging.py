"""A timeline: for each handle of a customer its newest rows, merged, de-duplicated, cut; keyset, never offset."""

import base64
import binascii
import struct
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Executable,
    Select,
    bindparam,
    select,
    tuple_,
    union_all,
)

from timeline.folds.interaction import Interaction
from timeline.ports import Filters, Page, Principal
from timeline.sharing import as_shared
from timeline.store.columns import Id, Utc
from timeline.store.contents import interaction_from
from timeline.store.statements import chunks, table
from timeline.store.tables import InteractionRow, ParticipationRow
from timeline.store.visible import seen_through

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
    asked = _asked(who, filters, before, limit + 1)
    places: set[Place] = set()
    for part in chunks(handles, HANDLES_AT_ONCE):
        statement = _walks(len(part), frozenset(asked))
        rows = connection.execute(statement, asked | {f"handle_{n}": handle for n, handle in enumerate(part)})
        places |= {(at, i) for at, i in rows}
    newest = sorted(places, reverse=True)[: limit + 1]
    shown = newest[:limit]
    entries = interactions(connection, who, [i for _, i in shown])
    return Page(tuple(entries), encoded(shown[-1]) if len(newest) > limit else None)


def _asked(who: Principal, filters: Filters, before: Place | None, limit: int) -> dict[str, Any]:
    """Return the values that a walk is narrowed by; those that narrow nothing are left out."""
    narrowing = {
        "before_at": before[0] if before else None,
        "before_id": before[1] if before else None,
        "channels": sorted(filters.channels) or None,
        "directions": sorted(filters.directions) or None,
        "since": filters.since,
        "until": filters.until,
        "connectors": None if who.connectors is None else who.seen,
    }
    return {"limit": limit, **{name: value for name, value in narrowing.items() if value is not None}}


@lru_cache(maxsize=256)
def _walks(handles: int, narrowing: frozenset[str]) -> Executable:
    """Return the statement that walks so many handles' rows down their indexes; made once for each shape."""
    walks = [_walk(bindparam(f"handle_{n}", type_=Id), narrowing).subquery() for n in range(handles)]
    selects = [select(w.c.occurred_at, w.c.interaction_id) for w in walks]
    return union_all(*selects) if len(selects) > 1 else selects[0]


def _walk(handle: BindParameter[Any], narrowing: frozenset[str]) -> Select[Any]:
    place = tuple_(P.c.occurred_at, P.c.interaction_id)
    conditions: dict[str, ColumnElement[bool]] = {
        "before_at": place < tuple_(bindparam("before_at", type_=Utc), bindparam("before_id", type_=Id)),
        "channels": P.c.channel.in_(bindparam("channels", expanding=True)),
        "directions": P.c.direction.in_(bindparam("directions", expanding=True)),
        "since": P.c.occurred_at >= bindparam("since", type_=Utc),
        "until": P.c.occurred_at < bindparam("until", type_=Utc),
        "connectors": seen_through(P.c.interaction_id, bindparam("connectors", expanding=True)),
    }
    wanted = [condition for name, condition in conditions.items() if name in narrowing]
    walk = select(P.c.occurred_at, P.c.interaction_id).where(P.c.handle_id == handle, *wanted)
    return walk.order_by(P.c.occurred_at.desc(), P.c.interaction_id.desc()).limit(bindparam("limit"))


def interactions(connection: Connection, who: Principal, ids: Sequence[UUID]) -> list[Interaction]:
    """Return interactions in the order of the ids, as somebody may see them; those that are gone are left out."""
    found: dict[UUID, Interaction] = {}
    for part in chunks(ids):
        rows = connection.execute(
            select(INTERACTION.c.id, INTERACTION.c.content).where(
                INTERACTION.c.id.in_(part), INTERACTION.c.content.is_not(None)
            )
        )
        found.update((i, interaction_from(content)) for i, content in rows)
    return [as_shared(found[i], who) for i in ids if i in found]
