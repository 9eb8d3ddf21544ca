"""How each channel's callers prove themselves, from the caller's side: a table."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

from peyvand.signature import sign_standard_webhooks
from peyvand_standalone.sending.posts import by_mailgun, by_twilio
from peyvand_standalone.sending.proof import CannotSign, Now, Sign, digest, first, with_headers
from peyvand_standalone.sending.recipes import by_expressions
from peyvand_standalone.sending.samples import Sample


def signed(sample: Sample, settings: BaseModel, now: Now) -> Sample:
    """Return a sample as the connector's vendor would send it; raises CannotSign."""
    return SIGNERS[sample.channel](sample, settings, now)


def _by_address(sample: Sample, settings: Any, _now: Now) -> Sample:
    key = f"key={quote(first(settings.secret), safe='')}"
    return replace(sample, query=f"{key}&{sample.query}" if sample.query else key)


def _telegram(sample: Sample, settings: Any, _now: Now) -> Sample:
    return with_headers(sample, {"x-telegram-bot-api-secret-token": first(settings.secret)})


def _meta(sample: Sample, settings: Any, _now: Now) -> Sample:
    made = digest(first(settings.app_secret, "app_secret"), sample.body).hex()
    return with_headers(sample, {"x-hub-signature-256": f"sha256={made}"})


def _woocommerce(sample: Sample, settings: Any, _now: Now) -> Sample:
    made = base64.b64encode(digest(first(settings.secret), sample.body)).decode()
    return with_headers(sample, {"x-wc-webhook-signature": made})


def _tawk(sample: Sample, settings: Any, _now: Now) -> Sample:
    return with_headers(sample, {"x-tawk-signature": digest(first(settings.secret), sample.body, "sha1").hex()})


def _sendgrid(sample: Sample, settings: Any, now: Now) -> Sample:
    if settings.public_key is not None:
        raise CannotSign("this connector takes what SendGrid signed with a key of its own: only SendGrid can do that")
    return _by_address(sample, settings, now)


def _crisp(sample: Sample, settings: Any, now: Now) -> Sample:
    if not settings.signing_secret:
        return _by_address(sample, settings, now)
    stamp = str(now.seconds * 1000)
    content = b"[" + stamp.encode() + b";" + sample.body + b"]"
    made = digest(first(settings.signing_secret), content).hex()
    return with_headers(sample, {"x-crisp-request-timestamp": stamp, "x-crisp-signature": made})


def _webform(sample: Sample, settings: Any, now: Now) -> Sample:
    secret = first(settings.secret)
    match settings.signature:
        case "github":
            made = digest(secret, sample.body).hex()
            return with_headers(sample, {"x-hub-signature-256": f"sha256={made}", "x-github-delivery": now.key})
        case "bearer":
            return with_headers(sample, {"authorization": f"Bearer {secret}", "idempotency-key": now.key})
        case _:
            signature = sign_standard_webhooks(now.key, now.seconds, sample.body, SecretStr(secret))
            stamps = {"webhook-id": now.key, "webhook-timestamp": str(now.seconds)}
            return with_headers(sample, {**stamps, "webhook-signature": signature})


def _partner(sample: Sample, settings: Any, now: Now) -> Sample:
    key = settings.every_key[0].secret
    bearer = {"authorization": f"Bearer {key.get_secret_value()}"}
    stamps = {"webhook-id": now.key, "webhook-timestamp": str(now.seconds)}
    signature = sign_standard_webhooks(now.key, now.seconds, sample.body, key)
    return with_headers(sample, {**bearer, **stamps, "webhook-signature": signature})


SIGNERS: Mapping[str, Sign] = {
    "bale": _by_address,
    "crisp": _crisp,
    "goftino": _by_address,
    "instagram": _meta,
    "kavenegar": _by_address,
    "mailgun": by_mailgun,
    "mapped": by_expressions,
    "melipayamak": _by_address,
    "messenger": _meta,
    "partner": _partner,
    "postmark": _by_address,
    "rubika": _by_address,
    "sendgrid": _sendgrid,
    "tawk": _tawk,
    "telegram": _telegram,
    "twilio_sms": by_twilio,
    "webform": _webform,
    "whatsapp": _meta,
    "woocommerce": _woocommerce,
}
