"""Instagram: messages to a professional account, and comments under what it posts.

https://developers.facebook.com/documentation/instagram-platform
"""

from functools import partial
from typing import Annotated

from pydantic import Field

from ingest_social.meta.account import relays_to
from ingest_social.meta.proof import challenge, verify
from ingest_social.pages import media, reading, signing_in
from ingest_social.pages.platform import PageAccount, Platform
from peyvand.identity import instagram
from peyvand.signature import Secrets
from peyvand.source import WebhookSource

PLATFORM = Platform(
    "instagram", "Instagram", "instagram", instagram, frozenset({"comments", "live_comments", "mentions"})
)
FIELDS = ("messages", "message_reactions", "messaging_postbacks", "messaging_seen", "messaging_referral", "comments")


class Settings(PageAccount):
    """One professional account.

    Apps with Instagram login have a secret of their own, and are asked at graph.instagram.com; those with Facebook
    login are asked about the page that the account belongs to.
    """

    app_secret: Secrets = Field(min_length=1)
    verify_token: Secrets = Field(min_length=1)
    account_id: Annotated[str, Field(pattern=r"^[1-9][0-9]{2,31}$")]
    page_id: Annotated[str, Field(pattern=r"^[1-9][0-9]{2,31}$")] | None = None

    @property
    def own(self) -> str:
        """Return the account's id."""
        return self.account_id


async def check(account: Settings) -> str:
    """Say which account answers and whether its messages come; raises SignInFailed, Unavailable."""
    if account.token is None:
        return "calls are taken by their signature; without token: nothing can be asked"
    told = await signing_in.look(account, "account_id", "username")
    node = account.page_id or account.own
    return f"@{told.get('username') or account.own} answers; {await signing_in.subscribed(account, node, FIELDS)}"


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
