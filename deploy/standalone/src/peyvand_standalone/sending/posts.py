"""How those prove themselves who sign what a form says: Twilio its address and parameters, Mailgun a token in it."""

import base64
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from peyvand_standalone.sending.proof import Now, digest, first, with_headers
from peyvand_standalone.sending.samples import Sample


def by_twilio(sample: Sample, settings: Any, now: Now) -> Sample:
    """Return a sample signed over the address at which it is posted.

    https://www.twilio.com/docs/usage/security#validating-requests
    """
    address = f"{now.address}?{sample.query}" if sample.query else now.address
    said = sorted(parse_qsl(sample.body.decode(), keep_blank_values=True))
    signed = address + "".join(name + value for name, value in said)
    made = digest(first(settings.auth_token, "auth_token"), signed.encode(), "sha1")
    return with_headers(sample, {"x-twilio-signature": base64.b64encode(made).decode()})


def by_mailgun(sample: Sample, settings: Any, now: Now) -> Sample:
    """Return a sample whose form says when it was made, and proves that.

    https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
    """
    token = now.key.encode().hex()
    made = digest(first(settings.signing_key, "signing_key"), f"{now.seconds}{token}".encode()).hex()
    said = f"&timestamp={now.seconds}&token={token}&signature={made}"
    return replace(sample, body=sample.body.rstrip(b"\r\n") + said.encode())
