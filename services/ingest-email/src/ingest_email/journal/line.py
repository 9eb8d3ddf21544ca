"""One connection of a mail server, as aiosmtpd speaks it, with what aiosmtpd lacks.

Its DATA refuses lines of a thousand bytes, keeps endless ones in memory, and answers once where LMTP answers each
recipient; its log names addresses and its greeting the machine's full name, which it asks the DNS for.
"""

import asyncio
import ssl

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, syntax

from ingest_email.journal.letters import CHUNK, NoRoom, TooLarge, letter_from
from ingest_email.journal.office import Hooks, Office

# A mail of 50 MB takes so long at 80 KB a second.
DATA_SECONDS = 600.0
GOODBYE = "421 4.3.2 Peyvand is stopping; come again"


class Speaking(SMTP):
    """A connection that speaks SMTP; `busy` while a mail is on its way or being made durable."""

    line_length_limit = CHUNK

    def __init__(self, office: Office, context: ssl.SSLContext | None) -> None:
        self.office = office
        self.busy = False
        super().__init__(
            Hooks(office),
            data_size_limit=office.account.max_message,
            enable_SMTPUTF8=True,
            hostname=office.account.hostname,
            ident="Peyvand",
            tls_context=context,
            require_starttls=office.account.require_tls,
            timeout=office.account.idle_seconds,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            loop=asyncio.get_running_loop(),
        )

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - the name is aiosmtpd's
        """Take a mail and answer for it."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos or arg:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Error: need RCPT command")
            return
        if self._reader._buffer:  # type: ignore[attr-defined]  # asyncio tells by nothing else what has been read ahead
            await self.push("503 5.5.0 Wait for the answer to DATA")
            self.hang_up()
            return
        self.busy = True
        try:
            await self._answer()
        finally:
            self.busy = False
        if self.office.closing:
            self.hang_up(GOODBYE)

    def hang_up(self, words: str = "") -> None:
        """End the connection, with words where there are some."""
        line = self.transport
        if isinstance(line, asyncio.WriteTransport) and not line.is_closing():  # else the other end has gone already
            line.write(f"{words}\r\n".encode() if words else b"")
            line.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Make place for another."""
        super().connection_lost(error)
        self.office.left(self)

    async def _answer(self) -> None:
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        assert self.envelope is not None
        sender, recipients = _sent_by(self.envelope), [_readable(address) for address in self.envelope.rcpt_tos]
        self.envelope = self._create_envelope()
        self._reset_timeout(2 * DATA_SECONDS)  # what follows has a time of its own
        status = await self._status(sender, recipients)
        self._reset_timeout()
        if not status.startswith("250"):
            self.office.refused(int(status[:3]))
        for _ in self._each(recipients):
            await self.push(status)
        if status.startswith("421"):  # what is left of the mail would pass for commands
            self.hang_up()

    async def _status(self, sender: str, recipients: list[str]) -> str:
        account, peer = self.office.account, self.session.peer if self.session else None
        try:
            deadline = asyncio.timeout(DATA_SECONDS)
            async with deadline, letter_from(self._reader, self.office.room, account.max_message) as raw:
                deadline.reschedule(None)
                return await self.office.handed(raw, sender, recipients, str(peer[0]) if peer else "")
        except TooLarge:
            return f"552 5.3.4 At most {int(account.max_message)} bytes are taken"
        except NoRoom:
            return "452 4.3.1 Too many mails are on their way; try again later"
        except TimeoutError:
            return "421 4.4.2 The mail took too long"

    def _each(self, recipients: list[str]) -> list[str]:
        """Return for whom there is an answer of its own: in SMTP one answer is for all."""
        return recipients[:1]


class Delivering(Speaking, LMTP):
    """A connection that speaks LMTP."""

    def _each(self, recipients: list[str]) -> list[str]:
        """Return every recipient: the client counts the answers (RFC 2033)."""
        return recipients


def _sent_by(envelope: Envelope) -> str:
    """Return who sent it; a report of a mail server has nobody."""
    return _readable(str(envelope.mail_from or "")).strip("<>")


def _readable(address: str) -> str:
    """Return an address without bytes that are no UTF-8."""
    return address.encode("utf-8", "replace").decode()
