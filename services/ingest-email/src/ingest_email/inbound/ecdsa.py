"""Signatures by an elliptic curve over the timestamp and the raw body, as Twilio SendGrid makes them.

https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/securing-your-parse-webhooks
"""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from peyvand.delivery import Delivery
from peyvand.errors import BadSignature

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
# SendGrid tries again for days, and nothing says that it signs each try anew: the age of a signature proves nothing.


@lru_cache(maxsize=100)
def public_key(written: str) -> EllipticCurvePublicKey:
    """Return a public key that is written as base64 of its DER; raises ValueError."""
    try:
        key = load_der_public_key(base64.b64decode(written, validate=True))
    except (ValueError, binascii.Error) as error:
        raise ValueError("is no public key: copy it whole, as SendGrid's policy shows it") from error
    if not isinstance(key, EllipticCurvePublicKey):
        raise ValueError("is a public key of another kind: SendGrid's are of an elliptic curve")
    return key


def require_signature(delivery: Delivery, key: str) -> None:
    """Return when the body is signed; raises BadSignature."""
    try:
        offered = base64.b64decode(delivery.headers.get(SIGNATURE, ""), validate=True)
        signed = delivery.headers.get(TIMESTAMP, "").encode() + delivery.body
        public_key(key).verify(offered, signed, ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error) as error:
        raise BadSignature("the signature is missing, or does not fit the body") from error
