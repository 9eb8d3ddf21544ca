"""The people behind a handle, a domain or a decision, and those of whom nothing but a number is known."""

from collections.abc import Callable, Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, exists, func, or_, select, union_all

from peyvand.identity import Organisation
from timeline.acts import handles_of
from timeline.folds.identity.verdicts import Verdict, VerdictKind
from timeline.people import BY_HAND, HitPage, Knot, Placed
from timeline.ports import Customer, Filters, Page, Principal
from timeline.store.cards import card_id
from timeline.store.customers import customers_by_id, placed_handles
from timeline.store.database import Database
from timeline.store.knots import knots_in
from timeline.store.neighbourhood import verdict_from
from timeline.store.paging import page_of
from timeline.store.statements import chunks, table
from timeline.store.tables import DecisionRow, EvidenceRow, HandleRow, InteractionRow, LinkRow
from timeline.store.unknown import unknown_callers
from timeline.store.visible import handle_visible, interaction_visible
from timeline.store.work import T

DECISION, HANDLE, LINK = table(DecisionRow), table(HandleRow), table(LinkRow)
INTERACTION, EVIDENCE = table(InteractionRow), table(EvidenceRow)


class SqlPeople:
    """People in an SQL database."""

    def __init__(self, database: Database, organisation: Organisation) -> None:
        self.database = database
        self.organisation = organisation

    async def handles(self, who: Principal, ids: Collection[UUID]) -> Mapping[UUID, Placed]:
        """Return handles as they stand."""
        return await self._read(lambda c: placed_handles(c, who, ids))

    async def owners(self, who: Principal, handles: Collection[UUID]) -> Sequence[Customer]:
        """Return the customers who have handles."""

        def work(connection: Connection) -> Sequence[Customer]:
            whose: dict[UUID, UUID] = {}
            for part in chunks(handles):
                rows = connection.execute(select(HANDLE.c.id, HANDLE.c.customer).where(HANDLE.c.id.in_(part)))
                whose.update((handle, customer) for handle, customer in rows)
            return _customers(connection, who, [whose[h] for h in handles if h in whose])

        return await self._read(work)

    async def through(self, who: Principal, handle: UUID, older_than: str | None, limit: int) -> Page:
        """Return a page of what came through one handle."""
        return await self._read(lambda c: page_of(c, who, [handle], Filters(), older_than, limit))

    async def unknown(self, who: Principal, older_than: str | None, limit: int) -> HitPage:
        """Return a page of those of whom nothing but a number is known."""
        return await self._read(lambda c: unknown_callers(c, who, older_than, limit))

    async def knots(self, who: Principal, limit: int) -> Sequence[Knot]:
        """Return knots of handles."""
        return await self._read(lambda c: knots_in(c, who, limit))

    async def behind(self, who: Principal, handle: UUID, limit: int) -> Sequence[Customer]:
        """Return the customers who were seen together with a handle."""
        ends = [(LINK.c.a, LINK.c.b), (LINK.c.b, LINK.c.a)]
        peers = union_all(
            *(select(far.label("peer"), LINK.c.first_at).where(near == handle) for near, far in ends)
        ).subquery()
        theirs = (
            select(HANDLE.c.customer)
            .join(peers, peers.c.peer == HANDLE.c.id)
            .where(handle_visible(who, HANDLE.c.id))
            .group_by(HANDLE.c.customer)
            .order_by(func.max(peers.c.first_at).desc(), HANDLE.c.customer)
            .limit(limit)
        )
        return await self._read(lambda c: _customers(c, who, list(c.execute(theirs).scalars())))

    async def at_domain(self, who: Principal, domain: str, limit: int) -> Sequence[Customer]:
        """Return the customers with an address at a domain."""
        theirs = (
            select(HANDLE.c.customer)
            .where(HANDLE.c.domain == domain)
            .where(handle_visible(who, HANDLE.c.id))
            .group_by(HANDLE.c.customer)
            .order_by(func.max(HANDLE.c.first_at).desc(), HANDLE.c.customer)
            .limit(limit)
        )
        return await self._read(lambda c: _customers(c, who, list(c.execute(theirs).scalars())))

    async def act(self, who: Principal, act: UUID) -> Sequence[Verdict]:
        """Return the verdicts of an act, if all that they are about may be seen."""
        of_act = select(DECISION).where(DECISION.c.act == act).order_by(DECISION.c.at, DECISION.c.id)

        def work(connection: Connection) -> Sequence[Verdict]:
            verdicts = [verdict_from(row) for row in connection.execute(of_act).mappings()]
            return verdicts if _may_see(connection, who, verdicts) else ()

        return await self._read(work)

    async def about(self, who: Principal, things: Collection[UUID]) -> Sequence[Verdict]:
        """Return the verdicts that stand on handles and interactions."""

        def work(connection: Connection) -> Sequence[Verdict]:
            found: dict[UUID, Verdict] = {}
            for part in chunks(things):
                either = or_(DECISION.c.a.in_(part), DECISION.c.b.in_(part))
                rows = connection.execute(select(DECISION).where(either, DECISION.c.revoked_at.is_(None)))
                found.update((row["id"], verdict_from(row)) for row in rows.mappings())
            visible = [v for v in found.values() if _may_see(connection, who, [v])]
            return sorted(visible, key=lambda v: (v.at, v.id), reverse=True)

        return await self._read(work)

    async def introduced(self, key: str) -> bool:
        """Return whether an agent's card says anything."""
        card = card_id(self.organisation.id, BY_HAND, key)
        found = select(exists(select(1).where(EVIDENCE.c.event_id == card)))
        return await self._read(lambda c: bool(c.execute(found).scalar_one()))

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await self.database.read(work)


def _customers(connection: Connection, who: Principal, ids: Sequence[UUID]) -> list[Customer]:
    found = customers_by_id(connection, who, list(dict.fromkeys(ids)))
    return [found[c] for c in dict.fromkeys(ids) if c in found]


def _may_see(connection: Connection, who: Principal, verdicts: Sequence[Verdict]) -> bool:
    if who.connectors is None:
        return True
    handles = {h for v in verdicts for h in handles_of(v)}
    moved = {v.a for v in verdicts if v.kind is VerdictKind.MOVE}
    i = INTERACTION.c.id
    seen = connection.execute(select(i).where(i.in_(moved), interaction_visible(who, i))).scalars()
    return handles <= placed_handles(connection, who, handles).keys() and moved <= set(seen)
