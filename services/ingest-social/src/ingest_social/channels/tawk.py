"""Chats on the website through tawk.to.

https://developer.tawk.to/webhooks/
"""

from collections.abc import Sequence

from pydantic import model_validator

from ingest_social.chats import talk, tawk
from ingest_social.chats.account import ChatAccount
from peyvand.delivery import Delivery
from peyvand.event import Attachment, InteractionEvent
from peyvand.identity import Organisation
from peyvand.signature import Secrets, require_hmac
from peyvand.source import Remote, WebhookSource


class Settings(ChatAccount):
    """One webhook of a property at tawk.to."""

    secret: Secrets

    @model_validator(mode="after")
    def _proves(self) -> "Settings":
        if not self.secret:
            raise ValueError("secret: is missing; it is the webhook's secret key in tawk.to's dashboard")
        return self


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the body is signed with the webhook's secret key; raises BadSignature."""
    require_hmac(delivery.body, delivery.headers.get("x-tawk-signature"), account.secret, algorithm="sha1")


def normalise(delivery: Delivery, _account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what an event says; raises Skipped, BadPayload."""
    return tawk.read(delivery, organisation)


async def locate(account: Settings, attachment: Attachment) -> Remote:
    """Return where a file lies."""
    return await talk.locate(tawk.NAME, attachment, account.proxy)


async def check(account: Settings) -> str:
    """Say how many secrets prove calls."""
    return f"ready for signed calls; {len(account.secret)} secret(s) set; tawk.to has no sign-in to try"


SOURCE = WebhookSource(
    name=tawk.NAME, settings=Settings, verify=verify, normalise=normalise, check=check, locate=locate
)
