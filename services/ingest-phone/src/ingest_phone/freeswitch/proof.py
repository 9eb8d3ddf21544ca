"""Who posts proves it by HTTP Basic (RFC 7617): `cred` in json_cdr.conf.xml and xml_cdr.conf.xml."""

import base64
import binascii
import hmac

from ingest_phone.freeswitch.settings import Settings
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.signature import require_token


def verify(delivery: Delivery, settings: Settings) -> None:
    """Return when the call bears user and password; raises BadSignature."""
    scheme, _, given = delivery.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise BadSignature("the user or the password is missing or wrong") from error
    named = hmac.compare_digest(user.encode(), settings.user.encode()) and scheme.lower() == "basic"
    require_token(password if named else None, settings.secret)
