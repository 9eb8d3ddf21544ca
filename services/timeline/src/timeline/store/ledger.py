"""The ledger: verdicts and cards, and why things stand where they stand."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, or_, select

from peyvand.identity.rules import Rules
from timeline.folds.identity.verdicts import Verdict
from timeline.ledger import Card, HandleWhy, Introduced, Suggestions
from timeline.ports import Principal
from timeline.store.cards import introduce
from timeline.store.customers import customer_today
from timeline.store.database import Database
from timeline.store.decisions import decide, revoke
from timeline.store.explaining import why_of
from timeline.store.matching import Matching
from timeline.store.neighbourhood import verdict_from
from timeline.store.statements import table
from timeline.store.suggesting import suggestions_for
from timeline.store.tables import DecisionRow, HandleRow
from timeline.store.visible import handle_visible, interaction_visible
from timeline.store.work import T

DECISION, HANDLE = table(DecisionRow).c, table(HandleRow).c


class SqlLedger:
    """The ledger in an SQL database."""

    def __init__(self, database: Database, organisation: UUID, rules: Rules | None = None) -> None:
        self.database = database
        self.organisation = organisation
        self.rules = rules or Rules()

    async def decide(self, verdicts: Sequence[Verdict]) -> None:
        """Record verdicts and resolve."""
        if verdicts:
            await self._matching(lambda matching: decide(matching, verdicts))

    async def revoke(self, act: UUID, actor: str, at: datetime) -> bool:
        """Take back an act and resolve."""
        return await self._matching(lambda matching: revoke(matching, act, actor, at))

    async def introduce(self, cards: Sequence[Card]) -> Introduced:
        """Record cards and resolve."""
        return await self._matching(lambda matching: introduce(matching, cards))

    async def verdicts(self, who: Principal, customer: UUID | None, limit: int) -> Sequence[Verdict]:
        """Return the newest verdicts."""
        return await self.database.read(lambda connection: _verdicts(connection, who, customer, limit))

    async def suggestions(
        self, who: Principal, limit: int, customer: UUID | None = None, after: str | None = None
    ) -> Suggestions:
        """Return pairs of customers on whom nobody has decided."""
        return await self.database.read(lambda connection: suggestions_for(connection, who, limit, customer, after))

    async def why(self, who: Principal, customer: UUID) -> Sequence[HandleWhy]:
        """Return why each of a customer's handles is there."""
        return await self.database.read(lambda connection: why_of(connection, who, customer))

    async def _matching(self, work: Callable[[Matching], T]) -> T:
        return await self.database.write(lambda connection: work(Matching(connection, self.organisation, self.rules)))


def _verdicts(connection: Connection, who: Principal, customer: UUID | None, limit: int) -> list[Verdict]:
    """Return verdicts on what may be seen; those on interactions stand with the customer to whom they were moved."""
    chosen = select(table(DecisionRow)).where(
        or_(handle_visible(who, DECISION.a), interaction_visible(who, DECISION.a)),
        or_(DECISION.b.is_(None), handle_visible(who, DECISION.b)),
    )
    if customer is not None:
        today = customer_today(connection, customer)
        theirs = select(HANDLE.id).where(HANDLE.customer == today)
        chosen = chosen.where(or_(DECISION.a.in_(theirs), DECISION.b.in_(theirs)))
    rows = connection.execute(chosen.order_by(DECISION.at.desc(), DECISION.id.desc()).limit(limit))
    return [verdict_from(row) for row in rows.mappings()]
