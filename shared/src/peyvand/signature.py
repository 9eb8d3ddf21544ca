"""Proofs that a delivery comes from its source: constant time, over the raw bytes, several secrets at once."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, SecretStr

from peyvand.delivery import Delivery
from peyvand.errors import BadSignature

# Standard Webhooks: "the timestamp must be within five minutes", either way.
TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"
_LEAST = 16


def _several(value: Any) -> Any:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _long_enough(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if any(len(s.get_secret_value()) < _LEAST for s in secrets):
        raise ValueError(f"needs at least {_LEAST} characters; a good one comes from: openssl rand -hex 24")
    return secrets


# Secrets as peyvand.yaml gives them: one, or several at once while one replaces the other.
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_several), AfterValidator(_long_enough)]


def require_token(given: str | None, secrets: Sequence[SecretStr]) -> None:
    """Return when the header equals one of the secrets; raises BadSignature."""
    offered = (given or "").encode()
    # every secret is compared, so that the time tells nothing of which one nearly fitted
    matches = [hmac.compare_digest(offered, s.get_secret_value().encode()) for s in secrets]
    if not given or not any(matches):
        raise BadSignature("the secret token is missing or wrong")


def require_hmac(
    signed: bytes,
    given: str | None,
    secrets: Sequence[SecretStr],
    *,
    algorithm: str = "sha256",
    encoding: Literal["hex", "base64"] = "hex",
    prefix: str = "",
) -> None:
    """Return when a header is the HMAC of `signed` under one of the secrets; raises BadSignature.

    GitHub and Meta: hex behind "sha256="; LINE and Shopify: base64; Twilio: SHA-1 in base64 over URL and parameters.
    """
    text = given or ""
    offered = b"" if not text.startswith(prefix) else _digest(text[len(prefix) :], encoding)
    # every secret is compared, so that the time tells nothing of which one fitted
    fits = [
        hmac.compare_digest(offered, hmac.digest(s.get_secret_value().encode(), signed, algorithm)) for s in secrets
    ]
    if not any(fits):
        raise BadSignature("the signature is missing or does not fit the body")


def _digest(text: str, encoding: Literal["hex", "base64"]) -> bytes:
    if encoding == "base64":
        return _decoded(text)
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def standard_webhooks_key(secret: SecretStr) -> bytes:
    """Return the bytes of a `whsec_…` secret; a secret without the prefix is taken as its own bytes."""
    return _key(secret.get_secret_value())


@lru_cache(maxsize=1_000)
def _key(value: str) -> bytes:
    if not value.startswith(_PREFIX):
        return value.encode()
    try:
        return base64.b64decode(value.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret that begins with whsec_ must go on in base64") from error


def require_standard_webhooks(delivery: Delivery, secrets: Sequence[SecretStr]) -> None:
    """Return when the delivery is signed by Standard Webhooks v1 (standardwebhooks.com); raises BadSignature.

    HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{raw body}`, in base64, behind `v1,`; the timestamp (seconds)
    lies within five minutes of the receipt.
    """
    sent, stamp = delivery.headers.get("webhook-id", ""), delivery.headers.get("webhook-timestamp", "")
    if not sent or not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        raise BadSignature("webhook-id or webhook-timestamp is missing or malformed")
    _require_recent(int(stamp), delivery.received_at)
    signed = f"{sent}.{stamp}.".encode() + delivery.body
    expected = [hmac.digest(standard_webhooks_key(s), signed, hashlib.sha256) for s in secrets]
    offered = [_decoded(part.removeprefix("v1,")) for part in delivery.headers.get("webhook-signature", "").split()[:16]
               if part.startswith("v1,")]  # fmt: skip
    if not any(hmac.compare_digest(e, o) for e in expected for o in offered):
        raise BadSignature("no v1 signature fits the body")


def sign_standard_webhooks(sent: str, stamp: int, body: bytes, secret: SecretStr) -> str:
    """Return the `webhook-signature` header of a body: what a caller computes."""
    digest = hmac.digest(standard_webhooks_key(secret), f"{sent}.{stamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


def _require_recent(stamp: int, received_at: datetime) -> None:
    skew = received_at.timestamp() - stamp
    if abs(skew) > TOLERANCE.total_seconds():
        raise BadSignature(
            f"the timestamp is {abs(skew):.0f} s {'old' if skew > 0 else 'ahead'}; five minutes are allowed"
        )


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
