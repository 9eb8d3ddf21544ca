"""What people decided to call somebody, the words they put to him, and whether he is no customer at all."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, text

from timeline.folds.identity.verdicts import VerdictKind
from timeline.folds.search import folded
from timeline.ports import Principal
from timeline.store.statements import chunks, table
from timeline.store.tables import GIVEN, DecisionRow, HandleRow
from timeline.store.visible import handle_visible

DECISION, HANDLE = table(DecisionRow).c, table(HandleRow).c
_MARKING = [VerdictKind.NAME, VerdictKind.TAG, VerdictKind.NOT_A_CUSTOMER]
# A search looks through so many names and words that people gave; the newest are those that are remembered.
MOST_GIVEN = 5_000


@dataclass(frozen=True, slots=True)
class Marks:
    """The verdicts that stand on a customer's handles."""

    name: str | None = None
    tags: tuple[str, ...] = ()
    not_a_customer: str | None = None


def marks_of(connection: Connection, who: Principal, customers: Collection[UUID]) -> dict[UUID, Marks]:
    """Return the marks of customers who have any; of two names the newest stands."""
    found: dict[UUID, dict[VerdictKind, dict[str, None]]] = {}
    marked = (
        select(HANDLE.customer, DECISION.kind, DECISION.value)
        .join_from(table(HandleRow), table(DecisionRow), DECISION.a == HANDLE.id)
        .where(DECISION.kind.in_(_MARKING), DECISION.revoked_at.is_(None), handle_visible(who, HANDLE.id))
        .order_by(DECISION.at, DECISION.id)
    )
    for part in chunks(customers):
        for customer, kind, value in connection.execute(marked.where(HANDLE.customer.in_(part))):
            given = found.setdefault(customer, {}).setdefault(VerdictKind(kind), {})
            given.pop(value, None)  # said again it is the newest
            given[value] = None
    return {customer: _marks(given) for customer, given in found.items()}


def set_aside(connection: Connection, customers: Collection[UUID]) -> set[UUID]:
    """Return those of customers who are none, whoever asks."""
    found: set[UUID] = set()
    aside = (
        select(HANDLE.customer)
        .join_from(table(HandleRow), table(DecisionRow), DECISION.a == HANDLE.id)
        .where(DECISION.kind == VerdictKind.NOT_A_CUSTOMER, DECISION.revoked_at.is_(None))
    )
    for part in chunks(customers):
        found.update(connection.execute(aside.where(HANDLE.customer.in_(part))).scalars())
    return found


def given_to(connection: Connection, who: Principal, asked: Collection[str]) -> Iterator[UUID]:
    """Yield the customers to whom people gave a name, or a word, that holds all that is asked for."""
    newest = (
        select(DECISION.a, DECISION.value, DECISION.at)
        .where(text(GIVEN))
        .order_by(DECISION.at.desc())
        .limit(MOST_GIVEN)
        .subquery()
    )
    given = (
        select(HANDLE.customer, newest.c.value)
        .join_from(newest, table(HandleRow), newest.c.a == HANDLE.id)
        .where(handle_visible(who, HANDLE.id))
        .order_by(newest.c.at.desc())
    )
    for customer, value in connection.execute(given):
        written = folded(value or "")
        if all(word in written for word in asked):
            yield customer


def _marks(given: dict[VerdictKind, dict[str, None]]) -> Marks:
    names, aside = (list(given.get(k, ())) for k in (VerdictKind.NAME, VerdictKind.NOT_A_CUSTOMER))
    return Marks(names[-1] if names else None, tuple(given.get(VerdictKind.TAG, ())), aside[-1] if aside else None)
