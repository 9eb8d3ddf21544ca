"""A delivery on its way to somebody else: what is sent along, and secrets that do not lie in a database meanwhile."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from pydantic import TypeAdapter

from peyvand.delivery import Delivery
from peyvand.redaction import CREDENTIALS

_DELIVERY = TypeAdapter(Delivery)
_NAMES = UUID("0f7a6d1e-32c4-5f6b-9f0e-5ce51f8a9b27")
# What belongs to one connection (RFC 9110, 7.6.1), to the address that was called, or to the proxies on the way.
_NOT_SENT = {
    "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length",
    "accept-encoding", "expect", "forwarded", "via", "x-real-ip", *CREDENTIALS,
}  # fmt: skip
_MARK = re.compile(r"\[secret ([0-9a-f]{8})\]")


def key_of(delivery: Delivery) -> UUID:
    """Return the same for a delivery and its repetition: a webhook's ids are our own, so its bytes are its name."""
    if not delivery.method:
        return uuid5(_NAMES, str(delivery.id))
    return uuid5(_NAMES, f"{delivery.method}\x1f{hashlib.sha256(delivery.body).hexdigest()}")


def written(delivery: Delivery, stored: Delivery, secrets: Sequence[str]) -> bytes:
    """Return a delivery as an errand's payload: a long body by reference, each secret as a mark."""
    headers = {k: _marked(v, secrets) for k, v in delivery.headers.items() if _is_sent(k)}
    return _DELIVERY.dump_json(replace(stored, headers=headers))


def read(payload: bytes) -> Delivery:
    """Return the delivery of a payload."""
    return _DELIVERY.validate_json(payload)


def headers_of(delivery: Delivery, secrets: Sequence[str]) -> Mapping[str, str]:
    """Return what is sent along, as it came; a header whose secret is no longer in the settings is left out."""
    known = {_digest(secret): secret for secret in secrets}
    said = {k: _MARK.sub(lambda m: known.get(m[1], m[0]), v) for k, v in delivery.headers.items()}
    sent = {k: v for k, v in said.items() if not _MARK.search(v)}
    return sent if "content-type" in sent else {"content-type": "application/json", **sent}


def _is_sent(name: str) -> bool:
    return name not in _NOT_SENT and not name.startswith("x-forwarded-")


def _marked(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, f"[secret {_digest(secret)}]")
    return text


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:8]
