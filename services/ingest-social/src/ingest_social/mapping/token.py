"""Vonage's proof: a token signed with HMAC-SHA256 (RFC 7515) that holds the digest of the body and its own time.

https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import SecretStr

from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.signature import TOLERANCE, require_hmac

_LONGEST = 8_000


def require_signed_token(delivery: Delivery, secrets: Sequence[SecretStr]) -> None:
    """Return when the bearer token is signed with one of the secrets, of now, and of this body; raises BadSignature."""
    kind, _, token = delivery.headers.get("authorization", "").partition(" ")
    parts = token.strip().split(".")
    if kind.lower() != "bearer" or len(parts) != 3 or len(token) > _LONGEST:
        raise BadSignature("the signed token is missing")
    head, claims, signature = parts
    # what a token says of its own algorithm is never obeyed, only compared with the one that is used
    require_hmac(f"{head}.{claims}".encode(), _padded(signature), secrets, encoding="base64")
    said, claimed = _object(head), _object(claims)
    if said.get("alg") != "HS256":
        raise BadSignature("the token is signed in another way than HS256")
    issued, digest = claimed.get("iat"), claimed.get("payload_hash")
    if not isinstance(issued, int) or abs(delivery.received_at.timestamp() - issued) > TOLERANCE.total_seconds():
        raise BadSignature("the token is of another time; five minutes are allowed")
    body = hashlib.sha256(delivery.body).hexdigest()
    if not isinstance(digest, str) or not hmac.compare_digest(digest.lower().encode(), body.encode()):
        raise BadSignature("the token is of another body")


def _padded(text: str) -> str:
    """Return base64url as base64."""
    return text.translate({ord("-"): "+", ord("_"): "/"}) + "=" * (-len(text) % 4)


def _object(part: str) -> dict[str, Any]:
    try:
        found = orjson.loads(base64.b64decode(_padded(part), validate=True))
    except (binascii.Error, ValueError) as error:
        raise BadSignature("the token cannot be read") from error
    if not isinstance(found, dict):
        raise BadSignature("the token cannot be read")
    return found
