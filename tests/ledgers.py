"""Streams that a few handles make, all their limits small, and a store that is stepped through them."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from hypothesis import strategies as st
from sqlalchemy import Connection, select

from making import ORGANISATION, START, customer, message, reading
from peyvand.event import InteractionEvent
from peyvand.identity import Handle, Proof, handle
from peyvand.identity.rules import Rules
from recorded import everything
from timeline.folds.identity import Verdict, VerdictKind, derive, handle_id
from timeline.record import record, refold
from timeline.store import SqlStore, open_database
from timeline.store.ledger import SqlLedger
from timeline.store.statements import table
from timeline.store.tables import HandleNameRow, HandleRow, LinkRow

# Small limits, so that a few events reach them all.
RULES = Rules(
    fan={"phone": {"email": 2, "telegram": 2, "crm": 1}, "email": {"phone": 2, "crm": 1}, "telegram": {"phone": 2}},
    caps={"phone": 2, "email": 3, "telegram": 2},
    most_handles=7,
)
HANDLES = [
    *(("phone", "", f"+98912345670{n}") for n in range(3)),
    ("phone", "", "+982188776655"),
    *(("email", "", f"{who}@example.com") for who in ("ali", "sara", "info", "reza")),
    *(("telegram", "", str(n)) for n in (11, 12, 13)),
    *(("crm", "old", str(n)) for n in (1, 2)),
]
NAMES = ["علی رضایی", "Ali Rezaei", "Sara Ahmadi", "مریم کریمی", "مشتری", None]


@dataclass(frozen=True, slots=True)
class Said:
    """An event in short: who, when."""

    number: int
    handles: tuple[int, ...]
    proofs: tuple[Proof, ...]
    name: int
    minutes: int

    def event(self) -> InteractionEvent:
        made = [_handle(i, p) for i, p in zip(self.handles, self.proofs, strict=True)]
        who = customer(*made, name=NAMES[self.name])
        return message(str(self.number), [who], minutes=self.minutes)


def _handle(index: int, proof: Proof) -> Handle:
    kind, scope, value = HANDLES[index]
    return handle(kind, value, scope=scope, proof=proof)


def identity(index: int) -> UUID:
    return handle_id(ORGANISATION.id, *HANDLES[index])


@st.composite
def streams(draw: st.DrawFn) -> list[Said]:
    """Draw events; some have the time of another."""
    said = []
    for number in range(draw(st.integers(2, 14))):
        handles = tuple(draw(st.lists(st.integers(0, len(HANDLES) - 1), min_size=1, max_size=3, unique=True)))
        proofs = tuple(draw(st.sampled_from(Proof)) for _ in handles)
        said.append(Said(number, handles, proofs, draw(st.integers(0, len(NAMES) - 1)), draw(st.integers(0, 9))))
    return said


INDEX = st.integers(0, len(HANDLES) - 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.lists(st.integers(0, 13), min_size=1, max_size=6)),
        st.tuples(st.just("retract"), st.lists(st.integers(0, 13), min_size=1, max_size=3)),
        st.tuples(st.sampled_from(["same", "different"]), st.tuples(INDEX, INDEX)),
        st.tuples(st.sampled_from(["shared", "personal"]), INDEX),
        st.tuples(st.just("revoke"), st.integers(0, 5)),
    ),
    min_size=3,
    max_size=14,
)


class Ledger:
    """A store of its own, and what has been decided there."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.ledger = SqlLedger(store.database, ORGANISATION.id, RULES)
        self.acts: list[UUID] = []

    async def do(self, step: tuple[str, Any], stream: Sequence[Said]) -> None:
        what, value = step
        match what:
            case "record":
                chosen = [stream[i % len(stream)].event() for i in value]
                await record([reading(event) for event in chosen], self.store)
            case "retract":
                await self._retract([stream[i % len(stream)].event() for i in value])
            case "revoke":
                if self.acts:
                    await self.ledger.revoke(self.acts[value % len(self.acts)], "leila", START)
            case _:
                await self._decide(VerdictKind(what), value if isinstance(value, tuple) else (value, None))

    async def _retract(self, events: Sequence[InteractionEvent]) -> None:
        def work(tx: Any) -> None:
            gone = tx.retract(list({e.event_id for e in events}))
            refold(tx, {e.interaction_id for e in gone})
            tx.resolve([], gone)

        await self.store.transact(work)

    async def _decide(self, kind: VerdictKind, things: tuple[int, int | None]) -> None:
        a, b = things
        there = await self.store.database.read(lambda c: set(c.execute(select(table(HandleRow).c.id)).scalars()))
        ids = (identity(a), None if b is None else identity(b))
        if a == b or not {i for i in ids if i} <= there:
            return
        act = uuid5(ORGANISATION.id, str(len(self.acts)))
        self.acts.append(act)
        at = START + timedelta(minutes=len(self.acts))
        await self.ledger.decide([Verdict(act, act, kind, *ids, None, "leila", at)])

    async def differences(self) -> list[str]:
        """Return how what is stored differs from what the record says."""
        evidence, verdicts = await everything(self.store.database)
        derived = derive(ORGANISATION.id, evidence, verdicts, RULES)
        stored = await self.store.database.read(_stored)
        wanted: tuple[dict[Any, Any], ...] = (
            {
                i: (s.seen.first_at, s.seen.first_event, s.shared, s.component, s.customer, s.stranger or None)
                for i, s in derived.handles.items()
            },
            {p: (k.strength, k.first_at, k.first_event, derived.refused.get(p)) for p, k in derived.links.items()},
            derived.names,
        )
        return [
            f"{what}: stored {is_.get(k)}, derived {should.get(k)}"
            for what, is_, should in zip(("handle", "link", "name"), stored, wanted, strict=True)
            for k in is_.keys() | should.keys()
            if is_.get(k) != should.get(k)
        ]


def _stored(connection: Connection) -> tuple[dict[Any, Any], ...]:
    handle_, link, name = table(HandleRow).c, table(LinkRow).c, table(HandleNameRow).c
    columns = (
        handle_.first_at, handle_.first_event, handle_.shared, handle_.component, handle_.customer, handle_.stranger,
    )  # fmt: skip
    linked = (link.strength, link.first_at, link.first_event, link.refused)
    return (
        {i: tuple(row) for i, *row in connection.execute(select(handle_.id, *columns))},
        {(a, b): tuple(row) for a, b, *row in connection.execute(select(link.a, link.b, *linked))},
        {
            (h, n, v): at
            for h, n, v, at in connection.execute(select(name.handle_id, name.name, name.via, name.first_at))
        },
    )


@asynccontextmanager
async def ledger_from(template: Path) -> AsyncIterator[Ledger]:
    """Give a ledger of its own, in a copy of an empty store."""
    own = template.with_name("store.db")
    shutil.copy(template, own)
    database = await open_database(f"sqlite:///{own}")
    try:
        yield Ledger(SqlStore(database, ORGANISATION.id, RULES))
    finally:
        await database.close()
        for left in own.parent.glob("store.db*"):
            left.unlink()
