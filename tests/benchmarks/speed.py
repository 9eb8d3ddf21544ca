"""What matching costs a store, whatever is in it already: each figure beside one of the same run without it."""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from benchmarks.unmatched import BATCH, WithoutMatching, identity_rows, seconds_to_write
from making import address, customer, message, mobile, reading, telegram
from peyvand.event import InteractionEvent, Party
from peyvand.identity import Handle, Proof
from timeline.folds.identity import handle_id
from timeline.record import record
from timeline.store import SqlStore
from timeline.store.statements import chunks, table
from timeline.store.tables import HandleRow

TURNS = 3
LATER = 1_000_000  # minutes
HANDLE = table(HandleRow).c
Who = Callable[[int], Party]


@dataclass(slots=True)
class Speed:
    """Measurements on one database, each of people and interactions that were not there before.

    With and without matching take turns on the same tables, so that both find them equally long. `people` is the
    number of the next one whom nobody has seen.
    """

    store: SqlStore
    people: int = 0
    streams: int = 0

    async def all_known(self, count: int, known: Who) -> str:
        """Compare recording customers who are known with storing the same without matching."""
        ratios, rates = [], []
        for _ in range(TURNS):
            with_, plain = (self._stream(count, known, LATER) for _ in range(2))
            took = await seconds(self.store, with_)
            ratios.append(await seconds(self._without, plain) / took)
            rates.append(count / took)
        return f"all known: {_median(ratios):.2f} of storing without matching ({_median(rates):,.0f}/s)"

    async def all_new(self, count: int) -> str:
        """Compare recording new customers with writing the same rows without deciding who is who."""
        ratios = []
        for _ in range(TURNS):
            with_, plain = (self._stream(count, self.unseen(count)) for _ in range(2))
            rows = identity_rows(self.store, plain)
            took = await seconds(self.store, with_)
            ratios.append((await seconds(self._without, plain) + await seconds_to_write(self.store, rows)) / took)
        return f"all new: {_median(ratios):.2f} of writing the same rows"

    async def switchboard(self, count: int, step: int) -> str:
        """Compare the last of those who name one address with the first; and others, meanwhile, with theirs."""
        office = address(f"reception@firm{self.people}.ir")
        rates: dict[str, list[float]] = {"one address": [], "their own": []}
        for _ in range(0, count, step):
            people = {"one address": _naming(office, self.unseen(step)), "their own": self.unseen(step)}
            for what, who in people.items():
                rates[what].append(step / await seconds(self.store, self._stream(step, who)))
        told = (f"{what} {r[0]:,.0f}/s, at {count:,} {r[-1]:,.0f}/s: {r[-1] / r[0]:.2f}" for what, r in rates.items())
        return f"switchboard, callers who name {'; '.join(told)}"

    async def chain(self, count: int) -> str:
        """Compare links each of which joins the next with as many people who are linked to nobody else."""
        rest = await seconds(self.store, self._stream(count, self.unseen(count)))
        first = 10_000_000_000 + self.people * 10
        handles = [telegram(first + n, Proof.CLAIMED) for n in range(count + 1)]
        took = await seconds(self.store, self._stream(count, lambda n: customer(*handles[n : n + 2])))
        ids = [handle_id(self.store.organisation, *h.key) for h in handles]
        largest = await self.store.database.read(lambda c: _largest(c, ids))
        return (
            f"chain: {count / took:,.0f}/s beside {count / rest:,.0f}/s: {rest / took:.2f}; largest customer {largest}"
        )

    def unseen(self, count: int) -> Who:
        """Return so many people with a number and an address, whom nobody has seen."""
        first, self.people = self.people, self.people + count

        def who(n: int) -> Party:
            return customer(mobile(f"0913{first + n:07d}"), address(f"person{first + n}@example.com"), name=f"نام {n}")

        return who

    @property
    def _without(self) -> SqlStore:
        return WithoutMatching(self.store.database, self.store.organisation, self.store.rules)

    def _stream(self, count: int, who: Who, minutes: int = 0) -> list[InteractionEvent]:
        self.streams += 1
        prefix = f"{self.people}-{self.streams}"
        return [message(f"{prefix}-{n}", [who(n)], f"text {n}", minutes + n) for n in range(count)]


async def seconds(store: SqlStore, events: Sequence[InteractionEvent]) -> float:
    """Return how long it takes to record a stream in batches."""
    parts = [[reading(e) for e in part] for part in chunks(events, BATCH)]
    began = time.perf_counter()
    for part in parts:
        await record(part, store)
    return time.perf_counter() - began


def _naming(office: Handle, callers: Who) -> Who:
    return lambda n: customer(office, callers(n).handles[0])


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _largest(connection: Connection, handles: Sequence[UUID]) -> int:
    theirs: Counter[UUID] = Counter()
    for part in chunks(handles):
        theirs.update(connection.execute(select(HANDLE.customer).where(HANDLE.id.in_(part))).scalars())
    return max(theirs.values())
