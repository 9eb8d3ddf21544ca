"""One reader over a file of mails, in a process of its own: `reader.py WHO FILE`; prints mails, CPU seconds, peak MB.

The file holds mails, each after its length in eight bytes.
"""

import email
import email.policy
import struct
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path
from uuid import UUID

from ingest_email.reading.interaction import mail_events, ours
from ingest_email.reading.mail import read_mail
from ingest_email.reading.mime import parse
from peak import peak_mb
from peyvand.delivery import Delivery
from peyvand.identity import Organisation

LENGTH = struct.Struct(">Q")
AT = datetime(2026, 10, 4, tzinfo=UTC)
ORGANISATION = Organisation(name="Example", domains=("example.ir",))
OWN = ours(["support@example.ir"], internal="skip")


def write(path: Path, mails: Iterator[bytes]) -> int:
    """Write mails to a file; return how many bytes they have."""
    with path.open("wb") as file:
        return sum(file.write(LENGTH.pack(len(raw)) + raw) - LENGTH.size for raw in mails)


def read(path: Path) -> Iterator[bytes]:
    """Yield the mails of a file."""
    with path.open("rb") as file:
        while head := file.read(LENGTH.size):
            yield file.read(LENGTH.unpack(head)[0])


def full_event(raw: bytes) -> None:
    """Read a mail into its event, as JSON: text, new words, flags, files with their SHA-256."""
    headers = {"folder": "INBOX", "size": str(len(raw)), "internaldate": "2026-10-04T08:30:00+00:00"}
    sent = Delivery(UUID(int=1), "support", "imap", AT, raw, url="imap://x/;UID=1", headers=headers)
    for event in mail_events(sent, OWN, ORGANISATION):
        event.model_dump_json(exclude_defaults=True)


def compat32(raw: bytes) -> None:
    """Parse only, as Python's compat32 does."""
    email.message_from_bytes(raw, policy=email.policy.compat32)


def policy_default(raw: bytes) -> None:
    """Read headers, text and files with Python's policy.default."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    _ = (message["subject"], message["from"], message["to"], message["date"])
    body = message.get_body(("plain", "html"))
    if body is not None:
        body.get_content()
    for file in message.iter_attachments():
        file.get_payload(decode=True)


def mail_parser(raw: bytes) -> None:
    """Read with mail-parser."""
    found = import_module("mailparser").parse_from_bytes(raw)
    _ = (found.subject, found.from_, found.to, found.date, found.body, found.attachments)


def imap_tools(raw: bytes) -> None:
    """Read with imap_tools."""
    found = import_module("imap_tools").MailMessage.from_bytes(raw)
    _ = (
        found.subject,
        found.from_,
        found.to,
        found.date,
        found.text,
        found.html,
        [a.payload for a in found.attachments],
    )


READERS: dict[str, Callable[[bytes], object]] = {
    "full events": full_event,
    "read_mail": read_mail,
    "parse": parse,
    "compat32, parse only": compat32,
    "policy.default": policy_default,
    "mail-parser": mail_parser,
    "imap_tools": imap_tools,
}


def main(who: str, path: Path) -> None:
    """Read all mails of a file and print how it went."""
    work = READERS[who]
    count, seconds = 0, 0.0
    for raw in read(path):
        begun = time.process_time()
        work(raw)
        seconds += time.process_time() - begun
        count += 1
    print(count, seconds, peak_mb())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
