"""Handles, links, names and customers, kept up to date with the evidence."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CompoundSelect, Connection, Insert, Select, delete, or_, select
from sqlalchemy.sql.dml import ReturningInsert

from peyvand.identity import Proof
from timeline.folds.identity import NAME_LIMIT, Evidence, Seen, customer_id, customers, links_of
from timeline.folds.search import folded
from timeline.store.saving import tell
from timeline.store.statements import among, chunks, insert_all, insert_missing, table, update_all, upsert, write
from timeline.store.tables import EvidenceRow, HandleNameRow, HandleRow, LinkRow, RegroupingRow

HANDLE, LINK, NAME = table(HandleRow), table(LinkRow), table(HandleNameRow)
EVIDENCE, REGROUPING = table(EvidenceRow), table(RegroupingRow)
H = HANDLE.c

_Left = tuple[UUID, int, datetime, str | None, str]  # event, party, time, name, proof


@cache
def _firsts_of(dialect: str) -> Select[Any]:
    return select(H.id, H.first_at, H.first_event).where(among(dialect, H.id))


@cache
def _with_customers_of(dialect: str) -> Select[Any]:
    theirs = select(H.customer).where(among(dialect, H.id))
    return select(H.first_at, H.first_event, H.kind, H.scope, H.value, H.id, H.customer).where(H.customer.in_(theirs))


@cache
def _links_of(dialect: str) -> CompoundSelect[Any]:
    links = select(LINK.c.a, LINK.c.b)
    return links.where(among(dialect, LINK.c.a)).union(links.where(among(dialect, LINK.c.b)))


@cache
def _names_of(dialect: str) -> Select[Any]:
    n = NAME.c
    return select(n.handle_id, n.name, n.via, n.first_at).where(among(dialect, n.handle_id))


@cache
def _adding_links(dialect: str) -> ReturningInsert[Any]:
    return insert_missing(dialect, LinkRow, "a", "b").returning(LINK.c.a, LINK.c.b)


@cache
def _adding_names(dialect: str) -> Insert:
    keys = ["handle_id", "name", "via"]
    earlier = NAME.c.first_at
    return upsert(dialect, HandleNameRow, keys, lambda new: {"first_at": new.first_at}, lambda n: n.first_at < earlier)


class Matching:
    """One batch's matching, inside the transaction that holds the lock on identity."""

    def __init__(self, connection: Connection, organisation: UUID) -> None:
        self.connection = connection
        self.organisation = organisation
        self.dialect = connection.dialect.name

    def resolve(self, new: Sequence[Evidence], old: Sequence[Evidence]) -> None:
        """Bring everything derived up to date with new evidence, and old that is gone."""
        dirty = self._see(new)
        dirty |= self._link(links_of(new))
        self._name(new)
        if old:
            dirty |= self._forget(old)
        if dirty:
            self.regroup(dirty, "evidence" if new else "retraction", new[0].event_id if new else None)

    def knows(self, evidence: Sequence[Evidence]) -> bool:
        """Return whether evidence would change nothing: every handle, link and name is there, and not seen earlier."""
        first = firsts(evidence)
        there = self._firsts(first)
        if any(i not in there or (s.first_at, s.first_event) < there[i] for i, s in first.items()):
            return False
        links = links_of(evidence)
        if not links <= self._links_at({a for a, _ in links}):
            return False
        names = {(r["handle_id"], r["name"], r["via"]): r["first_at"] for r in name_rows(evidence)}
        known = self._names_of({e.handle_id for e in evidence if e.name})
        return all(key in known and known[key] <= at for key, at in names.items())  # type: ignore[operator]

    def _names_of(self, handles: Collection[UUID]) -> dict[tuple[object, object, object], datetime]:
        found: dict[tuple[object, object, object], datetime] = {}
        for part in chunks(handles):
            rows = self.connection.execute(_names_of(self.dialect), {"ids": part})
            found.update(((handle, name, via), at) for handle, name, via, at in rows)
        return found

    def _see(self, evidence: Sequence[Evidence]) -> set[UUID]:
        """Add handles that are new and date back those seen earlier; return the ones that changed."""
        first = firsts(evidence)
        there = self._firsts(first)
        new = [handle_row(self.organisation, seen) for i, seen in first.items() if i not in there]
        for part in chunks(new):
            write(self.connection, insert_all(self.dialect, HandleRow), part)
        earlier = [s for i, s in first.items() if i in there and (s.first_at, s.first_event) < there[i]]
        self._date([(s.id, s.first_at, s.first_event) for s in earlier])
        return {*(first.keys() - there.keys()), *(s.id for s in earlier)}

    def _firsts(self, ids: Collection[UUID]) -> dict[UUID, tuple[datetime, UUID]]:
        found: dict[UUID, tuple[datetime, UUID]] = {}
        for part in chunks(ids):
            rows = self.connection.execute(_firsts_of(self.dialect), {"ids": part})
            found.update((i, (at, event)) for i, at, event in rows)
        return found

    def _date(self, firsts: Iterable[tuple[UUID, datetime, UUID]]) -> None:
        statement = update_all(self.dialect, HandleRow, "id", "first_at", "first_event")
        for part in chunks([{"key": i, "new_first_at": at, "new_first_event": event} for i, at, event in firsts]):
            write(self.connection, statement, part)

    def _link(self, pairs: Collection[tuple[UUID, UUID]]) -> set[UUID]:
        """Add links that are new; return their ends."""
        statement = _adding_links(self.dialect)
        ends: set[UUID] = set()
        for part in chunks([{"a": a, "b": b} for a, b in sorted(pairs)]):
            for a, b in write(self.connection, statement, part):
                ends |= {a, b}
        return ends

    def _name(self, evidence: Iterable[Evidence]) -> None:
        """Add names that are new, and date back those seen earlier."""
        for part in chunks(name_rows(evidence)):
            write(self.connection, _adding_names(self.dialect), part)

    def _forget(self, evidence: Sequence[Evidence]) -> set[UUID]:
        """Derive again, from the evidence that is left, all that the removed evidence had a part in."""
        touched = {e.handle_id: e for e in evidence}
        left = self._evidence_left(touched)
        gone = [i for i in touched if i not in left]
        self._drop(gone)
        since = {i: min((at, event) for event, _, at, _, _ in rows) for i, rows in left.items()}
        known = self._firsts(since)
        self._date([(i, *first) for i, first in since.items() if known.get(i) != first])
        self.connection.execute(delete(NAME).where(NAME.c.handle_id.in_(list(left))))
        self._name(
            Evidence(event, party, i, "", "", "", "", proof, name, at)
            for i, rows in left.items()
            for event, party, at, name, proof in rows
        )
        unlinked = self._unlink(links_of(evidence), left)
        return {*touched, *unlinked} - set(gone)

    def _evidence_left(self, ids: Collection[UUID]) -> dict[UUID, list[_Left]]:
        left: dict[UUID, list[_Left]] = {}
        columns = (EVIDENCE.c.event_id, EVIDENCE.c.party, EVIDENCE.c.occurred_at, EVIDENCE.c.name, EVIDENCE.c.proof)
        for part in chunks(ids):
            found = self.connection.execute(
                select(EVIDENCE.c.handle_id, *columns).where(EVIDENCE.c.handle_id.in_(part))
            )
            for i, *row in found:
                left.setdefault(i, []).append(cast("_Left", tuple(row)))
        return left

    def _drop(self, handles: Collection[UUID]) -> None:
        for part in chunks(handles):
            self.connection.execute(delete(HANDLE).where(HANDLE.c.id.in_(part)))
            self.connection.execute(delete(NAME).where(NAME.c.handle_id.in_(part)))
            self.connection.execute(delete(LINK).where(or_(LINK.c.a.in_(part), LINK.c.b.in_(part))))

    def _unlink(self, pairs: Iterable[tuple[UUID, UUID]], left: dict[UUID, list[_Left]]) -> set[UUID]:
        """Remove links that no party of any event supports any more; return their peers."""
        places = {i: {(event, party) for event, party, *_ in rows} for i, rows in left.items()}
        unsupported = [(a, b) for a, b in pairs if not places.get(a, set()) & places.get(b, set())]
        for a, b in unsupported:
            self.connection.execute(delete(LINK).where(LINK.c.a == a, LINK.c.b == b))
        return {i for pair in unsupported for i in pair}

    def regroup(self, dirty: Collection[UUID], why: str, cause: UUID | None) -> int:
        """Compute the customers of the touched neighbourhoods again; return how many handles passed to another."""
        members = self._neighbourhoods(dirty)
        links = self._links_at(members)
        today = customers(self.organisation, [seen for seen, _ in members.values()], links)
        moved = [(i, members[i][1], new) for i, new in today.items() if new != members[i][1]]
        if moved:
            changed = [{"key": i, "new_customer": new} for i, _, new in moved]
            write(self.connection, update_all(self.dialect, HandleRow, "id", "customer"), changed)
            rows = [
                {"handle_id": i, "old_customer": old, "new_customer": new, "why": why, "cause": cause}
                for i, old, new in moved
            ]
            write(self.connection, insert_all(self.dialect, RegroupingRow), rows)
            tell(self.connection, "customer", sorted({c for _, old, new in moved for c in (old, new)}))
        return len(moved)

    def _neighbourhoods(self, dirty: Collection[UUID]) -> dict[UUID, tuple[Seen, UUID]]:
        """Return every handle that stands, or by a link will stand, with a dirty one, and its customer of until now."""
        members: dict[UUID, tuple[Seen, UUID]] = {}
        frontier = set(dirty)
        while frontier:
            peers = self._with_their_customers(frontier)
            members.update(peers)
            ends = {i for pair in self._links_at(peers) for i in pair}
            frontier = ends - members.keys()
        return members

    def _with_their_customers(self, ids: Collection[UUID]) -> dict[UUID, tuple[Seen, UUID]]:
        found: dict[UUID, tuple[Seen, UUID]] = {}
        for part in chunks(ids):
            for *seen, customer in self.connection.execute(_with_customers_of(self.dialect), {"ids": part}):
                found[seen[5]] = (Seen(*seen), customer)
        return found

    def _links_at(self, ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        found: set[tuple[UUID, UUID]] = set()
        for part in chunks(ids):
            rows = self.connection.execute(_links_of(self.dialect), {"ids": part})
            found |= {(a, b) for a, b in rows}
        return found


def name_rows(evidence: Iterable[Evidence]) -> list[dict[str, object]]:
    """Return the names that evidence gives to handles, each since when it was first seen."""
    names: dict[tuple[UUID, str, bool], datetime] = {}
    for e in evidence:
        if e.name:
            key = (e.handle_id, e.name, e.proof != Proof.CLAIMED)
            names[key] = min(names.get(key, e.occurred_at), e.occurred_at)
    return [
        {"handle_id": h, "name": name, "via": via, "first_at": at, "folded": folded(name)[:NAME_LIMIT]}
        for (h, name, via), at in sorted(names.items())
    ]


def handle_row(organisation: UUID, seen: Seen, customer: UUID | None = None) -> dict[str, object]:
    """Return a handle's row; until it is grouped it is a customer of its own."""
    own = customer_id(organisation, seen)
    return {
        "id": seen.id,
        "kind": seen.kind,
        "scope": seen.scope,
        "value": seen.value,
        "first_at": seen.first_at,
        "first_event": seen.first_event,
        "own": own,
        "customer": customer or own,
    }


def firsts(evidence: Iterable[Evidence]) -> dict[UUID, Seen]:
    """Return each handle's earliest sighting in the evidence."""
    first: dict[UUID, Seen] = {}
    for e in evidence:
        seen = Seen(e.occurred_at, e.event_id, e.kind, e.scope, e.value, e.handle_id)
        first[e.handle_id] = min(first.get(e.handle_id, seen), seen)
    return first
