"""Messenger of a Facebook page, and the comments under its posts.

https://developers.facebook.com/documentation/business-messaging/messenger-platform
"""

from functools import partial
from typing import Annotated

from pydantic import Field

from ingest_social.meta.account import relays_to
from ingest_social.meta.proof import challenge, verify
from ingest_social.pages import media, reading, signing_in
from ingest_social.pages.platform import PageAccount, Platform
from peyvand.identity import messenger
from peyvand.signature import Secrets
from peyvand.source import WebhookSource

PLATFORM = Platform("messenger", "Messenger", "page", messenger, frozenset({"feed"}))
FIELDS = (
    "messages", "message_echoes", "message_edits", "message_reactions", "message_deliveries", "message_reads",
    "messaging_postbacks", "messaging_referrals", "messaging_optins", "standby", "feed",
)  # fmt: skip


class Settings(PageAccount):
    """One page."""

    app_secret: Secrets = Field(min_length=1)
    verify_token: Secrets = Field(min_length=1)
    page_id: Annotated[str, Field(pattern=r"^[1-9][0-9]{2,31}$")]

    @property
    def own(self) -> str:
        """Return the page's id."""
        return self.page_id


async def check(account: Settings) -> str:
    """Say which page answers and whether its messages come; raises SignInFailed, Unavailable."""
    if account.token is None:
        return "calls are taken by their signature; without token: nothing can be asked"
    page = await signing_in.look(account, "page_id", "name")
    return f"{page.get('name') or account.own} answers; {await signing_in.subscribed(account, account.own, FIELDS)}"


SOURCE = WebhookSource(
    name=PLATFORM.name,
    settings=Settings,
    verify=verify,
    normalise=partial(reading.read, PLATFORM),
    challenge=challenge,
    check=check,
    locate=partial(media.locate, PLATFORM),
    relays_to=relays_to,
)
