"""A delivery as it may be stored: some callers send our own secret along, in a header or in the address."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

from peyvand.delivery import Delivery

REDACTED = "[redacted]"
# Credentials that stand in front of us (a proxy's) are nobody's business either.
CREDENTIALS = ("authorization", "proxy-authorization", "cookie")


def secrets_of(settings: BaseModel) -> tuple[str, ...]:
    """Return the secrets in a connector's settings."""
    return tuple(found for _, value in settings for found in _secrets(value))


def without_secrets(delivery: Delivery, secrets: Iterable[str]) -> Delivery:
    """Return the delivery with its credentials, and every secret in its headers and its address, blacked out."""
    known = [s for secret in secrets if secret for s in (secret, quote(secret, safe=""))]
    headers = {k: REDACTED if k in CREDENTIALS else _blackened(v, known) for k, v in delivery.headers.items()}
    return replace(delivery, headers=headers, url=_blackened(delivery.url, known))


def _secrets(value: object) -> list[str]:
    if isinstance(value, SecretStr):
        return [value.get_secret_value()]
    if isinstance(value, BaseModel):
        return list(secrets_of(value))
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        return [found for one in value for found in _secrets(one)]
    return []


def _blackened(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text
