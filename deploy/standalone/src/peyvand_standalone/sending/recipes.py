"""How those prove themselves whose calls are mapped by expressions: by the name of the proof in peyvand.yaml."""

import base64
from collections.abc import Mapping
from typing import Any

from peyvand_standalone.sending.proof import CannotSign, Now, Sign, digest, first, with_headers
from peyvand_standalone.sending.samples import Sample


def by_expressions(sample: Sample, settings: Any, now: Now) -> Sample:
    """Return a sample signed as its connector says; raises CannotSign."""
    sign = _SIGNERS.get(settings.signature)
    if sign is None:
        raise CannotSign(f"samples are not signed by {settings.signature}; by {', '.join(_SIGNERS)} they are")
    return sign(sample, settings, now)


def _hex(header: str, prefix: str = "") -> Sign:
    def sign(sample: Sample, settings: Any, _now: Now) -> Sample:
        return with_headers(sample, {header: prefix + digest(first(settings.secret), sample.body).hex()})

    return sign


def _base64(header: str, prefix: str = "") -> Sign:
    def sign(sample: Sample, settings: Any, _now: Now) -> Sample:
        made = base64.b64encode(digest(first(settings.secret), sample.body)).decode()
        return with_headers(sample, {header: prefix + made})

    return sign


def _slack(sample: Sample, settings: Any, now: Now) -> Sample:
    made = digest(first(settings.secret), f"v0:{now.seconds}:".encode() + sample.body).hex()
    return with_headers(sample, {"x-slack-request-timestamp": str(now.seconds), "x-slack-signature": f"v0={made}"})


def _stripe(sample: Sample, settings: Any, now: Now) -> Sample:
    made = digest(first(settings.secret), f"{now.seconds}.".encode() + sample.body).hex()
    return with_headers(sample, {"stripe-signature": f"t={now.seconds},v1={made}"})


_SIGNERS: Mapping[str, Sign] = {
    "github": _hex("x-hub-signature-256", "sha256="),
    "line": _base64("x-line-signature"),
    "shopify": _base64("x-shopify-hmac-sha256"),
    "slack-v0": _slack,
    "stripe": _stripe,
    "typeform": _base64("typeform-signature", "sha256="),
    "viber": _hex("x-viber-content-signature"),
}
