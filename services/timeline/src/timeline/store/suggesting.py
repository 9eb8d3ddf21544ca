"""The review queue: links that a rule refused, and customers that are alike, whom nobody has decided on."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Float, Select, and_, cast, exists, literal, null, or_, select

from timeline.folds.identity.verdicts import VerdictKind
from timeline.ledger import Suggestion
from timeline.ports import Principal
from timeline.store.customers import customers_by_id
from timeline.store.statements import table
from timeline.store.tables import DecisionRow, HandleRow, LikenessRow, LinkRow
from timeline.store.visible import handle_visible

DECISION, LIKENESS, LINK = table(DecisionRow), table(LikenessRow), table(LinkRow)
A, B = table(HandleRow).alias("handle_a"), table(HandleRow).alias("handle_b")
_DECIDED = [VerdictKind.DISMISSED, VerdictKind.DIFFERENT, VerdictKind.SAME]
LIKE = "like"


def suggestions_for(connection: Connection, who: Principal, limit: int) -> list[Suggestion]:
    """Return pairs both ends of which may be seen: refused links first, then the likeliest."""
    refused = _pairs(LINK, LINK.c.refused, cast(null(), Float), who).where(LINK.c.refused.is_not(None))
    like = _pairs(LIKENESS, literal(LIKE), LIKENESS.c.score, who)
    rows = [
        *connection.execute(refused.order_by(LINK.c.first_at.desc()).limit(limit)),
        *connection.execute(like.order_by(LIKENESS.c.score.desc()).limit(limit)),
    ][:limit]
    every = customers_by_id(connection, who, {c for r in rows for c in (r.customer_a, r.customer_b)})
    handles = {h.id: h for customer in every.values() for h in customer.handles}
    parts = _parts(connection, rows)
    return [
        Suggestion(handles[r.a], handles[r.b], r.customer_a, r.customer_b, r.why, r.score, parts.get((r.a, r.b), ()))
        for r in rows
        if r.a in handles and r.b in handles
    ]


def _pairs(where: Any, why: Any, score: Any, who: Principal) -> Select[Any]:
    decided = exists(
        select(1).where(
            DECISION.c.kind.in_(_DECIDED),
            DECISION.c.revoked_at.is_(None),
            or_(
                and_(DECISION.c.a == where.c.a, DECISION.c.b == where.c.b),
                and_(DECISION.c.a == where.c.b, DECISION.c.b == where.c.a),
            ),
        )
    )
    return (
        select(
            where.c.a, where.c.b, A.c.customer.label("customer_a"), B.c.customer.label("customer_b"),
            why.label("why"), score.label("score"),
        )
        .select_from(where.join(A, A.c.id == where.c.a).join(B, B.c.id == where.c.b))
        .where(A.c.customer != B.c.customer, ~decided, handle_visible(who, A.c.id), handle_visible(who, B.c.id))
    )  # fmt: skip


def _parts(connection: Connection, rows: list[Any]) -> dict[tuple[UUID, UUID], tuple[tuple[str, float], ...]]:
    liked = [r.a for r in rows if r.why == LIKE]
    found = connection.execute(select(LIKENESS.c.a, LIKENESS.c.b, LIKENESS.c.parts).where(LIKENESS.c.a.in_(liked)))
    return {(a, b): tuple((name, bits) for name, bits in parts) for a, b, parts in found}
