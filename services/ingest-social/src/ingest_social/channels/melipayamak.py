"""Short messages through Melipayamak.

https://www.melipayamak.com/api/
"""

from collections.abc import Sequence

from ingest_social.panels import melipayamak as panel
from ingest_social.panels.melipayamak_asking import NAME, MelipayamakAccount, check, fetch, follow
from ingest_social.sms.account import is_called, polls
from ingest_social.vendors.posted import parameters, require_key
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Answer, PullSource, WebhookSource


class Settings(MelipayamakAccount):
    """One account at Melipayamak."""


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the address called holds the secret; raises BadSignature."""
    require_key(delivery, account.secret)


def normalise(delivery: Delivery, _account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return the message of a call, or of a row of a list; raises BadPayload."""
    if not delivery.url.startswith(f"{NAME}://"):
        return panel.pushed(delivery, organisation, parameters(delivery))
    read = panel.sent if "/sent/" in delivery.url else panel.received
    return read(delivery, organisation)


def answer(_delivery: Delivery, _account: Settings) -> Answer:
    """Answer with the word that the panel looks for."""
    return Answer(200, b"OK", {"Content-Type": "text/plain"})


def sees_outbound(account: Settings) -> bool:
    """Return whether the list of what was sent is read."""
    return account.mode == "polling" and account.sent


POLLING = PullSource(
    name=NAME,
    settings=Settings,
    fetch=fetch,
    normalise=normalise,
    check=check,
    serves=polls,
    sees_outbound=sees_outbound,
)
WEBHOOK = WebhookSource(
    name=NAME,
    settings=Settings,
    verify=verify,
    normalise=normalise,
    follow=follow,
    answer=answer,
    check=check,
    serves=is_called,
    sees_outbound=sees_outbound,
    methods=("GET", "POST"),
)
