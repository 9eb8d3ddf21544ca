"""Whose request it is: a key as bearer token, a signature with it (Standard Webhooks v1), or both."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from ingest_social.partners.account import TYPES, Key
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.event import Direction
from peyvand.signature import require_standard_webhooks, sign_standard_webhooks


@dataclass(frozen=True, slots=True)
class Holder:
    """One key of one connector."""

    connector: str
    key: Key


class Unknown(BadSignature):
    """No key came along, or none of ours."""


class Unproved(BadSignature):
    """The key is known, and something else is wrong: its holder may be told of it."""

    def __init__(self, why: str, holder: Holder) -> None:
        super().__init__(why)
        self.holder = holder


def proved(delivery: Delivery, holders: Sequence[Holder]) -> Holder:
    """Return whose key it is; raises Unknown, Unproved."""
    bearer, is_signed = _bearer(delivery), _is_signed(delivery)
    if bearer is None and not is_signed:
        raise Unknown("no key: send it as “Authorization: Bearer …”, or sign the request with it")
    found = holder_of(bearer, holders) if bearer is not None else _signer(delivery, holders)
    if found is None:
        raise Unknown("this key is none of ours" if bearer is not None else "no key of ours made this signature")
    if is_signed:
        _require_signature(delivery, found)
    elif found.key.signed:
        raise Unproved("this key takes signed requests only, and webhook-signature is missing", found)
    return found


def holder_of(secret: bytes, holders: Sequence[Holder]) -> Holder | None:
    """Return whose key this is; all are compared, so that the time taken does not tell which one came near."""
    found = None
    for holder in holders:
        if hmac.compare_digest(secret, holder.key.secret.get_secret_value().encode()):
            found = holder
    return found


def described(key: Key) -> str:
    """Return in words what a key may do."""
    may = [] if key.types == TYPES else [", ".join(key.types)]
    may += [] if key.directions == tuple(Direction) else [", ".join(key.directions)]
    may += ["stores nothing"] if key.test else []
    may += ["signed requests only"] if key.signed else []
    return f"{key.name}: {' · '.join(may) or 'everything'}"


def _bearer(delivery: Delivery) -> bytes | None:
    scheme, _, token = delivery.headers.get("authorization", "").partition(" ")
    return token.strip().encode("latin-1", "replace") if scheme.lower() == "bearer" and token.strip() else None


def _is_signed(delivery: Delivery) -> bool:
    return any(name.startswith("webhook-") for name in delivery.headers)


def _signer(delivery: Delivery, holders: Sequence[Holder]) -> Holder | None:
    """Return whose key made the signature, whatever its time: a clock that is off is told to its owner."""
    sent, stamp = delivery.headers.get("webhook-id", ""), delivery.headers.get("webhook-timestamp", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        return None
    given = [one.encode("latin-1", "replace") for one in delivery.headers.get("webhook-signature", "").split()[:16]]
    found = None
    for holder in holders:
        made = sign_standard_webhooks(sent, int(stamp), delivery.body, holder.key.secret).encode()
        if [one for one in given if hmac.compare_digest(made, one)]:  # all of them, as with keys
            found = holder
    return found


def _require_signature(delivery: Delivery, holder: Holder) -> None:
    try:
        require_standard_webhooks(delivery, [holder.key.secret])
    except BadSignature as error:
        raise Unproved(str(error), holder) from error
