"""What a caller proves itself with: when and where it calls, and the secret of the connector."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import SecretStr

from peyvand.errors import PeyvandError
from peyvand_standalone.sending.samples import Sample


class CannotSign(PeyvandError):
    """The connector has no secret with which its sample could be signed."""


@dataclass(frozen=True, slots=True)
class Now:
    """When a request is made, in seconds since 1970, the key that it has for its caller, and where it is posted."""

    seconds: int
    key: str
    address: str = ""


Sign = Callable[[Sample, Any, Now], Sample]


def first(secrets: tuple[SecretStr, ...], of: str = "secret") -> str:
    """Return the secret that is used now; raises CannotSign."""
    if not secrets:
        raise CannotSign(f"this connector has no {of} in peyvand.yaml, so nothing proves its calls")
    return secrets[0].get_secret_value()


def with_headers(sample: Sample, headers: Mapping[str, str]) -> Sample:
    """Return a sample with more headers."""
    return replace(sample, headers={**sample.headers, **headers})


def digest(secret: str, content: bytes, algorithm: str = "sha256") -> bytes:
    """Return an HMAC."""
    return hmac.digest(secret.encode(), content, algorithm)
