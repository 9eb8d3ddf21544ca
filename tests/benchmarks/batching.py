"""Batches that are recorded into a store with a long history, so that one sees what recording asks of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from benchmarks.parties import party_of
from benchmarks.persons import person
from benchmarks.questions import Asked
from making import address, customer, message, mobile, reading
from peyvand.event import Party
from timeline.record import record
from timeline.store import SqlStore

BATCH = 500


@dataclass(frozen=True, slots=True)
class Batches:
    """Batches for a store of so many made-up customers, each of interactions that were not there before."""

    store: SqlStore
    customers: int
    fresh: Iterator[int]

    def questions(self) -> Asked:
        """Return batches of those who are known, of new ones, and of known ones who show something new."""
        chance = Random(self.customers)
        known = [person(chance.randrange(self.customers)) for _ in range(BATCH)]
        same = [party_of(chance.choice(who.ways)) for who in known]
        return {
            "recording known customers": lambda: self._record(lambda n: same[n % BATCH]),
            "recording new customers": lambda: self._record(_new),
            "recording known ones with a new address": lambda: self._record(lambda n: _more(same[n % BATCH], n)),
        }

    async def _record(self, who: Callable[[int], Party]) -> None:
        first = next(self.fresh) * BATCH
        events = [message(f"asked {n}", [who(n)], f"متن {n}", n) for n in range(first, first + BATCH)]
        await record([reading(e) for e in events], self.store)


def _new(number: int) -> Party:
    return customer(mobile(f"0914{number:07d}"), address(f"asked{number}@example.com"), name=f"نام {number}")


def _more(who: Party, number: int) -> Party:
    return who.model_copy(update={"handles": (*who.handles, address(f"more{number}@example.com"))})
