"""What Amazon SES tells of a mail that it received.

https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
"""

import base64
import binascii

import orjson
from pydantic import BaseModel, Field

from ingest_email.inbound.composing import Pieces, composed
from peyvand.errors import BadPayload, Skipped, UnknownType

_SETUP = "AMAZON_SES_SETUP_NOTIFICATION"


class Header(BaseModel):
    name: str
    value: str


class Mail(BaseModel):
    source: str = ""
    message_id: str = Field(default="", alias="messageId")
    destination: tuple[str, ...] = ()
    headers: tuple[Header, ...] = ()


class Action(BaseModel):
    type: str = ""
    bucket: str = Field(default="", alias="bucketName")
    key: str = Field(default="", alias="objectKey")
    encoding: str = ""


class Receipt(BaseModel):
    recipients: tuple[str, ...] = ()
    action: Action = Field(default_factory=Action)


class Received(BaseModel):
    """The notification of a received mail: the mail is its `content`, or lies in a bucket."""

    mail: Mail
    receipt: Receipt = Field(default_factory=Receipt)
    content: str | None = None

    @property
    def stored(self) -> Action | None:
        """Return where in S3 the mail lies, when it is not here."""
        action = self.receipt.action
        return action if self.content is None and action.bucket and action.key else None

    @property
    def recipients(self) -> tuple[str, ...]:
        """Return for whom of us it came."""
        return self.receipt.recipients or self.mail.destination

    def raw(self) -> bytes:
        """Return the mail, or what is told of its header fields when it is not here; raises BadPayload."""
        if self.content is None:
            return composed(Pieces([(h.name, h.value) for h in self.mail.headers]))
        # older rules say nothing of the encoding, and a mail in base64 has no space and no colon in its first line
        first = self.content[:200].partition("\n")[0]
        if self.receipt.action.encoding.upper() != "BASE64" and (":" in first or " " in first):
            return self.content.encode("utf-8", "replace")
        try:
            return base64.b64decode(self.content, validate=False)
        except binascii.Error as error:
            raise BadPayload("the content is said to be base64 and is none") from error


def received_in(message: str) -> Received:
    """Return what SES tells; raises Skipped, BadPayload, UnknownType."""
    if _SETUP in message[:1_000] or message.startswith("Successfully validated SNS topic"):
        raise Skipped("the notice that SES may write to the topic")
    try:
        told = orjson.loads(message)
    except orjson.JSONDecodeError as error:
        raise BadPayload("the message of the topic is none of Amazon SES") from error
    kind = told.get("notificationType") or told.get("eventType") if isinstance(told, dict) else None
    if kind != "Received":
        raise UnknownType(f"a notification of the type {kind!r}: only received mail is read here")
    return Received.model_validate(told)
