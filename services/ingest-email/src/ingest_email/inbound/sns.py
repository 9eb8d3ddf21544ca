"""Messages of Amazon SNS: what is signed, and where its certificates and confirmations may lie.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import binascii
import re
from typing import Literal
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_der_x509_certificate
from pydantic import BaseModel, Field, ValidationError

from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature

_HOST = re.compile(r"sns\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com\Z")
_ALWAYS = ("Message", "MessageId")
_OF_NOTICE = (*_ALWAYS, "Subject", "Timestamp", "TopicArn", "Type")
_OF_CONFIRMATION = (*_ALWAYS, "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


class Notice(BaseModel):
    """What SNS posts: a notification, or the question whether a subscription, or its end, is wanted."""

    type: Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"] = Field(alias="Type")
    id: str = Field(alias="MessageId")
    topic: str = Field(alias="TopicArn")
    message: str = Field(alias="Message")
    subject: str | None = Field(default=None, alias="Subject")
    timestamp: str = Field(alias="Timestamp")
    token: str | None = Field(default=None, alias="Token")
    subscribe_url: str | None = Field(default=None, alias="SubscribeURL")
    signature: str = Field(alias="Signature")
    version: Literal["1", "2"] = Field(alias="SignatureVersion")
    certificate_url: str = Field(alias="SigningCertURL")

    def signed(self) -> bytes:
        """Return the bytes that are signed: names and values, each on its line, those that are there."""
        said = self.model_dump(by_alias=True)
        names = _OF_NOTICE if self.type == "Notification" else _OF_CONFIRMATION
        return "".join(f"{name}\n{said[name]}\n" for name in names if said[name] is not None).encode()


def notice_in(delivery: Delivery) -> Notice:
    """Return what SNS posted; raises BadSignature for anything else, which nothing can prove."""
    try:
        return Notice.model_validate(delivery.json())
    except (BadPayload, ValidationError) as error:
        raise BadSignature("this is no signed message of Amazon SNS") from error


def is_of_amazon(url: str, topic: str) -> bool:
    """Return whether an address is SNS's own, by https, in the region of the topic."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    region = topic.split(":")[3:4]
    plain = parts.scheme == "https" and parts.netloc == host and port is None
    return plain and bool(_HOST.match(host)) and [host.split(".")[1]] == region


def require_signed(notice: Notice, certificate: str) -> None:
    """Return when a notice is signed by the owner of a certificate (base64 of its DER); raises BadSignature."""
    try:
        key = load_der_x509_certificate(base64.b64decode(certificate, validate=True)).public_key()
        if not isinstance(key, RSAPublicKey):
            raise BadSignature("the certificate is of another kind than those of Amazon SNS")
        hashed = SHA1() if notice.version == "1" else SHA256()  # noqa: S303 - which of them is the topic's setting
        key.verify(base64.b64decode(notice.signature, validate=True), notice.signed(), PKCS1v15(), hashed)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise BadSignature("the signature does not fit the message") from error
