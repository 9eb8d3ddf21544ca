"""Going through the files of a call log: each row is a delivery, known by its content, and taken once."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import uuid5

from ingest_email.mailfile.archive import Unread
from ingest_phone.calllog.cutting import Line, lines_of
from ingest_phone.calllog.folder import in_words
from ingest_phone.calllog.repeats import Repeats
from ingest_phone.calllog.row import no_row
from ingest_phone.calllog.settings import Settings
from peyvand.delivery import Delivery
from peyvand.files import Unpacked, unpacked
from peyvand.identity import Organisation
from peyvand.settings import Connector
from peyvand.source import IMPORTED, Source
from peyvand_standalone.imports.account import Account
from peyvand_standalone.imports.keeping import Keeping

BATCH = 500


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose call log it is; `told` hears of every row that cannot be read."""

    connector: Connector
    source: Source
    settings: Settings
    organisation: Organisation
    now: datetime
    told: Callable[[Unread], None]

    def delivery(self, name: str, body: bytes, place: str) -> Delivery:
        """Return the delivery of a row; `name` is the same in whatever file it stands."""
        return Delivery(
            id=uuid5(self.organisation.id, f"delivery\x1f{self.connector.name}\x1fcalllog:{name}"),
            connector=self.connector.name,
            channel=self.source.name,
            received_at=self.now,
            body=body,
            url=f"import:{place}",
            headers={IMPORTED: place.rpartition(":")[0], "content-type": "application/json"},
        )


async def go_through(paths: Sequence[Path], whose: Whose, kept: Keeping) -> AsyncIterator[Account]:
    """Read every row of the files, take what is new; yield the account as it grows. Raises Rejected, Unavailable."""
    account = Account()
    for path in paths:
        try:
            deliveries = _deliveries(path, whose)
            while batch := list(islice(deliveries, BATCH)):
                await _take(batch, whose, kept, account)
                yield account
        except OSError as error:
            raise in_words(error, path) from error
    yield account


async def _take(batch: Sequence[Delivery], whose: Whose, kept: Keeping, account: Account) -> None:
    different = {d.id: d for d in batch}
    here = await kept.here(list(different))
    fresh = [d for d in different.values() if d.id not in here]
    account.found += len(batch)
    account.same += len(batch) - len(fresh)
    await kept.take([_noted(delivery, whose, account) for delivery in fresh])


def _noted(delivery: Delivery, whose: Whose, account: Account) -> Unpacked:
    found = unpacked(whose.source, delivery, whose.connector.settings, whose.organisation)
    account.note(found)
    if found.reading.kept is not None:
        whose.told(Unread(delivery.url.removeprefix("import:"), found.reading.kept))
    return found


def _deliveries(path: Path, whose: Whose) -> Iterator[Delivery]:
    repeats = Repeats(whose.settings)
    for line in lines_of(path, whose.settings):
        name, body = _named(line, path, repeats)
        yield whose.delivery(name, body, f"{path.name}:{line.number}")


def _named(line: Line, path: Path, repeats: Repeats) -> tuple[str, bytes]:
    if line.why is not None:
        return f"{path.name}#{line.number}", no_row(path.name, line.number, line.why)
    row = repeats.row(line.cells)
    return row.digest, row.body
