"""Proofs by name, in a table: raw bytes, constant time, several secrets, a window where there is a time."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

import orjson
from pydantic import SecretStr

from ingest_social.mapping.account import MappedAccount
from ingest_social.mapping.token import require_signed_token
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.signature import TOLERANCE, require_hmac, require_standard_webhooks, require_token

Verify = Callable[[Delivery, MappedAccount], None]
Secrets = Sequence[SecretStr]


def require_proof(delivery: Delivery, account: MappedAccount) -> None:
    """Return when the delivery is proved as the settings say; raises BadSignature."""
    _BY_NAME[account.signature](delivery, account)


def _digest(header: str, encoding: str, prefix: str = "") -> Verify:
    def verify(delivery: Delivery, account: MappedAccount) -> None:
        given = delivery.headers.get(header)
        if encoding == "hex":
            require_hmac(delivery.body, given, account.secret, prefix=prefix)
        else:
            require_hmac(delivery.body, given, account.secret, encoding="base64", prefix=prefix)

    return verify


def _v0(header: str, stamp_header: str) -> Verify:
    """Slack and Zoom: v0= and the hex of HMAC-SHA256 over v0:time:body."""

    def verify(delivery: Delivery, account: MappedAccount) -> None:
        stamp = delivery.headers.get(stamp_header, "")
        _require_recent(stamp, delivery)
        signed = f"v0:{stamp}:".encode() + delivery.body
        require_hmac(signed, delivery.headers.get(header), account.secret, prefix="v0=")

    return verify


def _stripe(delivery: Delivery, account: MappedAccount) -> None:
    """Stripe: t=seconds,v1=hex of HMAC-SHA256 over time.body, several v1 while a secret is rolled."""
    parts = [part.partition("=") for part in delivery.headers.get("stripe-signature", "").split(",")[:20]]
    stamp = next((v for k, _, v in parts if k.strip() == "t"), "")
    _require_recent(stamp, delivery)
    signed = f"{stamp}.".encode() + delivery.body
    if not any(_fits(signed, v, account.secret) for k, _, v in parts if k.strip() == "v1"):
        raise BadSignature("no v1 signature fits the body")


def _fits(signed: bytes, given: str, secrets: Secrets) -> bool:
    try:
        require_hmac(signed, given, secrets)
    except BadSignature:
        return False
    return True


def _standard(delivery: Delivery, account: MappedAccount) -> None:
    require_standard_webhooks(delivery, account.secret)


def _vonage(delivery: Delivery, account: MappedAccount) -> None:
    require_signed_token(delivery, account.secret)


def _bearer(delivery: Delivery, account: MappedAccount) -> None:
    kind, _, token = delivery.headers.get("authorization", "").partition(" ")
    require_token(token if kind.lower() == "bearer" else None, account.secret)


def _header(delivery: Delivery, account: MappedAccount) -> None:
    require_token(delivery.headers.get((account.header or "").lower()), account.secret)


def _basic(delivery: Delivery, account: MappedAccount) -> None:
    kind, _, given = delivery.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise BadSignature("the user or the password is missing or wrong") from error
    named = kind.lower() == "basic" and user == account.user
    require_token(password if named else None, account.secret)


def _address(delivery: Delivery, account: MappedAccount) -> None:
    """The secret stands in the address, ?key=…, for vendors that prove nothing."""
    given = parse_qs(urlsplit(delivery.url).query).get("key", [""])
    require_token(given[0], account.secret)


def _field(delivery: Delivery, account: MappedAccount) -> None:
    """A token at the top of the body (Aircall)."""
    try:
        body = orjson.loads(delivery.body)
    except orjson.JSONDecodeError as error:
        raise BadSignature("the body holds no token") from error
    given = body.get(account.field) if isinstance(body, dict) else None
    require_token(given if isinstance(given, str) else None, account.secret)


def _require_recent(stamp: str, delivery: Delivery) -> None:
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        raise BadSignature("the signature's time is missing or malformed")
    skew = delivery.received_at.timestamp() - int(stamp)
    if abs(skew) > TOLERANCE.total_seconds():
        raise BadSignature(f"the timestamp is {abs(skew):.0f} s off; five minutes are allowed")


_BY_NAME: Mapping[str, Verify] = {
    "standard-webhooks": _standard,
    "github": _digest("x-hub-signature-256", "hex", "sha256="),
    "hub": _digest("x-hub-signature-256", "hex", "sha256="),
    "slack-v0": _v0("x-slack-signature", "x-slack-request-timestamp"),
    "zoom": _v0("x-zm-signature", "x-zm-request-timestamp"),
    "line": _digest("x-line-signature", "base64"),
    "viber": _digest("x-viber-content-signature", "hex"),
    "shopify": _digest("x-shopify-hmac-sha256", "base64"),
    "typeform": _digest("typeform-signature", "base64", "sha256="),
    "stripe": _stripe,
    "vonage": _vonage,
    "bearer": _bearer,
    "header": _header,
    "field": _field,
    "basic": _basic,
    "address": _address,
}
