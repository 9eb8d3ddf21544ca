"""Handshakes by name: how a vendor makes sure that an address is ours."""

import hmac
import re
from urllib.parse import parse_qs, urlsplit

import orjson

from ingest_social.mapping.account import MappedAccount
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.signature import require_token
from peyvand.source import Answer

_PLAIN = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
_JSON = {"Content-Type": "application/json"}
_SAFE = re.compile(r"[A-Za-z0-9._~+/=-]{1,500}\Z")


def looked(delivery: Delivery, account: MappedAccount) -> Answer:
    """Answer a GET; raises BadSignature."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(delivery.url).query).items()}
    match account.challenge:
        case "meta" if account.verify_token is not None and asked.get("hub.mode") == "subscribe":
            require_token(asked.get("hub.verify_token"), [account.verify_token])
            return Answer(200, _safe(asked.get("hub.challenge")), _PLAIN)
        case "echo":
            return Answer(200, _safe(asked.get("challenge")), _PLAIN)
        case _:
            raise BadSignature("there is nothing to see here")


def is_bare(delivery: Delivery, account: MappedAccount) -> bool:
    """Return whether a call is RingCentral's first, which carries nothing but what it wants to hear again."""
    return account.challenge == "ringcentral" and not delivery.body and "validation-token" in delivery.headers


def challenged(delivery: Delivery, account: MappedAccount) -> Answer | None:
    """Return the answer to a POST that is a handshake, or None where it is none."""
    if is_bare(delivery, account):
        return Answer(200, b"", {"Validation-Token": _safe(delivery.headers["validation-token"]).decode()})
    if account.challenge not in ("slack", "zoom"):
        return None
    try:
        body = orjson.loads(delivery.body)
    except orjson.JSONDecodeError:
        return None
    match account.challenge, body:
        case "slack", {"type": "url_verification", "challenge": str() as text}:
            return Answer(200, _safe(text), _PLAIN)
        case "zoom", {"event": "endpoint.url_validation", "payload": {"plainToken": str() as plain}}:
            digest = hmac.digest(account.secret[0].get_secret_value().encode(), plain.encode(), "sha256").hex()
            return Answer(200, orjson.dumps({"plainToken": plain, "encryptedToken": digest}), _JSON)
        case _:
            return None


def _safe(text: str | None) -> bytes:
    if text is None or not _SAFE.match(text):
        raise BadSignature("the challenge is missing or holds more than letters and digits")
    return text.encode()
