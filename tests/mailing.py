"""Mails, mailboxes that are being read, and a server that can be made to misbehave: for the e-mail tests."""

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient

from ingest_email.channels import imap
from ingest_email.imap.settings import Settings
from making import ORGANISATION
from parts.dovecot import Dovecot
from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from peyvand.pull import BackOff, Pull
from peyvand.source import PullSource
from peyvand.testing import CAPTURED_AT, MemoryBlobs, MemoryCursors, MemoryPublisher

CUSTOMER = "Ali Rezaei <ali.rezaei@example.com>"
ASK = b"ask instead: "
# The connector gives up a server that does not answer after a minute, and comes again.
PATIENCE = 75.0
QUICKLY = BackOff(first=0.05, most=0.2, refused=0.2)


def mail(subject: str = "سفارش", text: str = "سلام، وقت بخیر.", **headers: str | None) -> bytes:
    """Return a customer's mail to us; a header given as None is left out."""
    message = EmailMessage()
    message["Message-ID"] = f"<{abs(hash(subject))}@example.com>"
    usual = {"From": CUSTOMER, "To": "support@example.ir", "Subject": subject, "Date": format_datetime(CAPTURED_AT)}
    for name, value in {**usual, **{k.replace("_", "-"): v for k, v in headers.items()}}.items():
        del message[name]
        if value is not None:
            message[name] = value
    message.set_content(text)
    return message.as_bytes()


def settings(server: Any, account: tuple[str, str], **more: Any) -> Settings:
    """Return how a test's mailbox is reached."""
    name, password = account
    usual = {"host": server.host, "port": server.port, "username": name, "password": password, "tls": "none"}
    return Settings.model_validate({**usual, "addresses": ["support@example.ir"], **more})


@dataclass
class Notes(MemoryCursors):
    """Cursors that also remember how often a source answered, and all that it complained of."""

    polls: int = 0
    complaints: list[str] = field(default_factory=list)

    async def polled(self, connector: str, at: datetime) -> None:
        await super().polled(connector, at)
        self.polls += 1

    async def failed(self, connector: str, at: datetime, why: str) -> None:
        await super().failed(connector, at, why)
        self.complaints.append(why)


class Reader:
    """A connector at work, and what it has brought."""

    def __init__(
        self, account: Any, name: str = "support", source: PullSource[Any] = imap.SOURCE, notes: Notes | None = None
    ) -> None:
        self.publisher = MemoryPublisher()
        self.notes = notes or Notes()
        self.pull = Pull(
            name, source, account, ORGANISATION, self.publisher, self.notes, MemoryBlobs(), "test", back_off=QUICKLY,
            noted_every=timedelta(0),  # a test waits for polls
        )  # fmt: skip

    @property
    def readings(self) -> list[Reading]:
        return self.publisher.readings

    @property
    def events(self) -> list[InteractionEvent]:
        return self.publisher.events

    @property
    def subjects(self) -> list[str | None]:
        return [e.subject for e in self.events]

    async def until(self, happened: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait until it happened; raises TimeoutError that says what did not, and how the connector stands."""
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not happen; {self.subjects}, {self.notes.complaints}")
            await asyncio.sleep(0.01)

    async def has(self, count: int, seconds: float = PATIENCE) -> None:
        """Wait until so many deliveries are durable."""
        await self.until(lambda: len(self.readings) >= count, f"{count} deliveries", seconds)

    async def rests(self) -> None:
        """Wait until the source has answered twice from now: whatever was there is read."""
        before = self.notes.polls
        await self.until(lambda: self.notes.polls >= before + 2, "a poll")


@asynccontextmanager
async def reading(reader: Reader) -> AsyncIterator[Reader]:
    """Let a connector run for as long as the block does."""
    running = asyncio.create_task(reader.pull.run())
    try:
        yield reader
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def flags(server: Dovecot, account: tuple[str, str], folder: str = "INBOX") -> list[tuple[bytes, ...]]:
    """Return the flags of all mails in a folder, as another client sees them."""
    client = IMAPClient(server.host, server.port, ssl=False, timeout=10)
    try:
        client.login(*account)
        client.select_folder(folder, readonly=True)
        return list(client.get_flags(client.search()).values())
    finally:
        client.shutdown()


class Between:
    """A server in front of the server: what the client asks may be answered otherwise, or end the connection.

    `fault` gets each line that the client sends, and returns None (pass it on), b"" (end the connection), an answer in
    which TAG stands for the command's tag, or after `ASK` what the server is asked instead. `twist` gets what the
    server says, some at a time, and returns what the client hears; b"" ends the connection.
    """

    def __init__(
        self, behind: Dovecot, fault: Callable[[bytes], bytes | None], twist: Callable[[bytes], bytes] = bytes
    ) -> None:
        self.host, self.port = behind.host, 0
        self.asked: list[bytes] = []
        self.said = 0  # bytes
        self.open, self.most_open = 0, 0
        self._behind, self._fault, self._twist = behind, fault, twist
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator["Between"]:
        """Take connections for as long as the block runs, over TLS with a context."""
        server = await asyncio.start_server(self._accept, self.host, 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def hang_up(self) -> None:
        """End every connection with a clean close."""
        for task in self._tasks:
            task.cancel()

    async def _accept(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        ask_reader, ask = await asyncio.open_connection(self._behind.host, self._behind.port, limit=2**24)
        back = asyncio.create_task(self._copy(ask_reader, answer))
        forth = asyncio.create_task(self._forward(client, answer, ask))
        self._tasks |= {back, forth}
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        await asyncio.wait({back, forth}, return_when=asyncio.FIRST_COMPLETED)
        self.open -= 1
        for one in (back, forth):
            one.cancel()
        for writer in (ask, answer):
            writer.close()

    async def _forward(
        self, client: asyncio.StreamReader, answer: asyncio.StreamWriter, ask: asyncio.StreamWriter
    ) -> None:
        while line := await client.readline():
            self.asked.append(line)
            instead = self._fault(line)
            tag = line.split(b" ", 1)[0]
            if instead is None or instead.startswith(ASK):
                ask.write(line if instead is None else instead.removeprefix(ASK).replace(b"TAG", tag))
                await ask.drain()
            elif instead == b"":
                return
            else:
                answer.write(instead.replace(b"TAG", tag))
                await answer.drain()

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while some := await source.read(65536):
                self.said += len(some)
                heard = self._twist(some)
                if not heard:
                    return
                target.write(heard)
                await target.drain()


def fetches_body(line: bytes, uid: int) -> bool:
    """Return whether a client's line asks for the body of a mail."""
    asked = re.search(rb"UID FETCH ([\d,:]+) \(BODY\.PEEK\[\]\)", line)
    ranges = [(part.split(b":")[0], part.split(b":")[-1]) for part in asked[1].split(b",")] if asked else []
    return any(int(low) <= uid <= int(high) for low, high in ranges)


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Return the files of a certificate for a host (its own authority), and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Peyvand tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{host}.pem", folder / f"{host}.key"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def ids(events: Iterable[InteractionEvent]) -> list[str]:
    return sorted(str(e.event_id) for e in events)
