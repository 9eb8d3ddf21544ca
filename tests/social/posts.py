"""Posts of a website's form, signed by a server or sent by a browser, and what they mean."""

from datetime import UTC
from urllib.parse import urlencode

import orjson
from standardwebhooks import Webhook

from ingest_social.channels import webform
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.source import normalised
from peyvand.testing import CAPTURED_AT
from social.accounts import ORGANISATION, delivered, form_account

STAMP = int(CAPTURED_AT.timestamp())
SECRET = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
BODY = orjson.dumps({"name": "Ali", "email": "ali@gmail.com", "message": "سلام"})
SITE = "https://www.example.ir"
OPEN = form_account(form=True, origins=[SITE], honeypot="website")


def signed(body: bytes = BODY, secret: str = SECRET, sent: str = "msg_1") -> Delivery:
    """Return a post signed by the maintained library of Standard Webhooks, not by our own code."""
    signature = Webhook(secret).sign(sent, CAPTURED_AT.replace(tzinfo=UTC), body.decode())
    headers = {"webhook-id": sent, "webhook-timestamp": str(STAMP), "webhook-signature": signature}
    return delivered("webform", body, {"content-type": "application/json", **headers})


def browser(*fields: tuple[str, str], origin: str | None = SITE, **headers: str) -> Delivery:
    sent = {"content-type": "application/x-www-form-urlencoded", **headers, **({"origin": origin} if origin else {})}
    return delivered("webform", urlencode(fields).encode(), sent)


def event(delivery: Delivery, account: webform.Settings = OPEN) -> InteractionEvent:
    (found,) = normalised(webform.SOURCE, delivery, account, ORGANISATION)
    return found


def handles(found: InteractionEvent) -> list[tuple[str, str]]:
    return [(h.kind, h.value) for p in found.parties for h in p.handles]
