"""The company's own systems, which tell what they know at POST /v1/events.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md and RFC 6750
"""

from ingest_social.partners import meaning, proof
from ingest_social.partners.account import PartnerAccount
from peyvand.delivery import Delivery
from peyvand.source import WebhookSource


class Settings(PartnerAccount):
    """One system of the company, with its keys."""


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when one of the partner's keys came along, or signed it; raises BadSignature."""
    proof.proved(delivery, [proof.Holder(delivery.connector, key) for key in account.every_key])


async def check(account: Settings) -> str:
    """Say which keys there are, and what each may do."""
    return f"ready at POST /v1/events; {'; '.join(map(proof.described, account.every_key))}"


SOURCE = WebhookSource(
    name="partner",
    settings=Settings,
    verify=verify,
    normalise=meaning.normalise,
    check=check,
    ours=True,
    apart=True,
)
