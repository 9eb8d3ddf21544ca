"""Short messages through Kavenegar.

https://kavenegar.com/rest.html
"""

from collections.abc import Sequence

from ingest_social.panels import kavenegar as panel
from ingest_social.panels.kavenegar_asking import NAME, KavenegarAccount, check, fetch
from ingest_social.sms.account import is_called, polls
from ingest_social.vendors.posted import parameters, require_key
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import PullSource, WebhookSource


class Settings(KavenegarAccount):
    """One account at Kavenegar."""


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the address called holds the secret; raises BadSignature."""
    require_key(delivery, account.secret)


def normalise(delivery: Delivery, _account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return the messages of an answer, or what a call says; raises Skipped, BadPayload."""
    if not delivery.url.startswith(f"{NAME}://"):
        return panel.pushed(delivery, organisation, parameters(delivery))
    read = panel.sent if "/sent/" in delivery.url else panel.received
    return read(delivery, organisation)


def sees_outbound(account: Settings) -> bool:
    """Return whether the outbox is read."""
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
    check=check,
    serves=is_called,
    sees_outbound=sees_outbound,
    methods=("GET", "POST"),
)
