"""What agents and pages ask of a store all day, asked of one with a long history."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import select

from benchmarks.history import BEGIN, BETWEEN, shown
from benchmarks.persons import number_at, person
from peyvand.event import Direction
from peyvand.identity import Organisation
from timeline.people import NOBODY
from timeline.ports import Filters, Principal
from timeline.store import Database, SqlLedger, SqlPeople, SqlTimelines
from timeline.store.paging import encoded
from timeline.store.statements import table
from timeline.store.tables import ChangeRow

EVERYBODY = Principal("bench")
TEAM = Principal("team", frozenset({"shop-bot", "site-form"}))
LIMIT = 50
Asked = Mapping[str, Callable[[], Awaitable[object]]]
CHANGE = table(ChangeRow).c


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions to a store of so many made-up customers and interactions."""

    database: Database
    organisation: Organisation
    customers: int
    interactions: int

    @property
    def timelines(self) -> SqlTimelines:
        return SqlTimelines(self.database, self.organisation)

    @property
    def people(self) -> SqlPeople:
        return SqlPeople(self.database, self.organisation)

    @property
    def half_way(self) -> str:
        """Return a place in the middle of the history."""
        return encoded((BEGIN + self.interactions // 2 * BETWEEN, UUID(int=0)))

    def handle(self, number: int) -> UUID:
        """Return the handle that a person showed first."""
        ids = shown(self.organisation.id, person(number).ways[0])
        first: UUID = next(ids[kind] for kind in ("phone_id", "email_id", "telegram_id") if kind in ids)
        return first

    async def owner(self, number: int) -> UUID:
        """Return the customer who has it."""
        [found] = await self.people.owners(EVERYBODY, [self.handle(number)])
        return found.id

    async def pages(self) -> Asked:
        """Return pages of the customer with most interactions, and of one with few."""
        large, small = await self.owner(0), await self.owner(self.customers // 2)
        calls, answers = frozenset({"phone"}), frozenset({Direction.OUTBOUND})
        page = self.timelines.page
        return {
            "page, first": lambda: page(EVERYBODY, large, Filters(), None, LIMIT),
            "page, deep": lambda: page(EVERYBODY, large, Filters(), self.half_way, LIMIT),
            "page, filtered": lambda: page(EVERYBODY, large, Filters(frozenset({"email"}), answers), None, LIMIT),
            "page, filtered, finding nothing": lambda: page(EVERYBODY, large, Filters(calls, answers), None, LIMIT),
            "page, deep, of a team": lambda: page(TEAM, large, Filters(), self.half_way, LIMIT),
            "page, first, of a small customer": lambda: page(EVERYBODY, small, Filters(), None, LIMIT),
            "customer": lambda: self.timelines.customer(EVERYBODY, large),
            "customers last heard from": lambda: self.timelines.recent(EVERYBODY, LIMIT),
            "customers last heard from, of a team": lambda: self.timelines.recent(TEAM, LIMIT),
        }

    async def searches(self) -> Asked:
        """Return searches among all customers."""
        known = person(self.customers // 2).known
        asked = {
            "a word in every other": "سفارش", "a word in few": str(self.interactions // 3 % 1_000_000),
            "two words": "گارانتی دستگاه", "a word in none": "هیچکجا", "a name": "فرزانه", "a full name": known.name,
            "a number": f"0{(known.phone or '')[3:]}", "half a number": (known.phone or "")[5:11],
            "an address": person(number_at(0, 130)).ways[0].email, "the beginning of an address": "mohamm",
        }  # fmt: skip
        return {
            f"search, {what}{whose}": partial(self.timelines.search, who, words or "", LIMIT)
            for what, words in asked.items()
            for whose, who in {"": EVERYBODY, ", of a team": TEAM}.items()
        }

    async def lists(self) -> Asked:
        """Return the lists that agents work through, and the change feed."""
        ledger = SqlLedger(self.database, self.organisation.id)
        large, office = await self.owner(0), self.handle(number_at(0, 0))
        after = await self._feed_half_way()
        return {
            "suggestions": lambda: ledger.suggestions(EVERYBODY, LIMIT),
            "suggestions, of a team": lambda: ledger.suggestions(TEAM, LIMIT),
            "suggestions of a customer": lambda: ledger.suggestions(EVERYBODY, LIMIT, large),
            "unknown callers": lambda: self.people.unknown(EVERYBODY, None, LIMIT),
            "unknown callers, deep": lambda: self.people.unknown(EVERYBODY, self.half_way, LIMIT),
            "nobody's interactions": lambda: self.people.through(EVERYBODY, NOBODY, self.half_way, LIMIT),
            "through a switchboard": lambda: self.people.through(EVERYBODY, office, None, LIMIT),
            "behind a switchboard": lambda: self.people.behind(EVERYBODY, office, LIMIT),
            "a company": lambda: self.people.at_domain(EVERYBODY, "firm0.example", LIMIT),
            "verdicts": lambda: ledger.verdicts(EVERYBODY, None, LIMIT),
            "why": lambda: ledger.why(EVERYBODY, large),
            "change feed, end": self.timelines.feed_end,
            "change feed": lambda: self.timelines.changes(EVERYBODY, None, after, 100),
            "change feed of a customer": lambda: self.timelines.changes(EVERYBODY, large, after, 100),
            "deliveries": lambda: self.timelines.deliveries(EVERYBODY, None, None, None, LIMIT),
        }

    async def _feed_half_way(self) -> str:
        last = select(CHANGE.id).order_by(CHANGE.id.desc()).limit(1).scalar_subquery()
        place = select(CHANGE.txid, CHANGE.id).where(CHANGE.id >= last / 2).order_by(CHANGE.id).limit(1)
        txid, number = await self.database.read(lambda c: c.execute(place).one())
        return f"{txid}.{number}"
