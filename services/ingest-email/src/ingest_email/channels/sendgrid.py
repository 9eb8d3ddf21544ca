"""Mail that SendGrid received for us (Inbound Parse), raw or parsed.

https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook
"""

from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import field_validator, model_validator

from ingest_email.account import MailAccount
from ingest_email.inbound.composing import Pieces, composed, fields
from ingest_email.inbound.ecdsa import public_key, require_signature
from ingest_email.inbound.form import File, Form, form
from ingest_email.inbound.letter import letter
from ingest_email.inbound.secret import require_secret
from ingest_email.reading.charset import decoded
from ingest_email.reading.files import mail_files
from ingest_email.reading.interaction import mail_events
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.signature import Secrets
from peyvand.source import WebhookSource

# SendGrid takes mails of 30 MB.
MOST_BYTES = 40 * 1024 * 1024


class Settings(MailAccount):
    """One host of Inbound Parse: the secret in its address, the public key of its security policy, or both."""

    secret: Secrets = ()
    public_key: str | None = None

    @field_validator("public_key")
    @classmethod
    def _a_key(cls, key: str | None) -> str | None:
        if key is not None:
            public_key(key)
        return key

    @model_validator(mode="after")
    def _proof(self) -> "Settings":
        if not self.secret and self.public_key is None:
            raise ValueError("needs a secret, or the public_key of a security policy, to know who calls")
        return self


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the call bears the secret, and the signature, as far as they are configured; raises BadSignature."""
    if account.public_key is not None:
        require_signature(delivery, account.public_key)
    if account.secret:
        require_secret(delivery, account.secret)


def mail_in(delivery: Delivery) -> Delivery:
    """Return the delivery of the mail that was posted, raw or in pieces; raises BadPayload."""
    posted = form(delivery.headers.get("content-type", ""), delivery.body)
    envelope = _json(posted, "envelope")
    to = envelope.get("to")
    recipients = [str(one) for one in to] if isinstance(to, list) else []
    raw = posted.fields.get("email") or composed(_pieces(posted))
    return letter(delivery, raw, str(envelope.get("from", "")), recipients)


def _pieces(posted: Form) -> Pieces:
    """Return the pieces of a parsed mail; each field is in a charset of its own."""
    if "headers" not in posted.fields:
        raise BadPayload("there is neither email nor headers: this is no mail of Inbound Parse")
    charsets, described = _json(posted, "charsets"), _json(posted, "attachment-info")

    def text(name: str) -> str:
        return decoded(posted.fields.get(name, b""), str(charsets.get(name, "utf-8")))

    files = [_file(file, described.get(name)) for name, file in posted.files.items()]
    return Pieces(fields(text("headers")), text("text"), text("html"), files)


def _file(file: File, described: Any) -> File:
    said = described if isinstance(described, dict) else {}
    kind, shown = said.get("type", file.media_type), said.get("content-id", "")
    return File(str(said.get("filename") or file.name), str(kind), file.content, str(shown))


def _json(posted: Form, name: str) -> dict[str, Any]:
    """Return a field's JSON object, empty when there is none that can be read."""
    try:
        found = orjson.loads(posted.fields.get(name, b"{}"))
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def files(delivery: Delivery, _settings: Settings) -> Mapping[str, bytes]:
    """Return the files of the mail by their SHA-256 in hex."""
    return mail_files(mail_in(delivery), None)


def normalise(delivery: Delivery, account: Settings, organisation: Organisation) -> list[InteractionEvent]:
    """Return the mail's event; raises Skipped, BadPayload."""
    return mail_events(mail_in(delivery), account.own, organisation)


SOURCE = WebhookSource(
    name="sendgrid", settings=Settings, verify=verify, normalise=normalise, max_body=MOST_BYTES, files=files
)
