"""Short messages through sms.ir.

https://apidocs.sms.ir/
"""

from collections.abc import Sequence

from ingest_social.panels import smsir as panel
from ingest_social.panels.smsir_asking import NAME, SmsIrAccount, check, fetch
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import PullSource


class Settings(SmsIrAccount):
    """One account at sms.ir."""


def normalise(delivery: Delivery, _account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return the message of a row, and for one of ours what became of it; raises BadPayload."""
    read = panel.sent if delivery.url.startswith(f"{NAME}://sent") else panel.received
    return read(delivery, organisation)


def sees_outbound(account: Settings) -> bool:
    """Return whether the reports of what was sent are read."""
    return account.sent


SOURCE = PullSource(
    name=NAME, settings=Settings, fetch=fetch, normalise=normalise, check=check, sees_outbound=sees_outbound
)
