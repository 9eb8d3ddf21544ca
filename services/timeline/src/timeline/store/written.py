"""Writing what matching found: handles, links, names, the change log and the feed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Insert, select

from timeline.folds.identity.evidence import NAME_LIMIT, Named, Seen, customer_id
from timeline.folds.identity.verdicts import Pair
from timeline.folds.search import folded
from timeline.store.neighbourhood import Known, KnownLink
from timeline.store.saving import tell
from timeline.store.statements import chunks, insert_all, table, update_all, upsert, write
from timeline.store.tables import HandleNameRow, HandleRow, LinkRow, RegroupingRow

_STANDING = ("first_at", "first_event", "customer", "component", "shared", "stranger")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why customers change: in a word, and the event, card or act that did it."""

    why: str
    by: UUID | None = None


class Moved(NamedTuple):
    """A handle that passed from a customer to another."""

    handle_id: UUID
    old_customer: UUID
    new_customer: UUID


@cache
def _adding_names(dialect: str) -> Insert:
    return upsert(dialect, HandleNameRow, ["handle_id", "name", "via"], lambda new: {"first_at": new.first_at})


@cache
def _adding_links(dialect: str) -> Insert:
    changed = ("strength", "first_at", "first_event", "refused")
    return upsert(dialect, LinkRow, ["a", "b"], lambda new: {name: new[name] for name in changed})


def write_names(connection: Connection, names: Mapping[Named, datetime]) -> None:
    """Write names that are new, or seen earlier than was known."""
    for part in chunks(name_rows(names)):
        write(connection, _adding_names(connection.dialect.name), part)


def write_links(connection: Connection, links: Mapping[Pair, KnownLink]) -> None:
    """Write links as they are now."""
    for part in chunks([link_row(pair, link) for pair, link in links.items()]):
        write(connection, _adding_links(connection.dialect.name), part)


def tell_of_customers(connection: Connection, handles: Iterable[UUID]) -> None:
    """Tell the feed that those who have handles are not as they were."""
    customers: set[UUID] = set()
    for part in chunks(handles):
        theirs = select(table(HandleRow).c.customer).where(table(HandleRow).c.id.in_(part))
        customers.update(connection.execute(theirs).scalars())
    tell(connection, "customer", sorted(customers))


def name_rows(names: Mapping[Named, datetime]) -> list[dict[str, object]]:
    """Return the rows of names."""
    return [
        {"handle_id": h, "name": name, "via": via, "first_at": at, "folded": folded(name)[:NAME_LIMIT]}
        for (h, name, via), at in sorted(names.items())
    ]


def handle_row(organisation: UUID, known: Known) -> dict[str, object]:
    """Return a handle's row."""
    seen = known.seen
    return {
        "id": seen.id,
        "kind": seen.kind,
        "scope": seen.scope,
        "value": seen.value,
        "first_at": seen.first_at,
        "first_event": seen.first_event,
        "own": customer_id(organisation, seen),
        "customer": known.customer,
        "component": known.component,
        "shared": known.shared,
        "stranger": known.stranger or None,
        "domain": seen.value.rpartition("@")[2] if seen.kind == "email" else None,
    }


def link_row(pair: Pair, link: KnownLink) -> dict[str, object]:
    """Return a link's row."""
    linked = link.linked
    return {
        "a": pair[0],
        "b": pair[1],
        "strength": linked.strength,
        "first_at": linked.first_at,
        "first_event": linked.first_event,
        "refused": link.refused,
    }


class Written:
    """What is written in one transaction."""

    def __init__(self, connection: Connection, organisation: UUID) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._organisation = organisation

    def customer(self, earliest: Seen) -> UUID:
        """Return the id of the customer whose earliest handle this is."""
        return customer_id(self._organisation, earliest)

    def add(self, handles: Iterable[Known]) -> None:
        """Add handles."""
        for part in chunks([handle_row(self._organisation, known) for known in handles]):
            write(self._connection, insert_all(self._dialect, HandleRow), part)

    def change(self, handles: Iterable[Known]) -> None:
        """Write handles as they are now."""
        statement = update_all(self._dialect, HandleRow, "id", *_STANDING)
        rows = (handle_row(self._organisation, known) for known in handles)
        for part in chunks([{"of": r["id"], **{f"new_{name}": r[name] for name in _STANDING}} for r in rows]):
            write(self._connection, statement, part)

    def link(self, links: Mapping[Pair, KnownLink]) -> None:
        """Write links as they are now."""
        write_links(self._connection, links)

    def log(self, moved: Iterable[Moved], cause: Cause, brought: Mapping[UUID, UUID] | None = None) -> None:
        """Log handles that passed from a customer to another, with what `brought` each, and tell the feed of both."""
        now, by = datetime.now(UTC), brought or {}
        every = list(moved)
        for part in chunks(every):
            rows = [{**m._asdict(), "why": cause.why, "cause": by.get(m.handle_id, cause.by), "at": now} for m in part]
            write(self._connection, insert_all(self._dialect, RegroupingRow), rows)
        tell(self._connection, "customer", sorted({c for m in every for c in (m.old_customer, m.new_customer)}))
