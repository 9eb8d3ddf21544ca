"""Chats on the website through Crisp.

https://docs.crisp.chat/guides/web-hooks/
"""

from collections.abc import Sequence

from pydantic import model_validator

from ingest_social.chats import crisp, talk
from ingest_social.chats.account import ChatAccount
from ingest_social.vendors.posted import require_key
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.event import Attachment, InteractionEvent
from peyvand.identity import Organisation
from peyvand.signature import TOLERANCE, Secrets, require_hmac
from peyvand.source import Remote, WebhookSource


class Settings(ChatAccount):
    """One website at Crisp: `signing_secret` proves calls; `secret` stands in the address of unsigned ones."""

    signing_secret: Secrets = ()
    secret: Secrets = ()

    @model_validator(mode="after")
    def _proves(self) -> "Settings":
        if not (self.signing_secret or self.secret):
            raise ValueError("signing_secret: is missing; or secret, for hooks that Crisp does not sign")
        return self


def verify(delivery: Delivery, account: Settings) -> None:
    """Return for a call that is signed within five minutes or, where none is, whose address holds the secret."""
    if not account.signing_secret:
        require_key(delivery, account.secret)
        return
    stamp = delivery.headers.get("x-crisp-request-timestamp", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 16):
        raise BadSignature("the time of the call is missing or malformed")
    seconds = int(stamp) / (1000 if len(stamp) > 11 else 1)  # Crisp writes milliseconds; seconds have been met
    if abs(delivery.received_at.timestamp() - seconds) > TOLERANCE.total_seconds():
        raise BadSignature("the call is older than five minutes, or ahead of its time")
    signed = b"[" + stamp.encode() + b";" + delivery.body + b"]"
    require_hmac(signed, delivery.headers.get("x-crisp-signature"), account.signing_secret)


def normalise(delivery: Delivery, _account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what an event says; raises Skipped, BadPayload."""
    return crisp.read(delivery, organisation)


async def locate(account: Settings, attachment: Attachment) -> Remote:
    """Return where a file lies."""
    return await talk.locate(crisp.NAME, attachment, account.proxy)


async def check(account: Settings) -> str:
    """Say how calls are proven."""
    proof = "signed calls" if account.signing_secret else "calls whose address holds the secret"
    return f"ready for {proof}; Crisp has no sign-in to try"


SOURCE = WebhookSource(
    name=crisp.NAME, settings=Settings, verify=verify, normalise=normalise, check=check, locate=locate
)
