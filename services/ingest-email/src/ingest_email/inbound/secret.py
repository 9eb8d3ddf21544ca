"""The secret in the address that a vendor was told to call, where the vendor signs nothing."""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from peyvand.delivery import Delivery
from peyvand.signature import require_token


def require_secret(delivery: Delivery, secrets: Sequence[SecretStr]) -> None:
    """Return when the call bears a secret; raises BadSignature.

    It is the password of `https://peyvand:SECRET@…` (HTTP Basic, RFC 7617), or `?key=SECRET`.
    """
    require_token(_password(delivery.headers.get("authorization", "")) or _key(delivery.url), secrets)


def _password(authorization: str) -> str | None:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        _, colon, password = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return password if colon else None


def _key(url: str) -> str | None:
    keys = parse_qs(urlsplit(url).query).get("key", [])
    return keys[0] if len(keys) == 1 else None
