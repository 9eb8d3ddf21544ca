"""How each channel's callers prove themselves, from the caller's side: a table."""

import base64
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

from peyvand.errors import PeyvandError
from peyvand.signature import sign_standard_webhooks
from peyvand_standalone.sending.samples import Sample


class CannotSign(PeyvandError):
    """The connector has no secret with which its sample could be signed."""


@dataclass(frozen=True, slots=True)
class Now:
    """When a request is made, in seconds since 1970, and the key that it has for its caller."""

    seconds: int
    key: str


Sign = Callable[[Sample, Any, Now], Sample]


def signed(sample: Sample, settings: BaseModel, now: Now) -> Sample:
    """Return a sample as the connector's vendor would send it; raises CannotSign."""
    return SIGNERS[sample.channel](sample, settings, now)


def _first(secrets: tuple[SecretStr, ...], of: str = "secret") -> str:
    if not secrets:
        raise CannotSign(f"this connector has no {of} in peyvand.yaml, so nothing proves its calls")
    return secrets[0].get_secret_value()


def _with(sample: Sample, headers: Mapping[str, str]) -> Sample:
    return replace(sample, headers={**sample.headers, **headers})


def _digest(secret: str, body: bytes, algorithm: str = "sha256") -> bytes:
    return hmac.digest(secret.encode(), body, algorithm)


def _by_address(sample: Sample, settings: Any, _now: Now) -> Sample:
    key = f"key={quote(_first(settings.secret), safe='')}"
    return replace(sample, query=f"{key}&{sample.query}" if sample.query else key)


def _telegram(sample: Sample, settings: Any, _now: Now) -> Sample:
    return _with(sample, {"x-telegram-bot-api-secret-token": _first(settings.secret)})


def _meta(sample: Sample, settings: Any, _now: Now) -> Sample:
    digest = _digest(_first(settings.app_secret, "app_secret"), sample.body).hex()
    return _with(sample, {"x-hub-signature-256": f"sha256={digest}"})


def _woocommerce(sample: Sample, settings: Any, _now: Now) -> Sample:
    digest = base64.b64encode(_digest(_first(settings.secret), sample.body)).decode()
    return _with(sample, {"x-wc-webhook-signature": digest})


def _tawk(sample: Sample, settings: Any, _now: Now) -> Sample:
    return _with(sample, {"x-tawk-signature": _digest(_first(settings.secret), sample.body, "sha1").hex()})


def _crisp(sample: Sample, settings: Any, now: Now) -> Sample:
    if not settings.signing_secret:
        return _by_address(sample, settings, now)
    stamp = str(now.seconds * 1000)
    content = b"[" + stamp.encode() + b";" + sample.body + b"]"
    digest = _digest(_first(settings.signing_secret), content).hex()
    return _with(sample, {"x-crisp-request-timestamp": stamp, "x-crisp-signature": digest})


def _webform(sample: Sample, settings: Any, now: Now) -> Sample:
    secret = _first(settings.secret)
    match settings.signature:
        case "github":
            digest = _digest(secret, sample.body).hex()
            return _with(sample, {"x-hub-signature-256": f"sha256={digest}", "x-github-delivery": now.key})
        case "bearer":
            return _with(sample, {"authorization": f"Bearer {secret}", "idempotency-key": now.key})
        case _:
            signature = sign_standard_webhooks(now.key, now.seconds, sample.body, SecretStr(secret))
            stamps = {"webhook-id": now.key, "webhook-timestamp": str(now.seconds)}
            return _with(sample, {**stamps, "webhook-signature": signature})


def _partner(sample: Sample, settings: Any, now: Now) -> Sample:
    key = settings.every_key[0].secret
    bearer = {"authorization": f"Bearer {key.get_secret_value()}"}
    stamps = {"webhook-id": now.key, "webhook-timestamp": str(now.seconds)}
    signature = sign_standard_webhooks(now.key, now.seconds, sample.body, key)
    return _with(sample, {**bearer, **stamps, "webhook-signature": signature})


SIGNERS: Mapping[str, Sign] = {
    "bale": _by_address,
    "crisp": _crisp,
    "goftino": _by_address,
    "instagram": _meta,
    "kavenegar": _by_address,
    "melipayamak": _by_address,
    "messenger": _meta,
    "partner": _partner,
    "rubika": _by_address,
    "tawk": _tawk,
    "telegram": _telegram,
    "webform": _webform,
    "whatsapp": _meta,
    "woocommerce": _woocommerce,
}
