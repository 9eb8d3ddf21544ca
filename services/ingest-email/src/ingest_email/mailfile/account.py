"""What every way to read mails from a disk is told."""

from pathlib import Path

from pydantic import ByteSize, Field

from ingest_email.account import MailAccount
from ingest_email.mailfile.following import ERROR
from ingest_email.reading.interaction import mail_events
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation


class FileAccount(MailAccount):
    """Where mails lie, how often we look, and how much of one is taken."""

    path: Path
    poll_seconds: float = Field(default=2, ge=0.05, le=3600)
    max_message: ByteSize = Field(default=ByteSize(25 * 1024 * 1024), ge=64 * 1024)


def file_events(delivery: Delivery, settings: FileAccount, organisation: Organisation) -> list[InteractionEvent]:
    """Return the event of a mail that lay in a file of its own; raises Skipped, BadPayload."""
    if why := delivery.headers.get(ERROR):
        raise BadPayload(f"the file cannot be read: {why}")
    return mail_events(delivery, settings.own, organisation)
