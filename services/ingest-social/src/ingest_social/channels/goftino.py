"""Chats on the website through Goftino.

https://api.goftino.com/
"""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import Field, SecretStr, model_validator

from ingest_social.chats import goftino, goftino_asking, talk
from ingest_social.chats.account import ChatAccount
from ingest_social.vendors.posted import require_key
from peyvand.delivery import Delivery
from peyvand.event import Attachment, InteractionEvent
from peyvand.identity import Organisation
from peyvand.signature import Secrets
from peyvand.source import Remote, WebhookSource


class Settings(ChatAccount):
    """One website at Goftino: the secret stands in the address; with an API key it is asked who a visitor is."""

    secret: Secrets
    api_key: SecretStr | None = Field(default=None, min_length=6)
    base_url: str = "https://api.goftino.com"

    @model_validator(mode="after")
    def _proves(self) -> "Settings":
        if not self.secret:
            raise ValueError("secret: is missing; it stands in the address that Goftino calls")
        return self


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the address called holds the secret: Goftino signs nothing."""
    require_key(delivery, account.secret)


def normalise(delivery: Delivery, _account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what an event says; raises Skipped, BadPayload."""
    return goftino.read(delivery, organisation)


async def follow(delivery: Delivery, account: Settings) -> Delivery:
    """Return a call with what Goftino says of its visitor, where there is a key to ask with."""
    # only we may say it: whoever calls could name anybody
    own = replace(delivery, headers={k: v for k, v in delivery.headers.items() if k != goftino.ABOUT})
    if account.api_key is None:
        return own
    return await goftino_asking.told(own, account.base_url, account.api_key.get_secret_value(), account.proxy)


async def locate(account: Settings, attachment: Attachment) -> Remote:
    """Return where a file lies."""
    return await talk.locate(goftino.NAME, attachment, account.proxy)


async def check(account: Settings) -> str:
    """Say whether the API key is right; raises SignInFailed."""
    if account.api_key is None:
        return "ready for calls whose address holds the secret; no api_key is set, so no sign-in was tried"
    await goftino_asking.checked(account.base_url, account.api_key.get_secret_value(), account.proxy)
    return "Goftino answers; ready for calls whose address holds the secret"


SOURCE = WebhookSource(
    name=goftino.NAME,
    settings=Settings,
    verify=verify,
    normalise=normalise,
    follow=follow,
    check=check,
    locate=locate,
)
