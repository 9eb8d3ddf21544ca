"""Who decides over a connection's mails, and what aiosmtpd asks while it runs."""

from typing import Protocol

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from ingest_email.journal.letters import Room
from ingest_email.journal.settings import JournalAccount

log = structlog.get_logger("ingest_email.journal")

MOST_RECIPIENTS = 1_000


class Office(Protocol):
    """Who decides over a connection's mails."""

    account: JournalAccount
    room: Room
    closing: bool

    async def handed(self, raw: bytes, sender: str, recipients: list[str], peer: str) -> str:
        """Return the answer to a mail: 250 only when it is durable."""
        ...

    def refused(self, status: int) -> None:
        """Count a refusal."""
        ...

    def left(self, line: SMTP) -> None:
        """Forget a connection that has ended."""
        ...


class Hooks:
    """What aiosmtpd asks while a connection runs."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def handle_EHLO(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer no sign-in: networks say who may come."""
        session.host_name = hostname
        return [line for line in responses if not line.startswith("250-AUTH")]

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient that is ours to take."""
        if not self._office.account.takes(address):
            self._office.refused(550)
            return "550 5.1.1 No mail is taken for this address"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """Say that the fault is ours, and nothing of the mail."""
        log.error("line failed", error=type(error).__name__)
        return "451 4.3.0 Something went wrong here; try again later"
