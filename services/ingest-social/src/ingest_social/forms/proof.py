"""How a server proves that a form's post is its own: three ways, of which the settings choose one."""

from collections.abc import Sequence
from typing import Literal

from pydantic import SecretStr

from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.redaction import REDACTED
from peyvand.signature import require_hmac, require_standard_webhooks, require_token

Scheme = Literal["standard-webhooks", "github", "bearer"]
_BEARER = "bearer "
# What a caller may name a post by, so that it is one however often it is sent.
_NAMES: dict[Scheme, tuple[str, ...]] = {
    "standard-webhooks": ("webhook-id",),
    "github": ("x-github-delivery", "idempotency-key"),
    "bearer": ("idempotency-key",),
}


def is_signed(delivery: Delivery, scheme: Scheme) -> bool:
    """Return whether a post claims to be a server's: `verify` takes no claim that does not hold."""
    match scheme:
        case "standard-webhooks":
            return any(name.startswith("webhook-") for name in delivery.headers)
        case "github":
            return "x-hub-signature-256" in delivery.headers
        case "bearer":  # what was taken is kept without its token
            given = delivery.headers.get("authorization", "")
            return given == REDACTED or given.lower().startswith(_BEARER)


def require_signed(delivery: Delivery, scheme: Scheme, secrets: Sequence[SecretStr]) -> None:
    """Return when a server's post is proved; raises BadSignature."""
    if not secrets:
        raise BadSignature("this form takes no signed posts: it has no secret")
    match scheme:
        case "standard-webhooks":
            require_standard_webhooks(delivery, secrets)
        case "github":
            require_hmac(delivery.body, delivery.headers.get("x-hub-signature-256"), secrets, prefix="sha256=")
        case "bearer":
            require_token(delivery.headers.get("authorization", "")[len(_BEARER) :], secrets)


def sent_as(delivery: Delivery, scheme: Scheme) -> str | None:
    """Return the caller's own key of a post, where it gives one."""
    return next((delivery.headers[name] for name in _NAMES[scheme] if delivery.headers.get(name)), None)
