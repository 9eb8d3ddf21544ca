"""Going through an archive of mails: each becomes a delivery of a connector, known by its content, and is read once."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from uuid import uuid5

from ingest_email.imap.folders import SENT
from ingest_email.mailfile.archive import Letter, Unread, letters
from peyvand.delivery import Delivery
from peyvand.files import Unpacked, unpacked
from peyvand.identity import Organisation
from peyvand.settings import Connector
from peyvand.source import IMPORTED, Source
from peyvand_standalone.imports.account import Account
from peyvand_standalone.imports.keeping import Here, Take

MOST_MAILS = 200
MOST_BYTES = 8 * 1024 * 1024
LARGEST = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom mails are brought in, and when."""

    connector: Connector
    source: Source
    organisation: Organisation
    now: datetime

    def delivery(self, letter: Letter) -> Delivery:
        """Return the delivery of a mail: the same content is the same delivery, wherever it lay."""
        content = hashlib.sha256(letter.raw).hexdigest()
        headers = {IMPORTED: Path(letter.place.partition("#")[0]).name, "size": str(letter.size)}
        headers |= {"special-use": SENT} if letter.sent else {}
        headers |= {"partial": "beginning"} if letter.cut else {}
        return Delivery(
            id=uuid5(self.organisation.id, f"delivery\x1f{self.connector.name}\x1fimport\x1f{content}"),
            connector=self.connector.name,
            channel=self.source.name,
            received_at=self.now,
            body=letter.raw,
            url=f"import:{letter.place}",
            headers=headers,
        )

    def read(self, deliveries: Sequence[Delivery]) -> list[Unpacked]:
        """Return what mails mean, as the connector reads them."""
        settings = self.connector.settings
        return [unpacked(self.source, delivery, settings, self.organisation) for delivery in deliveries]


@dataclass(frozen=True, slots=True)
class Journey:
    """The way through an archive: for whom, what is here already, and what becomes of the rest."""

    whose: Whose
    here: Here
    take: Take
    sent: bool = False

    async def through(self, paths: Sequence[Path]) -> AsyncIterator[Account]:
        """Read every mail at the paths and hand on what is new; yield the account as it grows."""
        account = Account()
        seen: set[int] = set()  # half of each id, for a million of them are in memory
        portions = self._portions(paths)
        while (portion := await asyncio.to_thread(next, portions, None)) is not None:
            for aside in (one for one in portion if isinstance(one, Unread)):
                account.set_aside(aside)
            found = [self.whose.delivery(one) for one in portion if isinstance(one, Letter)]
            account.found += len(found)
            fresh = {d.id: d for d in found if d.id.int >> 64 not in seen}
            seen |= {i.int >> 64 for i in fresh}
            known = await self.here(list(fresh))
            read = await asyncio.to_thread(self.whose.read, [d for i, d in fresh.items() if i not in known])
            await self.take(read)
            account.same += len(found) - len(read)
            for one in read:
                account.note(one)
            yield account

    def _portions(self, paths: Sequence[Path]) -> Iterator[list[Letter | Unread]]:
        """Yield what is found, as much as is recorded together."""
        portion: list[Letter | Unread] = []
        size = 0
        for one in chain.from_iterable(letters(path, LARGEST, sent=self.sent) for path in paths):
            portion.append(one)
            size += len(one.raw) if isinstance(one, Letter) else 0
            if len(portion) >= MOST_MAILS or size >= MOST_BYTES:
                yield portion
                portion, size = [], 0
        if portion:
            yield portion
