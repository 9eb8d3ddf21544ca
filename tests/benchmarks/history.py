"""A history of many customers, as the product would have written it: every row of every table, a thousand at a time.

Somebody new comes with every so many interactions and shows at once all that is ever known of them; from then on they
repeat themselves, those who came first most: some come to thousands, the first of all to a hundred thousand. So what
follows from a thousand neighbours' first interactions (`derive`, the product's own) is what follows from all of theirs.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from benchmarks.moulds import COLUMNS, Mould, Values
from benchmarks.persons import NEIGHBOURS, Way, person
from benchmarks.shapes import REPLIES, SHAPES
from benchmarks.standing import standing
from peyvand.event import event_id, interaction_id
from peyvand.identity import Organisation
from timeline.folds.identity import Evidence, handle_id

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
BETWEEN = timedelta(seconds=20)
LATER = timedelta(seconds=2)
MOST = 100_000  # of one customer

Rows = Mapping[str, list[tuple[Any, ...]]]


class Place(NamedTuple):
    """Where rows go: the number before the first interaction's, and the transaction."""

    seq: int
    txid: int


@dataclass(frozen=True, slots=True)
class History:
    """The history of an organisation in which so many interactions come for each customer."""

    organisation: Organisation
    moulds: Mapping[str, list[Mould]]
    each: int

    def thousand(self, number: int, place: Place) -> Rows:
        """Return the rows of a thousand customers' coming, and of what all before them did meanwhile."""
        rows: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        said: list[Evidence] = []
        chance = Random(number)
        for latest in range(number * NEIGHBOURS, (number + 1) * NEIGHBOURS):
            ways = person(latest).ways
            for n in range(self.each):
                new = n < len(ways)
                way = ways[n] if new else self._again(chance, latest, n)
                mould, values = self._values(chance, way, latest * self.each + n, place)
                for table, row in mould.pour(values):
                    rows[table].append(row)
                if new:
                    said += mould.said(values)
        at = BEGIN + (number + 1) * NEIGHBOURS * self.each * BETWEEN
        for table, made in standing(self.organisation, number, said, at).items():
            rows[table] += (tuple(row[column] for column in COLUMNS[table]) for row in made)
        return rows

    def _again(self, chance: Random, latest: int, n: int) -> Way:
        """Return what somebody who has come already does, or how they are answered; one of a hundred is unknown."""
        if chance.random() < 0.01:
            return Way("withheld")
        first = n == self.each - 1 and latest < MOST
        ways = person(0 if first else int((latest + 1) * chance.random() ** 3)).ways
        way = ways[int(chance.random() * len(ways))]
        answer = REPLIES.get(way.shape)
        return way._replace(shape=answer) if answer and chance.random() < 0.3 else way

    def _values(self, chance: Random, way: Way, number: int, place: Place) -> tuple[Mould, Values]:
        shape, key = SHAPES[way.shape], f"{number:x}@mail.example"
        channel, at = shape.family or shape.channel, BEGIN + number * BETWEEN
        values = {
            "event": event_id(self.organisation, shape.connector, channel, key, "created\x1f"),
            "interaction": interaction_id(self.organisation, channel, key),
            "delivery": uuid5(self.organisation.id, f"delivery\x1f{key}"),
            "seq": place.seq + number, "txid": place.txid, "number": number % 1_000_000, "key": key,
            "at": at, "received": at + LATER, "at_text": _json(at), "received_text": _json(at + LATER),
            **shown(self.organisation.id, way),
        }  # fmt: skip
        same = self.moulds[way.shape]
        return same[int(chance.random() * len(same))], values


@lru_cache(maxsize=50_000)
def shown(organisation: UUID, way: Way) -> Values:
    """Return what an interaction shows of somebody: a name, handles, and their ids."""
    kinds = {"phone": way.phone, "email": way.email, "telegram": way.telegram}
    ids = {f"{kind}_id": handle_id(organisation, kind, "", value) for kind, value in kinds.items() if value}
    return {"name": way.name, "written": way.phone and f"0{way.phone[3:]}", **kinds, **ids}


def _json(at: datetime) -> str:
    return f"{at.isoformat()[:-6]}Z"
