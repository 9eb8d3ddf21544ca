"""A port on which mail servers hand over: who gets in, how many at once, and how it ends."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import cast

from aiosmtpd.smtp import SMTP

from ingest_email.journal.letters import Room
from ingest_email.journal.line import GOODBYE, Delivering, Speaking
from ingest_email.journal.settings import JournalAccount
from peyvand.errors import Unavailable

# What is being made durable when we stop is answered; who is slower comes again.
DRAIN_SECONDS = 4.0

# Makes a mail durable: its bytes, its sender, its recipients, and who hands over. Raises Unavailable.
Hand = Callable[[bytes, str, list[str], str], Awaitable[None]]


@dataclass(slots=True)
class Port:
    """The connections of one port."""

    account: JournalAccount
    hand: Hand
    count: Callable[[int], None]
    room: Room
    context: ssl.SSLContext | None = None
    lines: set[Speaking] = field(default_factory=set)
    closing: bool = False
    empty: asyncio.Event = field(default_factory=asyncio.Event)

    def refused(self, status: int) -> None:
        """Count a refusal."""
        self.count(status)

    def left(self, line: SMTP) -> None:
        """Forget a connection that has ended."""
        self.lines = {other for other in self.lines if other is not line}
        if not self.lines:
            self.empty.set()

    async def handed(self, raw: bytes, sender: str, recipients: list[str], peer: str) -> str:
        """Return 250 once the mail is durable, 451 while it cannot be."""
        try:
            await self.hand(raw, sender, recipients, peer)
        except Unavailable:
            return "451 4.3.0 It cannot be stored now; try again later"
        return "250 2.6.0 Stored"

    def line(self) -> Speaking:
        """Return the protocol of a new connection."""
        speak = Delivering if self.account.protocol == "lmtp" else Speaking
        return speak(self, self.context)

    def refusal(self, peer: str) -> bytes | None:
        """Return what a newcomer is told who does not get in."""
        if not self.account.admits(peer):
            return b"554 5.7.1 Mail is not taken from here\r\n"
        if self.closing or len(self.lines) >= self.account.most_connections:
            return b"421 4.7.0 Too many connections; try again later\r\n"
        return None

    async def drain(self) -> None:
        """Say goodbye to those who wait, and to the others when their mail is answered."""
        self.closing = True
        for line in [line for line in self.lines if not line.busy]:
            line.hang_up(GOODBYE)
        if self.lines:
            self.empty.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.empty.wait(), DRAIN_SECONDS)
        for line in list(self.lines):
            line.hang_up()


class Door(asyncio.Protocol):
    """Looks at who comes before a line is given; a line tells the port when it ends."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let in, or turn away."""
        made = cast("asyncio.Transport", transport)
        peer = made.get_extra_info("peername")
        refusal = self._port.refusal(str(peer[0]) if peer else "")
        if refusal is not None:
            self._port.refused(int(refusal[:3]))
            made.write(refusal)
            made.close()
            return
        line = self._port.line()
        self._port.lines.add(line)
        made.set_protocol(line)
        line.connection_made(made)


@asynccontextmanager
async def listening(port: Port) -> AsyncIterator[int]:
    """Listen while the body runs, and give the port's number; raises Unavailable when that is not possible."""
    # what strangers say is in no log; aiosmtpd's own has it at every level
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    account = port.account
    try:
        server = await asyncio.get_running_loop().create_server(lambda: Door(port), account.host, account.port)
    except OSError as error:
        why = error.strerror or "it is no address of this machine"
        raise Unavailable(f"port {account.port} on {account.host} cannot be listened on: {why}") from error
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await port.drain()
        await server.wait_closed()
