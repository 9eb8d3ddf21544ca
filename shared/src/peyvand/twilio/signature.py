"""Twilio's signature: HMAC-SHA1 over the address as Twilio called it, and what was posted.

https://www.twilio.com/docs/usage/security#validating-requests
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

from pydantic import SecretStr

from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.signature import require_hmac

_PORTS = {"https": 443, "http": 80}


def require_twilio(delivery: Delivery, tokens: Sequence[SecretStr]) -> None:
    """Return when Twilio signed the call; raises BadSignature.

    A form is signed with its parameters; of any other body its SHA-256 stands in the address as `bodySHA256`.
    """
    given, posted = delivery.headers.get("x-twilio-signature"), b""
    if _is_form(delivery):
        posted = _parameters(delivery.body)
    else:
        _require_digest(delivery)
    for address in _addresses(delivery.url):
        try:
            require_hmac(address.encode() + posted, given, tokens, algorithm="sha1", encoding="base64")
        except BadSignature:
            continue
        return
    raise BadSignature("the signature is missing or does not fit the address and the body")


def _is_form(delivery: Delivery) -> bool:
    return delivery.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded")


def _parameters(body: bytes) -> bytes:
    """Return each name with its values, by name; of equal values of a name only one counts."""
    values: dict[str, set[str]] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        values.setdefault(name, set()).add(value)
    return "".join(f"{name}{value}" for name in sorted(values) for value in sorted(values[name])).encode()


def _require_digest(delivery: Delivery) -> None:
    try:
        told = parse_qs(urlsplit(delivery.url).query).get("bodySHA256", [""])[-1]
    except ValueError as error:
        raise BadSignature("the address cannot be read") from error
    if not hmac.compare_digest(told.lower().encode(), hashlib.sha256(delivery.body).hexdigest().encode()):
        raise BadSignature("the body is not the one that the address names")


def _addresses(url: str) -> Iterator[str]:
    """Yield the address as it is, without its port, and with the usual one: Twilio has signed all three ways."""
    yield url
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return
    bare = f"[{host}]" if ":" in host else host
    if port is not None:
        yield urlunsplit(parts._replace(netloc=bare))
    elif parts.scheme in _PORTS:
        yield urlunsplit(parts._replace(netloc=f"{bare}:{_PORTS[parts.scheme]}"))
