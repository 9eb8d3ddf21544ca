"""Mail that Postmark received for us (inbound webhook).

https://postmarkapp.com/developer/webhooks/inbound-webhook
"""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from ingest_email.inbound.account import CalledAccount
from ingest_email.inbound.composing import Pieces, composed
from ingest_email.inbound.form import File
from ingest_email.inbound.letter import letter
from ingest_email.inbound.secret import require_secret
from ingest_email.reading.files import mail_files
from ingest_email.reading.interaction import mail_events
from ingest_email.reading.transfer import unbase64
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import WebhookSource

# Postmark takes mails of 35 MB; in JSON they are half as large again.
MOST_BYTES = 64 * 1024 * 1024


class Settings(CalledAccount):
    """One inbound stream of Postmark."""


class Header(BaseModel):
    name: str = Field(alias="Name")
    value: str = Field(alias="Value")


class Person(BaseModel):
    email: str = Field(default="", alias="Email")
    name: str = Field(default="", alias="Name")


class Attached(BaseModel):
    name: str = Field(default="", alias="Name")
    content: str = Field(default="", alias="Content")
    content_type: str = Field(default="", alias="ContentType")
    content_id: str | None = Field(default=None, alias="ContentID")


class Inbound(BaseModel):
    """A mail as Postmark posts it; `raw` is there when the stream includes the raw mail."""

    message_id: str = Field(alias="MessageID")
    headers: tuple[Header, ...] = Field(default=(), alias="Headers")
    sender: Person = Field(default_factory=Person, alias="FromFull")
    to: str = Field(default="", alias="To")
    cc: str = Field(default="", alias="Cc")
    reply_to: str = Field(default="", alias="ReplyTo")
    subject: str = Field(default="", alias="Subject")
    date: str = Field(default="", alias="Date")
    text: str = Field(default="", alias="TextBody")
    html: str = Field(default="", alias="HtmlBody")
    recipient: str = Field(default="", alias="OriginalRecipient")
    attachments: tuple[Attached, ...] = Field(default=(), alias="Attachments")
    raw: str = Field(default="", alias="RawEmail")


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the call bears the secret of the address: Postmark signs nothing."""
    require_secret(delivery, account.secret)


def mail_in(delivery: Delivery) -> Delivery:
    """Return the delivery of the mail that was posted; raises ValidationError for a body that is none."""
    inbound = Inbound.model_validate(delivery.json())
    raw = inbound.raw.encode("utf-8", "replace") if inbound.raw else composed(_pieces(inbound))
    sender = next((h.value for h in inbound.headers if h.name.lower() == "return-path"), "")
    return letter(delivery, raw, sender, [inbound.recipient])


def _pieces(inbound: Inbound) -> Pieces:
    """Return the pieces of a mail; the address fields stand beside the header fields, not among them."""
    named = {h.name.lower() for h in inbound.headers}
    beside = (
        ("From", f'"{inbound.sender.name}" <{inbound.sender.email}>' if inbound.sender.email else ""),
        ("To", inbound.to),
        ("Cc", inbound.cc),
        ("Reply-To", inbound.reply_to),
        ("Subject", inbound.subject),
        ("Date", inbound.date),
        ("Message-ID", f"<{inbound.message_id}@inbound.postmarkapp.com>"),
    )
    given = [(name, value) for name, value in beside if value and name.lower() not in named]
    return Pieces(
        [*((h.name, h.value) for h in inbound.headers), *given],
        inbound.text,
        inbound.html,
        [File(a.name, a.content_type, unbase64(a.content.encode()), a.content_id or "") for a in inbound.attachments],
    )


def files(delivery: Delivery, _settings: Settings) -> Mapping[str, bytes]:
    """Return the files of the mail by their SHA-256 in hex."""
    return mail_files(mail_in(delivery), None)


def normalise(delivery: Delivery, account: Settings, organisation: Organisation) -> list[InteractionEvent]:
    """Return the mail's event; raises Skipped, BadPayload."""
    return mail_events(mail_in(delivery), account.own, organisation)


SOURCE = WebhookSource(
    name="postmark", settings=Settings, verify=verify, normalise=normalise, max_body=MOST_BYTES, files=files
)
