"""How Meta proves who calls, and how we prove that an address is ours.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from urllib.parse import parse_qs, urlsplit

from ingest_social.meta.account import MetaAccount
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.signature import require_hmac, require_token
from peyvand.source import Answer


def verify(delivery: Delivery, account: MetaAccount) -> None:
    """Return when the raw body is signed by one of the apps; raises BadSignature.

    Meta signs the bytes that it sends, Persian as `\\uXXXX`: decoded and written again they would not fit.
    """
    given = delivery.headers.get("x-hub-signature-256")
    require_hmac(delivery.body, given, account.app_secret, prefix="sha256=")


def challenge(delivery: Delivery, account: MetaAccount) -> Answer:
    """Answer the handshake with what Meta asks to have repeated; raises BadSignature when the token is another."""
    asked = parse_qs(urlsplit(delivery.url).query)
    if _one(asked, "hub.mode") != "subscribe":
        raise BadSignature("this address is subscribed by hub.mode=subscribe")
    require_token(_one(asked, "hub.verify_token"), account.verify_token)
    repeated = (_one(asked, "hub.challenge") or "").encode()
    return Answer(body=repeated, headers={"content-type": "text/plain", "x-content-type-options": "nosniff"})


def _one(asked: dict[str, list[str]], name: str) -> str | None:
    values = asked.get(name, [])
    return values[0] if len(values) == 1 else None
