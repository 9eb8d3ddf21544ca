"""Mail that Mailgun received for us (routes: forward to an address, or store and notify).

https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http
"""

import hashlib
import hmac
from collections.abc import Mapping

import orjson
from pydantic import Field

from ingest_email.account import MailAccount
from ingest_email.inbound.composing import Pieces, composed
from ingest_email.inbound.form import File, Form, form
from ingest_email.inbound.letter import in_part, letter
from ingest_email.reading.files import mail_files
from ingest_email.reading.interaction import mail_events
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.signature import Secrets
from peyvand.source import WebhookSource

# Mailgun takes mails of 25 MB; a raw mail that is posted urlencoded can be three times as long.
MOST_BYTES = 80 * 1024 * 1024
# Mailgun tries again for eight hours, and nothing says that it signs each try anew.
OLDEST_SECONDS = 12 * 3600
AHEAD_SECONDS = 300


class Settings(MailAccount):
    """One Mailgun account: the HTTP webhook signing key, which is not the API key."""

    signing_key: Secrets = Field(min_length=1)


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when token and timestamp are signed; raises BadSignature. The signature does not cover the mail."""
    try:
        posted = _posted(delivery)
    except BadPayload as error:
        raise BadSignature("there is no signature: this is no form") from error
    stamp, token, offered = (posted.text(name) for name in ("timestamp", "token", "signature"))
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12 or not token:
        raise BadSignature("timestamp or token is missing or malformed")
    age = delivery.received_at.timestamp() - int(stamp)
    if not -AHEAD_SECONDS <= age <= OLDEST_SECONDS:
        raise BadSignature("the timestamp is too old or ahead")
    signed = (stamp + token).encode()
    keys = [secret.get_secret_value().encode() for secret in account.signing_key]
    expected = [hmac.new(key, signed, hashlib.sha256).hexdigest() for key in keys]
    # every key is tried, so that the time tells nothing of which one nearly fitted
    fits = [hmac.compare_digest(e.encode(), offered.encode()) for e in expected]
    if not any(fits):
        raise BadSignature("the signature does not fit timestamp and token")


def mail_in(delivery: Delivery) -> Delivery:
    """Return the delivery of the mail that was posted, raw or in pieces; raises BadPayload."""
    return _letter(delivery, _posted(delivery))


def _letter(delivery: Delivery, posted: Form) -> Delivery:
    raw = posted.fields.get("body-mime") or composed(_pieces(posted))
    return letter(delivery, raw, posted.text("sender"), posted.text("recipient").split(","))


def _posted(delivery: Delivery) -> Form:
    return form(delivery.headers.get("content-type", ""), delivery.body)


def _pieces(posted: Form) -> Pieces:
    headers = _json(posted, "message-headers")
    if not isinstance(headers, list):
        raise BadPayload("there is neither body-mime nor message-headers: this is no mail of a route")
    ids = _json(posted, "content-id-map")
    shown = {str(name): str(cid) for cid, name in ids.items()} if isinstance(ids, dict) else {}
    files = [File(file.name, file.media_type, file.content, shown.get(name, "")) for name, file in posted.files.items()]
    pairs = [(str(h[0]), str(h[1])) for h in headers if isinstance(h, list) and len(h) == 2]
    return Pieces(pairs, posted.text("body-plain"), posted.text("body-html"), files)


def _json(posted: Form, name: str) -> object:
    """Return a field's JSON, or None when there is none that can be read."""
    try:
        return orjson.loads(posted.fields.get(name, b"null"))
    except orjson.JSONDecodeError:
        return None


def files(delivery: Delivery, _settings: Settings) -> Mapping[str, bytes]:
    """Return the files of the mail by their SHA-256 in hex."""
    return mail_files(mail_in(delivery), None)


def normalise(delivery: Delivery, account: Settings, organisation: Organisation) -> list[InteractionEvent]:
    """Return the mail's event; raises Skipped, BadPayload."""
    posted = _posted(delivery)  # once: it may be of many megabytes
    events = mail_events(_letter(delivery, posted), account.own, organisation)
    left = _json(posted, "attachments")
    if not isinstance(left, list) or not left:
        return events
    return in_part(events, f"{len(left)} attachments stay at Mailgun: the route stores instead of forwarding")


SOURCE = WebhookSource(
    name="mailgun", settings=Settings, verify=verify, normalise=normalise, max_body=MOST_BYTES, files=files
)
