"""Going through an exported chat: each message becomes a delivery, known by its key, and is read once."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID, uuid5

from ingest_email.mailfile.archive import Unread
from ingest_social.cloud_api.exported import ADDRESS, Entry, File
from peyvand.delivery import Delivery
from peyvand.files import Unpacked, unpacked
from peyvand.identity import Organisation
from peyvand.settings import Connector
from peyvand.source import IMPORTED, Source
from peyvand_standalone.chats.chat import Chat, Spoken, keyed
from peyvand_standalone.chats.opening import LARGEST_FILE, Export, NoChat
from peyvand_standalone.chats.sides import Sides
from peyvand_standalone.imports.account import Account
from peyvand_standalone.imports.keeping import Keeping

MOST_MESSAGES = 200
_NO_DAY = "its date is on no day that exists"


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom a chat is brought in, and when."""

    connector: Connector
    source: Source
    organisation: Organisation
    now: datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """The way through one export: what it holds, who is who in it, for whom."""

    whose: Whose
    export: Export
    chat: Chat
    sides: Sides
    account: Account = field(default_factory=Account)

    async def through(self, keeping: Keeping) -> AsyncIterator[Account]:
        """Hand on each message that is new; yield the account as it grows."""
        for line in self.chat.stray:
            self.account.set_aside(Unread(self._place(line), "no line of a message"))
        messages = self._keyed()
        while portion := tuple(islice(messages, MOST_MESSAGES)):
            await self._take(keeping, portion)
            yield self.account
        yield self.account

    def _keyed(self) -> Iterator[tuple[str, Spoken]]:
        group = self.export.partner or ""
        return keyed(self.chat.spoken, self.sides.ours, self.sides.numbers, group)

    async def _take(self, keeping: Keeping, portion: tuple[tuple[str, Spoken], ...]) -> None:
        found = {self._id(key): (key, one) for key, one in portion if self._is_message(one)}
        self.account.found += len(found)
        known = await keeping.here(list(found))
        fresh = [(i, *found[i]) for i in found if i not in known]
        read = await asyncio.to_thread(self._read, fresh)
        await keeping.take(read)
        self.account.same += len(known)
        for one in read:
            self.account.note(one)

    def _is_message(self, one: Spoken) -> bool:
        """Return whether a line is somebody's word; what is none is counted by its rule, or told."""
        if one.said.note is not None:
            self.account.leave_out(one.said.note)
        elif one.at is None:
            self.account.set_aside(Unread(self._place(one.line), _NO_DAY))
        elif one.said.text is None and one.said.file is None:
            self.account.leave_out("an empty message")
        else:
            return True
        return False

    def _read(self, fresh: list[tuple[UUID, str, Spoken]]) -> list[Unpacked]:
        settings, organisation = self.whose.connector.settings, self.whose.organisation
        deliveries = [self._delivery(made, key, one) for made, key, one in fresh]
        return [unpacked(self.whose.source, delivery, settings, organisation) for delivery in deliveries]

    def _id(self, key: str) -> UUID:
        name = f"delivery\x1f{self.whose.connector.name}\x1fchat\x1f{key}"
        return uuid5(self.whose.organisation.id, name)

    def _delivery(self, made: UUID, key: str, one: Spoken) -> Delivery:
        file, content = self._file(one)
        return Delivery(
            id=made,
            connector=self.whose.connector.name,
            channel=self.whose.source.name,
            received_at=self.whose.now,
            body=self._entry(key, one, file).model_dump_json(exclude_none=True).encode() + b"\n" + content,
            url=self._place(one.line, ADDRESS),
            headers={IMPORTED: self.export.path.name},
        )

    def _entry(self, key: str, one: Spoken, file: File | None) -> Entry:
        sender, numbers = one.said.sender, self.sides.numbers
        ours = sender in self.sides.ours
        others = [name for name in self.chat.senders if name not in self.sides.ours]
        whom = others[0] if len(others) == 1 else None
        assert one.at is not None
        return Entry(
            key=key,
            at=one.at,
            ours=ours,
            sender=sender,
            whom=whom,
            number=numbers.get(whom or "") if ours else numbers.get(sender),
            chat=self.export.partner or whom,
            text=one.said.text,
            edited=one.said.edited,
            file=file,
        )

    def _file(self, one: Spoken) -> tuple[File | None, bytes]:
        """Return what is said of a message's file, and its bytes where the export holds them."""
        name = one.said.file
        if name is None:
            return None, b""
        size = self.export.sizes.get(name)
        if not name or size is None or size > LARGEST_FILE:
            return File(name=name, size=size), b""
        try:
            content = self.export.read(name)
        except NoChat as error:
            self.account.set_aside(Unread(self._place(one.line), str(error)))
            return File(name=name, size=size), b""
        return File(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest()), content

    def _place(self, line: int, before: str = "") -> str:
        return f"{before}{self.export.path.name}#{line}"
