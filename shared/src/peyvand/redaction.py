"""A delivery as it may be stored: some callers send our own secret along, in a header or in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

from peyvand.delivery import Delivery

REDACTED = "[redacted]"
# Credentials that stand in front of us (a proxy's) are nobody's business either.
CREDENTIALS = ("authorization", "proxy-authorization", "cookie")


def secrets_of(settings: BaseModel) -> tuple[str, ...]:
    """Return the secrets in a connector's settings, as they are and as they stand in an address, the longest first."""
    found = {secret for _, value in settings for secret in _secrets(value) if secret}
    written = {s for secret in found for s in (secret, quote(secret, safe=""))}
    return tuple(sorted(written, key=len, reverse=True))  # one may be the beginning of another


def without_secrets(delivery: Delivery, secrets: Sequence[str]) -> Delivery:
    """Return the delivery with its credentials, and every secret in its headers and its address, blacked out."""
    headers = {k: REDACTED if k in CREDENTIALS else _blackened(v, secrets) for k, v in delivery.headers.items()}
    return replace(delivery, headers=headers, url=_blackened(delivery.url, secrets))


def _secrets(value: object) -> list[str]:
    if isinstance(value, SecretStr):
        return [value.get_secret_value()]
    if isinstance(value, BaseModel):
        return [found for _, one in value for found in _secrets(one)]
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        return [found for one in value for found in _secrets(one)]
    return []


def _blackened(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text
