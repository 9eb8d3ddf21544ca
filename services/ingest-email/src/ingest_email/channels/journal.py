"""Mail that the company's own mail server hands over: forwarded, or journaled, by SMTP or LMTP.

https://www.rfc-editor.org/rfc/rfc5321 and https://www.rfc-editor.org/rfc/rfc2033
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from ingest_email.inbound.letter import ENVELOPE_FROM, ENVELOPE_TO, letter
from ingest_email.journal.letters import Room
from ingest_email.journal.port import Port, listening
from ingest_email.journal.report import journaled
from ingest_email.journal.settings import JournalAccount
from ingest_email.reading.files import mail_files
from ingest_email.reading.interaction import mail_events
from peyvand.delivery import Delivery
from peyvand.errors import Unavailable
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Arrival, ListenSource, Taker

GREETING_SECONDS = 5.0


class Settings(JournalAccount):
    """One address at which mail is taken."""


@asynccontextmanager
async def listen(settings: Settings, taker: Taker) -> AsyncIterator[None]:
    """Take mails while the body runs; raises Unavailable."""

    async def hand(raw: bytes, sender: str, recipients: list[str], peer: str) -> None:
        said = {ENVELOPE_FROM: sender, ENVELOPE_TO: ", ".join(recipients), "size": str(len(raw))}
        url = f"{settings.protocol}://{peer}"
        await taker.take(Arrival(raw, datetime.now(UTC), url, {k: v for k, v in said.items() if v}))

    port = Port(settings, hand, taker.refused, Room(settings.memory), await asyncio.to_thread(settings.tls))
    async with listening(port):
        yield


def mail_in(delivery: Delivery) -> Delivery:
    """Return the delivery of the mail: of a journal report, the mail that it reports."""
    found = journaled(delivery.body)
    if found is not None:
        return letter(delivery, found.mail, found.sender, found.recipients, journal="report")
    said = delivery.headers
    return letter(delivery, delivery.body, said.get(ENVELOPE_FROM, ""), said.get(ENVELOPE_TO, "").split(","))


def files(delivery: Delivery, _settings: Settings) -> Mapping[str, bytes]:
    """Return the files of the mail by their SHA-256 in hex."""
    return mail_files(mail_in(delivery), None)


def normalise(delivery: Delivery, settings: Settings, organisation: Organisation) -> list[InteractionEvent]:
    """Return a mail's event; raises Skipped, BadPayload."""
    return mail_events(mail_in(delivery), settings.own, organisation)


async def check(settings: Settings) -> str:
    """Say whether the port can be listened on, or whether Peyvand does so already; raises Unavailable."""
    secured = "with STARTTLS" if await asyncio.to_thread(settings.tls) else "without TLS"
    place = f"{settings.protocol.upper()} on {settings.host}, port {settings.port}, {secured}"
    if await _answers(settings):
        return f"Peyvand takes mail by {place}"
    server = None
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, settings.host, settings.port)
    except OSError as error:
        why = error.strerror or "it is no address of this machine"
        raise Unavailable(f"port {settings.port} on {settings.host} cannot be listened on: {why}") from error
    finally:
        if server is not None:
            server.close()
    return f"ready to take mail by {place}"


async def _answers(settings: Settings) -> bool:
    """Return whether a Peyvand greets at the address."""
    try:
        async with asyncio.timeout(GREETING_SECONDS):
            reader, writer = await asyncio.open_connection(settings.host, settings.port)
            try:
                return (await reader.readline()).rstrip().endswith(b"Peyvand")
            finally:
                writer.close()
                await writer.wait_closed()
    except (OSError, TimeoutError):
        return False


SOURCE = ListenSource(name="journal", settings=Settings, listen=listen, normalise=normalise, check=check, files=files)
