"""Short messages, pictures and WhatsApp messages through Twilio.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from collections.abc import Sequence

from ingest_social.sms.account import is_called, polls
from ingest_social.twilio import listing
from ingest_social.twilio.reading import NAME, from_form, from_row
from peyvand.delivery import Delivery
from peyvand.errors import Gone
from peyvand.event import Attachment, InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Answer, PullSource, Remote, WebhookSource, never
from peyvand.twilio.account import TwilioAccount
from peyvand.twilio.asking import remote
from peyvand.twilio.signature import require_twilio


class Settings(TwilioAccount):
    """One account at Twilio."""


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when Twilio signed the call for one of the account's tokens; raises BadSignature."""
    require_twilio(delivery, account.auth_token)


def normalise(delivery: Delivery, _account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what a call, or a row of the list, says; raises Skipped, BadPayload."""
    listed = delivery.url.startswith(f"{NAME}://")
    return from_row(delivery, organisation) if listed else from_form(delivery, organisation)


def answer(_delivery: Delivery, _account: Settings) -> Answer:
    """Answer without instructions: Twilio would read a body as what to reply."""
    return Answer(204)


async def locate(account: Settings, attachment: Attachment) -> Remote:
    """Return where a picture lies at Twilio, which wants to know who asks; raises Gone for one of another account."""
    path = attachment.at.removeprefix(f"{NAME}:")
    if not path.startswith(f"{account.root}/Messages/") or ".." in path:
        raise Gone("the file is another account's")
    return remote(account, path)


POLLING = PullSource(
    name=NAME,
    settings=Settings,
    fetch=listing.fetch,
    normalise=normalise,
    check=listing.check,
    serves=polls,
    locate=locate,
)
WEBHOOK = WebhookSource(
    name=NAME,
    settings=Settings,
    verify=verify,
    normalise=normalise,
    answer=answer,
    check=listing.check,
    serves=is_called,
    locate=locate,
    sees_outbound=never,
)
