"""The review queue: pairs of customers who may be one person, each once, on whom nobody has decided."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection, select

from timeline.folds.identity.verdicts import Pair, pair
from timeline.ledger import Ground, Suggestion, Suggestions
from timeline.ports import Customer, Principal
from timeline.store.customers import customers_by_id
from timeline.store.grounds import (
    DECIDED,
    DECISION,
    A,
    B,
    Found,
    grounds_among,
    grounds_below,
    grounds_of,
)
from timeline.store.marks import set_aside
from timeline.store.weighing import Place, decoded, encoded

STEP = 100


def suggestions_for(
    connection: Connection, who: Principal, limit: int, customer: UUID | None = None, after: str | None = None
) -> Suggestions:
    """Return a page of the queue, of all or of one customer; raises ValueError for a cursor that is none."""
    place = decoded(after) if after else None
    waiting = _waiting(connection, who, place) if customer is None else _of_one(connection, who, customer, place)
    page = list(islice(waiting, limit + 1))
    shown = page[:limit]
    further = encoded(shown[-1][0].place) if len(page) > limit else None
    return Suggestions(tuple(_suggestions(connection, who, shown)), further)


def _waiting(connection: Connection, who: Principal, place: Place | None) -> Iterator[Sequence[Found]]:
    """Yield the grounds between two customers, all of them at the place of the weightiest."""
    while candidates := grounds_below(connection, who, place, STEP):
        customers = {c for f in candidates for c in (f.customer_a, f.customer_b)}
        among = _open(connection, customers, grounds_among(connection, who, customers))
        for found in candidates:
            every = among.get(_whose(found), ())
            if every and every[0].place == found.place:
                yield every
        place = candidates[-1].place


def _of_one(connection: Connection, who: Principal, customer: UUID, place: Place | None) -> Iterator[Sequence[Found]]:
    found = grounds_of(connection, who, customer)
    customers = {c for f in found for c in (f.customer_a, f.customer_b)}
    every = _open(connection, customers, found).values()
    return (grounds for grounds in every if place is None or grounds[0].place < place)


def _open(connection: Connection, customers: Collection[UUID], found: Iterable[Found]) -> dict[Pair, list[Found]]:
    """Return grounds by pairs of customers, without those on whom somebody has decided or who are none."""
    aside, decided = set_aside(connection, customers), _decided_among(connection, customers)
    among: dict[Pair, list[Found]] = {}
    for one in found:
        if _whose(one) not in decided and aside.isdisjoint(_whose(one)):
            among.setdefault(_whose(one), []).append(one)
    return among


def _whose(found: Found) -> Pair:
    return pair(found.customer_a, found.customer_b)


def _decided_among(connection: Connection, customers: Collection[UUID]) -> set[Pair]:
    """Return the pairs of customers between handles of whom a verdict stands."""
    decided = (
        select(A.c.customer, B.c.customer)
        .select_from(DECISION.join(A, A.c.id == DECISION.c.a).join(B, B.c.id == DECISION.c.b))
        .where(DECISION.c.kind.in_(DECIDED), DECISION.c.revoked_at.is_(None))
        .where(A.c.customer.in_(customers), B.c.customer.in_(customers))
    )
    return {pair(one, other) for one, other in connection.execute(decided)}


def _suggestions(connection: Connection, who: Principal, page: Sequence[Sequence[Found]]) -> Iterator[Suggestion]:
    known = customers_by_id(connection, who, {c for every in page for c in _whose(every[0])})
    for every in page:
        one, other = (known[c] for c in (every[0].customer_a, every[0].customer_b))
        yield Suggestion(one.id, other.id, tuple(_ground(found, one, other) for found in every))


def _ground(found: Found, one: Customer, other: Customer) -> Ground:
    """Return a ground with the handle of the one customer before that of the other."""
    handles = {h.id: h for h in (*one.handles, *other.handles)}
    weight, _, a, b = found.place
    ends = (a, b) if found.customer_a == one.id else (b, a)
    return Ground(handles[ends[0]], handles[ends[1]], found.why, weight, found.score, found.parts)
