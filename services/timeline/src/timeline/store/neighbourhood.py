"""What is stored around some handles: themselves, their components, links, names and what people decided of them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from timeline.folds.identity.evidence import Linked, Named, Seen
from timeline.folds.identity.verdicts import OF_IDENTITY, Pair, Rulings, Verdict, VerdictKind, rulings
from timeline.store.statements import among, at_keys, chunks, read_keys, table
from timeline.store.tables import DecisionRow, HandleNameRow, HandleRow, LinkRow

HANDLE, LINK, NAME, DECISION = table(HandleRow).c, table(LinkRow).c, table(HandleNameRow).c, table(DecisionRow).c
_SEEN = (HANDLE.first_at, HANDLE.first_event, HANDLE.kind, HANDLE.scope, HANDLE.value, HANDLE.id)
_STANDING = (*_SEEN, HANDLE.shared, HANDLE.component, HANDLE.customer, HANDLE.stranger)
_LINKED = ("a", "b", "strength", "first_at", "first_event", "refused")
_NAMED = ("handle_id", "name", "via")


@dataclass(frozen=True, slots=True)
class Known:
    """A handle as it is stored; `customer` is None for one that is not there yet.

    A `stranger` is a number under which no name was seen.
    """

    seen: Seen
    shared: str | None = None
    component: UUID | None = None
    customer: UUID | None = None
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class KnownLink:
    """A link as it is stored, and why it is not followed."""

    linked: Linked
    refused: str | None = None


Links = dict[Pair, KnownLink]


@cache
def _handles_at(dialect: str) -> Select[Any]:
    return select(*_STANDING).where(among(dialect, HANDLE.id))


@cache
def _firsts_at(dialect: str) -> Select[Any]:
    return select(HANDLE.id, HANDLE.first_at, HANDLE.first_event).where(among(dialect, HANDLE.id))


@cache
def _components_at(dialect: str) -> Select[Any]:
    return select(*_STANDING).where(among(dialect, HANDLE.component))


@cache
def _links_from(dialect: str, end: str) -> Select[Any]:
    return select(*(LINK[name] for name in _LINKED)).where(among(dialect, LINK[end]))


@cache
def _links_at(dialect: str) -> Select[Any]:
    return at_keys(dialect, LinkRow, ("a", "b"), *_LINKED)


@cache
def _names_at(dialect: str) -> Select[Any]:
    return at_keys(dialect, HandleNameRow, _NAMED, *_NAMED, "first_at")


@cache
def _names_of(dialect: str) -> Select[Any]:
    return select(NAME.handle_id, NAME.name, NAME.via, NAME.first_at).where(among(dialect, NAME.handle_id))


@cache
def _decided_at(dialect: str, end: str) -> Select[Any]:
    standing = select(table(DecisionRow)).where(DECISION.kind.in_(sorted(OF_IDENTITY)), DECISION.revoked_at.is_(None))
    return standing.where(among(dialect, DECISION[end]))


class Neighbourhood:
    """Questions about handles to the store, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._decided: dict[UUID, Verdict] = {}
        self._asked: set[UUID] = set()

    def handles(self, ids: Collection[UUID]) -> dict[UUID, Known]:
        """Return handles that are there."""
        return self._standing(_handles_at, ids)

    def firsts(self, ids: Collection[UUID]) -> dict[UUID, tuple[datetime, UUID]]:
        """Return when handles that are there were first seen."""
        found: dict[UUID, tuple[datetime, UUID]] = {}
        for part in chunks(ids):
            rows = self._connection.execute(_firsts_at(self._dialect), {"ids": part})
            found.update((i, (at, event)) for i, at, event in rows)
        return found

    def components(self, ids: Collection[UUID]) -> dict[UUID, Known]:
        """Return all handles of some components."""
        return self._standing(_components_at, ids)

    def links(self, pairs: Iterable[Pair]) -> Links:
        """Return the links between these pairs."""
        rows = read_keys(self._connection, _links_at(self._dialect), ("a", "b"), pairs)
        return dict(_link(row) for row in rows)

    def links_of(self, ids: Collection[UUID]) -> Links:
        """Return all links of handles; of one that many use they are many."""
        found: Links = {}
        for end in ("a", "b"):
            for part in chunks(ids):
                rows = self._connection.execute(_links_from(self._dialect, end), {"ids": part})
                found.update(_link(row) for row in rows)
        return found

    def names(self, named: Iterable[Named]) -> dict[Named, datetime]:
        """Return since when these names have been seen."""
        rows = read_keys(self._connection, _names_at(self._dialect), _NAMED, named)
        return {(handle, name, via): at for handle, name, via, at in rows}

    def names_of(self, ids: Collection[UUID]) -> dict[Named, datetime]:
        """Return all names of handles."""
        found: dict[Named, datetime] = {}
        for part in chunks(ids):
            rows = self._connection.execute(_names_of(self._dialect), {"ids": part})
            found.update(((handle, name, via), at) for handle, name, via, at in rows)
        return found

    def rulings(self, ids: Collection[UUID]) -> Rulings:
        """Return what people decided of handles, and of those asked for before."""
        asking = set(ids) - self._asked
        self._asked |= asking
        for end in ("a", "b"):
            for part in chunks(asking):
                rows = self._connection.execute(_decided_at(self._dialect, end), {"ids": part})
                self._decided.update((row["id"], verdict_from(row)) for row in rows.mappings())
        return rulings(self._decided.values())

    def _standing(self, statement: Callable[[str], Select[Any]], ids: Collection[UUID]) -> dict[UUID, Known]:
        found: dict[UUID, Known] = {}
        for part in chunks(ids):
            for *seen, shared, component, customer, stranger in self._connection.execute(
                statement(self._dialect), {"ids": part}
            ):
                found[seen[5]] = Known(Seen(*seen), shared, component, customer, bool(stranger))
        return found


def _link(row: Any) -> tuple[Pair, KnownLink]:
    a, b, strength, first_at, first_event, refused = row
    return (a, b), KnownLink(Linked(strength, first_at, first_event), refused)


def verdict_from(row: Any) -> Verdict:
    """Return a verdict from its row."""
    return Verdict(**{**row, "kind": VerdictKind(row["kind"])})
