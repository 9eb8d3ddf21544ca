"""Any source that posts JSON, without code: its fields are found by JMESPath expressions of peyvand.yaml.

https://jmespath.org/specification.html
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

import orjson
from pydantic import ValidationInfo, field_validator

from ingest_social.mapping.account import MappedAccount, Sample
from ingest_social.mapping.challenge import challenged, is_bare, looked
from ingest_social.mapping.meaning import meaning
from ingest_social.mapping.proof import require_proof
from ingest_social.pace import Pace, network
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature, Gone, Skipped, TooMany
from peyvand.event import Attachment, InteractionEvent, Kind
from peyvand.identity import Organisation
from peyvand.source import Answer, Guard, Remote, WebhookSource

_AT = "mapped:"
_TRIED_AT = datetime(2100, 1, 1, tzinfo=UTC)  # later than whatever a sample says
_HANDSHAKES_A_MINUTE = 10


class Settings(MappedAccount):
    """One source, tried with its sample before anything starts."""

    @field_validator("sample")
    @classmethod
    def _fits(cls, sample: Sample | None, known: ValidationInfo) -> Sample | None:
        if sample is None or "rules" not in known.data:
            return sample
        plain = MappedAccount.model_construct(**{**known.data, "sample": None})
        headers = {name.lower(): text for name, text in sample.headers.items()}
        delivery = Delivery(UUID(int=0), "sample", "mapped", _TRIED_AT, orjson.dumps(sample.body), headers=headers)
        try:
            meaning(delivery, plain, Organisation())
        except (BadPayload, Skipped) as error:
            raise ValueError(f"the sample gives no event: {error}") from error
        return sample


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the call is proved as the settings say; raises BadSignature."""
    if not is_bare(delivery, account):
        require_proof(delivery, account)
    challenged(delivery, account)


def normalise(delivery: Delivery, account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what the rules find; raises Skipped, BadPayload, UnknownType."""
    try:
        shaken = challenged(delivery, account)
    except BadSignature as error:
        raise BadPayload(str(error)) from error
    if shaken is not None:
        raise Skipped("handshake")
    return meaning(delivery, account, organisation)


def answer(delivery: Delivery, account: Settings) -> Answer:
    """Answer a handshake with what it wants to hear, all else with an empty 200."""
    return challenged(delivery, account) or Answer()


def guard(account: Settings) -> Guard | None:
    """Return what keeps strangers from shaking hands without end, where a handshake proves nothing."""
    if account.challenge != "ringcentral":
        return None
    pace = Pace(_HANDSHAKES_A_MINUTE)

    def admit(delivery: Delivery, address: str) -> None:
        wait = pace.take(network(address), delivery.received_at.timestamp()) if is_bare(delivery, account) else None
        if wait is not None:
            raise TooMany("too many handshakes came from this address", wait)

    return admit


async def locate(account: Settings, file: Attachment) -> Remote:
    """Return where a file lies; a token is sent only to the address that the settings name."""
    reference = file.at.removeprefix(_AT)
    if account.download is None:
        if not reference.startswith(("https://", "http://")):
            raise Gone("the mapping names no address for its files")
        return Remote(reference)
    token = account.download.token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    if account.download.url.partition("{at}")[0].count("/") < 3:
        raise Gone("download.url: the host must stand there before {at}")
    return Remote(account.download.url.replace("{at}", quote(reference, safe="")), headers)


async def check(account: Settings) -> str:
    """Say what is taken, and whether the mapping was tried."""
    if not account.rules:
        return f"ready, proof {account.signature}; without rules every call is kept for you to look at"
    tried = "its sample gives events" if account.sample else "no sample is there to try it"
    return f"ready: {len(account.rules)} rule(s), proof {account.signature}; {tried}"


def sees_outbound(account: Settings) -> bool:
    """Return whether the vendor tells what we write ourselves; of orders and forms nothing is missing."""
    writes = any(rule.kind is Kind.MESSAGE and rule.skip is None for rule in account.rules)
    return account.sees_outbound or not writes


SOURCE = WebhookSource(
    name="mapped",
    settings=Settings,
    verify=verify,
    normalise=normalise,
    challenge=looked,
    answer=answer,
    check=check,
    guard=guard,
    locate=locate,
    sees_outbound=sees_outbound,
)
"""What `channel: mapped` takes."""
