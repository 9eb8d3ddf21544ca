"""Telephone calls through Twilio: its callbacks as they ring, and its list of calls.

https://www.twilio.com/docs/voice/api/call-resource
"""

from collections.abc import Sequence

from ingest_phone.twilio_voice import listing
from ingest_phone.twilio_voice.callback import events, said_in
from ingest_phone.twilio_voice.leg import AT, RECORDING, logged
from ingest_phone.twilio_voice.settings import Settings, is_called, polls
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature, Gone
from peyvand.event import Attachment, InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Answer, PullSource, Remote, WebhookSource
from peyvand.twilio.asking import remote
from peyvand.twilio.signature import require_twilio


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when Twilio signed the call for one of the account's tokens, about this account; raises BadSignature."""
    require_twilio(delivery, account.auth_token)
    try:
        told = said_in(delivery).get("AccountSid")
    except BadPayload:
        return  # genuine, and kept for repair
    if told is not None and told != account.account_sid:
        raise BadSignature("it is about another account")


def normalise(delivery: Delivery, _account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what a callback, or a row of the list, says; raises Skipped, BadPayload."""
    if not delivery.url.startswith(f"{listing.NAME}://"):
        return events(delivery, organisation)
    row = delivery.json()
    if not isinstance(row, dict):
        raise BadPayload("a row that is no object")
    return [logged(delivery, row, organisation)]


def answer(_delivery: Delivery, _account: Settings) -> Answer:
    """Answer without instructions: Twilio would read a body as what to do with the call."""
    return Answer(204)


async def locate(account: Settings, attachment: Attachment) -> Remote:
    """Return where a recording lies at Twilio, as MP3, which browsers play; raises Gone for what is none."""
    recording = attachment.at.removeprefix(AT)
    if not RECORDING.fullmatch(recording):
        raise Gone("the file is no recording of Twilio's")
    return remote(account, f"{account.root}/Recordings/{recording}.mp3")


POLLING = PullSource(
    name=listing.NAME,
    settings=Settings,
    fetch=listing.fetch,
    normalise=normalise,
    check=listing.check,
    serves=polls,
    locate=locate,
)
WEBHOOK = WebhookSource(
    name=listing.NAME,
    settings=Settings,
    verify=verify,
    normalise=normalise,
    follow=listing.follow,
    answer=answer,
    check=listing.check,
    serves=is_called,
    locate=locate,
)
