"""Customers' profiles out of the store, and those that are alike into it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, text

from timeline.folds.identity.alike import Alike
from timeline.folds.identity.profile import Profile, profile
from timeline.folds.identity.verdicts import Pair, pair
from timeline.store.connections import take_time
from timeline.store.database import Database
from timeline.store.statements import chunks, table
from timeline.store.tables import ChangeRow, HandleNameRow, HandleRow, LikenessRow, LinkRow

HANDLE, NAME, LINK = table(HandleRow).c, table(HandleNameRow).c, table(LinkRow).c
CHANGE, LIKENESS = table(ChangeRow).c, table(LikenessRow)
# One process at a time writes what is alike; the others leave it to it.
LIKENESS_LOCK = 7_203_003
# A switchboard beside which more were seen says nothing of any two of them.
MOST_BESIDE = 200


@dataclass(slots=True)
class _Known:
    """What is known of a customer, by the handle that was seen first."""

    handle: UUID
    names: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    beside: list[UUID] = field(default_factory=list)


class SqlLikenesses:
    """Likenesses in an SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: int | None = None  # of the feed, when likenesses were kept last
        self._looked: int | None = None

    async def changed(self) -> bool:
        """Return whether the feed has gone on since what is kept was looked for."""
        self._looked = await self._database.read(lambda c: c.execute(select(func.max(CHANGE.id))).scalar_one())
        return self._looked != self._seen

    async def profiles(self) -> tuple[list[Profile], list[Pair]]:
        """Return the profiles of all customers but those who are nothing but a shared handle."""
        return await self._database.read(_profiles)

    async def keep(self, found: Sequence[Alike]) -> None:
        """Write what is alike in the place of what was."""
        await self._database.write(lambda connection: _keep(connection, found))
        self._seen = self._looked


def _profiles(connection: Connection) -> tuple[list[Profile], list[Pair]]:
    take_time(connection)
    known: dict[UUID, _Known] = {}
    customer_of: dict[UUID, UUID] = {}
    for i, kind, value, customer in connection.execute(_personal()):
        customer_of[i] = customer
        entry = known.setdefault(customer, _Known(i))
        if kind == "email":
            entry.addresses.append(value)
    for handle, name in connection.execute(select(NAME.handle_id, NAME.name)):
        if handle in customer_of:
            known[customer_of[handle]].names.append(name)
    for a, b in connection.execute(_beside()):
        for handle, shared in ((a, b), (b, a)):
            if handle in customer_of:
                known[customer_of[handle]].beside.append(shared)
    refused = [(a, b) for a, b in connection.execute(select(LINK.a, LINK.b).where(LINK.refused.is_not(None)))]
    profiles = [profile(k.handle, k.names, k.addresses, set(k.beside)) for k in known.values()]
    return profiles, _between(known, customer_of, refused)


def _personal() -> Select[UUID, str, str, UUID]:
    """Return the handles that are somebody's own, those seen first before the others."""
    columns = (HANDLE.id, HANDLE.kind, HANDLE.value, HANDLE.customer)
    return select(*columns).where(HANDLE.shared.is_(None)).order_by(HANDLE.first_at, HANDLE.first_event, HANDLE.id)


def _beside() -> Select[UUID, UUID]:
    """Return the links to shared handles beside which few were seen."""
    ends = table(HandleRow).alias("ends")
    of_ends = or_(LINK.a == ends.c.id, LINK.b == ends.c.id)
    few = (
        select(ends.c.id)
        .join_from(ends, table(LinkRow), of_ends)
        .where(ends.c.shared.is_not(None))
        .group_by(ends.c.id)
        .having(func.count() <= MOST_BESIDE)
    ).scalar_subquery()
    return select(LINK.a, LINK.b).where(or_(LINK.a.in_(few), LINK.b.in_(few)))


def _between(known: dict[UUID, _Known], customer_of: dict[UUID, UUID], links: Iterable[Pair]) -> list[Pair]:
    """Return refused links as pairs of the handles by which customers are compared."""
    ends = (
        (known[customer_of[a]].handle, known[customer_of[b]].handle) for a, b in links if {a, b} <= customer_of.keys()
    )
    return [pair(a, b) for a, b in ends if a != b]


def _keep(connection: Connection, found: Sequence[Alike]) -> None:
    if connection.dialect.name == "postgresql":
        ours = text("SELECT pg_try_advisory_xact_lock(:key)")
        if not connection.execute(ours, {"key": LIKENESS_LOCK}).scalar_one():
            return
    connection.execute(delete(LIKENESS))
    rows = [
        {"a": f.a, "b": f.b, "score": f.likeness.score, "parts": [list(part) for part in f.likeness.parts]}
        for f in found
    ]
    for part in chunks(rows):
        connection.execute(insert(LIKENESS), part)
