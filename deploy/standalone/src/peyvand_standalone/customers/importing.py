"""Going through a table row by row: what can be read is taken in batches, what cannot is remembered."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from peyvand_standalone.tables.table import Table
from timeline.cards import Misread, Reader, Reading, Unread
from timeline.ledger import Card, Introduced

BATCH = 500
SHOWN = 10

Take = Callable[[Sequence[Card]], Awaitable[Introduced]]


@dataclass(slots=True)
class Account:
    """What a table came to."""

    first: list[Reading] = field(default_factory=list)
    read: int = 0
    by_id_alone: int = 0
    unread: list[Unread] = field(default_factory=list)
    misread: list[tuple[int, Misread]] = field(default_factory=list)
    introduced: Introduced = field(default_factory=lambda: Introduced(0, 0, 0))


async def go_through(table: Table, reader: Reader, take: Take) -> Account:
    """Read the whole table and give its cards away in batches; return the account."""
    account = Account()
    cards = _cards(table, reader, account)
    while batch := list(islice(cards, BATCH)):
        brought, before = await take(batch), account.introduced
        account.introduced = Introduced(
            before.new + brought.new, before.changed + brought.changed, before.same + brought.same
        )
    return account


def _cards(table: Table, reader: Reader, account: Account) -> Iterator[Card]:
    for row in table.rows:
        match reader.read(row):
            case Unread() as unread:
                account.unread.append(unread)
            case Reading() as reading:
                _note(reading, account)
                yield reading.card


def _note(reading: Reading, account: Account) -> None:
    account.read += 1
    account.by_id_alone += not reading.reachable
    account.misread += [(reading.row, misread) for misread in reading.misread]
    if len(account.first) < SHOWN:
        account.first.append(reading)
