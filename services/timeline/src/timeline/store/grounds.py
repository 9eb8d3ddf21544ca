"""What speaks for two handles of two customers being one person's: links that a rule refused, and likenesses."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, or_, select

from timeline.folds.identity.verdicts import VerdictKind
from timeline.ports import Principal
from timeline.store.statements import table
from timeline.store.tables import DecisionRow, HandleRow, LikenessRow, LinkRow
from timeline.store.visible import handle_visible
from timeline.store.weighing import TIMELESS, WEIGHTS, Place, likenesses_below, links_below

LINK, LIKENESS, DECISION = table(LinkRow), table(LikenessRow), table(DecisionRow)
A, B = table(HandleRow).alias("handle_a"), table(HandleRow).alias("handle_b")
DECIDED = (VerdictKind.DISMISSED, VerdictKind.DIFFERENT, VerdictKind.SAME)
LIKE = "like"


class Found(NamedTuple):
    """A ground with its place and whose handles they are; `why` is the rule that refused a link, or `LIKE`."""

    place: Place
    customer_a: UUID
    customer_b: UUID
    why: str
    score: float | None = None
    parts: tuple[tuple[str, float], ...] = ()


def grounds_below(connection: Connection, who: Principal, place: Place | None, limit: int) -> list[Found]:
    """Return the next grounds below a place, on whose handles nobody has decided, the weightiest first."""
    links = _links(who).where(links_below(LINK, place), ~_decided(LINK)).limit(limit)
    likenesses = _likenesses(who).where(likenesses_below(LIKENESS, place), ~_decided(LIKENESS)).limit(limit)
    return _read(connection, links, likenesses)[:limit]


def grounds_among(connection: Connection, who: Principal, customers: Collection[UUID]) -> list[Found]:
    """Return all grounds between some customers, the weightiest first."""
    both = and_(A.c.customer.in_(customers), B.c.customer.in_(customers))
    return _read(connection, _links(who).where(both), _likenesses(who).where(both))


def grounds_of(connection: Connection, who: Principal, customer: UUID) -> list[Found]:
    """Return all grounds between a customer and others, the weightiest first."""
    found = [
        ground
        for side in (A, B)  # each by its own index
        for ground in _read(
            connection, *(every.where(side.c.customer == customer) for every in (_links(who), _likenesses(who)))
        )
    ]
    return sorted(found, key=_place, reverse=True)


def _read(connection: Connection, links: Select[Any], likenesses: Select[Any]) -> list[Found]:
    found = [_refused(row) for row in connection.execute(links)] + [
        _like(row) for row in connection.execute(likenesses)
    ]
    return sorted(found, key=_place, reverse=True)


def _place(found: Found) -> Place:
    return found.place


def _refused(row: Row[Any]) -> Found:
    return Found((WEIGHTS[row.strength], row.first_at, row.a, row.b), row.customer_a, row.customer_b, row.refused)


def _like(row: Row[Any]) -> Found:
    parts = tuple((name, bits) for name, bits in row.parts)
    return Found((row.score, TIMELESS, row.a, row.b), row.customer_a, row.customer_b, LIKE, row.score, parts)


def _links(who: Principal) -> Select[Any]:
    c = LINK.c
    order = (c.strength.desc(), c.first_at.desc(), c.a.desc(), c.b.desc())
    refused = _between(LINK, who, (c.strength, c.first_at, c.refused)).where(c.refused.is_not(None))
    return refused.order_by(*order)


def _likenesses(who: Principal) -> Select[Any]:
    c = LIKENESS.c
    return _between(LIKENESS, who, (c.score, c.parts)).order_by(c.score.desc(), c.a.desc(), c.b.desc())


def _between(where: Any, who: Principal, columns: Iterable[Any]) -> Select[Any]:
    """Return a selection of pairs of handles of two customers, both of which may be seen."""
    whose = (where.c.a, where.c.b, A.c.customer.label("customer_a"), B.c.customer.label("customer_b"))
    return (
        select(*whose, *columns)
        .select_from(where.join(A, A.c.id == where.c.a).join(B, B.c.id == where.c.b))
        .where(A.c.customer != B.c.customer, handle_visible(who, A.c.id), handle_visible(who, B.c.id))
    )


def _decided(where: Any) -> ColumnElement[bool]:
    c = DECISION.c
    either = or_(and_(c.a == where.c.a, c.b == where.c.b), and_(c.a == where.c.b, c.b == where.c.a))
    return exists(select(1).where(c.kind.in_(DECIDED), c.revoked_at.is_(None), either))
