"""Going through a table of orders: the rows of one order become one delivery, known by its content, read once."""

import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from uuid import uuid5

from ingest_social.orders.order import Rows
from peyvand.delivery import Delivery, canonical_json
from peyvand.event import InteractionEvent
from peyvand.files import Unpacked, unpacked
from peyvand.identity import Organisation
from peyvand.settings import Connector
from peyvand.source import IMPORTED, Source
from peyvand_standalone.imports.keeping import Keeping
from peyvand_standalone.tables.table import Table
from timeline.cards import Row

SHOWN = 10
BATCH = 200


@dataclass(slots=True)
class Account:
    """What a table came to, in orders; `unread` has the first row of each that cannot be read, and why."""

    found: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    first: list[InteractionEvent] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """For whom a table is read, and how."""

    connector: Connector
    source: Source
    organisation: Organisation
    now: datetime
    columns: Mapping[str, str]
    currency: str | None
    file: str

    def delivery(self, rows: Rows, first: int) -> Delivery:
        """Return the delivery of an order: the same rows, read the same way, are the same one in whatever file."""
        body = canonical_json(rows.model_dump(exclude_none=True))
        content = hashlib.sha256(canonical_json(rows.model_dump(exclude={"again"}))).hexdigest()
        return Delivery(
            id=uuid5(self.organisation.id, f"delivery\x1f{self.connector.name}\x1fimport\x1f{content}"),
            connector=self.connector.name,
            channel=self.source.name,
            received_at=self.now,
            body=body,
            url=f"import:{self.file}#{first}",
            headers={IMPORTED: self.file, "content-type": "application/json"},
        )

    def read(self, delivery: Delivery) -> Unpacked:
        """Return what an order means, as the connector reads it."""
        return unpacked(self.source, delivery, self.connector.settings, self.organisation)


@dataclass(frozen=True, slots=True)
class _Order:
    row: int
    rows: Rows
    found: Unpacked

    @property
    def event(self) -> InteractionEvent:
        return self.found.reading.events[0]


async def go_through(table: Table, reading: Reading, kept: Keeping) -> AsyncIterator[Account]:
    """Read every order and take what is new or has changed; yield the account as it grows."""
    account = Account()
    orders = _orders(table, reading, account)
    while batch := list(islice(orders, BATCH)):
        here = await kept.here([o.found.reading.delivery.id for o in batch])
        fresh = [o for o in batch if o.found.reading.delivery.id not in here]
        before = await kept.sighted([o.event.event_id for o in fresh])
        await kept.take([_again(o, reading) if o.event.event_id in before else o.found for o in fresh])
        account.same += len(batch) - len(fresh)
        account.changed += sum(o.event.event_id in before for o in fresh)
        account.new += sum(o.event.event_id not in before for o in fresh)
        yield account
    yield account


def _again(order: _Order, reading: Reading) -> Unpacked:
    """Return an order that was brought in before as what it has become."""
    again = order.rows.model_copy(update={"again": True})
    return reading.read(reading.delivery(again, order.row))


def _orders(table: Table, reading: Reading, account: Account) -> Iterator[_Order]:
    """Yield the orders that can be read; rows of one order stand together."""
    seen: dict[str, int] = {}
    heading = reading.columns["number"]
    place = table.headings.index(heading)
    for number, group in groupby(table.rows, lambda row: row.cells[place].strip() if place < len(row.cells) else ""):
        rows = list(group)
        account.found += 1
        if number and number in seen:
            account.unread.append((rows[0].number, f"its number {number} stands in row {seen[number]} already"))
            continue
        seen[number] = rows[0].number
        if order := _order(rows, table, reading, account):
            yield order


def _order(rows: list[Row], table: Table, reading: Reading, account: Account) -> _Order | None:
    told = tuple({h: c for h, c in zip(table.headings, row.cells, strict=False) if h and c} for row in rows)
    told = ({h: "" for h in table.headings if h} | told[0], *told[1:])
    made = Rows.model_construct(rows=told, columns=reading.columns, currency=reading.currency, again=False)
    found = reading.read(reading.delivery(made, rows[0].number))
    if not found.reading.events:
        account.unread.append((rows[0].number, found.reading.kept or "it says nothing"))
        return None
    if len(account.first) < SHOWN:
        account.first.append(found.reading.events[0])
    return _Order(rows[0].number, made, found)
