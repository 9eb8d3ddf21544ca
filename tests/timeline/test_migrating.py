"""A database of an earlier schema, with what was stored in it, comes to today's with what can be told of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, TableClause, column, insert, select, table
from sqlalchemy.engine import make_url

from making import ORGANISATION, START
from peyvand.identity.rules import Rules
from timeline.folds.identity import Evidence, Linked, VerdictKind, handle_id
from timeline.folds.identity.evidence import links_of
from timeline.reminding import Reminder
from timeline.store import Database, SqlStore, rebuild, remind
from timeline.store.columns import Id, Utc
from timeline.store.limits import Limits
from timeline.store.migrate import migrate
from timeline.store.postgres import PostgresDatabase
from timeline.store.sqlite import SqliteDatabase
from timeline.store.statements import table as of
from timeline.store.tables import DecisionRow, HandleRow, LinkRow

KEYS = {
    "ali": ("phone", "", "+989123456780"),
    "ali@": ("email", "", "ali@x.ir"),
    "sara": ("phone", "", "+989123456781"),
    "sara@": ("email", "", "sara@x.ir"),
    "sara telegram": ("telegram", "", "11"),
    "reza": ("phone", "", "+989123456782"),
}
IDS = {name: handle_id(ORGANISATION.id, *key) for name, key in KEYS.items()}
# Whose handles were one customer's in schema 0002.
CUSTOMERS = (("ali", "ali@"), ("sara", "sara@", "sara telegram"), ("reza",))
# In which event who was seen, how that was proved, and when.
SAID = (
    (1, "ali", "claimed", 3), (1, "ali@", "claimed", 3),
    (2, "ali", "via", 5), (2, "ali@", "claimed", 5),
    (3, "sara", "via", 1), (3, "sara telegram", "verified", 1),
    (4, "sara", "claimed", 1), (4, "sara@", "claimed", 1),
    (5, "sara", "claimed", 0), (5, "sara telegram", "claimed", 0),
    (6, "reza", "via", 2),
)  # fmt: skip
EVIDENCE = [
    Evidence(UUID(int=n), 0, IDS[who], *KEYS[who], "from", proof, "Ali", START + timedelta(minutes=minutes))
    for n, who, proof, minutes in SAID
]
SAME = UUID(int=77)


def _as_it_was(name: str, /, **types: Any) -> TableClause:
    return table(name, *(column(key, kind) for key, kind in types.items()))


HANDLE = _as_it_was(
    "handle", id=Id, kind=None, scope=None, value=None, first_at=Utc, first_event=Id, own=Id, customer=Id
)
SAYING = _as_it_was(
    "evidence", event_id=Id, party=None, handle_id=Id, role=None, proof=None, name=None, occurred_at=Utc
)
LINK = _as_it_was("link", a=Id, b=Id)
DECISION = _as_it_was("decision", id=Id, kind=None, a=Id, b=Id, actor=None, at=Utc)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open an empty database as it is, without tables."""
    where = make_url(database_url)
    opened: Database = (
        SqliteDatabase(where.database or "")
        if where.get_backend_name() == "sqlite"
        else PostgresDatabase(where, Limits.model_construct())
    )
    yield opened
    await opened.close()


def _fill(connection: Connection) -> None:
    """Make schema 0002, and store what it would hold."""
    migrate(connection, "0002")
    for names in CUSTOMERS:
        for name in names:
            kind, scope, value = KEYS[name]
            seen = min((e.occurred_at, e.event_id) for e in EVIDENCE if e.handle_id == IDS[name])
            row = {"id": IDS[name], "kind": kind, "scope": scope, "value": value, "own": IDS[name]}
            firsts = {"first_at": seen[0], "first_event": seen[1], "customer": IDS[names[0]]}
            connection.execute(insert(HANDLE), row | firsts)
    connection.execute(insert(LINK), [{"a": a, "b": b} for a, b in links_of(EVIDENCE)])
    for e in EVIDENCE:
        row = {"event_id": e.event_id, "party": e.party, "handle_id": e.handle_id, "role": e.role}
        connection.execute(insert(SAYING), row | {"proof": e.proof, "name": e.name, "occurred_at": e.occurred_at})
    verdict = {"id": SAME, "kind": VerdictKind.SAME, "a": IDS["ali"], "b": IDS["reza"], "actor": "leila", "at": START}
    connection.execute(insert(DECISION), verdict)


async def test_handles_and_links_of_schema_0002_come_to_todays(database: Database) -> None:
    await database.write(_fill)
    await database.write(migrate)
    handle, link, decision = of(HandleRow).c, of(LinkRow).c, of(DecisionRow).c
    components = await database.read(lambda c: dict(c.execute(select(handle.id, handle.component)).all()))
    assert components == {IDS[name]: min(IDS[n] for n in names) for names in CUSTOMERS for name in names}
    links = await database.read(
        lambda c: c.execute(select(link.a, link.b, link.strength, link.first_at, link.first_event)).all()
    )
    assert {(a, b): Linked(*linked) for a, b, *linked in links} == links_of(EVIDENCE)
    acts = await database.read(lambda c: c.execute(select(decision.id, decision.act)).all())
    assert list(acts) == [(SAME, SAME)]


async def test_what_an_earlier_schema_held_is_told_to_need_a_rebuild_until_there_is_one(database: Database) -> None:
    await database.write(_fill)
    await database.write(migrate)
    assert await remind(database, Rules()) is Reminder.UPDATE
    store = SqlStore(database, ORGANISATION.id)
    assert [p.mended async for p in rebuild(store)][-1] > 0
    assert [p.mended async for p in rebuild(store)][-1] == 0
    assert await remind(database, Rules()) is None
